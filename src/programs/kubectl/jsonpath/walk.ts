// A JSONPath template against a JSON value: per part of the template the list of values it finds. Models client-go
// util/jsonpath/jsonpath.go; keys of maps are visited in sorted order, where Go's order is random.
import { isRecord } from '../../../api/values.ts';
import { byCodeUnit } from '../../../sim/table.ts';
import { encodeUtf8 } from '../../utf8.ts';
import { CommandError } from '../errors.ts';
import type { Action, Node, Template } from './parse.ts';

export interface WalkOptions {
  readonly allowMissingKeys: boolean;
}

/** One list of values per printed part. Throws CommandError in client-go's words. */
export function findResults(
  template: Template,
  value: unknown,
  options: WalkOptions,
): readonly (readonly unknown[])[] {
  return new Walker(template, options).find(value, 0, 0).results;
}

interface Found {
  readonly results: readonly (readonly unknown[])[];
  /** The part that ended it: an `end`, or behind the last. */
  readonly at: number;
}

class Walker {
  readonly #template: Template;
  readonly #options: WalkOptions;

  constructor(template: Template, options: WalkOptions) {
    this.#template = template;
    this.#options = options;
  }

  /** From part `from` to the `end` of the innermost range, or the end of the template. */
  find(value: unknown, from: number, depth: number): Found {
    const { parts } = this.#template;
    const results: (readonly unknown[])[] = [];
    for (let i = from; i < parts.length; i++) {
      const part = parts[i] ?? [];
      if ('kind' in part) {
        results.push([part.text]);
        continue;
      }
      const action = part;
      const [first] = action;
      if (first?.kind === 'identifier' && first.name === 'end') {
        if (depth === 0) throw new CommandError('not in range, nothing to end');
        return { results, at: i };
      }
      const found = this.#action([value], action);
      if (!(first?.kind === 'identifier' && first.name === 'range')) {
        results.push(found);
        continue;
      }
      let end = this.#endOf(i + 1);
      for (const item of found) {
        const inner = this.find(item, i + 1, depth + 1);
        results.push(...inner.results);
        end = inner.at;
      }
      i = end;
    }
    return { results, at: parts.length };
  }

  /** The part with the `end` of a range whose body begins at `from`. */
  #endOf(from: number): number {
    let depth = 0;
    const { parts } = this.#template;
    for (let i = from; i < parts.length; i++) {
      const part = parts[i] ?? [];
      const first = 'kind' in part ? undefined : part[0];
      if (first?.kind !== 'identifier') continue;
      if (first.name === 'range') depth++;
      else if (first.name === 'end' && depth-- === 0) return i;
    }
    return parts.length;
  }

  #action(input: readonly unknown[], action: Action): readonly unknown[] {
    return action.reduce<readonly unknown[]>((values, node) => this.#node(values, node), input);
  }

  #node(input: readonly unknown[], node: Node): readonly unknown[] {
    switch (node.kind) {
      case 'text':
        return [node.text];
      case 'value':
        return input.map(() => node.value);
      case 'field':
        return this.#field(input, node.name);
      case 'wildcard':
        return input.flatMap(children);
      case 'recursive':
        return input.flatMap(descendants);
      case 'union':
        return node.paths.flatMap((path) => this.#action(input, path));
      case 'slice':
        return input.flatMap((value) => sliced(value, node));
      case 'filter':
        return input.flatMap((value) => this.#filter(value, node));
      default:
        if (node.name === 'range') return input;
        throw new CommandError(`unrecognized identifier ${node.name}`);
    }
  }

  #field(input: readonly unknown[], name: string): readonly unknown[] {
    if (input.length === 0) return [];
    const found = input.flatMap((value) =>
      isRecord(value) && Object.hasOwn(value, name) && value[name] !== undefined
        ? [value[name]]
        : [],
    );
    if (found.length === 0 && !this.#options.allowMissingKeys) {
      throw new CommandError(`${name} is not found`);
    }
    return found;
  }

  #filter(value: unknown, filter: Node & { kind: 'filter' }): readonly unknown[] {
    if (!Array.isArray(value)) {
      throw new CommandError(`${goText(value)} is not array or slice and cannot be filtered`);
    }
    return value.filter((item: unknown) => this.#passes(item, filter));
  }

  #passes(item: unknown, { left, right, operator }: Node & { kind: 'filter' }): boolean {
    if (operator === 'exists') {
      try {
        return this.#action([item], left).length > 0;
      } catch (error) {
        if (error instanceof CommandError) return false;
        throw error;
      }
    }
    const lefts = this.#action([item], left);
    if (lefts.length === 0) return false;
    const rights = lefts.length > 1 ? [] : this.#action([item], right);
    if (lefts.length > 1 || rights.length > 1) {
      throw new CommandError('can only compare one element at a time');
    }
    return rights.length > 0 && compares(operator, lefts[0], rights[0]);
  }
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...encodeUtf8(value)];
  if (!isRecord(value)) return [];
  return keysOf(value).map((key) => value[key]);
}

function keysOf(value: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(byCodeUnit);
}

function descendants(value: unknown): readonly unknown[] {
  const below = children(value);
  return below.length === 0 ? [] : [value, ...below.flatMap(descendants)];
}

function sliced(value: unknown, slice: Node & { kind: 'slice' }): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) {
    throw new CommandError(`${goType(value)} is not array or slice`);
  }
  const { length } = value;
  let from = slice.from ?? 0;
  let to = slice.to ?? length;
  if (from < 0) from += length;
  if (to < 0 || (to === 0 && slice.isIndex)) to += length;
  if (from === to) return [];
  const bounds = (index: number) =>
    new CommandError(`array index out of bounds: index ${index}, length ${length}`);
  if (from >= length || from < 0) throw bounds(from);
  if (to > length || to < 0) throw bounds(to - 1);
  if (from > to) {
    throw new CommandError(`starting index ${from} is greater than ending index ${to}`);
  }
  const step = slice.step ?? 1;
  if (step <= 0) throw new CommandError('step must be > 0');
  return value.slice(from, to).filter((_item, i) => i % step === 0);
}

function goType(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64';
    default:
      return 'map[string]interface {}';
  }
}

/** As fmt.Sprint prints a decoded JSON value. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isRecord(value)) {
    return `map[${keysOf(value)
      .map((key) => `${key}:${goText(value[key])}`)
      .join(' ')}]`;
  }
  return typeof value === 'number' ? goNumber(value) : String(value);
}

/** int64 in full; float64 as %v: exponents from 1e21 on and below 1e-4, two digits at least. */
function goNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return String(BigInt(value));
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

type Basic = 'bool' | 'string' | 'int' | 'float';

function basic(value: unknown): Basic {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      throw new CommandError('invalid type for comparison');
  }
}

function compares(operator: string, left: unknown, right: unknown): boolean {
  if (!['<', '>', '==', '!=', '<=', '>='].includes(operator)) {
    throw new CommandError(`unrecognized filter operator ${operator}`);
  }
  const kind = basic(left);
  if (kind !== basic(right)) throw new CommandError('incompatible types for comparison');
  const isEqual = left === right;
  if (operator === '==') return isEqual;
  if (operator === '!=') return !isEqual;
  if (kind === 'bool') throw new CommandError('invalid type for comparison');
  const isLess =
    typeof left === 'string' ? byCodeUnit(left, String(right)) < 0 : Number(left) < Number(right);
  switch (operator) {
    case '<':
      return isLess;
    case '<=':
      return isLess || isEqual;
    case '>':
      return !isLess && !isEqual;
    default:
      return !isLess;
  }
}
