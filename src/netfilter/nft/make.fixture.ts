// Short ways to write tables in tests. Not used by the product.
import { addr } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import type { Hook } from '../rule.ts';
import type { NftField } from './field.table.ts';
import {
  type NftChain,
  type NftElement,
  type NftFlag,
  type NftHook,
  type NftPart,
  type NftRule,
  type NftSet,
  type NftStatement,
  type NftTable,
  type NftType,
  type NftValue,
  type NftVerdict,
  plainTable,
} from './table.ts';

/** "10.0.0.1" an address, "10.0.0.0/8" a prefix, everything else as it is. */
export function part(text: NftValue): NftPart {
  if (typeof text !== 'string') return text;
  if (text.includes('/')) return { kind: 'range', ...cidr(text) };
  return /^[0-9a-f.:]*[.:][0-9a-f.:]*$/.test(text) ? addr(text) : text;
}

export function rule(...statements: NftStatement[]): NftRule {
  return { statements, comment: null, origin: 0 };
}

export function is(field: NftField, value: NftValue): NftStatement {
  return { kind: 'compare', field, negated: false, value: part(value) };
}

export function isNot(field: NftField, value: NftValue): NftStatement {
  return { kind: 'compare', field, negated: true, value: part(value) };
}

export function verdict(kind: 'accept' | 'drop' | 'return' | 'continue'): NftStatement {
  return { kind: 'verdict', verdict: { kind } };
}

export function jump(chain: string): NftVerdict {
  return { kind: 'jump', chain };
}

export function goTo(chain: string): NftVerdict {
  return { kind: 'goto', chain };
}

export function element(key: readonly NftValue[], data: NftElement['data'] = null): NftElement {
  return { key: key.map(part), data, comment: null, origin: 0 };
}

export function values(...list: NftValue[]): NftElement['data'] {
  return { kind: 'values', values: list.map(part) as NftValue[] };
}

export function setOf(
  name: string,
  type: readonly NftType[],
  elements: readonly NftElement[],
  more: Partial<NftSet> & { readonly flags?: readonly NftFlag[] } = {},
): NftSet {
  const plain = { data: null, flags: [], timeoutSeconds: null, size: null, comment: null };
  return { ...plain, name, type, elements, ...more };
}

/** A plain chain of table "t". */
export function chain(name: string, ...rules: NftRule[]): NftChain {
  return { kind: 'nft', family: 4, table: 't', name, base: null, comment: null, rules };
}

export function base(
  name: string,
  hook: Hook,
  priority: number,
  rules: readonly NftRule[],
  more: Partial<NftHook> = {},
): NftChain {
  const at: NftHook = { type: 'filter', hook, priority, policy: 'accept', ...more };
  return { ...chain(name, ...rules), base: at };
}

/** Table "t" of IPv4, its chains renamed to it. */
export function table(
  chains: readonly NftChain[],
  sets: readonly NftSet[] = [],
  name = 't',
): NftTable {
  return plainTable(4, name, { sets, chains: chains.map((one) => ({ ...one, table: name })) });
}
