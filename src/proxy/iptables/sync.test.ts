// What each sync of a history writes and what stands after it: partial syncs, and the two things
// that a large cluster keeps of its past.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../../test/arbitraries/proxy-objects.ts';
import { Causes } from '../../sim/causes.ts';
import { emptySnapshot, type ProxySnapshot } from '../snapshot.ts';
import { type IptablesLayer, rulesFor } from './layer.ts';
import { syncInput } from './restore-input.ts';
import { staleChains, standingLayer } from './standing.ts';
import { nextSync, type Past, type SyncCause, showsPast } from './sync.ts';

const causes = new Causes();
const layerOf = (snapshot: ProxySnapshot) => rulesFor(snapshot, testNode, testConfig, causes);

/** Syncs one snapshot after the other, a second apart unless `cause` says when. */
class History {
  past: Past | null = null;
  layer: IptablesLayer = layerOf(emptySnapshot());
  nowMs = 0;
  text = '';
  full = false;

  sync(snapshot: ProxySnapshot, cause: Partial<SyncCause> & { waitMs?: number } = {}): this {
    this.nowMs += cause.waitMs ?? 1_000;
    const sync = nextSync(this.past, {
      snapshot,
      family: 4,
      nowMs: this.nowMs,
      syncPeriodMs: 30_000,
      ...cause,
    });
    const layer = layerOf(snapshot);
    this.text = syncInput(layer, sync, this.layer);
    this.full = sync.full;
    this.past = sync.after;
    this.layer = layer;
    return this;
  }

  /** Lines of the last input that name the Service or end so, without its "-A" and comment. */
  lines(what: string): readonly string[] {
    return this.text.split('\n').filter((line) => line.includes(what));
  }

  stale(): number {
    return this.past === null ? 0 : staleChains(this.layer, this.past).size;
  }

  /** The saved rules of a chain's kind, as comments ("" for none). */
  comments(prefix: string): readonly string[] {
    const { layer, past } = this;
    const standing = past !== null && showsPast(past) ? standingLayer(layer, past) : layer;
    const names = standing.chains('nat').filter((name) => name.startsWith(prefix));
    return names.flatMap((name) =>
      (standing.chain('nat', name)?.rules ?? []).map(
        ({ matches }) => matches.find((match) => match.kind === 'comment')?.text ?? '',
      ),
    );
  }
}

const a = service('ns/a', { clusterIP: '172.30.0.1' });
const b = service('ns/b', { clusterIP: '172.30.0.2' });
const sa = slice('ns/a', ['10.0.0.1']);
const sb = slice('ns/b', ['10.0.0.2']);
const ab = snapshotOf(a, b, sa, sb);
const chainA = /KUBE-S(VC|EP)-\w+ .*ns\/a/;
const chainB = /KUBE-S(VC|EP)-\w+ .*ns\/b/;
const own = (text: string, of: RegExp) =>
  text.split('\n').filter((line) => of.test(line) && !line.startsWith('-A KUBE-SERVICES')).length;

test('B9 the first sync writes every chain', () => {
  const history = new History().sync(ab);
  assert.deepEqual(
    [history.full, own(history.text, chainA), own(history.text, chainB)],
    [true, 4, 4],
  );
});

test('H26 TestSyncProxyRulesRepeated: a partial sync writes the own chains of what changed', () => {
  const moved = slice('ns/b', ['10.0.0.3']);
  const history = new History().sync(ab).sync(snapshotOf(a, b, sa, moved));
  assert.equal(history.full, false);
  assert.deepEqual([own(history.text, chainA), own(history.text, chainB)], [0, 4]);
  // The shared chains are written for all of them, every time.
  assert.equal(history.lines('cluster IP" -m tcp -p tcp -d 172.30.0.1 ').length, 1);
  assert.equal(history.lines('NOTE: this must be the last rule').length, 1);
});

test('H26 a chain that is not used any more is written once more, to be deleted', () => {
  const history = new History().sync(ab);
  const gone = history.layer.chains('nat').filter((name) => name.startsWith('KUBE-SEP-'));
  history.sync(snapshotOf(a, b, sa, slice('ns/b', [])));
  const [name] = gone.filter((chain) => history.layer.chain('nat', chain) === undefined);
  assert.deepEqual(history.lines(name ?? '?'), [`:${name} - [0:0]`, `-X ${name}`]);
  assert.equal(history.stale(), 0);
});

test('B9 a Service that goes takes its chains along, and nothing else is written', () => {
  const history = new History().sync(ab).sync(snapshotOf(b, sb));
  assert.deepEqual([own(history.text, chainA), own(history.text, chainB)], [0, 0]);
  assert.equal(history.lines('-X KUBE-S').length, 2);
});

