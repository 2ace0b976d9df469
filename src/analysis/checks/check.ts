// What a check is: it looks at manifests, or at the cluster that settled from them, and says what it found. The registry
// is checks.ts; who prints findings is src/report.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { Position } from '../../api/input-error.ts';
import type { Manifest } from '../../api/manifest.ts';
import type { Cluster } from '../../cluster/cluster.ts';

/** `error`: traffic fails. `warning`: it will under some condition that is told. `info`: nothing fails. */
export type Severity = 'error' | 'warning' | 'info';

export interface CheckFinding {
  /** What svcspec.dev/ignore mutes. */
  readonly id: string;
  readonly severity: Severity;
  /** "ConfigMap/kube-system/coredns". */
  readonly object: string;
  readonly position: Position | null;
  /** The line of the position. */
  readonly sourceLine: string | null;
  /** What is wrong; CoreDNS's own text where it has one. */
  readonly message: string;
  /** What traffic will do. */
  readonly effect: string;
  readonly fix: string;
}

export interface CheckInput {
  readonly manifests: readonly Manifest[];
  readonly spec: ClusterSpec;
  /** The settled cluster; null: its DNS does not start, so there is none to ask. */
  readonly cluster: Cluster | null;
}

export interface Check {
  readonly name: string;
  run(input: CheckInput): readonly CheckFinding[];
}

/** "ConfigMap/kube-system/coredns" for a manifest. */
export function objectName({ object }: Manifest): string {
  const { namespace, name } = object.metadata;
  return `${object.kind}/${namespace ?? 'default'}/${name}`;
}

/** Where a path of a manifest was written, with its line. */
export function placeOf({ source }: Manifest, path: string) {
  const position = source.at(path);
  return { position, sourceLine: position === null ? null : source.line(position.line) };
}
