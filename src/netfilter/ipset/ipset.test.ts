// Which packets a set match takes, in a rule that is walked; that a set's members persist while later versions change;
// and the refusals of rules that name missing sets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addr, familyOf } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import { noPayload, type Packet, type Proto } from '../../net/packet.ts';
import { parseRules } from '../iptables-text/parse.ts';
import { saveText } from '../iptables-text/print.ts';
import { plainSets } from '../ruleset.ts';
import { inSet } from './match.ts';
import { HashMembers, type Member } from './members.ts';
import { testMember } from './print.ts';
import {
  createSet,
  type IpSet,
  ipMember,
  ipPortIpMember,
  ipPortMember,
  ipPortNetMember,
  netMember,
  portMember,
  type SetType,
} from './set.ts';

function set(type: SetType, ...members: readonly Member[]): IpSet {
  return createSet('S', type, 4, HashMembers.of(members));
}

function packet(text: string, proto: Proto = 6): Packet {
  const [from = '', to = ''] = text.split(' > ');
  const [src, sport] = end(from);
  const [dst, dport] = end(to);
  const common = { mark: 0, flags: 0, icmp: null, payload: noPayload };
  return { family: familyOf(src), proto, src, sport, dst, dport, ...common };
}

function end(text: string): readonly [ReturnType<typeof addr>, number] {
  const at = text.lastIndexOf(':');
  return [addr(text.slice(0, at)), Number(text.slice(at + 1))];
}

const vip = addr('172.30.0.44');
const inVip = packet('10.244.1.5:40000 > 172.30.0.44:80');
const ports = set('hash:ip,port', ipPortMember(vip, 6, 80));
const triple = set('hash:ip,port,ip', ipPortIpMember(vip, 6, 80, addr('10.244.1.5')));
const ranges = set(
  'hash:ip,port,net',
  ipPortNetMember(vip, 6, 80, cidr('10.244.0.0/16')),
  ipPortNetMember(vip, 6, 80, cidr('192.0.2.7/32')),
);

const rows: readonly {
  readonly name: string;
  readonly set: IpSet;
  readonly flags: readonly ('src' | 'dst')[];
  readonly packet: Packet;
  readonly want: boolean;
}[] = [
  {
    name: 'C3: dst,dst takes address and port',
    set: ports,
    flags: ['dst', 'dst'],
    packet: inVip,
    want: true,
  },
  {
    name: 'another protocol is another member',
    set: ports,
    flags: ['dst', 'dst'],
    packet: { ...inVip, proto: 17 },
    want: false,
  },
  {
    name: 'C3: src,dst asks for the source',
    set: ports,
    flags: ['src', 'dst'],
    packet: inVip,
    want: false,
  },
  {
    name: 'C3: src,dst takes a packet from the VIP itself',
    set: ports,
    flags: ['src', 'dst'],
    packet: packet('172.30.0.44:4000 > 10.0.0.1:80'),
    want: true,
  },
  {
    name: 'fewer flags than the type has fields match nothing',
    set: ports,
    flags: ['dst'],
    packet: inVip,
    want: false,
  },
  {
    name: 'more flags than fields are as good',
    set: ports,
    flags: ['dst', 'dst', 'src'],
    packet: inVip,
    want: true,
  },
  {
    name: 'C3: hairpin, dst,dst,src',
    set: triple,
    flags: ['dst', 'dst', 'src'],
    packet: inVip,
    want: true,
  },
  {
    name: 'the third address counts',
    set: triple,
    flags: ['dst', 'dst', 'dst'],
    packet: inVip,
    want: false,
  },
  {
    name: 'C3: a source range holds the client',
    set: ranges,
    flags: ['dst', 'dst', 'src'],
    packet: inVip,
    want: true,
  },
  {
    name: 'a client in no range',
    set: ranges,
    flags: ['dst', 'dst', 'src'],
    packet: { ...inVip, src: addr('192.0.2.8') },
    want: false,
  },
  {
    name: 'a range of one',
    set: ranges,
    flags: ['dst', 'dst', 'src'],
    packet: { ...inVip, src: addr('192.0.2.7') },
    want: true,
  },
  {
    name: 'C3: bitmap:port takes TCP and UDP',
    set: set('bitmap:port', portMember(80)),
    flags: ['dst'],
    packet: { ...inVip, proto: 17 },
    want: true,
  },
  {
    name: 'bitmap:port never takes SCTP',
    set: set('bitmap:port', portMember(80)),
    flags: ['dst'],
    packet: { ...inVip, proto: 132 },
    want: false,
  },
  {
    name: 'C3: hash:ip takes any port',
    set: set('hash:ip', ipMember(vip)),
    flags: ['dst'],
    packet: { ...inVip, dport: 9 },
    want: true,
  },
  {
    name: 'hash:net',
    set: set('hash:net', netMember(cidr('172.30.0.0/16'))),
    flags: ['dst'],
    packet: inVip,
    want: true,
  },
  {
    name: 'a set of the other family holds nothing',
    set: ports,
    flags: ['dst', 'dst'],
    packet: packet('fd00::1:80 > fd00::2:80'),
    want: false,
  },
  {
    name: 'an ICMP error has no ports',
    set: ports,
    flags: ['dst', 'dst'],
    packet: { ...inVip, icmp: 'echo-request' },
    want: false,
  },
];

