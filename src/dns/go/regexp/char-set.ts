// Which characters one place of a regular expression takes: ranges and Unicode properties, folded or not, negated or
// not (Go regexp/syntax: appendFoldedRange, appendNegatedClass). JavaScript's own classes decide about one character
// at a time, where both languages agree; its operators are never used.

export type SetItem =
  | { readonly kind: 'ranges'; readonly ranges: Ranges; readonly negated: boolean }
  /** Body of `\p{...}` in JavaScript. */
  | { readonly kind: 'property'; readonly name: string; readonly negated: boolean };

/** Pairs of code points, both included. */
export type Ranges = readonly (readonly [number, number])[];

export class CharSet {
  readonly #items: readonly SetItem[];
  readonly #negated: boolean;
  readonly #fold: boolean;
  readonly #known = new Map<number, boolean>();

  constructor(items: readonly SetItem[], negated: boolean, fold: boolean) {
    this.#items = items;
    this.#negated = negated;
    this.#fold = fold;
  }

  has(code: number): boolean {
    let known = this.#known.get(code);
    if (known === undefined) {
      known = this.#items.some((item) => this.#inItem(item, code)) !== this.#negated;
      this.#known.set(code, known);
    }
    return known;
  }

  #inItem(item: SetItem, code: number): boolean {
    const flags = this.#fold ? 'iu' : 'u';
    const char = String.fromCodePoint(code);
    if (item.kind === 'property') {
      return new RegExp(`^\\p{${item.name}}$`, flags).test(char) !== item.negated;
    }
    const inside = item.ranges.some(([low, high]) => {
      if (code >= low && code <= high) return true;
      return this.#fold && new RegExp(`^[${escaped(low)}-${escaped(high)}]$`, flags).test(char);
    });
    return inside !== item.negated;
  }
}

function escaped(code: number): string {
  return `\\u{${code.toString(16)}}`;
}

const digits: Ranges = [[0x30, 0x39]];
const upper: Ranges = [[0x41, 0x5a]];
const lower: Ranges = [[0x61, 0x7a]];
const word: Ranges = [...digits, ...upper, [0x5f, 0x5f], ...lower];
const space: Ranges = [
  [9, 10],
  [12, 13],
  [0x20, 0x20],
];

/** \d \s \w (Go regexp/syntax/perl_groups.go). */
export const PERL_GROUPS: Readonly<Record<string, Ranges>> = { d: digits, s: space, w: word };

/** [:alnum:] and its kind. */
export const POSIX_GROUPS: Readonly<Record<string, Ranges>> = {
  alnum: [...digits, ...upper, ...lower],
  alpha: [...upper, ...lower],
  ascii: [[0, 0x7f]],
  blank: [
    [9, 9],
    [0x20, 0x20],
  ],
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: digits,
  graph: [[0x21, 0x7e]],
  lower,
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [9, 13],
    [0x20, 0x20],
  ],
  upper,
  word,
  xdigit: [...digits, [0x41, 0x46], [0x61, 0x66]],
};

/** The property as JavaScript names it; undefined: there is none of that name. */
export function propertyOf(name: string): string | undefined {
  if (name === 'Any' || name === 'Assigned' || name === 'ASCII') return name;
  for (const candidate of [name, `Script=${name}`]) {
    const isCategory = /^[A-Z][a-z]?$/.test(candidate) || candidate === 'LC';
    if (!isCategory && candidate === name) continue;
    try {
      new RegExp(`\\p{${candidate}}`, 'u');
      return candidate;
    } catch {
      // Not a property: the next spelling, or none.
    }
  }
  return undefined;
}
