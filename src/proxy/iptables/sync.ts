// Full and partial syncs of a kube-proxy in iptables mode, and what earlier ones leave behind. Both
// lead to the rules of layer.ts, but in clusters of more than 1,000 endpoints: there chains that
// are not used any more stand until a later sync deletes them, and endpoint rules that were written
// while the cluster was smaller keep their comments. Of a past no more is kept than that, and
// nothing of a node: all nodes that sync together share it.
// Models the beginning and the end of syncProxyRules, and UpdateEndpointsMapResult's and
// UpdateServiceMapResult's sets of updated Services.
import type { Family } from '../../net/addr.ts';
import { fullSyncPeriodMs } from '../mode.ts';
import { type ProxyPort, type ProxySnapshot, portsReplaced, servicesChanged } from '../snapshot.ts';
import { sortedValues } from '../sorted-map.ts';
import { hasFeature } from '../versions.ts';
import { largeClusterEndpoints } from './constant.table.ts';

/** A service port as it once was: some of its own chains may still stand. */
export interface LeftPort {
  readonly port: ProxyPort;
  readonly comments: boolean;
}

/** What a kube-proxy of one family has behind it. */
export interface Past {
  readonly snapshot: ProxySnapshot;
  readonly fullAtMs: number;
  /** When stale chains were last deleted. */
  readonly cleanedAtMs: number;
  /** Keys of service ports whose endpoint rules have comments although the cluster is large now,
   * or have none although it is not. */
  readonly otherwise: ReadonlySet<string>;
  /** Oldest first; empty right after stale chains were deleted. */
  readonly left: readonly LeftPort[];
}

export interface Sync {
  readonly family: Family;
  /** Every Service is written, and the jumps from the built-in chains are made sure of. */
  readonly full: boolean;
  /** Deletes stale chains. */
  readonly cleans: boolean;
  readonly before: Past | null;
  readonly after: Past;
}

export interface SyncCause {
  readonly snapshot: ProxySnapshot;
  readonly family: Family;
  readonly nowMs: number;
  readonly syncPeriodMs: number;
  /** It is made as an hour has passed since the last one. */
  readonly periodic?: boolean;
  /** A new process, a new zone of the node, or rules that somebody has flushed. */
  readonly forced?: 'restart' | 'resync';
}

const nothing: ReadonlySet<string> = new Set();

/** The sync that brings the rules from `before` (null: the machine has none) to the snapshot. */
export function nextSync(before: Past | null, cause: SyncCause): Sync {
  const { snapshot, family, nowMs, syncPeriodMs, forced, periodic = false } = cause;
  const isHourly =
    before !== null &&
    hasFeature('HourlyFullSync', snapshot.minor) &&
    // The timer comes a moment after the hour.
    nowMs - before.fullAtMs > fullSyncPeriodMs - (periodic ? 1 : 0);
  const full = before === null || forced !== undefined || isHourly;
  const isNew = before === null || forced === 'restart';
  const cleans = isNew || !isLarge(snapshot, family) || nowMs - before.cleanedAtMs > syncPeriodMs;
  const after: Past = {
    snapshot,
    fullAtMs: full ? nowMs : before.fullAtMs,
    cleanedAtMs: cleans ? nowMs : before.cleanedAtMs,
    otherwise: full ? nothing : otherwise(before, snapshot, family),
    left: cleans || before === null ? [] : leftPorts(before, snapshot, family),
  };
  return { family, full, cleans, before, after };
}

/** Whether the past shows in the rules: they are not those of a full sync that has just been. */
export function showsPast({ otherwise, left }: Past): boolean {
  return otherwise.size > 0 || left.length > 0;
}

/** The Services that a partial sync writes; null: it is a full one and writes all. */
export function writtenServices({ full, before, after, family }: Sync): ReadonlySet<string> | null {
  if (full || before === null) return null;
  return new Set(servicesChanged(before.snapshot, after.snapshot, family));
}

function isLarge(snapshot: ProxySnapshot, family: Family): boolean {
  return snapshot.endpointCount[family] > largeClusterEndpoints;
}

function otherwise(before: Past, snapshot: ProxySnapshot, family: Family): ReadonlySet<string> {
  const isSame = isLarge(before.snapshot, family) === isLarge(snapshot, family);
  if (isSame && before.otherwise.size === 0) return nothing;
  const written = new Set(servicesChanged(before.snapshot, snapshot, family));
  const kept = new Set<string>();
  for (const { service } of sortedValues(snapshot.ports[family])) {
    if (written.has(service.service)) continue;
    if (before.otherwise.has(service.key) === isSame) kept.add(service.key);
  }
  return kept;
}

function leftPorts(before: Past, snapshot: ProxySnapshot, family: Family): readonly LeftPort[] {
  const comments = !isLarge(before.snapshot, family);
  const replaced = portsReplaced(before.snapshot, snapshot, family).map((port): LeftPort => {
    return { port, comments: comments !== before.otherwise.has(port.service.key) };
  });
  return [...before.left, ...replaced];
}
