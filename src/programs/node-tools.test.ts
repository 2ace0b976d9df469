// The command lines of the tools that read a node's kernel: what they ask it for, and what they say when it has no such
// thing. What the kernel prints is not theirs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { type Proto, TCP, UDP } from '../net/packet.ts';
import type { KernelAnswer, KernelRequest } from './kernel-request.ts';
import type { ProcessContext } from './process.ts';
import { runCommand } from './programs.ts';

function ran(line: string, answer: KernelAnswer) {
  const asked: KernelRequest[] = [];
  const kernel = (request: KernelRequest) => {
    asked.push(request);
    return answer;
  };
  const context = { print: () => '', kernel } as unknown as ProcessContext;
  return { asked, ...runCommand(line.split(' '), context) };
}

const list = { kind: 'iptables', form: 'list', family: 4, table: 'nat', chain: null } as const;
const bare = { verbose: false, numbered: false };
const nftPart = { kind: 'nft-part', family: 4, table: 'kube-proxy', name: '' } as const;

const rows: readonly (readonly [string, KernelRequest])[] = [
  ['iptables -t nat -nL', { ...list, ...bare }],
  ['iptables -L -n', { ...list, ...bare, table: 'filter' }],
  [
    '/sbin/iptables -w -t nat -L KUBE-SERVICES -n -v',
    { ...list, ...bare, chain: 'KUBE-SERVICES', verbose: true },
  ],
  [
    'iptables --table=nat --list --numeric --line-numbers',
    { ...list, verbose: false, numbered: true },
  ],
  [
    'iptables -nvL INPUT',
    { ...list, table: 'filter', chain: 'INPUT', verbose: true, numbered: false },
  ],
  ['ip6tables -t nat -S', { ...list, ...bare, form: 'specifications', family: 6 }],
  [
    'iptables -S OUTPUT',
    { ...list, ...bare, form: 'specifications', table: 'filter', chain: 'OUTPUT' },
  ],
  ['ipset list', { kind: 'ipset', form: 'list', set: null }],
  ['ipset -L KUBE-CLUSTER-IP', { kind: 'ipset', form: 'list', set: 'KUBE-CLUSTER-IP' }],
  ['ipset list -name', { kind: 'ipset', form: 'names', set: null }],
  ['ipset -n list A', { kind: 'ipset', form: 'names', set: 'A' }],
  ['ipset -sorted save', { kind: 'ipset', form: 'save', set: null }],
  ['ipset test A 10.96.0.1,tcp:80', { kind: 'ipset-test', set: 'A', member: '10.96.0.1,tcp:80' }],
  ['nft list ruleset', { kind: 'nft', form: 'ruleset', family: null }],
  ['nft list ruleset ip6', { kind: 'nft', form: 'ruleset', family: 6 }],
  ['nft list tables', { kind: 'nft', form: 'tables', family: null }],
  ['nft list table ip kube-proxy', { ...nftPart, form: 'table' }],
  ['nft list table kube-proxy', { ...nftPart, form: 'table' }],
  [
    'nft list chain ip6 kube-proxy services',
    { ...nftPart, form: 'chain', family: 6, name: 'services' },
  ],
  ['nft list map ip kube-proxy service-ips', { ...nftPart, form: 'map', name: 'service-ips' }],
  ['nft list sets', { kind: 'nft-parts', form: 'sets', family: null, table: null }],
  ['nft list maps ip6', { kind: 'nft-parts', form: 'maps', family: 6, table: null }],
  ['nft list chains', { kind: 'nft-parts', form: 'chains', family: null, table: null }],
  [
    'nft list sets table ip kube-proxy',
    { kind: 'nft-parts', form: 'sets', family: 4, table: 'kube-proxy' },
  ],
  ['ipvsadm -Ln', { kind: 'ipvs', form: 'services', only: null }],
  ['ipvsadm -l -n --stats', { kind: 'ipvs', form: 'stats', only: null }],
  ['ipvsadm -Lnc', { kind: 'ipvs', form: 'connections', only: null }],
  ['ipvsadm -Sn', { kind: 'ipvs', form: 'save', only: null }],
  ['ipvsadm -L --timeout', { kind: 'ipvs', form: 'timeouts', only: null }],
  [
    'ipvsadm -Ln -t 10.96.0.1:443',
    { kind: 'ipvs', form: 'services', only: { proto: 6, addr: 0x0a600001, port: 443 } },
  ],
  [
    'ipvsadm -Ln -u [fd00::1]:53 --stats',
    { kind: 'ipvs', form: 'stats', only: { proto: 17, addr: addr('fd00::1'), port: 53 } },
  ],
  ['conntrack -L', { kind: 'conntrack', wanted: {} }],
  [
    'conntrack -L -p tcp --dport 80 -d 10.96.0.0/16',
    { kind: 'conntrack', wanted: { proto: 6, dport: 80, dst: cidr('10.96.0.0/16') } },
  ],
  // libct_proto_tcp.c reads ports with atoi.
  ['conntrack -L -p tcp --dport 80x', { kind: 'conntrack', wanted: { proto: 6, dport: 80 } }],
  ['conntrack -L -p udp --sport abc', { kind: 'conntrack', wanted: { proto: 17, sport: 0 } }],
  [
    'conntrack -L conntrack -f ipv4 --orig-src 10.0.0.1 --reply-src 10.0.0.2',
    {
      kind: 'conntrack',
      wanted: { family: 4, src: cidr('10.0.0.1/32'), replySrc: cidr('10.0.0.2/32') },
    },
  ],
  ['nft list set kube-proxy cluster-ips', { ...nftPart, form: 'set', name: 'cluster-ips' }],
];
for (const [line, want] of rows) {
  test(`${line} asks for what it says`, () => {
    const { asked, stdout, exitCode } = ran(line, { kind: 'text', text: 'x\n', exitCode: 0 });
    assert.deepEqual(asked, [want]);
    assert.deepEqual([stdout, exitCode], want.kind === 'ipset-test' ? ['', 0] : ['x\n', 0]);
  });
}

