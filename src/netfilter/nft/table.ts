// nf_tables as typed nodes: tables, sets, maps, chains and rules, as a writer hands them to the kernel. Immutable; text is
// printed last (print.ts), the walk stands in walk.ts. Only the families ip and ip6, and only what the rules of service
// proxies, port mappers and policy engines use. Models the objects of nft(8). Knows no Kubernetes word.
import type { Addr, Family } from '../../net/addr.ts';
import type { Hook } from '../rule.ts';
import type { NftField } from './field.table.ts';

/** The type of one value; a key of several is a list of them. */
export type NftType =
  | 'ipv4_addr'
  | 'ipv6_addr'
  | 'inet_proto'
  | 'inet_service'
  | 'mark'
  | 'ifname'
  | 'iface_index'
  | 'ct_state'
  | 'ct_status'
  | 'fib_addrtype';

/** Addresses, protocol numbers, ports and marks are numbers (IPv6 addresses bigints); names are text: a device (a
 * trailing * in an element or a comparison stands for any end), a flag ("new", "dnat"), a kind of address ("local"). */
export type NftValue = Addr | string;

/** One value, or all from `low` to `high`; `bits` says that a range was written as a prefix. */
export type NftPart =
  | NftValue
  | {
      readonly kind: 'range';
      readonly low: Addr;
      readonly high: Addr;
      readonly bits: number | null;
    };

export type NftVerdict =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'continue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** What a map gives for a key: a verdict, or values. */
export type NftData =
  | NftVerdict
  | { readonly kind: 'values'; readonly values: readonly NftValue[] };

/** An element of a set (`data` null) or of a map. */
export interface NftElement {
  readonly key: readonly NftPart[];
  readonly data: NftData | null;
  readonly comment: string | null;
  /** As a rule's: what caused a verdict or a value that comes out of a map. 0: nothing a user wrote. */
  readonly origin: number;
}

export type NftFlag = 'constant' | 'dynamic' | 'interval' | 'timeout';

/** A named set or map. */
export interface NftSet {
  readonly name: string;
  readonly type: readonly NftType[];
  /** What a map maps to; null: a set. */
  readonly data: 'verdict' | readonly NftType[] | null;
  readonly flags: readonly NftFlag[];
  readonly timeoutSeconds: number | null;
  readonly size: number | null;
  readonly comment: string | null;
  /** As written, each key once; what rules add to a dynamic set is not among them. */
  readonly elements: readonly NftElement[];
  /** Finds the element of a whole key where the writer keeps an index; `elements` may then be built when it is read,
   * which only a print should do. Absent: the elements are all there is, and may be ranges. */
  readonly find?: (key: readonly NftValue[]) => NftElement | undefined;
}

/** Where a look-up looks: a set or map of the table, or one that belongs to the rule. */
export type NftPlace =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'anonymous'; readonly elements: readonly NftElement[] };

/** What is looked up in a map: fields of the packet side by side, or `numgen random mod N`. */
export type NftKey =
  | { readonly kind: 'fields'; readonly fields: readonly NftField[] }
  | { readonly kind: 'numgen'; readonly mod: number };

/** Where a translation goes. A map gives an address, or with `port` an address and a port. */
export type NftTo =
  | { readonly kind: 'constant'; readonly addr: Addr; readonly port: number | null }
  | {
      readonly kind: 'map';
      readonly key: NftKey;
      readonly map: NftPlace;
      readonly port: boolean;
    };

