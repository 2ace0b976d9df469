// Generated names: a base and five characters from upstream's alphabet without vowels and look-alikes.
// apimachinery pkg/util/rand and apiserver pkg/storage/names.
import type { Choices } from '../sim/choices.ts';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const even = new Array<number>(alphabet.length).fill(1);

/** Longest base of a generated name. */
const baseMax = 58;

/** Five characters, each drawn through `choices`. */
export function suffix(choices: Choices): string {
  let text = '';
  for (let i = 0; i < 5; i++) text += alphabet[choices.pick('name/suffix', even)];
  return text;
}

/** `base` cut to 58 characters + 5 drawn ones, not taken yet. */
export function generateName(
  base: string,
  choices: Choices,
  taken: (name: string) => boolean,
): string {
  const cut = base.slice(0, baseMax);
  for (let tries = 0; tries < 8; tries++) {
    const name = cut + suffix(choices);
    if (!taken(name)) return name;
  }
  // A replayed or enumerated stream may repeat itself: count through the alphabet instead.
  for (let n = 0; ; n++) {
    const name = cut + digits(n);
    if (!taken(name)) return name;
  }
}

function digits(n: number): string {
  let text = '';
  let left = n;
  for (let i = 0; i < 5; i++) {
    text = `${alphabet[left % alphabet.length]}${text}`;
    left = Math.floor(left / alphabet.length);
  }
  return text;
}

/** apimachinery rand.SafeEncodeString for decimal digits. */
export function safeEncode(decimal: string): string {
  return [...decimal].map((digit) => '456789bcdf'[Number(digit)] ?? '').join('');
}
