// The lists of -m recent, row by row of the fact sheet (B8): window, refresh, eviction, reap.
// Their life beside the rules is tested with the machine, in kernel.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Table } from '../sim/table.ts';
import { matchRecent, type RecentList, recentEntriesMax } from './recent.ts';
import type { Match } from './rule.ts';

type RecentMatch = Extract<Match, { kind: 'recent' }>;

const base = { kind: 'recent', list: 'L', reap: false } as const;
const set: RecentMatch = { ...base, op: 'set', seconds: null };
const check = (seconds: number | null, reap = false): RecentMatch => {
  return { ...base, op: 'rcheck', seconds, reap };
};

function seen(lists: Table<RecentList>): readonly unknown[] {
  return (lists.get('L') ?? []).map((entry) => entry.addr);
}

test('B8: rcheck holds up to and including T, and does not refresh', () => {
  const lists = new Table<RecentList>();
  assert.equal(matchRecent(lists, check(2), 1, 0), false);
  assert.equal(matchRecent(lists, set, 1, 1000), true);
  assert.equal(matchRecent(lists, check(2), 1, 3000), true);
  assert.equal(matchRecent(lists, check(2), 1, 3001), false);
  assert.equal(matchRecent(lists, check(null), 1, 999_999), true);
});

test('B8: set refreshes', () => {
  const lists = new Table<RecentList>();
  matchRecent(lists, set, 1, 0);
  matchRecent(lists, set, 1, 2000);
  assert.equal(matchRecent(lists, check(2), 1, 4000), true);
});

test('B8: the 101st client pushes out the least recently set', () => {
  const lists = new Table<RecentList>();
  for (let i = 0; i < recentEntriesMax; i++) matchRecent(lists, set, i, i);
  matchRecent(lists, set, 0, 500); // now 1 is the oldest
  matchRecent(lists, set, 1000, 501);
  assert.equal(matchRecent(lists, check(10), 1, 502), false);
  assert.equal(matchRecent(lists, check(10), 0, 502), true);
  assert.equal(seen(lists).length, recentEntriesMax);
});

test('B8: reap drops at most the one oldest entry, and only when a listed address asks', () => {
  const lists = new Table<RecentList>();
  for (const [i, stampMs] of [0, 1, 9000].entries()) matchRecent(lists, set, i, stampMs);
  matchRecent(lists, check(2, true), 77, 10_000);
  assert.deepEqual(seen(lists), [0, 1, 2]);
  assert.equal(matchRecent(lists, check(2, true), 2, 10_000), true);
  assert.deepEqual(seen(lists), [1, 2]);
});