/** One part of a rule. They run from left to right; the first comparison or look-up that fails ends the rule. */
export type NftStatement =
  /** `ip saddr != 10.0.0.0/8`, `tcp dport 80-90`, `iifname "pod*"`, `fib daddr type local`. */
  | {
      readonly kind: 'compare';
      readonly field: NftField;
      readonly negated: boolean;
      readonly value: NftPart;
    }
  /** `meta mark & 0x4000 != 0x0`. */
  | {
      readonly kind: 'bits';
      readonly field: 'meta mark';
      readonly mask: number;
      readonly negated: boolean;
      readonly value: number;
    }
  /** `ct state established,related`: any of them. */
  | {
      readonly kind: 'flags';
      readonly field: 'ct state' | 'ct status';
      readonly negated: boolean;
      readonly flags: readonly string[];
    }
  /** `ip saddr . tcp dport @set`, `ip daddr != { a, b }`. */
  | {
      readonly kind: 'in';
      readonly key: readonly NftField[];
      readonly negated: boolean;
      readonly set: NftPlace;
    }
  | { readonly kind: 'vmap'; readonly key: NftKey; readonly map: NftPlace }
  | { readonly kind: 'counter' }
  /** `meta mark set VALUE`, or `meta mark set meta mark & | ^ VALUE`. */
  | { readonly kind: 'mark'; readonly op: 'set' | 'and' | 'or' | 'xor'; readonly value: number }
  /** `update @set { ip saddr }` notes or renews; `add` only notes. */
  | {
      readonly kind: 'dynset';
      readonly op: 'add' | 'update';
      readonly set: string;
      readonly key: readonly NftField[];
      /** Of this element; null: the set's. */
      readonly timeoutSeconds: number | null;
    }
  | { readonly kind: 'verdict'; readonly verdict: NftVerdict }
  /** Bare `reject` is port-unreachable, for TCP too. */
  | {
      readonly kind: 'reject';
      readonly with: 'port-unreachable' | 'tcp-reset' | 'admin-prohibited';
    }
  | {
      readonly kind: 'nat';
      readonly type: 'dnat' | 'snat';
      readonly to: NftTo;
      readonly fullyRandom: boolean;
    }
  | { readonly kind: 'redirect'; readonly port: number | null }
  | { readonly kind: 'masquerade'; readonly fullyRandom: boolean };

export interface NftRule {
  readonly statements: readonly NftStatement[];
  readonly comment: string | null;
  /** Opaque, as in an iptables rule: what caused it. 0: nothing a user wrote. */
  readonly origin: number;
}

/** Where the kernel calls a base chain. */
export interface NftHook {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
}

export interface NftChain {
  /** Tells it from a chain of iptables where both are met. */
  readonly kind: 'nft';
  readonly family: Family;
  readonly table: string;
  readonly name: string;
  /** Null: only jumps lead here. */
  readonly base: NftHook | null;
  readonly comment: string | null;
  readonly rules: readonly NftRule[];
}

/** A table. Chains and sets are asked for by name, so a writer may build them when they are walked or printed; the same
 * table gives the same objects each time. */
export interface NftTable {
  readonly family: Family;
  readonly name: string;
  readonly comment: string | null;
  /** Names of the sets and maps, in the order in which they were made. */
  sets(): readonly string[];
  set(name: string): NftSet | undefined;
  /** Names of the chains, in the order in which they were made. */
  chains(): readonly string[];
  chain(name: string): NftChain | undefined;
  /** The chains that stand at a hook, in the order in which they were made. */
  readonly baseChains: readonly NftChain[];
}

/** A table of what is ready made. */
export function plainTable(
  family: Family,
  name: string,
  content: {
    readonly comment?: string | null;
    readonly sets?: readonly NftSet[];
    readonly chains: readonly NftChain[];
  },
): NftTable {
  const sets = new Map((content.sets ?? []).map((set) => [set.name, set]));
  const chains = new Map(content.chains.map((chain) => [chain.name, chain]));
  return {
    family,
    name,
    comment: content.comment ?? null,
    sets: () => [...sets.keys()],
    set: (wanted) => sets.get(wanted),
    chains: () => [...chains.keys()],
    chain: (wanted) => chains.get(wanted),
    baseChains: content.chains.filter((chain) => chain.base !== null),
  };
}
