// One echo request and what its sender hears: the answer of whichever kernel got it, or an error from one on the way. Both
// walk every machine's rules. Models icmp_echo, ping's sockets and ip_forward's time to live; no sizes, no options.
import { type Addr, familyOf, isLoopback } from '../net/addr.ts';
import { ICMP, ICMPV6, noPayload, type Packet } from '../net/packet.ts';
import { Trace } from '../netfilter/trace.ts';
import type { Pinged } from '../node/dial.ts';
import { addressToward, isLocal } from '../node/machine.ts';
import { carry, type Journey, report } from './carry.ts';
import type { Fabric } from './fabric.ts';
import type { Moment } from './moment.ts';
import { routeOf } from './route.ts';

export interface PingRequest {
  /** Machine: "pod/demo/client". */
  readonly from: string;
  readonly to: Addr;
  /** Tells one ping's packets from another's; all of one ping have the same. */
  readonly id: number;
}

/** Sends one echo request and hears what comes of it; `moment.nowMs` is when it leaves. */
export function ping(fabric: Fabric, request: PingRequest, moment: Moment): Pinged {
  const { from, to, id } = request;
  const name = fabric.machineOf(from);
  const source = sourceToward(fabric, name, to);
  if (source === undefined) return { kind: 'no-route' };
  const proto = familyOf(to) === 4 ? ICMP : ICMPV6;
  const journey: Journey = {
    fabric,
    choices: moment.choices,
    nowMs: moment.nowMs,
    trace: new Trace(),
    noted: false,
    balanced: new Map(),
  };
  const common = { family: familyOf(to), proto, sport: id, dport: id, mark: 0, flags: 0 } as const;
  const echo: Packet = {
    ...common,
    src: source,
    dst: to,
    icmp: 'echo-request',
    payload: noPayload,
  };
  const sent = carry(journey, name, echo);
  if (sent.kind === 'lost') {
    const own = sent.at === name && (sent.why === 'rule' || sent.why === 'policy');
    return own ? { kind: 'not-permitted' } : { kind: 'silence' };
  }
  if (sent.kind === 'error') {
    if (sent.local) report(journey, sent);
    if (sent.local && sent.code === 'net-unreachable') return { kind: 'no-route' };
    if (sent.local && sent.code !== 'host-unreachable') return { kind: 'not-permitted' };
    if (sent.code === 'tcp-reset') return { kind: 'silence' };
    const { code, afterMs } = sent;
    if (sent.local) return { kind: 'error', by: source, code, afterMs };
    const fate = report(journey, sent);
    const heard = fate?.kind === 'arrived' && fate.at === name ? fate.packet : undefined;
    const about = typeof heard?.icmp === 'object' ? heard.icmp?.about : undefined;
    if (heard === undefined || about?.sport !== id || about.dst !== to) return { kind: 'silence' };
    return { kind: 'error', by: heard.src, code, afterMs };
  }
  const { packet } = sent;
  const answer = {
    ...common,
    sport: packet.sport,
    dport: packet.sport,
    src: packet.dst,
    dst: packet.src,
    icmp: 'echo-reply',
    payload: noPayload,
  } as Packet;
  const back = carry(journey, sent.at, answer);
  const isHeard = back.kind === 'arrived' && back.at === name && back.packet.sport === id;
  return isHeard ? { kind: 'reply', by: back.packet.src, ttl: back.ttl } : { kind: 'silence' };
}

/** The address that a machine sends from to another; undefined: no route leads there. */
export function sourceToward(fabric: Fabric, name: string, to: Addr): Addr | undefined {
  const machine = fabric.machine(name);
  if (machine === undefined) throw new Error(`there is no machine "${name}"`);
  if (isLoopback(to)) return familyOf(to) === 4 ? 0x7f000001 : 1n;
  if (isLocal(machine, to)) return to;
  const hop = routeOf(fabric, machine, to);
  return hop && addressToward(machine, hop.device, hop.nextHop ?? to);
}
