// Whether one rule matches one packet. The IP header's own tests (-s -d -i -o -p) come first whatever their place,
// then the extensions in order until one fails: what draws, notes or counts does so only when all before it matched.
// Models ip_packet_match and the xt_* matches of net/netfilter.
import type { Addr } from '../net/addr.ts';
import type { Packet } from '../net/packet.ts';
import type { Table } from '../sim/table.ts';
import { inSet } from './ipset/match.ts';
import type { IpSet } from './ipset/set.ts';
import { matchIpvs, type VirtualSide } from './ipvs/match.ts';
import type { HookContext } from './netfilter.ts';
import { matchRecent, type RecentList } from './recent.ts';
import type { AddrType, CtState, Match, Rule } from './rule.ts';

/** What `-m conntrack` sees of the packet's flow: its state, and SNAT / DNAT when the flow is translated. */
export interface CtView {
  readonly state: CtState;
  readonly srcNat: boolean;
  readonly dstNat: boolean;
}

export interface MatchEnv {
  readonly packet: Packet;
  readonly context: HookContext;
  readonly ct: CtView;
  readonly recent: Table<RecentList>;
  /** Which chain last noted an address in a list: the list lives as long as that rule. */
  noteSet(list: string): void;
  /** The ip set of that name. */
  set(name: string): IpSet | undefined;
  /** The virtual side of the IPVS connection that the packet belongs to; null: none. */
  virtualSide(): VirtualSide | null;
  /** Packets counted per nfacct object. */
  readonly accounts: Table<number>;
}

const half = 2 ** 31;

/** True when every match holds; side effects of `random`, `recent` and `nfacct` happen on the way. */
export function matchesRule(rule: Rule, env: MatchEnv): boolean {
  const matches = rule.matches;
  for (let i = 0; i < matches.length; i++) {
    const match = matches[i] as Match;
    if (isHeader(match) && !matchesHeader(match, env)) return false;
  }
  for (let i = 0; i < matches.length; i++) {
    const match = matches[i] as Match;
    if (!isHeader(match) && !matchesExtension(match, env)) return false;
  }
  return true;
}

/** Whether one match holds. */
export function matchesOne(match: Match, env: MatchEnv): boolean {
  return isHeader(match) ? matchesHeader(match, env) : matchesExtension(match, env);
}

type HeaderMatch = Extract<Match, { kind: 'address' | 'interface' | 'protocol' }>;

/** Whether the match is one of the IP header's own. */
export function isHeader(match: Match): match is HeaderMatch {
  return match.kind === 'address' || match.kind === 'interface' || match.kind === 'protocol';
}

/** Whether looking at the match draws, notes or counts something. */
export function hasSideEffect(match: Match): boolean {
  switch (match.kind) {
    case 'random':
    case 'recent':
    case 'nfacct':
      return true;
    default:
      return false;
  }
}

function matchesHeader(match: HeaderMatch, env: MatchEnv): boolean {
  switch (match.kind) {
    case 'address': {
      const addr = match.side === 'src' ? env.packet.src : env.packet.dst;
      return inRange(match.low, match.high, addr) !== match.negated;
    }
    case 'interface': {
      const device = match.side === 'in' ? env.context.inDevice : env.context.outDevice;
      return deviceMatches(match.name, device ?? '') !== match.negated;
    }
    case 'protocol':
      return (env.packet.proto === match.proto) !== match.negated;
  }
}

function inRange(low: Addr, high: Addr, addr: Addr): boolean {
  return typeof addr === typeof low && addr >= low && addr <= high;
}

function deviceMatches(name: string, device: string): boolean {
  return name.endsWith('+') ? device.startsWith(name.slice(0, -1)) : device === name;
}

function matchesExtension(match: Exclude<Match, HeaderMatch>, env: MatchEnv): boolean {
  const { packet, context } = env;
  switch (match.kind) {
    case 'comment':
      return true;
    case 'port': {
      if (packet.proto !== match.proto) return false;
      if (match.side === null) return true;
      const port = match.side === 'src' ? packet.sport : packet.dport;
      return (port >= match.low && port <= match.high) !== match.negated;
    }
    case 'multiport': {
      const port = match.side === 'src' ? packet.sport : packet.dport;
      return match.ports.includes(port) !== match.negated;
    }
    case 'mark':
      return ((packet.mark & match.mask) >>> 0 === match.value) !== match.negated;
    case 'conntrack':
      return hasState(env.ct, match.states) !== match.negated;
    case 'addrtype': {
      const addr = match.side === 'src' ? packet.src : packet.dst;
      const device = deviceOf(match.limit, context);
      return isOfType(match.type, addr, context.host, device) !== match.negated;
    }
    case 'random':
      return context.choices.pick('netfilter/random', [match.below, half - match.below]) === 0;
    case 'recent':
      if (match.op === 'set' && !env.recent.has(match.list)) env.noteSet(match.list);
      return matchRecent(env.recent, match, packet.src, context.nowMs);
    case 'physdev':
      return physdev[match.test](context) !== match.negated;
    case 'nfacct':
      env.accounts.set(match.name, (env.accounts.get(match.name) ?? 0) + 1);
      return true;
    case 'set': {
      const set = env.set(match.set);
      if (set === undefined) throw noSet(match.set);
      return inSet(set, match.flags, packet) !== match.negated;
    }
    case 'ipvs':
      return matchIpvs(match, env.virtualSide());
  }
}

/** Measured on Linux 6.18 in every hook: what came in by a bridge port stays so up to POSTROUTING, also when it is routed;
 * the port it leaves by is known only of what is bridged. */
const physdev = {
  'is-in': ({ bridgePort }: HookContext) => bridgePort === true,
  'is-out': ({ bridged }: HookContext) => bridged === true,
  'is-bridged': ({ bridged }: HookContext) => bridged === true,
} as const;

/** The device that an address must be of to be LOCAL; undefined: any. */
function deviceOf(limit: 'in' | 'out' | undefined, context: HookContext): string | undefined {
  if (limit === undefined) return undefined;
  return (limit === 'in' ? context.inDevice : context.outDevice) ?? '';
}

function isOfType(
  type: AddrType,
  addr: Addr,
  host: HookContext['host'],
  device: string | undefined,
): boolean {
  const four = typeof addr === 'number';
  const multicast = four ? addr >>> 28 === 14 : addr >> 120n === 255n;
  const broadcast = addr === 0xffffffff || addr === 0;
  switch (type) {
    case 'LOCAL':
      return host.isLocal(addr, device);
    case 'MULTICAST':
      return multicast;
    case 'BROADCAST':
      return broadcast;
    case 'UNICAST':
      return !multicast && !broadcast && !host.isLocal(addr, device);
  }
}

/** What loading a rule that names a missing set fails with. */
function noSet(name: string): Error {
  return new Error(`Set ${name} doesn't exist: a rule that names it does not load`);
}

function hasState(ct: CtView, states: readonly CtState[]): boolean {
  for (const state of states) {
    if (state === ct.state) return true;
    if (state === 'SNAT' ? ct.srcNat : state === 'DNAT' && ct.dstNat) return true;
  }
  return false;
}
