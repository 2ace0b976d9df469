// Parsed YAML nodes -> plain values with their offsets: aliases and merge keys expanded, scalars and keys as kubectl
// reads them, duplicates noted (the last one counts). Expansion is counted, so a YAML bomb ends before it grows.
import {
  type Alias,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { setField } from '../api/values.ts';
import type { Spot } from './positions.ts';
import { type Scalar as Resolved, resolvePlain, resolveTagged } from './scalar.ts';

/** Values that aliases may add to one document: hand-written anchors stay in the hundreds. */
export const aliasedMax = 100_000;

export interface Converted {
  readonly value: unknown;
  readonly spot: Spot;
  /** How many values it holds, itself included. */
  readonly size: number;
}

/** A key written twice. */
export interface Duplicate {
  readonly key: string;
  readonly offset: number;
}

/** What is wrong at an offset; turned into an InputError by whoever knows the file. */
export class ConversionError extends Error {
  readonly code: 'yaml-syntax' | 'yaml-bomb' | 'invalid-value';
  readonly offset: number;

  constructor(code: ConversionError['code'], offset: number, message: string) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

interface State {
  readonly anchors: Map<string, Converted>;
  readonly duplicates: Duplicate[];
  aliased: number;
}

/** The value of one document. `duplicates` collects keys written twice. Throws ConversionError. */
export function convert(node: unknown, duplicates: Duplicate[]): Converted {
  return convertNode(node, 0, { anchors: new Map(), duplicates, aliased: 0 });
}

function convertNode(node: unknown, fallback: number, state: State): Converted {
  if (isAlias(node)) return expandAlias(node, state);
  const offset = offsetOf(node, fallback);
  if (isMap(node)) return anchored(node.anchor, convertMap(node, offset, state), state);
  if (isSeq(node)) {
    const items = node.items.map((item) => convertNode(item, offset, state));
    return anchored(node.anchor, listOf(items, offset), state);
  }
  const value = isScalar(node) ? scalarValue(node, offset) : null;
  const spot = { key: offset, value: offset, children: null };
  const anchor = isScalar(node) ? node.anchor : undefined;
  return anchored(anchor, { value, spot, size: 1 }, state);
}

function offsetOf(node: unknown, fallback: number): number {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range?.[0] ?? fallback;
}

function anchored(anchor: string | undefined, converted: Converted, state: State): Converted {
  if (anchor !== undefined) state.anchors.set(anchor, converted);
  return converted;
}

function listOf(items: readonly Converted[], offset: number): Converted {
  return {
    value: items.map((item) => item.value),
    spot: {
      key: offset,
      value: offset,
      children: new Map(items.map((item, i) => [String(i), item.spot])),
    },
    size: items.reduce((sum, item) => sum + item.size, 1),
  };
}

function expandAlias(node: Alias, state: State): Converted {
  const offset = offsetOf(node, 0);
  const target = state.anchors.get(node.source);
  if (target === undefined) {
    throw new ConversionError('yaml-syntax', offset, `unknown anchor '${node.source}' referenced`);
  }
  count(target.size, offset, state);
  // What stands inside an alias was written at the anchor; the alias itself stands here.
  const spot = { key: offset, value: offset, children: target.spot.children };
  return { value: target.value, spot, size: target.size };
}

function count(size: number, offset: number, state: State): void {
  state.aliased += size;
  if (state.aliased > aliasedMax) {
    const message = `document contains excessive aliasing: more than ${aliasedMax} values`;
    throw new ConversionError('yaml-bomb', offset, message);
  }
}

function convertMap(map: YAMLMap, offset: number, state: State): Converted {
  const entries = new Map<string, Converted>();
  const merged = new Map<string, Converted>();
  for (const pair of map.items) {
    if (!isPair(pair)) continue;
    const keyOffset = offsetOf(pair.key, offset);
    if (isMergeKey(pair.key)) {
      merge(convertNode(pair.value, keyOffset, state), keyOffset, merged, state);
      continue;
    }
    const key = keyText(pair.key, keyOffset, state);
    if (entries.has(key)) state.duplicates.push({ key, offset: keyOffset });
    const child = convertNode(pair.value, keyOffset, state);
    const spot = { ...child.spot, key: keyOffset };
    entries.delete(key);
    entries.set(key, { ...child, spot });
  }
  for (const [key, child] of merged) if (!entries.has(key)) entries.set(key, child);
  const value: Record<string, unknown> = {};
  const children = new Map<string, Spot>();
  let size = 1;
  for (const [key, child] of entries) {
    setField(value, key, child.value);
    children.set(key, child.spot);
    size += child.size;
  }
  return { value, spot: { key: offset, value: offset, children }, size };
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.tag === undefined && key.source === '<<';
}

/** Adds the keys of a merged mapping (or list of mappings, earlier ones first). */
function merge(from: Converted, offset: number, into: Map<string, Converted>, state: State): void {
  if (typeof from.value !== 'object' || from.value === null) {
    throw new ConversionError('yaml-syntax', offset, 'map merge requires map or sequence of maps');
  }
  for (const [key, spot] of from.spot.children ?? []) {
    const value = (from.value as Record<string, unknown>)[key];
    const child = { value, spot, size: 1 };
    if (Array.isArray(from.value)) merge(child, offset, into, state);
    else {
      count(1, offset, state);
      if (!into.has(key)) into.set(key, child);
    }
  }
}

function keyText(key: unknown, offset: number, state: State): string {
  const value = isAlias(key) ? expandAlias(key, state).value : scalarKey(key, offset, state);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const message = `a key must be text, got ${value === null ? 'null' : 'a collection'}`;
  throw new ConversionError('yaml-syntax', offset, message);
}

function scalarKey(key: unknown, offset: number, state: State): unknown {
  return isScalar(key) || key === null ? convertNode(key, offset, state).value : {};
}

function scalarValue(node: Scalar, offset: number): unknown {
  const text = node.source ?? String(node.value ?? '');
  const resolved: Resolved =
    node.tag !== undefined
      ? resolveTagged(node.tag, text)
      : node.type === 'PLAIN'
        ? resolvePlain(text)
        : { kind: 'value', value: text };
  if (resolved.kind === 'refused') {
    throw new ConversionError('invalid-value', offset, resolved.message);
  }
  return resolved.value;
}
