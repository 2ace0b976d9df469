// Draws through Choices for what upstream takes from its random source: a number below n, a name suffix, a
// start inside a range. Numbers are drawn in steps of at most 256 candidates, so that weights stay small.
import type { Choices } from '../sim/choices.ts';

const BASE = 256;
const SUFFIX_LENGTH = 5;
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const BASE_LENGTH_MAX = 58;

const uniform = new Map<number, readonly number[]>();
function equalWeights(count: number): readonly number[] {
  let weights = uniform.get(count);
  if (weights === undefined) {
    weights = new Array<number>(count).fill(1);
    uniform.set(count, weights);
  }
  return weights;
}

/** A number in 0..count-1, each with the same probability; count >= 1. */
export function pickBelow(choices: Choices, point: string, count: number): number {
  let block = 1;
  while (count / block > BASE) block *= BASE;
  let left = count;
  let low = 0;
  for (; block > 1; block /= BASE) {
    const blocks = Math.ceil(left / block);
    const last = left - (blocks - 1) * block;
    const weights = equalWeights(blocks).map((_, i) => (i === blocks - 1 ? last : block));
    const picked = choices.pick(point, weights);
    low += picked * block;
    left = picked === blocks - 1 ? last : block;
  }
  return low + choices.pick(point, equalWeights(left));
}

/** A name from generateName: the base cut to 58 characters and five random ones (names/generate.go). */
export function generatedName(choices: Choices, base: string): string {
  let name = base.slice(0, BASE_LENGTH_MAX);
  const weights = equalWeights(ALPHABET.length);
  for (let i = 0; i < SUFFIX_LENGTH; i++) name += ALPHABET[choices.pick('name/suffix', weights)];
  return name;
}

/** A version-4 UUID told from a counter: the same history gives the same uids. */
export function uidOf(counter: number): string {
  const word = (i: number): string =>
    mix(counter * 4 + i)
      .toString(16)
      .padStart(8, '0');
  const hex = word(0) + word(1) + word(2) + word(3);
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** splitmix32's finalizer: a bijection on 32-bit words. */
function mix(value: number): number {
  let z = Math.imul(value + 1, 0x9e3779b9) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
