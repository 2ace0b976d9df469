// One block of keepalived.conf: its keywords against the table, and the values behind them. keepalived logs most mistakes
// and goes on without the line; here each is an error at its word, for a check that silently does not run is worse.
import { hintFor } from '../../api/decode-hint.ts';
import { type Addr, familyOf, formatAddr, parseAddr } from '../../net/addr.ts';
import { type BlockName, keywords } from './keywords.table.ts';
import { ConfError, type Statement, type Word } from './lexer.ts';

/** The statements of a block that are read; idle ones are left out. Throws ConfError for all others. */
export function known(name: BlockName, body: readonly Statement[]): readonly Statement[] {
  const { read, idle, refused } = keywords[name];
  return body.filter(({ words: [word] }) => {
    const { text } = word;
    if (read.includes(text)) return true;
    if (idle.includes(text)) return false;
    const reason = Object.hasOwn(refused, text) ? refused[text] : undefined;
    if (reason !== undefined) {
      throw new ConfError('not-modelled', word, `keepalived: ${text} is not modelled`, reason);
    }
    const all = [...read, ...idle];
    const where = name === 'keepalived.conf' ? name : `a block ${name}`;
    const message = `Unknown keyword '${text}' in ${where}`;
    throw new ConfError('unknown-field', word, message, hintFor(text, all));
  });
}

/** The last statement of that keyword, which is the one that counts; undefined: there is none. */
export function last(body: readonly Statement[], keyword: string): Statement | undefined {
  return body.findLast(({ words }) => words[0].text === keyword);
}

export function all(body: readonly Statement[], keyword: string): readonly Statement[] {
  return body.filter(({ words }) => words[0].text === keyword);
}

/** The block behind a keyword. */
export function bodyOf({ words, body }: Statement): readonly Statement[] {
  if (body !== null) return body;
  const [word] = words;
  throw new ConfError('invalid-value', word, `${word.text} opens a block`, `${word.text} { ... }`);
}

/** The one word behind a keyword. */
export function onlyWord({ words, body }: Statement): Word {
  const [keyword, value, extra] = words;
  if (body !== null) {
    throw new ConfError('invalid-value', keyword, `${keyword.text} opens no block`, 'take it away');
  }
  if (value === undefined) {
    throw new ConfError('missing-field', keyword, `${keyword.text} needs a value`);
  }
  if (extra !== undefined) {
    throw new ConfError('invalid-value', extra, `${keyword.text} takes one value`);
  }
  return value;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A whole number in a range; undefined when the keyword is not there. */
export function wholeIn(
  body: readonly Statement[],
  keyword: string,
  { low, high }: Range,
): number | undefined {
  const statement = last(body, keyword);
  if (statement === undefined) return undefined;
  const word = onlyWord(statement);
  const value = /^\d{1,10}$/.test(word.text) ? Number(word.text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw new ConfError('invalid-value', word, `${keyword} "${word.text}"`, `${low} to ${high}`);
}

/** Seconds with up to six decimals, as milliseconds; undefined when the keyword is not there. */
export function secondsIn(
  body: readonly Statement[],
  keyword: string,
  low: number,
  high = 86_400,
): number | undefined {
  const statement = last(body, keyword);
  if (statement === undefined) return undefined;
  const word = onlyWord(statement);
  const value = /^\d{1,6}(?:\.\d{1,6})?$/.test(word.text) ? Number(word.text) : Number.NaN;
  if (value >= low && value <= high) return Math.round(value * 1000);
  const hint = `seconds from ${low} to ${high}`;
  throw new ConfError('invalid-value', word, `${keyword} "${word.text}"`, hint);
}

/** `keyword`, `keyword true`, `keyword off`; undefined when it is not there. */
export function flagIn(body: readonly Statement[], keyword: string): boolean | undefined {
  const statement = last(body, keyword);
  if (statement === undefined) return undefined;
  const [, word] = statement.words;
  if (word === undefined) return true;
  if (/^(?:true|yes|on)$/.test(word.text)) return true;
  if (/^(?:false|no|off)$/.test(word.text)) return false;
  throw new ConfError('invalid-value', word, `${keyword} "${word.text}"`, 'true or false');
}

/** One of a closed list of words; undefined when the keyword is not there. */
export function wordIn<T extends string>(
  body: readonly Statement[],
  keyword: string,
  words: readonly T[],
): T | undefined {
  const statement = last(body, keyword);
  if (statement === undefined) return undefined;
  const word = onlyWord(statement);
  const found = words.find((one) => one === word.text);
  if (found !== undefined) return found;
  const message = `${keyword} "${word.text}" is not known`;
  throw new ConfError('invalid-value', word, message, hintFor(word.text, words));
}

export function addressIn(word: Word): Addr {
  const value = parseAddr(word.text);
  if (value !== undefined) return value;
  const message = `"${word.text}" is not an IP address`;
  throw new ConfError('invalid-value', word, message, 'for example 192.168.4.100');
}

/** "192.168.4.100 80" behind a keyword. */
export function endpointIn({ words }: Statement): { readonly addr: Addr; readonly port: number } {
  const [keyword, ip, port, extra] = words;
  if (ip === undefined || port === undefined) {
    const hint = `${keyword.text} 192.168.4.100 80`;
    throw new ConfError('missing-field', keyword, `${keyword.text} needs address and port`, hint);
  }
  if (keyword.text === 'virtual_server' && (ip.text === 'fwmark' || ip.text === 'group')) {
    const message = `keepalived: virtual_server ${ip.text} is not modelled`;
    throw new ConfError('not-modelled', ip, message, 'name an address and a port');
  }
  if (extra !== undefined) {
    throw new ConfError('invalid-value', extra, `${keyword.text} takes an address and a port`);
  }
  const value = /^\d{1,5}$/.test(port.text) ? Number(port.text) : 0;
  if (value >= 1 && value <= 65_535) return { addr: addressIn(ip), port: value };
  throw new ConfError(
    'invalid-value',
    port,
    `"${port.text}" is not a port`,
    'ports are 1 to 65535',
  );
}

/** Throws ConfError for an address of the other family than the host's. */
export function checkFamily(word: Word, addr: Addr, ip: Addr): void {
  if (familyOf(addr) === familyOf(ip)) return;
  const message = `${word.text} is not of the family of the host's address ${formatAddr(ip)}`;
  throw new ConfError('invalid-value', word, message);
}

/** The address a word is, of the host's family. */
export function ofFamily(word: Word, ip: Addr): Addr {
  const addr = addressIn(word);
  checkFamily(word, addr, ip);
  return addr;
}
