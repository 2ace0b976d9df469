// What is wrong with a zone file, where, and in which words (miekg/dns ParseError).
import { base64Of, decodeBase64 } from '../../api/base64.ts';
import { goQuote } from '../../api/field/errors.ts';
import type { Token } from './lexer.ts';

export interface ZoneError {
  /** "" for text that is no file. */
  readonly file: string;
  readonly why: string;
  readonly token: string;
  readonly line: number;
  readonly column: number;
}

/** `db.example: dns: bad A A: "10.0.0" at line: 3:14` */
export function zoneErrorText(error: ZoneError): string {
  const { file, why, token, line, column } = error;
  // The file's bytes as the UTF-8 they were, then as ASCII.
  const text = decodeBase64(base64Of(Array.from(token, (c) => c.charCodeAt(0))));
  const quoted = goQuote(text).replace(
    /[^ -~]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${file === '' ? '' : `${file}: `}dns: ${why}: ${quoted} at line: ${line}:${column}`;
}

/** Thrown inside this folder only; parser.ts turns it into a ZoneError. */
export class ZoneFault extends Error {
  readonly token: Token;
  constructor(why: string, token: Token) {
    super(why);
    this.token = token;
  }
}
