// What changed between CoreDNS releases in how zone data is held and looked up (plugin/file of each release; HEAD of
// the table is 1.14.7). Data only.
import { atLeast, type CoreDnsVersion } from '../kubeadm/version.ts';

const since = {
  /** `fallthrough` is an option of `file`. */
  fallthrough: '1.12.2',
  /** SRV records keep the spelling of owner and target; all others are lowered. */
  srvSpelling: '1.12.3',
  /** Out of zone and nothing after this plugin: REFUSED, no error. */
  refusesWhenLast: '1.12.3',
  /** An error in the file is told before a missing SOA. */
  errorBeforeSoa: '1.14.0',
  /** NS, and SOA of the apex, at the end of an alias are asked of the whole server. */
  apexThroughServer: '1.14.2',
  /** Targets of SVCB and HTTPS are lowered, and their addresses added. */
  serviceBinding: '1.14.3',
  /** Owners are held as they come off the wire: `a\046b` is `a\.b`. */
  canonicalEscapes: '1.14.4',
  /** `reload_by_mtime` is an option of `file`. */
  reloadByMtime: '1.14.4',
  /** Addresses are added to what a wildcard answers; an alias into nothing has the SOA in authority. */
  wildcardAdditional: '1.14.5',
  /** Zone cuts count on the way of an alias; wildcards respect empty names; one target is added once. */
  cutsOnAlias: '1.14.7',
} as const satisfies Readonly<Record<string, CoreDnsVersion>>;

export type ZoneFacts = Readonly<Record<keyof typeof since, boolean>>;

export function zoneFactsOf(version: CoreDnsVersion): ZoneFacts {
  const entries = Object.entries(since).map(([fact, first]) => [fact, atLeast(version, first)]);
  return Object.fromEntries(entries) as ZoneFacts;
}
