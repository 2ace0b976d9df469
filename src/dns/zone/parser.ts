// Zone files to records (RFC 1035 section 5, as miekg/dns ZoneParser reads them): directives, owners, TTL and class in
// either order, $INCLUDE and $GENERATE. Stops at the first fault, as upstream does. Not here: what a zone is.
import { utf8 } from '../../api/base64.ts';
import { IN, type ResourceRecord } from '../message/message.ts';
import { type ZoneError, ZoneFault, zoneErrorText } from './error.ts';
import { generate, rangeOf } from './generate.ts';
import { Lexer, type Token } from './lexer.ts';
import { absoluteName, endOfLine, readData, ttlOf } from './rdata.ts';

export interface ZoneOptions {
  /** What relative names are completed with; default the root. */
  readonly origin?: string;
  /** Name of the file in errors; default none. */
  readonly file?: string;
  /** For records that come before any TTL; without it those are errors. */
  readonly ttl?: number;
  /** The TTL stands until a $TTL: those of records change it not. */
  readonly keepTtl?: boolean;
  /** A first record without an owner is an error; else it is the root's. */
  readonly needsOwner?: boolean;
  /** Text of an $INCLUDE's file; undefined: there is none. Without it the directive is refused. */
  readFile?(path: string): string | undefined;
}

export interface ZoneRecord {
  readonly record: ResourceRecord;
  /** Where its line begins; of an included file or a generated line, the directive's. */
  readonly line: number;
}

export interface ParsedZone {
  /** Those before the error, if there is one. */
  readonly records: readonly ZoneRecord[];
  readonly error: ZoneError | null;
}

const includesMax = 7;
const ttlOfGenerated = 3600;

/** Reads a whole file. */
export function parseZone(text: string, options: ZoneOptions = {}): ParsedZone {
  const { origin = '.', ttl } = options;
  const parser = new Parser(latin(text), {
    origin,
    ttl: ttl === undefined ? null : { seconds: ttl, byDirective: options.keepTtl ?? false },
    file: options.file ?? '',
    depth: 0,
    inGenerate: false,
    needsOwner: options.needsOwner ?? false,
    readFile: options.readFile,
  });
  return parser.parse();
}

/** Reads the first record of a text, as miekg/dns NewRR: null when there is none, a text when something is wrong. */
export function parseRecord(
  text: string,
  options: ZoneOptions = {},
): ResourceRecord | string | null {
  const { records, error } = parseZone(text, { ttl: ttlOfGenerated, ...options });
  const first = records[0];
  if (first !== undefined) return first.record;
  return error === null ? null : zoneErrorText(error);
}

/** One code unit per byte. */
function latin(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) {
      return utf8(text)
        .map((byte) => String.fromCharCode(byte))
        .join('');
    }
  }
  return text;
}

interface Ttl {
  readonly seconds: number;
  readonly byDirective: boolean;
}

interface Context {
  readonly origin: string;
  readonly ttl: Ttl | null;
  readonly file: string;
  readonly depth: number;
  readonly inGenerate: boolean;
  readonly needsOwner: boolean;
  readonly readFile: ((path: string) => string | undefined) | undefined;
}

class Parser {
  readonly #lexer: Lexer;
  readonly #context: Context;
  readonly #records: ZoneRecord[] = [];
  #origin: string;
  #default: Ttl | null;
  /** Carried from line to line. */
  #owner = '';
  #ttl = 0;
  #class = IN;

  constructor(text: string, context: Context) {
    this.#lexer = new Lexer(text);
    this.#context = context;
    this.#origin = context.origin;
    this.#default = context.ttl;
  }

  parse(): ParsedZone {
    try {
      for (;;) {
        const token = this.#next();
        if (token.kind === 'end') return { records: this.#records, error: null };
        const inner = this.#line(token);
        if (inner !== null) return { records: this.#records, error: inner };
      }
    } catch (fault) {
      if (!(fault instanceof ZoneFault)) throw fault;
      const { text, line, column } = fault.token;
      const error = { file: this.#context.file, why: fault.message, token: text, line, column };
      return { records: this.#records, error };
    }
  }

  #next(): Token {
    const token = this.#lexer.next();
    if (token.kind === 'error') throw new ZoneFault(token.text, token);
    return token;
  }

  #blank(why: string): void {
    const token = this.#next();
    if (token.kind !== 'blank' && token.kind !== 'end') throw new ZoneFault(why, token);
  }

  /** One line from its first token; an error is one of an included text. */
  #line(first: Token): ZoneError | null {
    if (this.#default !== null) this.#ttl = this.#default.seconds;
    this.#class = IN;
    switch (first.kind) {
      case 'newline':
      case 'blank':
        return null;
      case 'directive':
        return this.#directive(first);
      case 'owner': {
        const name = absoluteName(first.text, this.#origin);
        if (name === undefined) throw new ZoneFault('bad owner name', first);
        this.#owner = name;
        this.#blank('no blank after owner');
        this.#afterOwner(first.line);
        return null;
      }
      case 'type':
        this.#record(first, first.line);
        return null;
      case 'class':
        this.#afterClass(first, first.line);
        return null;
      case 'string':
        this.#afterTtl(first, first.line);
        return null;
      default:
        throw new ZoneFault('syntax error at beginning', first);
    }
  }

  #afterOwner(line: number): void {
    const token = this.#next();
    switch (token.kind) {
      case 'end':
        return;
      case 'type':
        if (this.#default === null) {
          throw new ZoneFault('missing TTL with no previous value', token);
        }
        this.#record(token, line);
        return;
      case 'class':
        this.#afterClass(token, line);
        return;
      case 'string':
        this.#afterTtl(token, line);
        return;
      default:
        throw new ZoneFault('expecting RR type, TTL or class, not this...', token);
    }
  }

  #afterClass(found: Token, line: number): void {
    this.#class = found.value;
    this.#blank('no blank before class');
    const token = this.#next();
    if (token.kind === 'string') {
      this.#readTtl(token);
      this.#typeAlone(line);
    } else if (token.kind === 'type') this.#record(token, line);
    else if (token.kind !== 'end') {
      throw new ZoneFault('expecting RR type or TTL, not this...', token);
    }
  }

  #afterTtl(found: Token, line: number): void {
    this.#readTtl(found);
    this.#blank('no blank before TTL');
    const token = this.#next();
    if (token.kind === 'class') {
      this.#class = token.value;
      this.#typeAlone(line);
    } else if (token.kind === 'type') this.#record(token, line);
    else if (token.kind !== 'end') {
      throw new ZoneFault('expecting RR type or class, not this...', token);
    }
  }

