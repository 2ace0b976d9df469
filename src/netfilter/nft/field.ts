// What each field of a rule reads from a packet, its devices or its flow. undefined: the packet has no such field, which
// ends the rule whatever it asked for. Models nft_payload, nft_meta, nft_ct and nft_fib; `th` of a packet without ports
// reads 0.
import { type Addr, type Family, familyOf } from '../../net/addr.ts';
import { SCTP, TCP, UDP } from '../../net/packet.ts';
import type { MatchEnv } from '../match.ts';
import type { CtState } from '../rule.ts';
import type { NftField } from './field.table.ts';
import type { NftValue } from './table.ts';

/** How rules name a flow's state. */
export const stateNames: Readonly<Record<CtState, string>> = {
  INVALID: 'invalid',
  NEW: 'new',
  ESTABLISHED: 'established',
  RELATED: 'related',
  UNTRACKED: 'untracked',
  SNAT: 'snat',
  DNAT: 'dnat',
};

type Reader = (env: MatchEnv) => NftValue | undefined;

const address =
  (side: 'src' | 'dst', family: Family): Reader =>
  ({ packet }) =>
    familyOf(packet[side]) === family ? packet[side] : undefined;

const port =
  (side: 'sport' | 'dport', proto: number | null): Reader =>
  ({ packet }) => {
    if (proto !== null) return packet.proto === proto ? packet[side] : undefined;
    return packet.icmp === null ? packet[side] : 0;
  };

const proto: Reader = ({ packet }) => packet.proto;

/** Field -> reader. */
export const readers: Readonly<Record<NftField, Reader>> = {
  'ip saddr': address('src', 4),
  'ip daddr': address('dst', 4),
  'ip protocol': proto,
  'ip6 saddr': address('src', 6),
  'ip6 daddr': address('dst', 6),
  'ip6 nexthdr': proto,
  'meta l4proto': proto,
  'th sport': port('sport', null),
  'th dport': port('dport', null),
  'tcp sport': port('sport', TCP),
  'tcp dport': port('dport', TCP),
  'udp sport': port('sport', UDP),
  'udp dport': port('dport', UDP),
  'sctp sport': port('sport', SCTP),
  'sctp dport': port('dport', SCTP),
  'meta mark': ({ packet }) => packet.mark,
  // A hook without such a device reads no name, which is no field that is missing.
  iifname: ({ context }) => context.inDevice ?? '',
  oifname: ({ context }) => context.outDevice ?? '',
  iif: ({ context }) => context.inDevice ?? '',
  oif: ({ context }) => context.outDevice ?? '',
  'ct state': ({ ct }) => stateNames[ct.state],
  // In a set the whole word is looked up, which no single flag ever is.
  'ct status': () => '',
  'fib saddr type': (env) => kindOf(env, env.packet.src),
  'fib daddr type': (env) => kindOf(env, env.packet.dst),
};

/** What the routing table of local addresses says of an address; broadcast addresses are not known to be any. */
function kindOf({ context }: MatchEnv, value: Addr): 'local' | 'multicast' | 'unicast' {
  if (context.host.isLocal(value)) return 'local';
  const isMulticast = typeof value === 'number' ? value >>> 28 === 14 : value >> 120n === 255n;
  return isMulticast ? 'multicast' : 'unicast';
}
