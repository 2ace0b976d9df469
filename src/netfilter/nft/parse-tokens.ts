// The words of what nft lists, and values read from them by their type. A line's end is a word of its own, because it
// ends a rule. Not nft's grammar: only what print.ts prints.
import { parseAddr } from '../../net/addr.ts';
import { parseCidr } from '../../net/cidr.ts';
import { wordNumber } from '../iptables-text/parse-words.ts';
import type { NftPart, NftType, NftValue } from './table.ts';

export interface Token {
  readonly text: string;
  /** It stood in double quotes, which are not in the text. */
  readonly quoted: boolean;
  /** From 1. */
  readonly line: number;
}

/** Words, quoted texts, and single `,` `;` and line ends. */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [i, content] of text.split('\n').entries()) {
    const line = i + 1;
    for (const [, quoted, word] of content.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
      if (quoted !== undefined) tokens.push({ text: quoted, quoted: true, line });
      else {
        const [, plain = '', tail = ''] = /^(.*?)([,;]?)$/.exec(word ?? '') ?? [];
        if (plain !== '') tokens.push({ text: plain, quoted: false, line });
        if (tail !== '') tokens.push({ text: tail, quoted: false, line });
      }
    }
    tokens.push({ text: '\n', quoted: false, line });
  }
  return tokens;
}

/** A cursor over the words. Throws Error with what it wanted. */
export class Tokens {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  /** The line of the next word. */
  get line(): number {
    return (this.#tokens[this.#at] ?? this.#tokens.at(-1))?.line ?? 1;
  }

  /** The next word without taking it; undefined at the end. A quoted text is never one of the words asked for. */
  peek(ahead = 0): string | undefined {
    const token = this.#tokens[this.#at + ahead];
    return token?.quoted === true ? `"${token.text}"` : token?.text;
  }

  next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error('the text ends too early');
    this.#at++;
    return token;
  }

  word(what: string): string {
    const { text, quoted } = this.next();
    if (quoted || text === '\n') throw new Error(`${what} is missing`);
    return text;
  }

  quoted(what: string): string {
    const { text, quoted } = this.next();
    if (!quoted) throw new Error(`${what} must stand in double quotes, not "${text.trim()}"`);
    return text;
  }

  /** Takes the words when they are next. */
  takes(...words: readonly string[]): boolean {
    if (words.some((word, i) => this.peek(i) !== word)) return false;
    this.#at += words.length;
    return true;
  }

  wants(...words: readonly string[]): void {
    for (const word of words) {
      if (this.takes(word)) continue;
      throw new Error(`"${word.trim()}" is wanted, not "${(this.peek() ?? '').trim()}"`);
    }
  }

  skipLines(): void {
    while (this.takes('\n'));
  }
}

const protocols: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  'ipv6-icmp': 58,
  sctp: 132,
};

/** `type` null: a bare number. */
export function parseValue(type: NftType | null, { text, quoted }: Token): NftValue {
  switch (type) {
    case 'ipv4_addr':
    case 'ipv6_addr': {
      const value = parseAddr(text);
      if (value === undefined) throw new Error(`"${text}" is no IP address`);
      return value;
    }
    case 'inet_proto':
      return protocols[text] ?? wordNumber(text);
    case 'ifname':
    case 'iface_index':
      if (!quoted) throw new Error(`the device "${text}" must stand in double quotes`);
      return text;
    case 'ct_state':
    case 'ct_status':
    case 'fib_addrtype':
      return text;
    default:
      return wordNumber(text);
  }
}

/** A value, a prefix or a range. */
export function parsePart(type: NftType | null, token: Token): NftPart {
  const { text, quoted, line } = token;
  if (quoted || type === 'fib_addrtype' || type === 'ct_state') return parseValue(type, token);
  const part = (one: string) => parseValue(type, { text: one, quoted, line });
  const [from = '', to] = type === 'inet_proto' && text in protocols ? [text] : text.split('-');
  if (to !== undefined) {
    const [low, high] = [part(from), part(to)];
    if (typeof low === 'string' || typeof high === 'string')
      throw new Error(`"${text}" is no range`);
    return { kind: 'range', low, high, bits: null };
  }
  if (!text.includes('/')) return part(text);
  const range = type === 'mark' ? maskRange(text) : parseCidr(text);
  if (range === undefined) throw new Error(`"${text}" is no prefix`);
  return { kind: 'range', ...range };
}

/** "0x00000010/28" */
function maskRange(text: string) {
  const [value = '', bits = ''] = text.split('/');
  const low = wordNumber(value);
  return { low, high: low + 2 ** (32 - Number(bits)) - 1, bits: Number(bits) };
}

/** "1h30m" -> 5400 seconds; milliseconds make a fraction. */
export function parseSeconds(text: string): number {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (match === null || text === '') throw new Error(`"${text}" is no time`);
  const [d = 0, h = 0, m = 0, s = 0, ms = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((d * 24 + h) * 60 + m) * 60 + s + ms / 1000;
}