  #typeAlone(line: number): void {
    this.#blank('no blank before RR type');
    const token = this.#next();
    if (token.kind === 'end') return;
    if (token.kind !== 'type') throw new ZoneFault('unknown RR type', token);
    this.#record(token, line);
  }

  #readTtl(token: Token): void {
    const ttl = ttlOf(token.text);
    if (ttl === undefined) throw new ZoneFault('not a TTL', token);
    this.#ttl = ttl;
    if (this.#default === null || !this.#default.byDirective) {
      this.#default = { seconds: ttl, byDirective: false };
    }
  }

  #record(type: Token, line: number): void {
    const separator = this.#next();
    const atEnd = separator.kind === 'end' || this.#lexer.peek().kind === 'end';
    if (separator.kind === 'newline' || atEnd) throw new ZoneFault('unexpected newline', separator);
    if (this.#owner === '' && this.#context.needsOwner) {
      throw new ZoneFault('bad owner name', type);
    }
    const owner = { name: this.#owner || '.', class: this.#class, ttl: this.#ttl };
    const record = readData(this.#lexer, owner, type.value, this.#origin, separator);
    this.#records.push({ record, line });
  }

  #directive(token: Token): ZoneError | null {
    this.#blank(`no blank after ${token.text}-directive`);
    const value = this.#next();
    if (value.kind === 'end') return null;
    if (value.kind !== 'string') {
      throw new ZoneFault(`expecting ${token.text} value, not this...`, value);
    }
    switch (token.text) {
      case '$TTL': {
        endOfLine(this.#lexer);
        const ttl = ttlOf(value.text);
        if (ttl === undefined) throw new ZoneFault('expecting $TTL value, not this...', value);
        this.#default = { seconds: ttl, byDirective: true };
        return null;
      }
      case '$ORIGIN': {
        endOfLine(this.#lexer);
        this.#origin = this.#originOf(value);
        return null;
      }
      case '$INCLUDE':
        return this.#include(value);
      default:
        return this.#generate(value);
    }
  }

  #originOf(token: Token): string {
    const name = absoluteName(token.text, this.#origin);
    if (name === undefined) throw new ZoneFault('bad origin name', token);
    return name;
  }

  #include(path: Token): ZoneError | null {
    let origin = this.#origin;
    const after = this.#lexer.next();
    if (after.kind === 'blank') {
      const token = this.#lexer.next();
      if (token.kind === 'string') origin = this.#originOf(token);
    } else if (after.kind !== 'newline' && after.kind !== 'end') {
      throw new ZoneFault('garbage after $INCLUDE', after);
    }
    const { readFile, depth, file } = this.#context;
    if (readFile === undefined) throw new ZoneFault('$INCLUDE directive not allowed', path);
    if (depth >= includesMax) throw new ZoneFault('too deeply nested $INCLUDE', path);
    const whole = joined(path.text, file);
    const text = readFile(whole);
    if (text === undefined) {
      const as = whole === path.text ? '' : ` as \`${whole}'`;
      const why = `open ${whole}: no such file or directory`;
      throw new ZoneFault(`failed to open \`${path.text}'${as}: ${why}`, path);
    }
    const context = { ...this.#context, origin, ttl: this.#default, file: whole, depth: depth + 1 };
    return this.#inner(latin(text), context, path.line);
  }

  #generate(value: Token): ZoneError | null {
    const { inGenerate, file } = this.#context;
    if (inGenerate) throw new ZoneFault('nested $GENERATE directive not allowed', value);
    const range = rangeOf(value.text);
    if (typeof range === 'string') throw new ZoneFault(range, value);
    const blank = this.#lexer.next();
    if (blank.kind !== 'blank') throw new ZoneFault('garbage after $GENERATE range', blank);
    let template = '';
    for (;;) {
      const token = this.#lexer.next();
      if (token.kind === 'error') {
        throw new ZoneFault('bad data in $GENERATE directive', token);
      }
      if (token.kind === 'newline' || token.kind === 'end') break;
      template += token.text;
    }
    const { text, fault } = generate(template, range);
    const ttl = { seconds: ttlOfGenerated, byDirective: false };
    const context = { ...this.#context, origin: this.#origin, ttl, inGenerate: true };
    const error = this.#inner(text, context, value.line);
    if (error !== null || fault === null) return error;
    const { why, token, column } = fault;
    return { file, why, token, line: blank.line, column: blank.column + column };
  }

  #inner(text: string, context: Context, line: number): ZoneError | null {
    const { records, error } = new Parser(text, context).parse();
    for (const { record } of records) this.#records.push({ record, line });
    return error;
  }
}

/** A path beside another file (Go's filepath.Join). */
function joined(path: string, file: string): string {
  if (path.startsWith('/')) return path;
  const parts: string[] = [];
  for (const part of `${file.slice(0, file.lastIndexOf('/') + 1)}${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '') parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return parts.join('/');
}
