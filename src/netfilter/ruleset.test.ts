// What several owners' layers become: order of jumps, shared chains, listing, laziness.
// The text of such sets is tested in iptables-text/.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRule } from './iptables-text/print.ts';
import { type NftChain, plainTable } from './nft/table.ts';
import type { Chain, Hooking, Rule } from './rule.ts';
import { composeRules, nftLayer, plainLayer } from './ruleset.ts';

const jump = (chain: string): Rule => ({ matches: [], target: { kind: 'jump', chain }, origin: 0 });
const hook = (position: 'prepend' | 'append', to: string): Hooking => {
  return { table: 'filter', chain: 'INPUT', position, rule: jump(to) };
};
const chain = (name: string, owner: string): Chain => {
  return { table: 'filter', name, policy: null, rules: [], owner };
};

const lower = plainLayer(
  'lower',
  4,
  [chain('SHARED', 'lower'), chain('b', 'lower')],
  [hook('prepend', 'SHARED'), hook('append', 'b')],
);
const upper = plainLayer(
  'upper',
  4,
  [chain('SHARED', 'upper'), chain('B', 'upper')],
  [hook('prepend', 'B'), hook('prepend', 'SHARED')],
);

test('B3: a later prepend stands above, and a jump that is there is not written again', () => {
  const rules = composeRules(4, [lower, upper]).chain('filter', 'INPUT')?.rules ?? [];
  assert.deepEqual(
    rules.map((rule) => formatRule(rule, 4)),
    ['-j B', '-j SHARED', '-j b'],
  );
});

test('a chain of two owners is the later writer one', () => {
  assert.equal(composeRules(4, [lower, upper]).chain('filter', 'SHARED')?.owner, 'upper');
});

test('built-ins come first, then the others by code unit; tables without rules are absent', () => {
  const rules = composeRules(4, [lower, upper]);
  assert.deepEqual(rules.chains('filter'), ['INPUT', 'FORWARD', 'OUTPUT', 'B', 'SHARED', 'b']);
  assert.deepEqual(rules.tables(), ['filter']);
  assert.equal(rules.chain('nat', 'PREROUTING'), undefined);
});

test('the same layers give the same source; other orders and families do not', () => {
  assert.equal(composeRules(4, [lower, upper]), composeRules(4, [lower, upper]));
  assert.notEqual(composeRules(4, [lower, upper]), composeRules(4, [upper, lower]));
  assert.deepEqual(composeRules(6, [lower, upper]).tables(), []);
});

test('a chain is asked for only when it is walked or printed', () => {
  const asked: string[] = [];
  const rules = composeRules(4, [
    {
      ...lower,
      chain: (table, name) => {
        asked.push(name);
        return lower.chain(table, name);
      },
    },
  ]);
  rules.chain('filter', 'INPUT');
  assert.deepEqual(asked, []);
  rules.chain('filter', 'b');
  assert.deepEqual(asked, ['b']);
});

test('tables of nf_tables stand beside, in the order of their layers', () => {
  const base: NftChain = {
    kind: 'nft',
    family: 4,
    table: 't',
    name: 'in',
    base: { type: 'filter', hook: 'INPUT', priority: 0, policy: 'accept' },
    comment: null,
    rules: [],
  };
  const one = plainTable(4, 't', { chains: [base, { ...base, name: 'other', base: null }] });
  const two = plainTable(4, 'u', { chains: [], comment: 'second' });
  const rules = composeRules(4, [lower, nftLayer('x', 4, [one]), nftLayer('y', 4, [two])]);
  assert.deepEqual(rules.nft, [one, two]);
  assert.deepEqual(rules.tables(), ['filter']);
  assert.deepEqual([one.chains(), one.baseChains, one.sets()], [['in', 'other'], [base], []]);
  assert.equal(composeRules(6, [nftLayer('x', 4, [one])]).nft.length, 0);
});