const noName: KernelAnswer = { kind: 'missing', what: 'name' };
const noTable: KernelAnswer = { kind: 'missing', what: 'table' };
const tryHelp = "Try `conntrack -h' or 'conntrack --help' for more information.\n";
const notThere = 'Error: No such file or directory\n';
const refusals: readonly (readonly [string, KernelAnswer, number, string | RegExp])[] = [
  [
    'iptables -t nat -nL X',
    noName,
    1,
    "iptables v1.8.9 (nf_tables): chain `X' in table `nat' is incompatible, use 'nft' tool.\n",
  ],
  [
    'ip6tables -t foo -S',
    noName,
    3,
    "ip6tables v1.8.9 (nf_tables): table 'foo' does not exist\nPerhaps ip6tables or your kernel needs to be upgraded.\n",
  ],
  ['iptables -t nat', noName, 2, /no command specified\nTry `iptables -h'/],
  ['iptables -L', noName, 1, /not modelled: names of hosts and ports \(add -n\)\nknown: /],
  ['iptables -t nat -A X -j DROP', noName, 1, /not modelled: -A\nknown: /],
  ['ipset list X', noName, 1, 'ipset v7.17: The set with the given name does not exist\n'],
  ['ipset destroy', noName, 1, /not modelled: destroy\nknown: ipset list/],
  ['nft list table ip x', noTable, 1, `${notThere}list table ip x\n              ^\n`],
  [
    'nft list chain ip x services',
    noTable,
    1,
    `${notThere}list chain ip x services\n              ^\n`,
  ],
  [
    'nft list chain ip x services',
    noName,
    1,
    `${notThere}list chain ip x services\n                ^^^^^^^^\n`,
  ],
  ['nft list map x m', noTable, 1, `${notThere}list map x m\n         ^\n`],
  [
    'nft list sets table ip x',
    noTable,
    1,
    `${notThere}list sets table ip x\n                   ^\n`,
  ],
  ['nft list maps table ip x', noTable, 1, /not modelled: list maps table ip x\nknown: /],
  ['nft -a list ruleset', noTable, 1, /not modelled: -a list ruleset\nknown: /],
  [
    'ipvsadm -L',
    noName,
    1,
    /not modelled: names of hosts and ports \(add -n\)\nknown: ipvsadm -Ln/,
  ],
  ['ipvsadm -Ln --rate', noName, 1, /not modelled: --rate\nknown: /],
  ['ipvsadm -Ln -t 10.0.0.1:80', noName, 1, 'No such service\n'],
  ['ipvsadm -A -t 10.0.0.1:80', noName, 1, /not modelled: -A\nknown: /],
  [
    'conntrack -L -d foo',
    noName,
    2,
    `conntrack v1.4.7 (conntrack-tools): Invalid IP address \`foo'\n${tryHelp}`,
  ],
  [
    'conntrack -L -p foo',
    noName,
    2,
    `conntrack v1.4.7 (conntrack-tools): \`foo' unsupported protocol\n${tryHelp}`,
  ],
  [
    'conntrack -L --dport 80',
    noName,
    2,
    `conntrack v1.4.7 (conntrack-tools): unknown option \`--dport'\n${tryHelp}`,
  ],
  [
    'conntrack -L -d',
    noName,
    2,
    `conntrack v1.4.7 (conntrack-tools): option \`-d' requires an argument\n${tryHelp}`,
  ],
  ['conntrack -D -d 10.0.0.1', noName, 1, /not modelled: -D -d 10\.0\.0\.1\nknown: conntrack -L/],
  ['ss -ltnp', noName, 1, /not modelled: -ltnp\nknown: ss -ltn/],
  ['sysctl -w net.ipv4.ip_forward=1', noName, 1, /not modelled: -w net\.ipv4/],
  ['nft add table ip x', noName, 1, /not modelled: add table ip x\nknown: nft list ruleset/],
];
for (const [line, answer, status, want] of refusals) {
  test(`${line} is refused as it should be: ${want}`, () => {
    const { stderr, stdout, exitCode } = ran(line, answer);
    assert.deepEqual([stdout, exitCode], ['', status]);
    if (typeof want === 'string') assert.equal(stderr, want);
    else assert.match(stderr, want);
  });
}