for (const row of rows) {
  test(`match-set: ${row.name}`, () => {
    assert.equal(inSet(row.set, row.flags, row.packet), row.want);
  });
}

const sets = plainSets([ports, createSet('S6', 'hash:ip', 6)]);
const load = (rule: string) =>
  parseRules(`*nat\n:X - [0:0]\n-A X ${rule}\nCOMMIT\n`, 4, 'text', sets);

for (const [rule, want] of [
  ['-m set --match-set NOSUCH dst -j ACCEPT', /line 3: Set NOSUCH doesn't exist\./],
  ['-m set --match-set S6 dst -j ACCEPT', /family of set S6 is IPv6, which is not applicable\./],
  ['-m set --match-set S src,src,src,src,src,src,src', /Can't be more src\/dst options than 6\./],
  ['-m ipvs -j DROP', /IPVS: At least one option is required/],
] as const) {
  test(`a rule that does not load: ${rule}`, () => assert.throws(() => load(rule), want));
}

test('a rule that names a set loads and prints, IPVS options in the order of the tool', () => {
  const text = '-m set ! --match-set S dst,dst -m ipvs --vport 80 --vaddr 1.2.3.4 ! --vproto tcp';
  const want =
    '-A X -m set ! --match-set S dst,dst -m ipvs ! --vproto 6 --vaddr 1.2.3.4 --vport 80';
  assert.ok(saveText(load(text)).includes(`${want}\n`));
});

test('a member that the type cannot hold is refused in the words of the tool', () => {
  const rows = [
    [
      'A',
      '1.2.3.4,tcp:80,5.6.7.8',
      'Two elem separators in 1.2.3.4,tcp:80,5.6.7.8, but settype hash:ip,port supports one.',
    ],
    ['A', '1.2.3.4', 'Second element is missing from 1.2.3.4.'],
    ['A', '1.2.3.4,foo:1', "cannot parse 'foo' as a protocol"],
    ['B', '1.2.3.4,80', 'Elem separator in 1.2.3.4,80, but settype hash:ip supports none.'],
    ['N', '1.2.3.4/33', "'33' is out of range 0-32"],
    ['N', 'foo/8', 'cannot parse foo: resolving to IPv4 address failed'],
  ] as const;
  const types = { A: 'hash:ip,port', B: 'hash:ip', N: 'hash:net' } as const;
  for (const [name, member, want] of rows) {
    const { text, exit } = testMember(createSet(name, types[name], 4), member);
    assert.deepEqual([text, exit], [`ipset v7.17: Syntax error: ${want}\n`, 1]);
  }
});

type Change = readonly [add: boolean, at: number];

/** Members after each change are those of a plain set, and stay so while later ones are made. */
function persists(change: (members: HashMembers, add: boolean, at: Member) => HashMembers) {
  const small = Array.from({ length: 40 }, (_, i) =>
    i % 2 === 0
      ? ipPortMember(i >> 3, 6, i % 8)
      : ipPortNetMember(i >> 3, 17, i % 8, cidr(`10.${i % 4}.0.0/${16 + (i % 3)}`)),
  );
  const text = (member: Member) => JSON.stringify(member);
  const anyChanges = fc.array(fc.tuple(fc.boolean(), fc.nat(small.length - 1)), { maxLength: 60 });
  const property = fc.property(anyChanges, (changes: readonly Change[]) => {
    let members = HashMembers.empty;
    const plain = new Set<string>();
    const kept: (readonly [HashMembers, readonly string[]])[] = [];
    for (const [add, at] of changes) {
      const member = small[at] as Member;
      members = change(members, add, member);
      if (add) plain.add(text(member));
      else plain.delete(text(member));
      kept.push([members, [...plain].sort()]);
    }
    for (const [version, want] of kept) {
      assert.equal(version.size, want.length);
      assert.deepEqual(version.list().map(text).sort(), want);
      for (const member of small) {
        assert.equal(version.has(member), want.includes(text(member)));
      }
      const lengths = [...new Set(version.list().map((m) => m.secondBits))].filter((b) => b > 0);
      assert.deepEqual(
        version.prefixes,
        lengths.sort((a, b) => b - a),
      );
    }
  });
  return fc.check(property, { numRuns: 200, seed: 20260110 });
}

test('members persist and equal a plain set after any changes', () => {
  const run = persists((members, add, at) => (add ? members.with(at) : members.without(at)));
  assert.equal(run.failed, false, fc.defaultReportMessage(run) ?? '');
});

test('the comparison catches a removal that takes a neighbour along', () => {
  const run = persists((members, add, at) =>
    add ? members.with(at) : members.without(at).without({ ...at, port: at.port ^ 2 }),
  );
  assert.equal(run.failed, true);
});

test('a change of a set of 10,000 members copies little of it', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ipPortMember(0x0a000000 + i, 6, 80));
  let members = HashMembers.of(many);
  for (let i = 0; i < 2_000; i++) members = members.with(ipPortMember(i, 17, 53));
  assert.equal(members.size, 12_000);
  assert.ok(many.every((member) => members.has(member)));
});
