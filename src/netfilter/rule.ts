// Rules as typed nodes, shared by every tool that prints them (iptables-save, ipset, nft). A chain's rules are an
// immutable array; text is printed last and parsed back only by the parser. Knows no Kubernetes word.
import type { Addr, Family } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import type { Proto } from '../net/packet.ts';
import type { IpSet } from './ipset/set.ts';
import type { NftTable } from './nft/table.ts';

export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';
export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security';
export type CtState = 'INVALID' | 'NEW' | 'ESTABLISHED' | 'RELATED' | 'UNTRACKED' | 'SNAT' | 'DNAT';

/** Kinds of addresses as routing sees them. */
export type AddrType = 'LOCAL' | 'UNICAST' | 'BROADCAST' | 'MULTICAST';

/** One match; matches of a rule stand in the order in which iptables-save prints the extensions (-s -d -i -o -p are
 * always printed first, whatever their place). */
export type Match =
  | {
      readonly kind: 'address';
      readonly side: 'src' | 'dst';
      readonly negated: boolean;
      readonly low: Addr;
      readonly high: Addr;
      readonly bits: number;
    }
  | {
      readonly kind: 'interface';
      readonly side: 'in' | 'out';
      readonly negated: boolean;
      readonly name: string;
    } // trailing + is a prefix
  | { readonly kind: 'protocol'; readonly negated: boolean; readonly proto: Proto }
  /** `-m tcp --dport 80`: `proto` names the module; without ports it prints a bare `-m tcp`. */
  | {
      readonly kind: 'port';
      readonly proto: Proto;
      readonly side: 'src' | 'dst' | null;
      readonly negated: boolean;
      readonly low: number;
      readonly high: number;
    }
  | {
      readonly kind: 'multiport';
      readonly side: 'src' | 'dst';
      readonly negated: boolean;
      readonly ports: readonly number[];
    }
  | { readonly kind: 'comment'; readonly text: string }
  | {
      readonly kind: 'mark';
      readonly negated: boolean;
      readonly value: number;
      readonly mask: number;
    }
  /** `module: 'state'`: written as `-m state --state`, its older name. */
  | {
      readonly kind: 'conntrack';
      readonly negated: boolean;
      readonly states: readonly CtState[];
      readonly module?: 'state';
    }
  | {
      readonly kind: 'addrtype';
      readonly side: 'src' | 'dst';
      readonly negated: boolean;
      readonly type: AddrType;
      /** Only addresses of the device it comes in or goes out by are LOCAL (--limit-iface-in, --limit-iface-out). */
      readonly limit?: 'in' | 'out';
    }
  /** `-m statistic --mode random`: matches when 31 random bits are below `below` (of 2^31). */
  | { readonly kind: 'random'; readonly below: number }
  | {
      readonly kind: 'recent';
      readonly list: string;
      readonly op: 'rcheck' | 'set';
      readonly seconds: number | null;
      readonly reap: boolean;
    }
  | {
      readonly kind: 'physdev';
      readonly negated: boolean;
      readonly test: 'is-bridged' | 'is-in' | 'is-out';
    }
  | { readonly kind: 'nfacct'; readonly name: string }
  | {
      readonly kind: 'set';
      readonly set: string;
      readonly negated: boolean;
      readonly flags: readonly ('src' | 'dst')[];
    }
  /** `-m ipvs`: the packet belongs to an IPVS connection whose virtual side is as said; null: any. */
  | {
      readonly kind: 'ipvs';
      readonly vaddr: { readonly negated: boolean; readonly range: Cidr } | null;
      readonly vproto: { readonly negated: boolean; readonly proto: Proto } | null;
      readonly vport: { readonly negated: boolean; readonly port: number } | null;
    };

export type Target =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | {
      readonly kind: 'reject';
      readonly with: 'port-unreachable' | 'tcp-reset' | 'admin-prohibited';
    }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  /** mark = (mark & ~mask) ^ value, as `--set-xmark value/mask`. */
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | {
      readonly kind: 'dnat';
      readonly to: Addr;
      readonly port: number | null;
      readonly randomFully: boolean;
    }
  | {
      readonly kind: 'snat';
      readonly to: Addr;
      readonly port: number | null;
      readonly randomFully: boolean;
    }
  | { readonly kind: 'redirect'; readonly port: number | null }
  | { readonly kind: 'masquerade'; readonly randomFully: boolean }
  /** Of the raw table: conntrack leaves the packet alone. `as`: how it was written, -j NOTRACK or -j CT --notrack. */
  | { readonly kind: 'notrack'; readonly as: 'NOTRACK' | 'CT' }
  /** A rule without -j: it only counts. */
  | { readonly kind: 'none' };

export interface Rule {
  readonly matches: readonly Match[];
  readonly target: Target;
  /** Opaque: what caused the rule (`causes[origin]` is read by src/analysis alone). 0: nothing a user wrote. */
  readonly origin: number;
}

export interface Chain {
  readonly table: TableName;
  readonly name: string;
  /** Built-in chains have a policy; user chains have null. */
  readonly policy: 'ACCEPT' | 'DROP' | null;
  readonly rules: readonly Rule[];
  /** Who wrote it ("kernel": built-ins); opaque to the walk, used to filter prints. Jumps that
   * an owner put into somebody else's chain are told from `Rule.origin`'s cause or by `ruleOwners`. */
  readonly owner: string;
}

/** Where a walk and a printer find chains. Chains are immutable and shared between nodes and forks; a source may
 * build them when asked. */
export interface RuleSource {
  readonly family: Family;
  chain(table: TableName, name: string): Chain | undefined;
  /** Names of all chains of a table: built-ins in hook order, then the others by code unit. */
  chains(table: TableName): readonly string[];
  /** Tables that have any chain, in the order iptables-nft prints them: mangle, raw, filter, nat (see the fact sheet). */
  tables(): readonly TableName[];
  /** The tables of nf_tables that stand beside them, in the order in which they were made. */
  readonly nft: readonly NftTable[];
  /** The ip set of that name; a rule that names one which is not there does not load. */
  set(name: string): IpSet | undefined;
  /** Names of all ip sets in the order in which they were created. */
  sets(): readonly string[];
  /** The tables of both kinds in the order in which they were made: of two that stand at one hook with one priority, the
   * kernel walks the younger first. */
  made(): readonly (TableName | NftTable)[];
}

/** A jump (or any rule) that an owner puts into a built-in chain. */
export interface Hooking {
  readonly table: TableName;
  readonly chain: Hook;
  readonly position: 'prepend' | 'append';
  readonly rule: Rule;
}

/** Everything one owner has written on a machine. Machines stack layers in the order in which their owners first
 * wrote: `ruleset.ts` makes one RuleSource of them, built-in chains included. */
export interface RuleLayer {
  readonly owner: string;
  readonly family: Family;
  /** The owner's own chains. */
  chain(table: TableName, name: string): Chain | undefined;
  chains(table: TableName): readonly string[];
  /** In the order in which the owner made them, so a later prepend stands above an earlier one. */
  readonly hookings: readonly Hooking[];
  /** The owner's tables of nf_tables; an owner that writes iptables alone has none. */
  readonly nft?: readonly NftTable[];
  /** The owner's ip sets; absent: none. */
  readonly sets?: SetSource;
}

/** Where ip sets are found; a writer may build them when asked. */
export interface SetSource {
  set(name: string): IpSet | undefined;
  /** In the order in which the owner created them. */
  sets(): readonly string[];
}
