// What reading a rule's matches and its target have in common: the cursor over its words, numbers, addresses with ports.
import { type Addr, type Family, familyOf, parseAddr } from '../../net/addr.ts';

/** A cursor over the words of one rule. */
export interface Words {
  readonly family: Family;
  /** The next word, which must be there: it is the value of `option`. */
  value(option: string): string;
  /** The next word if there is one, without taking it. */
  peek(): string | undefined;
}

/** "80" -> 80. */
export function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new Error(`"${text}" is no port`);
  return Number(text);
}

/** "0x4000" or "16384" -> 16384. */
export function wordNumber(text: string): number {
  if (!/^(0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text) || Number(text) > 0xffffffff) {
    throw new Error(`"${text}" is no 32-bit number`);
  }
  return Number(text);
}

/** "10.0.0.1" or "10.0.0.1:80", "[fd00::1]:80". */
export function parsePlace(
  text: string,
  family: Family,
): { readonly to: Addr; readonly port: number | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  const dotted = /^([\d.]+):(\d+)$/.exec(text);
  const [, host, port] = bracketed ?? dotted ?? [text, text];
  const to = parseAddr(host ?? '');
  if (to === undefined || familyOf(to) !== family) {
    throw new Error(`"${text}" is no IPv${family} address with or without a port`);
  }
  return { to, port: port === undefined ? null : portNumber(port) };
}
