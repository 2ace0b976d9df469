// What a kube-proxy of nftables mode has behind it, for the text of its last sync: the snapshot before that, and old versions
// of service ports whose chains may wait for their deletion. It tells nothing of a node: nodes that sync together share it.
// What a sync makes of a past stands in sync.ts.
import type { Family } from '../../net/addr.ts';
import type { Cidr } from '../../net/cidr.ts';
import { fullSyncPeriodMs, type LazyPast, type SyncInput, type SyncMoment } from '../mode.ts';
import type { ProxyPort, ProxySnapshot } from '../snapshot.ts';
import { portsReplaced } from '../snapshot.ts';
import { sortedValues } from '../sorted-map.ts';
import { hasFeature } from '../versions.ts';
import { type ProxyTable, rulesFor } from './layer.ts';
import { fullSyncText, restarted, type SyncMemory, staleMs, sync } from './sync.ts';

/** Older versions of service ports, the youngest first. */
interface Left {
  readonly ports: readonly ProxyPort[];
  readonly older: Left | null;
}

type Lefts = Readonly<Record<Family, Left | null>>;

/** How things stood when the last sync began. */
interface Standing {
  readonly snapshot: ProxySnapshot;
  readonly syncedMs: number;
  readonly fullMs: number;
  readonly serviceCIDRs: readonly Cidr[];
  /** Their chains may stand beside those of `snapshot`, flushed. */
  readonly left: Lefts;
}

export interface NftablesPast extends LazyPast {
  readonly mode: 'nftables';
  readonly fullMs: number;
  /** As of the last full sync. */
  readonly serviceCIDRs: readonly Cidr[];
  readonly isFull: boolean;
  /** It was the first one of its process. */
  readonly restarted: boolean;
  /** Null: there was no table. */
  readonly before: Standing | null;
}

/** What the next sync leaves. */
export function nextPast(past: NftablesPast | null, moment: SyncMoment): NftablesPast {
  const { snapshot, config, nowMs, serviceCIDRs, periodic = false } = moment;
  const isHourly =
    past !== null &&
    hasFeature('HourlyFullSync', config.minor) &&
    nowMs - past.fullMs > fullSyncPeriodMs - (periodic ? 1 : 0);
  const isFull = past === null || moment.restarted || isHourly;
  return {
    mode: 'nftables',
    snapshot,
    syncedMs: nowMs,
    fullMs: isFull ? nowMs : past.fullMs,
    serviceCIDRs: isFull ? serviceCIDRs : past.serviceCIDRs,
    isFull,
    restarted: moment.restarted,
    before: past === null ? null : standingAfter(past),
  };
}

function standingAfter(past: NftablesPast): Standing {
  const { snapshot, syncedMs, fullMs, serviceCIDRs } = past;
  const left = { 4: leftAfter(past, 4), 6: leftAfter(past, 6) };
  return { snapshot, syncedMs, fullMs, serviceCIDRs, left };
}

/** A sync deletes what the one before found unused, if that is long enough ago and the process remembers it. */
function leftAfter(past: NftablesPast, family: Family): Left | null {
  const { before, snapshot, syncedMs } = past;
  if (before === null) return null;
  const deletes = !past.restarted && before.syncedMs < syncedMs - staleMs;
  const older = deletes ? null : before.left[family];
  const ports = portsReplaced(before.snapshot, snapshot, family);
  return ports.length === 0 ? older : { ports, older };
}

/** What the last sync fed to nft, by which `table` came to stand. */
export function lastSyncText(input: SyncInput, past: NftablesPast, table: ProxyTable): string {
  if (past.before === null) return fullSyncText(table);
  const memory = memoryOf(input, past.before);
  const known = past.restarted ? restarted(memory) : memory;
  return sync(known, table, past.syncedMs, past.isFull).transactions.join('');
}

function memoryOf({ node, config, causes, family }: SyncInput, before: Standing): SyncMemory {
  const { snapshot, syncedMs, fullMs, serviceCIDRs, left } = before;
  const { table } = rulesFor(snapshot, node, { ...config, serviceCIDRs }, causes, family);
  const active = chainsOf(table, sortedValues(table.ports));
  const stale = new Map<string, number>();
  for (let one = left[family]; one !== null; one = one.older) {
    for (const name of chainsOf(table, one.ports)) {
      if (!active.has(name)) stale.set(name, syncedMs);
    }
  }
  return { table, chains: new Set([...active, ...stale.keys()]), stale, fullSyncMs: fullMs };
}

function chainsOf(table: ProxyTable, ports: Iterable<ProxyPort>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const port of ports) {
    for (const step of table.steps(port)) if (step.kind === 'chain') names.add(step.name);
  }
  return names;
}