const part = (table: string, rule: string) =>
  `# Generated by iptables-save v1.8.9 (nf_tables)\n*${table}\n:INPUT ACCEPT [0:0]\n${rule}COMMIT\n# Completed\n`;
const nat = part('nat', '-A INPUT -m comment --comment "*filter" -j ACCEPT\n');
const filter = part('filter', '');
const saved: readonly (readonly [string, string, string, number])[] = [
  ['iptables-save', `${nat}${filter}`, '', 0],
  ['iptables-save -t nat', nat, '', 0],
  ['/usr/sbin/iptables-save --table=filter', filter, '', 0],
  ['iptables-save -tnat', nat, '', 0],
  ['iptables-save -t foo', '', "Table `foo' does not exist\n", 1],
  ['iptables-save -c', '', 'iptables-save: not modelled: -c\nknown: iptables-save [-t TABLE]\n', 1],
];
for (const [line, ...want] of saved) {
  test(`${line} prints what the real one does`, () => {
    const context = { print: () => `${nat}${filter}` } as unknown as ProcessContext;
    const { stdout, stderr, exitCode } = runCommand(line.split(' '), context);
    assert.deepEqual([stdout, stderr, exitCode], want);
  });
}

/** Printed by ss of iproute2 6.1 in a namespace of its own, to a pipe. */
const listening: readonly (readonly [string, string])[] = [
  [
    '-ltn',
    `State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
LISTEN 0      4096         0.0.0.0:22         0.0.0.0:*          
LISTEN 0      4096       127.0.0.1:10249      0.0.0.0:*          
LISTEN 0      4096               *:10250            *:*          
LISTEN 0      4096        10.5.0.1:30080      0.0.0.0:*          
`,
  ],
  [
    '-lntu',
    `Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
udp   UNCONN 0      0          127.0.0.1:53         0.0.0.0:*          
udp   UNCONN 0      0            0.0.0.0:68         0.0.0.0:*          
tcp   LISTEN 0      4096         0.0.0.0:22         0.0.0.0:*          
tcp   LISTEN 0      4096       127.0.0.1:10249      0.0.0.0:*          
tcp   LISTEN 0      4096               *:10250            *:*          
tcp   LISTEN 0      4096        10.5.0.1:30080      0.0.0.0:*          
`,
  ],
  [
    '-Hltn',
    `LISTEN 0      4096     0.0.0.0:22    0.0.0.0:*
LISTEN 0      4096   127.0.0.1:10249 0.0.0.0:*
LISTEN 0      4096           *:10250       *:*
LISTEN 0      4096    10.5.0.1:30080 0.0.0.0:*
`,
  ],
  [
    '-lun',
    `State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
UNCONN 0      0          127.0.0.1:53        0.0.0.0:*          
UNCONN 0      0            0.0.0.0:68        0.0.0.0:*          
`,
  ],
  ['-lSn', 'State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n'],
];
for (const [option, want] of listening) {
  test(`ss ${option} prints what the real one does`, () => {
    const socket = (proto: Proto, port: number, address: string | null) => {
      return { proto, port, addr: address === null ? null : addr(address) };
    };
    const sockets = [
      socket(TCP, 10250, null),
      socket(TCP, 22, '0.0.0.0'),
      socket(TCP, 10249, '127.0.0.1'),
      socket(TCP, 30080, '10.5.0.1'),
      socket(UDP, 68, '0.0.0.0'),
      socket(UDP, 53, '127.0.0.1'),
    ];
    assert.equal(ran(`ss ${option}`, { kind: 'sockets', sockets }).stdout, want);
  });
}

test('sysctl prints what the real one does', () => {
  const readFile = (path: string) => (path === '/proc/sys/net/ipv4/ip_forward' ? '1\n' : undefined);
  const context = { print: () => '', readFile } as unknown as ProcessContext;
  const run = (line: string) => runCommand(line.split(' '), context);
  assert.equal(run('sysctl net.ipv4.ip_forward').stdout, 'net.ipv4.ip_forward = 1\n');
  assert.equal(run('sysctl net/ipv4/ip_forward').stdout, 'net.ipv4.ip_forward = 1\n');
  assert.equal(run('sysctl -n net.ipv4.ip_forward').stdout, '1\n');
  const { stdout, stderr, exitCode } = run('sysctl net.foo.bar');
  const want = 'sysctl: cannot stat /proc/sys/net/foo/bar: No such file or directory\n';
  assert.deepEqual([stdout, stderr, exitCode], ['', want, 1]);
});
