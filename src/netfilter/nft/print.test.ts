// The text of tables, sets and rules where it differs from what was written: rows measured with nft 1.0.6. The whole of
// it against the real tool: test/real-nft.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../../net/addr.ts';
import { TCP, UDP } from '../../net/packet.ts';
import type { Hook } from '../rule.ts';
import {
  base,
  chain,
  element,
  goTo,
  is,
  isNot,
  jump,
  part,
  rule,
  setOf,
  table,
  values,
  verdict,
} from './make.fixture.ts';
import { listRuleset, listTable, loadText } from './print.ts';
import { elementText, ruleText, writtenText } from './print-rule.ts';
import type { NftElement, NftPlace, NftStatement, NftValue } from './table.ts';
import { formatTime } from './value.ts';

const own = (...elements: NftElement[]): NftPlace => ({ kind: 'anonymous', elements });
const sources = (negated: boolean, ...keys: NftValue[]): NftStatement => ({
  kind: 'in',
  key: ['ip saddr'],
  negated,
  set: own(...keys.map((key) => element([key]))),
});
const l4 = (proto: number) => is('meta l4proto', proto);
const reset: NftStatement = { kind: 'reject', with: 'tcp-reset' };
const mark: NftStatement = { kind: 'mark', op: 'xor', value: 0x4000 };

const rows: readonly {
  readonly name: string;
  readonly rule: readonly NftStatement[];
  readonly want: string;
}[] = [
  {
    name: 'D: a set with one element is a comparison',
    rule: [sources(true, '203.0.113.0/25'), verdict('drop')],
    want: 'ip saddr != 203.0.113.0/25 drop',
  },
  {
    name: 'D: a set with several is sorted',
    rule: [sources(true, '203.0.113.0/25', '8.8.8.0/24', '9.9.9.9'), verdict('drop')],
    want: 'ip saddr != { 8.8.8.0/24, 9.9.9.9, 203.0.113.0/25 } drop',
  },
  {
    name: 'ranges of a rule that touch are joined, and keep their braces',
    rule: [sources(false, '10.0.1.0/24', '10.0.0.0/24')],
    want: 'ip saddr { 10.0.0.0/23 }',
  },
  {
    name: 'what is joined is a range where it is no prefix',
    rule: [sources(false, '10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24', '10.0.1.7')],
    want: 'ip saddr { 10.0.0.0-10.0.2.255 }',
  },
  {
    name: 'addresses alone are not joined',
    rule: [sources(false, '10.0.0.2', '10.0.0.1')],
    want: 'ip saddr { 10.0.0.1, 10.0.0.2 }',
  },
  {
    name: 'a protocol that a port implies goes unsaid',
    rule: [l4(TCP), is('ip saddr', '1.1.1.1'), is('th dport', 80)],
    want: 'ip saddr 1.1.1.1 tcp dport 80',
  },
  {
    name: 'not across a statement',
    rule: [l4(TCP), mark, is('tcp dport', 80)],
    want: 'meta l4proto tcp meta mark set meta mark ^ 0x00004000 tcp dport 80',
  },
  {
    name: 'a source port stands before a destination port',
    rule: [is('udp dport', 53), is('udp sport', 1)],
    want: 'udp sport 1 udp dport 53',
  },
  {
    name: 'a reset says TCP first where something is done before it',
    rule: [is('ip saddr', '1.1.1.1'), mark, reset],
    want: 'meta l4proto tcp ip saddr 1.1.1.1 meta mark set meta mark ^ 0x00004000 reject with tcp reset',
  },
  { name: 'a reset implies TCP', rule: [l4(TCP), reset], want: 'reject with tcp reset' },
  {
    name: 'a protocol before dnat stays',
    rule: [
      l4(UDP),
      {
        kind: 'nat',
        type: 'dnat',
        to: { kind: 'constant', addr: addr('10.0.0.1'), port: 53 },
        fullyRandom: false,
      },
    ],
    want: 'meta l4proto udp dnat to 10.0.0.1:53',
  },
  {
    name: 'D: dnat to a map of addresses and ports names the family',
    rule: [
      {
        kind: 'nat',
        type: 'dnat',
        to: {
          kind: 'map',
          key: { kind: 'numgen', mod: 11 },
          map: own(element([10], values('10.0.0.2', 8080)), element([9], values('10.0.0.1', 80))),
          port: true,
        },
        fullyRandom: false,
      },
    ],
    want: 'dnat ip to numgen random mod 11 map { 9 : 10.0.0.1 . 80, 10 : 10.0.0.2 . 8080 }',
  },
  {
    name: 'D: numgen with one result keeps its braces',
    rule: [
      { kind: 'vmap', key: { kind: 'numgen', mod: 1 }, map: own(element([0], goTo('endpoint'))) },
    ],
    want: 'numgen random mod 1 vmap { 0 : goto endpoint }',
  },
  {
    name: 'D: bits of the mark, and what follows',
    rule: [
      { kind: 'bits', field: 'meta mark', mask: 0x4000, negated: true, value: 0 },
      mark,
      { kind: 'masquerade', fullyRandom: true },
    ],
    want: 'meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random',
  },
  {
    name: 'flags stand in the order of their bits',
    rule: [{ kind: 'flags', field: 'ct state', negated: false, flags: ['new', 'established'] }],
    want: 'ct state established,new',
  },
  {
    name: 'devices stand in quotes',
    rule: [isNot('iifname', 'cali*'), is('iif', 'lo'), { kind: 'counter' }],
    want: 'iifname != "cali*" iif "lo" counter packets 0 bytes 0',
  },
];

