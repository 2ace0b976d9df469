// The text of a JSON body: its value, and which fields stand in it twice (the last one counts). JSON.parse would lose
// both that and large integers, which are refused here: numbers are kept as doubles.
// Models what sigs.k8s.io/json reports of duplicates.
import { InputError } from './input-error.ts';

export interface JsonText {
  readonly value: unknown;
  /** Paths of repeated fields in document order, each once: "spec.ports[0].port". */
  readonly duplicates: readonly string[];
}

/** The real server's is 10,000; no kind comes near either. */
export const DEPTH_MAX = 500;

/** Go's sentence about a text that is no JSON. */
export class JsonSyntaxError extends Error {}

const literal = /true|false|null/y;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const string = /"(?:[^"\\]+|\\.)*"/sy;
const blank = /[ \t\r\n]*/y;

class Reader {
  readonly #text: string;
  #at = 0;
  readonly duplicates = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value('', 0);
    this.#blank();
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
    return value;
  }

  #match(form: RegExp): RegExpExecArray | null {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text);
    if (found !== null) this.#at = form.lastIndex;
    return found;
  }

  #blank(): void {
    this.#match(blank);
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #unexpected(where: string): JsonSyntaxError {
    const char = this.#text[this.#at];
    if (char === undefined) return new JsonSyntaxError('unexpected end of JSON input');
    const shown = char === "'" ? "\\'" : JSON.stringify(char).slice(1, -1);
    return new JsonSyntaxError(`invalid character '${shown}' ${where}`);
  }

  #string(): string | undefined {
    const text = this.#match(string)?.[0];
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as string;
    } catch {
      throw new JsonSyntaxError('invalid character in string literal');
    }
  }

  #value(path: string, depth: number): unknown {
    if (depth > DEPTH_MAX) throw new JsonSyntaxError('exceeded max depth');
    this.#blank();
    if (this.#take('{')) return this.#object(path, depth);
    if (this.#take('[')) return this.#array(path, depth);
    const text = this.#string();
    if (text !== undefined) return text;
    const word = this.#match(literal)?.[0];
    if (word !== undefined) return word === 'null' ? null : word === 'true';
    const digits = this.#match(number);
    if (digits === null) throw this.#unexpected('looking for beginning of value');
    const value = Number(digits[0]);
    if (digits[1] === undefined && digits[2] === undefined && !Number.isSafeInteger(value)) {
      const most = `at most ${Number.MAX_SAFE_INTEGER}`;
      const message = `the integer ${digits[0]} is too large to be kept exactly (${most})`;
      throw new InputError('invalid-value', message, { hint: 'give a smaller one' });
    }
    return value;
  }

  #object(path: string, depth: number): Record<string, unknown> {
    const fields: [string, unknown][] = [];
    const seen = new Set<string>();
    this.#blank();
    if (this.#take('}')) return {};
    for (;;) {
      this.#blank();
      const key = this.#string();
      if (key === undefined) throw this.#unexpected('looking for beginning of object key string');
      const below = path === '' ? key : `${path}.${key}`;
      if (seen.has(key)) this.duplicates.add(below);
      seen.add(key);
      this.#blank();
      if (!this.#take(':')) throw this.#unexpected('after object key');
      fields.push([key, this.#value(below, depth + 1)]);
      this.#blank();
      if (this.#take('}')) return Object.fromEntries(fields);
      if (!this.#take(',')) throw this.#unexpected('after object key:value pair');
    }
  }

  #array(path: string, depth: number): unknown[] {
    const items: unknown[] = [];
    this.#blank();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(`${path}[${items.length}]`, depth + 1));
      this.#blank();
      if (this.#take(']')) return items;
      if (!this.#take(',')) throw this.#unexpected('after array element');
    }
  }
}

/** Throws JsonSyntaxError; InputError for integers that a double cannot hold. */
export function parseJsonText(text: string): JsonText {
  const reader = new Reader(text);
  const value = reader.document();
  return { value, duplicates: [...reader.duplicates] };
}

/** Whether a value nests deeper than bodies may; walks without recursion. */
export function isTooDeep(value: unknown): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > DEPTH_MAX) return true;
    for (const item of Object.values(next.value)) open.push({ value: item, depth: next.depth + 1 });
  }
  return false;
}
