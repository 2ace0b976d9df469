// What the tools of a node ask the node's kernel for, and what they hear: the composer answers from the machine's
// netfilter. The tools' own command lines and words of refusal stand in their files.
import type { Family } from '../net/addr.ts';

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
    };

export const iptablesTables = ['filter', 'nat', 'mangle', 'raw', 'security'] as const;
export type IptablesTable = (typeof iptablesTables)[number];

export type KernelAnswer =
  /** What is printed on standard output, or on standard error by a test. */
  | { readonly kind: 'text'; readonly text: string; readonly exitCode: 0 | 1 }
  /** There is no such table, or none of that name in it. */
  | { readonly kind: 'missing'; readonly what: 'table' | 'name' };
