// portmap's chains: the vectors of upstream's own tests (plugins/meta/portmap/portmap_iptables_test.go), printed by
// iptables-save.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { parseProto, UDP } from '../net/packet.ts';
import { saveText } from '../netfilter/iptables-text/print.ts';
import { composeRules } from '../netfilter/ruleset.ts';
import { HostPorts } from './host-ports.ts';
import { chainNameOf, type MappedPod, type PortMapping, portmapLayer } from './portmap.ts';

const sandbox =
  'icee6giejonei6sohng6ahngee7laquohquee9shiGo7fohferakah3Feiyoolu2pei7ciPhoh7shaoX6vai3vuf0ahfaeng8yohb9ceu0daez5hashee8ooYai5wa3y';

function mapping(proto: string, hostPort: number, containerPort: number, hostIP = ''): PortMapping {
  return { proto: parseProto(proto) ?? UDP, hostPort, containerPort, hostIP, origin: 0 };
}

const pod: MappedPod = {
  network: 'test',
  sandbox,
  addresses: [
    { addr: addr('10.0.0.2'), subnet: cidr('10.0.0.0/24') },
    { addr: addr('2001:db8::2'), subnet: cidr('2001:db8::/64') },
  ],
  mappings: [
    mapping('TCP', 8080, 80),
    mapping('TCP', 8081, 80),
    mapping('UDP', 8080, 81),
    mapping('UDP', 8082, 82),
    mapping('TCP', 8083, 83, '192.168.0.2'),
    mapping('TCP', 8084, 84, '0.0.0.0'),
    mapping('TCP', 8085, 85, '2001:db8:a::1'),
    mapping('TCP', 8086, 86, '::'),
  ],
};

function lines(family: 4 | 6, pods: readonly MappedPod[], chain: string): readonly string[] {
  const text = saveText(composeRules(family, [portmapLayer(family, pods)]));
  return text.split('\n').filter((line) => line.startsWith(`-A ${chain} `));
}

test('the chain of a container is named by a hash of network and container', () => {
  assert.equal(chainNameOf({ ...pod, network: 'testNetName' }), 'CNI-DN-bfd599665540dd91d5d28');
  assert.equal(chainNameOf(pod), 'CNI-DN-67e92b96e692a494b6b85');
});

const chain = 'CNI-DN-67e92b96e692a494b6b85';
const mark = '-j CNI-HOSTPORT-SETMARK';

/** The three rules of a mapping in IPv4. */
function three(proto: string, port: number, to: number, host = ''): readonly string[] {
  const rest = `-p ${proto} -m ${proto} --dport ${port}`;
  const d = host === '' ? '' : `-d ${host}/32 `;
  return [
    `-A ${chain} -s 10.0.0.0/24 ${d}${rest} ${mark}`,
    `-A ${chain} -s 127.0.0.1/32 ${d}${rest} ${mark}`,
    `-A ${chain} ${d}${rest} -j DNAT --to-destination 10.0.0.2:${to}`,
  ];
}

test('IPv4: marks for the own network and localhost, then DNAT; other families make none', () => {
  assert.deepEqual(lines(4, [pod], chain), [
    ...three('tcp', 8080, 80),
    ...three('tcp', 8081, 80),
    ...three('udp', 8080, 81),
    ...three('udp', 8082, 82),
    ...three('tcp', 8083, 83, '192.168.0.2'),
    ...three('tcp', 8084, 84),
  ]);
});

test('IPv6: no mark for localhost', () => {
  assert.deepEqual(lines(6, [{ ...pod, mappings: pod.mappings.slice(6) }], chain), [
    `-A ${chain} -s 2001:db8::/64 -d 2001:db8:a::1/128 -p tcp -m tcp --dport 8085 ${mark}`,
    `-A ${chain} -d 2001:db8:a::1/128 -p tcp -m tcp --dport 8085 -j DNAT --to-destination [2001:db8::2]:85`,
    `-A ${chain} -s 2001:db8::/64 -p tcp -m tcp --dport 8086 ${mark}`,
    `-A ${chain} -p tcp -m tcp --dport 8086 -j DNAT --to-destination [2001:db8::2]:86`,
  ]);
});

test('the way in: one rule a protocol, all ports of it, whatever their hostIP', () => {
  const about = `-m comment --comment "dnat name: \\"test\\" id: \\"${sandbox}\\"" -m multiport --dports`;
  assert.deepEqual(lines(4, [pod], 'CNI-HOSTPORT-DNAT'), [
    `-A CNI-HOSTPORT-DNAT -p tcp ${about} 8080,8081,8083,8084,8085,8086 -j ${chain}`,
    `-A CNI-HOSTPORT-DNAT -p udp ${about} 8080,8082 -j ${chain}`,
  ]);
});

test('at most fifteen ports a rule', () => {
  const many = Array.from({ length: 17 }, (_, i) => mapping('SCTP', 9000 + i, 80));
  const ways = lines(4, [{ ...pod, mappings: many }], 'CNI-HOSTPORT-DNAT');
  assert.deepEqual(
    ways.map((line) => /--dports (\S+)/.exec(line)?.[1]?.split(',').length),
    [15, 2],
  );
});

test('the comment is cut at 255 characters', () => {
  const long = { ...pod, network: 'n'.repeat(300), mappings: [mapping('TCP', 80, 80)] };
  const [way = ''] = lines(4, [long], 'CNI-HOSTPORT-DNAT');
  const comment = /--comment "(.*)" -m/.exec(way)?.[1]?.replaceAll('\\"', '"') ?? '';
  assert.equal(comment.length, 256); // upstream cuts at 253 and adds three dots
  assert.ok(comment.endsWith('nnn...'));
});

test('Pods come and go; the common chains stay', () => {
  const ports = new HostPorts();
  assert.equal(ports.layer('n1', 4), undefined);
  ports.add('n1', 'd/a', pod);
  const fork = ports.fork();
  assert.equal(ports.remove('d/a'), true);
  assert.equal(ports.remove('d/a'), false);
  assert.deepEqual(ports.layer('n1', 4)?.chains('nat'), [
    'CNI-HOSTPORT-DNAT',
    'CNI-HOSTPORT-MASQ',
    'CNI-HOSTPORT-SETMARK',
  ]);
  assert.equal(fork.layer('n1', 4)?.chains('nat').length, 4);
  assert.equal(fork.layer('n1', 4), fork.fork().layer('n1', 4));
});
