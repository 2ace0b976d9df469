// The registry of checks, what mutes their findings, and the order in which findings are told: by file and line. A new
// check is a file beside this one and a row here.
import type { Manifest } from '../../api/manifest.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { type Check, type CheckFinding, type CheckInput, objectName } from './check.ts';
import { corefiles } from './corefiles.ts';
import { hostNames } from './host-names.ts';
import { serviceReferences } from './service-references.ts';

const checks: readonly Check[] = [corefiles, hostNames, serviceReferences];

export interface Checked {
  readonly findings: readonly CheckFinding[];
  /** How many an annotation of their object kept back. */
  readonly muted: number;
}

const ignoreAnnotation = 'svcspec.dev/ignore';

/** Runs every check. */
export function runChecks(input: CheckInput): Checked {
  const all = checks.flatMap((check) => check.run(input));
  const ignored = new Map(input.manifests.map((m) => [objectName(m), ignoredIds(m)] as const));
  const findings = all.filter(({ id, object }) => ignored.get(object)?.has(id) !== true);
  return { findings: findings.sort(inOrder), muted: all.length - findings.length };
}

/** The ids that a manifest, or the template in it, mutes. */
function ignoredIds({ object }: Manifest): ReadonlySet<string> {
  const { template } = (object['spec'] ?? {}) as { template?: { metadata?: Metadata } };
  const texts = [object.metadata, template?.metadata].map(
    (metadata) => metadata?.annotations?.[ignoreAnnotation] ?? '',
  );
  return new Set(
    texts
      .join(',')
      .split(',')
      .map((id) => id.trim()),
  );
}

interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
}

function inOrder(a: CheckFinding, b: CheckFinding): number {
  const [one, two] = [a.position, b.position];
  return (
    byCodeUnit(one?.file ?? '\uffff', two?.file ?? '\uffff') ||
    (one?.line ?? 0) - (two?.line ?? 0) ||
    (one?.column ?? 0) - (two?.column ?? 0) ||
    byCodeUnit(a.id, b.id) ||
    byCodeUnit(a.object, b.object) ||
    byCodeUnit(a.message, b.message)
  );
}
