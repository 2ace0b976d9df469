// Listings against what the real tool printed; test/kernel.test.ts asks the tool itself where it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listRows } from './list.table.ts';
import { listRules, listSpecifications } from './list.ts';
import { parseRules } from './parse.ts';

const chain = (rules: readonly string[], head = ':X - [0:0]') =>
  ['*nat', head, ':W - [0:0]', ...rules.map((rule) => `-A X ${rule}`), 'COMMIT', ''].join('\n');
const plain = { verbose: false, numbered: false };

for (const { rule, want } of listRows) {
  test(`iptables -nvL: ${rule}`, () => {
    const rules = parseRules(chain([rule]), 4);
    const text = listRules(rules, { table: 'nat', chain: 'X' }, { ...plain, verbose: true });
    assert.equal(text?.split('\n')[2], want);
  });
}

const rules = parseRules(chain(['-p tcp -m tcp --dport 80 -g W', '-j RETURN']), 4);

test('iptables -t raw -nL: NOTRACK is the target CT in two spellings', () => {
  const lines = [
    '*raw',
    ':PREROUTING ACCEPT [0:0]',
    '-A PREROUTING -p udp -m udp --dport 53 -j NOTRACK',
  ];
  const text = [...lines, '-A PREROUTING -j CT --notrack', 'COMMIT', ''].join('\n');
  const listed = listRules(parseRules(text, 4), { table: 'raw', chain: 'PREROUTING' }, plain);
  assert.deepEqual(listed?.split('\n').slice(2, 4), [
    'CT         17   --  0.0.0.0/0            0.0.0.0/0            udp dpt:53 NOTRACK',
    'CT         0    --  0.0.0.0/0            0.0.0.0/0            CT notrack',
  ]);
});

test('a table as -nL, -nL --line-numbers and -S list it', () => {
  const table = { table: 'nat', chain: null } as const;
  assert.equal(
    listRules(rules, table, plain)?.split('\n\n').slice(-2).join('\n\n'),
    `Chain W (1 references)
target     prot opt source               destination         

Chain X (0 references)
target     prot opt source               destination         
W          6    --  0.0.0.0/0            0.0.0.0/0           [goto]  tcp dpt:80
RETURN     0    --  0.0.0.0/0            0.0.0.0/0           
`,
  );
  const numbered = listRules(rules, { ...table, chain: 'X' }, { ...plain, numbered: true });
  assert.deepEqual(numbered?.split('\n').slice(1, 3), [
    'num  target     prot opt source               destination         ',
    '1    W          6    --  0.0.0.0/0            0.0.0.0/0           [goto]  tcp dpt:80',
  ]);
  assert.equal(
    listSpecifications(rules, { ...table, chain: 'X' }),
    '-N X\n-A X -p tcp -m tcp --dport 80 -g W\n-A X -j RETURN\n',
  );
  assert.match(listSpecifications(rules, table) ?? '', /^-P PREROUTING ACCEPT\n/);
});

test('a table that nobody wrote to has its built-in chains', () => {
  const raw = { table: 'raw', chain: null } as const;
  assert.equal(listSpecifications(rules, raw), '-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n');
  const counted = listRules(rules, { ...raw, chain: 'OUTPUT' }, { ...plain, verbose: true });
  assert.match(
    counted ?? '',
    /^Chain OUTPUT \(policy ACCEPT 0 packets, 0 bytes\)\n pkts bytes target/,
  );
});

test('a chain that is not there is no listing', () => {
  const nothing = { table: 'nat', chain: 'KUBE-NOPE' } as const;
  assert.equal(listRules(rules, nothing, plain), undefined);
  assert.equal(listSpecifications(rules, nothing), undefined);
});
