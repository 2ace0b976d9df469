// Walking compiled chains against the plain linear walk, over random chains and packets, with faults it must catch.
// Not a benchmark: bench/netfilter.bench.ts is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyChains, anyPacket } from '../../test/arbitraries/rules.ts';
import type { Packet } from '../net/packet.ts';
import { seeded } from '../sim/choices.ts';
import { Table } from '../sim/table.ts';
import { compiled, walkerBy } from './compiled.ts';
import type { RecentList } from './recent.ts';
import type { Chain, RuleSource } from './rule.ts';
import { candidates } from './rule-index.ts';
import { composeRules, plainLayer } from './ruleset.ts';
import { Trace } from './trace.ts';
import { accept, linear, type Walker } from './walk.ts';

/** Everything one can see of walking the packets: verdicts, traces, counts, draws, lists, marks. */
function seen(chains: readonly Chain[], packets: readonly Packet[], walker: Walker): unknown {
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
  const walk = walker(rules);
  return packets.map((original, i) => {
    const packet = { ...original };
    const trace = new Trace();
    const host = { isLocal: () => i % 2 === 0, masqueradeSource: () => undefined };
    const verdict = walk(
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
        set: () => undefined,
        virtualSide: () => null,
        noteSet: () => {},
        chain: null,
        accounts,
        hook: 'FORWARD',
        translate: () => accept,
        untrack: () => {},
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

function holds(walker: Walker, numRuns: number): fc.RunDetails<[readonly Chain[], Packet[]]> {
  return fc.check(
    fc.property(
      anyChains('filter', 4, 60),
      fc.array(anyPacket(4), { minLength: 1, maxLength: 6 }),
      (chains, packets) => {
        assert.deepEqual(seen(chains, packets, walker), seen(chains, packets, linear));
      },
    ),
    { numRuns, seed: 20260101, endOnFailure: true },
  );
}

test('walking compiled chains is the linear walk: verdict, trace, rules walked, draws, lists', () => {
  const run = holds(compiled, 100);
  assert.equal(run.failed, false, fc.defaultReportMessage(run) ?? '');
});

test('a second walk, over chains that are compiled already, is the linear walk too', () => {
  const twice: Walker = (rules) => (env, table) => {
    const before = { mark: env.packet.mark };
    const blind = { ...env, context: { ...env.context, trace: new Trace(), choices: seeded(1) } };
    const state = { recent: env.recent.fork(), accounts: env.accounts.fork() };
    compiled(rules)({ ...blind, ...state }, table);
    env.packet.mark = before.mark;
    return compiled(rules)(env, table);
  };
  const run = holds(twice, 30);
  assert.equal(run.failed, false, fc.defaultReportMessage(run) ?? '');
});

test('the property catches an index that skips every seventh rule', () => {
  const faulty = walkerBy((index, packet) =>
    candidates(index, packet).filter((ordinal) => ordinal % 7 !== 6),
  );
  assert.equal(holds(faulty, 60).failed, true);
});

test('the property catches chains that are compiled without their last checks', () => {
  const faulty: Walker = (rules) => {
    const cut = (chain: Chain | undefined): Chain | undefined =>
      chain && {
        ...chain,
        rules: chain.rules.map((rule) => ({ ...rule, matches: rule.matches.slice(0, -1) })),
      };
    const source: RuleSource = {
      family: rules.family,
      chain: (table, name) => cut(rules.chain(table, name)),
      chains: (table) => rules.chains(table),
      tables: () => rules.tables(),
      nft: rules.nft,
      set: (name) => rules.set(name),
      sets: () => rules.sets(),
      made: () => rules.made(),
    };
    return compiled(source);
  };
  assert.equal(holds(faulty, 60).failed, true);
});
