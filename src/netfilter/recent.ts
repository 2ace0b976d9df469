// The lists of `-m recent`: who was seen when, per list name and network namespace. Immutable values in a
// copy-on-write table. Only the newest stamp of an address is kept: hit counts are not modelled, and nothing else
// asks for older ones. Models net/netfilter/xt_recent.c.
import type { Addr } from '../net/addr.ts';
import type { Table } from '../sim/table.ts';
import type { Match } from './rule.ts';

/** xt_recent's module parameter ip_list_tot. */
export const recentEntriesMax = 100;

export interface RecentEntry {
  readonly addr: Addr;
  readonly stampMs: number;
}

/** Least recently touched first. */
export type RecentList = readonly RecentEntry[];

type RecentMatch = Extract<Match, { kind: 'recent' }>;

/** Judges the source address against the list and, with `set`, notes it. An entry of exactly `seconds` ago still
 * counts. `reap` drops at most the one least recently touched entry, when it is too old and the asking address is
 * itself listed. */
export function matchRecent(
  lists: Table<RecentList>,
  match: RecentMatch,
  addr: Addr,
  nowMs: number,
): boolean {
  const list = lists.get(match.list) ?? [];
  const entry = list.find((seen) => seen.addr === addr);
  if (match.op === 'set') {
    lists.set(match.list, touched(list, entry, { addr, stampMs: nowMs }));
    return true;
  }
  if (entry === undefined) return false;
  const sinceMs = match.seconds === null ? Number.NEGATIVE_INFINITY : nowMs - match.seconds * 1000;
  const oldest = list[0];
  if (match.reap && oldest !== undefined && oldest.stampMs < sinceMs) {
    lists.set(match.list, list.slice(1));
  }
  return entry.stampMs >= sinceMs;
}

function touched(list: RecentList, known: RecentEntry | undefined, entry: RecentEntry): RecentList {
  const others = known === undefined ? list : list.filter((seen) => seen !== known);
  const room = others.length >= recentEntriesMax ? others.slice(1) : others;
  return [...room, entry];
}