test('B9 what somebody writes beside the rules does not count as a change', () => {
  const labelled = { ...b, metadata: { ...b.metadata, labels: { x: 'y' } } };
  const history = new History().sync(ab).sync(snapshotOf(a, labelled, sa, sb));
  // The slices are the same objects, the Service's ports say the same.
  assert.deepEqual([own(history.text, chainA), own(history.text, chainB)], [0, 0]);
});

test('A15 everything is written anew after more than an hour, since 1.33', () => {
  for (const minor of [32, 33]) {
    const at = (objects: ProxySnapshot) => ({ ...objects, minor });
    const history = new History().sync(at(ab)).sync(at(ab), { waitMs: 3_600_000 });
    assert.equal(history.full, false);
    history.sync(at(ab), { waitMs: 1 });
    assert.equal(history.full, minor >= 33);
  }
});

test('B1 a canary that is gone makes the next sync a full one; so does a new process', () => {
  const history = new History().sync(ab).sync(ab, { forced: 'resync' });
  assert.deepEqual([history.full, own(history.text, chainA)], [true, 4]);
  history.sync(snapshotOf(b, sb), { forced: 'restart' });
  assert.deepEqual([history.full, history.lines('-X KUBE-S').length], [true, 2]);
});

const many = (count: number, name = 'ns/a') =>
  slice(
    name,
    Array.from({ length: count }, (_, i) => `10.1.${i >> 8}.${i & 255}`),
  );

test('H25 TestSyncProxyRulesLargeClusterMode: stale chains wait for more than a syncPeriod', () => {
  const large = snapshotOf(a, b, many(1001), sb);
  const history = new History().sync(large);
  history.sync(snapshotOf(a, many(1001)));
  assert.deepEqual([history.stale(), history.lines('-X ').length], [2, 0]);
  // Exactly the period is not more than it.
  history.sync(snapshotOf(a, many(1002)), { waitMs: 29_000 });
  assert.deepEqual([history.stale(), history.lines('-X ').length], [2, 0]);
  history.sync(snapshotOf(a, many(1001)), { waitMs: 1 });
  assert.deepEqual([history.stale(), history.lines('-X ').length], [0, 3]);
});

test('H25 a chain that comes back in time is not stale any more', () => {
  const large = snapshotOf(a, b, many(1001), sb);
  const history = new History().sync(large).sync(snapshotOf(a, many(1001)));
  assert.equal(history.stale(), 2);
  assert.equal(history.sync(large).stale(), 0);
});

test('H25 a cluster that becomes large keeps the comments of what it does not write', () => {
  const small = snapshotOf(a, b, many(999), sb);
  const history = new History().sync(small).sync(snapshotOf(a, b, many(1000), sb));
  assert.ok(history.comments('KUBE-SEP-').includes('ns/b:p80'));
  assert.ok(!history.comments('KUBE-SEP-').includes('ns/a:p80'));
  history.sync(snapshotOf(a, b, many(1000), sb), { forced: 'resync' });
  assert.ok(!history.comments('KUBE-SEP-').includes('ns/b:p80'));
});

test('H25 a cluster that becomes small deletes at once, and gives comments to what it writes', () => {
  const c = service('ns/c', { clusterIP: '172.30.0.3' });
  const sc = slice('ns/c', ['10.0.0.9']);
  const large = snapshotOf(a, b, c, many(1000), sb, sc);
  const history = new History().sync(large).sync(snapshotOf(a, b, c, many(998), sb, sc));
  assert.equal(history.stale(), 0);
  assert.ok(history.comments('KUBE-SEP-').includes('ns/a:p80'));
  assert.ok(!history.comments('KUBE-SEP-').includes('ns/b:p80'));
  assert.ok(history.comments('KUBE-SVC-').includes('ns/b:p80 cluster IP'));
});

test('a chain of a large cluster with a past is found without looking at every service port', () => {
  const large = snapshotOf(a, b, many(1001), sb);
  const { layer, past } = new History().sync(large).sync(snapshotOf(a, many(1002)));
  assert.ok(past !== null && showsPast(past));
  const seen: IptablesLayer = {
    owner: layer.owner,
    family: layer.family,
    hookings: layer.hookings,
    settings: layer.settings,
    views: () => assert.fail('every service port was looked at'),
    viewOf: (port, comments) => layer.viewOf(port, comments),
    portOf: (chain) => layer.portOf(chain),
    chain: (table, name) => layer.chain(table, name),
    chains: (table) => layer.chains(table),
  };
  const full = standingLayer(layer, past);
  const names = full.chains('nat').filter((name) => name.startsWith('KUBE-S'));
  const standing = standingLayer(seen, past);
  for (const name of names) {
    assert.equal(standing.chain('nat', name), full.chain('nat', name), name);
    assert.ok(full.chain('nat', name) !== undefined, name);
  }
  const stale = [...staleChains(layer, past).keys()];
  assert.deepEqual([names.length, stale.length], [1006, 2]);
});