for (const { name, rule: statements, want } of rows) {
  test(`${name}: ${want}`, () => assert.equal(ruleText(rule(...statements), 4), want));
}

test('a rule as written is not changed', () => {
  const written = rule(l4(TCP), sources(false, '10.0.1.0/24', '10.0.0.0/24'), is('th dport', 80));
  const text = 'meta l4proto tcp ip saddr { 10.0.0.0/24, 10.0.1.0/24 } th dport 80';
  assert.equal(writtenText(written, 4), text);
});

test('the element that a rule found, as it stands in its map', () => {
  const found = element(['10.96.0.1', TCP, 443], goTo('x'));
  const key = ['ip daddr', 'meta l4proto', 'th dport'] as const;
  const map = { kind: 'named', name: 'm' } as const;
  const vmap = rule({ kind: 'vmap', key: { kind: 'fields', fields: key }, map });
  assert.equal(elementText(vmap, found, 4), '10.96.0.1 . tcp . 443 : goto x');
});

const priorities: readonly (readonly [Hook, number, string])[] = [
  ['PREROUTING', -110, 'dstnat - 10'],
  ['PREROUTING', -90, 'dstnat + 10'],
  ['OUTPUT', -110, '-110'],
  ['OUTPUT', -100, '-100'],
  ['INPUT', 100, '100'],
  ['POSTROUTING', 100, 'srcnat'],
  ['POSTROUTING', 111, '111'],
  ['FORWARD', 0, 'filter'],
  ['FORWARD', -11, '-11'],
  ['OUTPUT', -300, 'raw'],
  ['INPUT', 50, 'security'],
];

for (const [hook, priority, want] of priorities) {
  test(`D: priority ${priority} at ${hook} prints ${want}`, () => {
    const text = listTable(table([base('c', hook, priority, [])]));
    const line = `\t\ttype filter hook ${hook.toLowerCase()} priority ${want}; policy accept;`;
    assert.equal(text.split('\n')[2], line);
  });
}

const times = [
  [10800, '3h'],
  [90, '1m30s'],
  [86400, '1d'],
  [100000, '1d3h46m40s'],
] as const;

for (const [seconds, want] of times) {
  test(`D: ${seconds} s print ${want}`, () => assert.equal(formatTime(seconds * 1000), want));
}

const affinity = setOf('affinity', ['ipv4_addr'], [], {
  flags: ['dynamic', 'timeout'],
  timeoutSeconds: 10800,
});
const update: NftStatement = {
  kind: 'dynset',
  op: 'update',
  set: 'affinity',
  key: ['ip saddr'],
  timeoutSeconds: null,
};
const noEndpoints = setOf(
  'no-endpoints',
  ['ipv4_addr', 'inet_proto', 'inet_service'],
  [
    { ...element(['172.30.0.46', TCP, 80], goTo('reject-chain')), comment: 'ns6/svc6:p80' },
    { ...element(['1.2.3.4', TCP, 80], { kind: 'drop' }), comment: 'ns2/svc2:p80' },
  ],
  { data: 'verdict', comment: 'vmap' },
);
const ips = setOf(
  'ips',
  ['ipv4_addr'],
  ['172.30.0.46', '172.30.0.41', '172.30.0.42'].map((ip) => element([ip])),
);

test('D: sets, maps and chains in the order in which they were made', () => {
  const chains = [
    base('in', 'INPUT', 0, [{ ...rule({ kind: 'verdict', verdict: jump('a') }), comment: 'to a' }]),
    { ...chain('a', rule(update)), comment: 'helper' },
  ];
  const lines = [
    'table ip t {',
    '\tset ips {',
    '\t\ttype ipv4_addr',
    '\t\telements = { 172.30.0.41, 172.30.0.42,',
    '\t\t\t     172.30.0.46 }',
    '\t}',
    '',
    '\tmap no-endpoints {',
    '\t\ttype ipv4_addr . inet_proto . inet_service : verdict',
    '\t\tcomment "vmap"',
    '\t\telements = { 1.2.3.4 . tcp . 80 comment "ns2/svc2:p80" : drop,',
    '\t\t\t     172.30.0.46 . tcp . 80 comment "ns6/svc6:p80" : goto reject-chain }',
    '\t}',
    '',
    '\tset affinity {',
    '\t\ttype ipv4_addr',
    '\t\tsize 65535',
    '\t\tflags dynamic,timeout',
    '\t\ttimeout 3h',
    '\t}',
    '',
    '\tchain in {',
    '\t\ttype filter hook input priority filter; policy accept;',
    '\t\tjump a comment "to a"',
    '\t}',
    '',
    '\tchain a {',
    '\t\tcomment "helper"',
    '\t\tupdate @affinity { ip saddr }',
    '\t}',
    '}',
    '',
  ];
  const made = table(chains, [ips, noEndpoints, affinity]);
  assert.equal(listRuleset({ nft: [made] }), lines.join('\n'));
  assert.match(loadText({ nft: [made] }), /^add table ip t\ndelete table ip t\ntable ip t \{\n/);
});

test('D: what rules put into a set prints when it goes', () => {
  const live = () => [{ key: [part('10.0.0.9') as NftValue], endsInMs: 10_798_696 }];
  const text = listTable(table([chain('a', rule(update))], [affinity]), live);
  assert.match(text, /\n\t\telements = \{ 10\.0\.0\.9 expires 2h59m58s696ms \}\n/);
});

test('a table without sets and chains', () => {
  assert.equal(listRuleset({ nft: [table([])] }), 'table ip t {\n}\n');
  assert.equal(listRuleset({ nft: [] }), '');
});
