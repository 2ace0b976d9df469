// What the tools of a node ask the node's kernel for, and what they hear: the composer answers from the machine's
// netfilter. The tools' own command lines and words of refusal stand in their files.
import type { Addr, Family } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import type { Proto } from '../net/packet.ts';

export type KernelRequest =
  /** `iptables -t TABLE -nL [CHAIN]` or `-S [CHAIN]`. */
  | {
      readonly kind: 'iptables';
      readonly form: 'list' | 'specifications';
      readonly family: Family;
      readonly table: IptablesTable;
      /** Null: all of the table. */
      readonly chain: string | null;
      readonly verbose: boolean;
      readonly numbered: boolean;
    }
  /** `ipset list [NAME]`, `ipset save [NAME]`, `ipset list -name`. */
  | {
      readonly kind: 'ipset';
      readonly form: 'list' | 'save' | 'names';
      readonly set: string | null;
    }
  /** `ipset test SET MEMBER`. */
  | { readonly kind: 'ipset-test'; readonly set: string; readonly member: string }
  /** `nft list tables`, `nft list ruleset ip`. */
  | {
      readonly kind: 'nft';
      readonly form: 'tables' | 'ruleset';
      /** Null: of both. */
      readonly family: Family | null;
    }
  /** `nft list table ip NAME`, `nft list chain ip TABLE NAME`. */
  | {
      readonly kind: 'nft-part';
      readonly form: 'table' | 'chain' | 'set' | 'map';
      readonly family: Family;
      readonly table: string;
      /** Empty for the table itself. */
      readonly name: string;
    }
  /** `nft list sets ip`, `nft list sets table ip NAME`. */
  | {
      readonly kind: 'nft-parts';
      readonly form: 'sets' | 'maps' | 'chains';
      /** Null: of both. */
      readonly family: Family | null;
      /** Null: of all tables. */
      readonly table: string | null;
    }
  /** `ipvsadm -Ln` and its other listings. */
  | {
      readonly kind: 'ipvs';
      readonly form: 'services' | 'stats' | 'connections' | 'timeouts' | 'save';
      /** Null: of all virtual services. */
      readonly only: VirtualServiceName | null;
    }
  /** `conntrack -L` with what an entry must be. */
  | { readonly kind: 'conntrack'; readonly wanted: WantedFlow }
  /** `ss -ltn`. */
  | { readonly kind: 'sockets' };

export interface VirtualServiceName {
  readonly proto: Proto;
  readonly addr: Addr;
  readonly port: number;
}

/** Absent: any. Addresses and ports are those of the first packet, and of its answer. */
export interface WantedFlow {
  readonly family?: Family;
  readonly proto?: Proto;
  readonly src?: Cidr;
  readonly dst?: Cidr;
  readonly sport?: number;
  readonly dport?: number;
  readonly replySrc?: Cidr;
  readonly replyDst?: Cidr;
  readonly replySport?: number;
  readonly replyDport?: number;
}

/** A listening socket of the machine. */
export interface SocketView {
  readonly proto: Proto;
  /** Null: any. */
  readonly addr: Addr | null;
  readonly port: number;
}

export const iptablesTables = ['filter', 'nat', 'mangle', 'raw', 'security'] as const;
export type IptablesTable = (typeof iptablesTables)[number];

export type KernelAnswer =
  /** What is printed on standard output, or on standard error by a test. */
  | { readonly kind: 'text'; readonly text: string; readonly exitCode: 0 | 1 }
  | { readonly kind: 'sockets'; readonly sockets: readonly SocketView[] }
  /** There is no such table, or none of that name in it. */
  | { readonly kind: 'missing'; readonly what: 'table' | 'name' };
