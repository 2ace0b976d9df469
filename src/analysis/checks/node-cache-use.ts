// The Corefile of a NodeLocal DNSCache as check reads it: the template in the ConfigMap, filled in as node-cache does it
// before its CoreDNS reads it (kubernetes/dns cmd/node-cache/app/configmap.go), with positions in the template. Of a template that
// nobody mounts only what node-cache replaces is known, not by what.
import type { Manifest } from '../../api/manifest.ts';
import { placesIn } from '../../api/text-position.ts';
import type { MountedText } from '../../cluster/coredns-process.ts';
import { nodeCacheProcess, writtenBy } from '../../cluster/node-cache.ts';
import type { PositionOf } from '../../dns/corefile/dispenser.ts';

/** Stands for the address of the upstream Service, which is allocated later. */
const anyAddress = '192.0.2.53';
/** The addon's own command line, for a template that nobody mounts. */
const usualArgs = ['-localip', '169.254.20.10', '-conf', '/etc/Corefile'];

export type NodeCache = NonNullable<ReturnType<typeof nodeCacheProcess>>;

/** A ConfigMap's text that only node-cache can read. */
export function isTemplate(text: string): boolean {
  return /__PILLAR__(CLUSTER__DNS|UPSTREAM__SERVERS|LOCAL__DNS)__/.test(text);
}

/** What a template that nobody mounts would be read by. */
export function usualNodeCache(): NodeCache | null {
  return nodeCacheProcess({ image: 'k8s-dns-node-cache', args: usualArgs });
}

export interface FilledIn {
  readonly text: string;
  readonly positionOf: PositionOf;
}

/** The text that the process reads, and where its places stand in the template. `hasUpstream`: its Service is there. */
export function filledIn(
  { flags }: NodeCache,
  template: MountedText & { readonly manifest: Manifest },
  files: ReadonlyMap<string, MountedText>,
  hasUpstream: (service: string) => boolean,
): FilledIn {
  const { manifest, key, text } = template;
  const upstream = hasUpstream(flags.upstreamService) ? anyAddress : null;
  const readFile = (path: string) => (path === flags.baseCorefile ? text : files.get(path)?.text);
  const written = writtenBy(flags, upstream, readFile);
  const own = placesIn(manifest.source, `data.${key}`, text);
  if (written === null) return { text, positionOf: own };
  const positionOf: PositionOf = (line, column) => {
    const at = written.base(line, column);
    return at === undefined ? null : own(at.line, at.column);
  };
  return { text: written.text, positionOf };
}
