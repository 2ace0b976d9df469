// The face of one machine's netfilter: what a machine hands a packet to at each hook, and what comes back. The
// walk, conntrack, NAT and recent lists stand in the files beside this one. Knows no Kubernetes word.

import type { Addr } from '../net/addr.ts';
import type { Packet, Proto, Tuple } from '../net/packet.ts';
import type { Choices } from '../sim/choices.ts';
import type { Ipvs } from './ipvs/ipvs.ts';
import type { DynamicElement } from './nft/dynamic.ts';
import type { NftSet } from './nft/table.ts';
import type { Hook, RuleSource } from './rule.ts';
import type { Trace } from './trace.ts';

/** What netfilter must ask of the machine it runs on. */
export interface HostView {
  /** Whether the address is one of this machine's (addrtype LOCAL: all interfaces and 127.0.0.0/8). */
  /** Of any device, or of the one that is named. */
  isLocal(addr: Addr, device?: string): boolean;
  /** MASQUERADE's source for a packet that leaves by `device` towards `nextHop`. */
  masqueradeSource(device: string, nextHop: Addr): Addr | undefined;
}

export interface HookContext {
  readonly host: HostView;
  readonly choices: Choices;
  readonly trace: Trace;
  /** Virtual milliseconds. */
  readonly nowMs: number;
  readonly inDevice: string | null;
  readonly outDevice: string | null;
  /** The next hop, known after routing; null before. */
  readonly nextHop: Addr | null;
  /** The packet runs beside the one before it from the same socket. Absent: packets come one after another. */
  readonly atOnce?: boolean;
  /** The packet crosses a bridge whose frames pass iptables (br_netfilter). Absent: it does not. */
  readonly bridged?: boolean;
  /** Which machine it is, for notes in the trace: "node/node01". */
  readonly machine?: string;
  /** It came in by a port of such a bridge, wherever it goes. Absent: it did not. */
  readonly bridgePort?: boolean;
}

export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  /** IPVS has given it another destination: the machine routes it and hands it to OUTPUT once more. */
  | { readonly kind: 'resend' }
  | {
      readonly kind: 'reject';
      readonly with: 'port-unreachable' | 'tcp-reset' | 'admin-prohibited';
    };

/** One conntrack entry as a reader sees it. */
export interface FlowEntry {
  readonly proto: Proto;
  /** As the client sent it. For ICMP echoes `sport` is the identifier and `dport` is type * 256 + code. */
  readonly original: Tuple;
  /** What an answer looks like when it arrives. */
  readonly reply: Tuple;
  readonly seenReply: boolean;
  readonly assured: boolean;
}

/** One entry of a recent list. */
export interface Seen {
  readonly list: string;
  readonly addr: Addr;
  readonly stampMs: number;
}

/** One network namespace's netfilter. Implemented by `createNetfilter` (kernel.ts). */
export interface Netfilter {
  rules: RuleSource;
  /** The namespace's virtual services of this family. */
  readonly ipvs: Ipvs;
  /** Runs one hook: conntrack, then every table of the hook by priority. Rewrites `packet` in place (NAT, mark). At the
   * last hook of its way (INPUT or POSTROUTING) an accepted first packet's entry is confirmed; a packet that is dropped,
   * rejected or unroutable on the way leaves no entry (the machine calls `abandon`). */
  hook(hook: Hook, packet: Packet, context: HookContext): Verdict;
  /** The packet in flight will not get through: its unconfirmed entry is forgotten. */
  abandon(packet: Packet): void;
  /** An ICMP error or RST that this machine makes about `cause` (a packet in flight here) belongs to the flow of
   * `cause`, confirmed or not, so NAT turns it back on its way out (nf_ct_attach). Call before `hook('OUTPUT', ...)`. */
  attach(answer: Packet, cause: Packet): void;
  /** Lines as `conntrack -L` prints them, oldest entry first, without the count line. */
  conntrackList(nowMs: number, shows?: (entry: FlowEntry) => boolean): readonly string[];
  /** The live entries, oldest first. */
  entries(nowMs: number): readonly FlowEntry[];
  /** `conntrack -D`: deletes the live entries that `matches` picks; how many. */
  deleteEntries(matches: (entry: FlowEntry) => boolean, nowMs: number): number;
  /** What rules put into a set of nf_tables and is not over. */
  liveElements(table: string, set: NftSet, nowMs: number): readonly DynamicElement[];
  /** Who stands on the recent lists. */
  seen(): readonly Seen[];
  /** Whether any recent list is kept. */
  readonly remembers: boolean;
  /** A copy that shares all tables until one side writes. */
  fork(): Netfilter;
}
