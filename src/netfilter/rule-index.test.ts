// Looking up by index against the plain linear walk, over random chains and packets, with a fault it must catch.
// Not a benchmark: bench/netfilter.bench.ts is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyChains, anyPacket } from '../../test/arbitraries/rules.ts';
import type { Packet } from '../net/packet.ts';
import { seeded } from '../sim/choices.ts';
import { Table } from '../sim/table.ts';
import type { RecentList } from './recent.ts';
import type { Chain } from './rule.ts';
import { indexed } from './rule-index.ts';
import { composeRules, plainLayer } from './ruleset.ts';
import { Trace } from './trace.ts';
import { accept, type Lookup, linear, walkTable } from './walk.ts';

/** Everything one can see of walking the packets: verdicts, traces, counts, draws, lists, marks. */
function seen(chains: readonly Chain[], packets: readonly Packet[], lookup: Lookup): unknown {
  const rules = composeRules(4, [
    plainLayer('test', 4, chains, [
      {
        table: 'filter',
        chain: 'FORWARD',
        position: 'append',
        rule: { matches: [], target: { kind: 'jump', chain: 'U0' }, origin: 0 },
      },
    ]),
  ]);
  const recent = new Table<RecentList>();
  const accounts = new Table<number>();
  const choices = seeded(7);
  return packets.map((original, i) => {
    const packet = { ...original };
    const trace = new Trace();
    const host = { isLocal: () => i % 2 === 0, masqueradeSource: () => undefined };
    const verdict = walkTable(
      {
        packet,
        context: {
          host,
          choices,
          trace,
          nowMs: i * 1500,
          inDevice: 'eth0',
          outDevice: 'cni0',
          nextHop: null,
        },
        ct: { state: i % 3 === 0 ? 'NEW' : 'ESTABLISHED', srcNat: false, dstNat: i % 2 === 0 },
        recent,
        noteSet: () => {},
        chain: null,
        accounts,
        rules,
        hook: 'FORWARD',
        lookup,
        translate: () => accept,
      },
      'filter',
    );
    const next = choices.fork().pick('after', new Array(1000).fill(1));
    const lists = [...recent.entries()];
    const steps = trace
      .steps()
      .map((step) => ({ ...step, chain: 'chain' in step && step.chain.name }));
    return { verdict, steps, walked: trace.rulesWalked, mark: packet.mark, next, lists };
  });
}

function holds(lookup: Lookup, numRuns: number): fc.RunDetails<[readonly Chain[], Packet[]]> {
  return fc.check(
    fc.property(
      anyChains('filter', 4, 60),
      fc.array(anyPacket(4), { minLength: 1, maxLength: 6 }),
      (chains, packets) => {
        assert.deepEqual(seen(chains, packets, lookup), seen(chains, packets, linear));
      },
    ),
    { numRuns, seed: 20260101 },
  );
}

test('looking rules up by index is the linear walk: verdict, trace, rules walked, draws, lists', () => {
  const run = holds(indexed, 60);
  assert.equal(run.failed, false, fc.defaultReportMessage(run) ?? '');
});

test('the property catches an index that skips every seventh rule', () => {
  const faulty: Lookup = (chain, env) => {
    const right = indexed(chain, env);
    const next = (from: number): number => right?.next(from) ?? from;
    return { next: (from) => (next(from) % 7 === 6 ? next(from) + 1 : next(from)) };
  };
  assert.equal(holds(faulty, 60).failed, true);
});
