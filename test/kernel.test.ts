// Our rule text against the machine's own iptables: every measured rewriting, a rule set in kube-proxy's words, and
// random rule sets are loaded in a fresh namespace and saved again. Skips with its reason where there is no root or no
// iptables 1.8.9.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Family } from '../src/net/addr.ts';
import { listRules, listSpecifications } from '../src/netfilter/iptables-text/list.ts';
import { parseRules } from '../src/netfilter/iptables-text/parse.ts';
import { restoreText, saveText } from '../src/netfilter/iptables-text/print.ts';
import { type RewriteRow, rewriteRows } from '../src/netfilter/iptables-text/rewrite.table.ts';
import type { RuleSource } from '../src/netfilter/rule.ts';
import { anyRules } from './arbitraries/rules.ts';
import { comparable, loadAndList, loadAndSave, unavailable } from './real-iptables.ts';

const reason = unavailable();
const skip = reason === null ? false : reason;
if (reason !== null) console.log(`real iptables: skipped, ${reason}`);

function saved(text: string, family: Family): readonly string[] {
  const real = loadAndSave(text, family);
  if (typeof real !== 'string') throw new Error(real.skipped);
  return comparable(real);
}

function rowsText(rows: readonly RewriteRow[]): string {
  const part = (table: Tables) => {
    const rules = rows.filter((row) => (row.table ?? 'filter') === table);
    return [`*${table}`, ':X - [0:0]', ...rules.map((row) => `-A X ${row.input}`), 'COMMIT'];
  };
  return [...saveOrder.flatMap(part), ''].join('\n');
}

/** In the order in which iptables-save prints them. */
const saveOrder = ['raw', 'filter', 'nat'] as const;
type Tables = (typeof saveOrder)[number];

for (const family of [4, 6] as const) {
  const rows = rewriteRows.filter(
    (row) => (row.family ?? 4) === family && row.textOnly === undefined,
  );
  test(`IPv${family}: iptables-save rewrites as the rows say`, { skip }, () => {
    const text = rowsText(rows);
    const real = saved(text, family);
    assert.deepEqual(comparable(saveText(parseRules(text, family))), real);
    const appended = real.filter((line) => line.startsWith('-A X'));
    const want = (table: Tables) =>
      rows
        .filter((row) => (row.table ?? 'filter') === table)
        .map((row) => `-A X ${row.want ?? row.input}`);
    assert.deepEqual(appended, saveOrder.flatMap(want));
  });

  test(`IPv${family}: random rule sets load and are saved as we print them`, { skip }, () => {
    const samples = fc.sample(anyRules(family), { numRuns: 25, seed: 20260103 });
    for (const rules of samples) {
      assert.deepEqual(comparable(saveText(rules)), saved(restoreText(rules), family));
    }
  });

  test(`IPv${family}: random rule sets are listed as we list them`, { skip }, () => {
    const samples = fc.sample(anyRules(family), { numRuns: 25, seed: 20261121 });
    for (const rules of [...samples, parseRules(rowsText(rows), family)]) {
      assert.equal(ownListing(rules), realListing(restoreText(rules), family));
    }
  });
}

const tables = ['filter', 'nat', 'raw'] as const;

/** `iptables -nvL`, `-nL --line-numbers` and `-S` of each table. */
function realListing(text: string, family: Family): string {
  const options = tables.flatMap((table) =>
    ['-nvL', '-nL --line-numbers', '-S'].map((form) => `-t ${table} ${form}`),
  );
  const real = loadAndList(text, options, family);
  if (typeof real !== 'string') throw new Error(real.skipped);
  return real;
}

function ownListing(rules: RuleSource): string {
  const texts = tables.flatMap((table) => [
    listRules(rules, { table, chain: null }, { verbose: true, numbered: false }),
    listRules(rules, { table, chain: null }, { verbose: false, numbered: true }),
    listSpecifications(rules, { table, chain: null }),
  ]);
  return texts.join('');
}

test('kube-proxy rules of B4 and B5 load as written and are saved as we print them', {
  skip,
}, () => {
  const text = kubeText();
  assert.deepEqual(comparable(saveText(parseRules(text, 4))), saved(text, 4));
});

test('kube-proxy rules of B4 and B5 are listed as we list them', { skip }, () => {
  const text = kubeText();
  assert.equal(ownListing(parseRules(text, 4)), realListing(text, 4));
});

test('the comparison catches a target that is printed wrongly', { skip }, () => {
  const text = kubeText();
  const faulty = saveText(parseRules(text, 4)).replace(
    '--set-xmark 0x4000/0x0',
    '--xor-mark 0x4000',
  );
  assert.notDeepEqual(comparable(faulty), saved(text, 4));
});

function kubeText(): string {
  const svc = 'KUBE-SVC-NUKIZ6OKUXPJNT4C';
  const sep = 'KUBE-SEP-I77PXRDZVX7PMWMN';
  const port = '-m tcp -p tcp -d 172.30.0.45 --dport 80';
  const set = `-m recent --name ${sep}`;
  return [
    '*filter',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-FORWARD - [0:0]',
    ':KUBE-FIREWALL - [0:0]',
    '-A KUBE-SERVICES -m comment --comment "ns6/svc6:p80 has no endpoints" -m tcp -p tcp -d 172.30.0.46 --dport 80 -j REJECT',
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    'COMMIT',
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-NODEPORTS - [0:0]',
    ':KUBE-MARK-MASQ - [0:0]',
    ':KUBE-POSTROUTING - [0:0]',
    `:${svc} - [0:0]`,
    `:${sep} - [0:0]`,
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
    `-A KUBE-SERVICES -m comment --comment "ns5/svc5:p80 cluster IP" ${port} -j ${svc}`,
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    `-A ${svc} -m comment --comment "ns5/svc5:p80 cluster IP" ${port} ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ`,
    `-A ${svc} -m comment --comment "ns5/svc5:p80 -> 10.180.0.3:80" ${set} --rcheck --seconds 10800 --reap -j ${sep}`,
    `-A ${svc} -m comment --comment "ns5/svc5:p80 -> 10.180.0.3:80" -m statistic --mode random --probability 0.3333333333 -j ${sep}`,
    `-A ${sep} -m comment --comment ns5/svc5:p80 -s 10.180.0.3 -j KUBE-MARK-MASQ`,
    `-A ${sep} -m comment --comment ns5/svc5:p80 ${set} --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.3:80`,
    'COMMIT',
    '',
  ].join('\n');
}
