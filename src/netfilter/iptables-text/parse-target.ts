// A rule's target from its words: everything after -j or -g. Models the parse functions of extensions/libxt_MARK.c,
// libxt_NAT.c and lib{ipt,ip6t}_REJECT.c and libxt_CT.c.
import type { Target } from '../rule.ts';
import { parsePlace, portNumber, type Words, wordNumber } from './parse-words.ts';
import { type RejectWith, rejectWords } from './words.table.ts';

/** The target named by the next word, with its options. Throws Error for what is not modelled. */
export function parseTarget(option: '-j' | '-g', words: Words): Target {
  const name = words.value(option);
  if (option === '-g') return { kind: 'goto', chain: name };
  switch (name) {
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'DROP':
      return { kind: 'drop' };
    case 'RETURN':
      return { kind: 'return' };
    case 'REJECT':
      return { kind: 'reject', with: rejectWith(words) };
    case 'MARK':
      return markTarget(words);
    case 'DNAT': {
      expect(words, '--to-destination');
      const place = parsePlace(words.value('--to-destination'), words.family);
      return { kind: 'dnat', ...place, randomFully: taken(words, '--random') };
    }
    case 'SNAT': {
      expect(words, '--to-source');
      const place = parsePlace(words.value('--to-source'), words.family);
      return { kind: 'snat', ...place, randomFully: taken(words, '--random-fully') };
    }
    case 'MASQUERADE':
      return { kind: 'masquerade', randomFully: taken(words, '--random-fully') };
    case 'REDIRECT': {
      const port = taken(words, '--to-ports') ? portNumber(words.value('--to-ports')) : null;
      return { kind: 'redirect', port };
    }
    case 'NOTRACK':
      return { kind: 'notrack', as: 'NOTRACK' };
    case 'CT':
      expect(words, '--notrack');
      return { kind: 'notrack', as: 'CT' };
    default:
      return { kind: 'jump', chain: name };
  }
}

function taken(words: Words, option: string): boolean {
  if (words.peek() !== option) return false;
  words.value(option);
  return true;
}

function expect(words: Words, option: string): void {
  if (!taken(words, option)) throw new Error(`${option} is missing`);
}

function rejectWith(words: Words): RejectWith {
  if (!taken(words, '--reject-with')) return 'port-unreachable';
  const word = words.value('--reject-with');
  for (const [known, text] of Object.entries(rejectWords[words.family])) {
    if (text === word) return known as RejectWith;
  }
  throw new Error(`--reject-with ${word} is not modelled`);
}

/** mark = (mark & ~mask) ^ value: every way to write it comes down to --set-xmark. */
function markTarget(words: Words): Target {
  const option = words.value('-j MARK');
  const [first, second] = words.value(option).split('/');
  const value = wordNumber(first ?? '');
  const mask = second === undefined ? 0xffffffff : wordNumber(second);
  switch (option) {
    case '--set-xmark':
      return { kind: 'mark', value, mask };
    case '--set-mark':
      return { kind: 'mark', value, mask: (mask | value) >>> 0 };
    case '--or-mark':
      return { kind: 'mark', value, mask: value };
    case '--and-mark':
      return { kind: 'mark', value: 0, mask: ~value >>> 0 };
    case '--xor-mark':
      return { kind: 'mark', value, mask: 0 };
    default:
      throw new Error(`option "${option}" of -j MARK is not modelled`);
  }
}
