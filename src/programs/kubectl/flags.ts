// Command line options as spf13/pflag reads them: long with "=" or a following word, short ones combined or with their
// value attached, on both sides of the arguments, "--" ends them. Errors are pflag's and kubectl's words.
import { goDuration } from '../../api/go-duration.ts';
import { CommandError } from './errors.ts';

export type FlagType = 'string' | 'bool' | 'int' | 'duration' | 'strings' | 'array';

/** `strings` splits at commas, `array` takes each occurrence whole. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly type: FlagType;
  /** As it would be written; absent: "", false, 0, 0s, none. */
  readonly initial?: string;
  /** The value of the bare option, where pflag has NoOptDefVal: bools and `--dry-run`. */
  readonly bare?: string;
}

export interface Parsed {
  readonly args: readonly string[];
  /** How many of `args` stood before "--"; -1 without one. */
  readonly dash: number;
  readonly flags: FlagValues;
}

export class FlagValues {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #declared: ReadonlyMap<string, Flag>;

  constructor(declared: ReadonlyMap<string, Flag>, values: ReadonlyMap<string, readonly string[]>) {
    this.#declared = declared;
    this.#values = values;
  }

  /** Whether it was given. */
  changed(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string {
    return this.#values.get(name)?.at(-1) ?? this.#declared.get(name)?.initial ?? '';
  }

  bool(name: string): boolean {
    return boolOf(this.text(name)) ?? false;
  }

  int(name: string): number {
    return intOf(this.text(name)) ?? 0;
  }

  /** Milliseconds. */
  duration(name: string): number {
    return goDuration(this.text(name)).ms ?? 0;
  }

  list(name: string): readonly string[] {
    const given = this.#values.get(name) ?? [];
    if (this.#declared.get(name)?.type !== 'strings') return given;
    return given.flatMap((text) => (text === '' ? [] : text.split(',')));
  }
}

const trues = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falses = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** strconv.ParseBool. */
export function boolOf(text: string): boolean | undefined {
  return trues.includes(text) ? true : falses.includes(text) ? false : undefined;
}

function intOf(text: string): number | undefined {
  const match = /^([+-]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|\d+)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = ''] = match;
  const value = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return sign === '-' ? -value : value;
}

/** What is wrong with a value, in the words of Go's strconv; null when it fits. */
function problemOf(type: FlagType, text: string): string | null {
  const quoted = JSON.stringify(text);
  switch (type) {
    case 'bool':
      return boolOf(text) === undefined
        ? `strconv.ParseBool: parsing ${quoted}: invalid syntax`
        : null;
    case 'int':
      return intOf(text) === undefined
        ? `strconv.ParseInt: parsing ${quoted}: invalid syntax`
        : null;
    case 'duration':
      return goDuration(text).error ?? null;
    default:
      return null;
  }
}

/** Throws CommandError with kubectl's pointer to the help of `command` ("kubectl get"). */
export function parseFlags(
  command: string,
  declared: readonly Flag[],
  words: readonly string[],
): Parsed {
  return new Parser(command, declared).parse(words);
}

class Parser {
  readonly #command: string;
  readonly #byName: ReadonlyMap<string, Flag>;
  readonly #byShort: ReadonlyMap<string, Flag>;
  readonly #values = new Map<string, string[]>();
  #words: readonly string[] = [];
  #at = 0;

  constructor(command: string, declared: readonly Flag[]) {
    this.#command = command;
    this.#byName = new Map(declared.map((flag) => [flag.name, flag]));
    this.#byShort = new Map(
      declared.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag]])),
    );
  }

  parse(words: readonly string[]): Parsed {
    const args: string[] = [];
    let dash = -1;
    this.#words = words;
    for (this.#at = 0; this.#at < words.length; this.#at++) {
      const word = words[this.#at] ?? '';
      if (word === '--') {
        dash = args.length;
        args.push(...words.slice(this.#at + 1));
        break;
      }
      if (word.startsWith('--')) this.#long(word);
      else if (word.startsWith('-') && word !== '-') this.#short(word.slice(1));
      else args.push(word);
    }
    return { args, dash, flags: new FlagValues(this.#byName, this.#values) };
  }

  #fail(text: string): CommandError {
    return new CommandError(`${text}\nSee '${this.#command} --help' for usage.`);
  }

  #long(word: string): void {
    const [name = '', value] = word.slice(2).split(/=(.*)/s);
    if (name === '' || name.startsWith('-') || name.startsWith('=')) {
      throw this.#fail(`bad flag syntax: ${word}`);
    }
    const flag = this.#byName.get(name);
    if (flag === undefined) throw this.#fail(`unknown flag: --${name}`);
    const bare = bareOf(flag);
    if (value !== undefined) this.#set(flag, value);
    else if (bare !== undefined) this.#set(flag, bare);
    else this.#set(flag, this.#next(`flag needs an argument: --${name}`));
  }

  #short(letters: string): void {
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i] ?? '';
      const flag = this.#byShort.get(letter);
      if (flag === undefined) {
        throw this.#fail(`unknown shorthand flag: '${letter}' in -${letters.slice(i)}`);
      }
      const rest = letters.slice(i + 1);
      const bare = bareOf(flag);
      const hasValue = rest.startsWith('=') && rest.length > 1;
      if (bare !== undefined && !hasValue) {
        this.#set(flag, bare);
        continue;
      }
      const missing = `flag needs an argument: '${letter}' in -${letters.slice(i)}`;
      this.#set(flag, rest === '' ? this.#next(missing) : hasValue ? rest.slice(1) : rest);
      return;
    }
  }

  #next(missing: string): string {
    const value = this.#words[++this.#at];
    if (value === undefined) throw this.#fail(missing);
    return value;
  }

  #set(flag: Flag, value: string): void {
    const problem = problemOf(flag.type, value);
    if (problem !== null) {
      const short = flag.short === undefined ? '' : `-${flag.short}, `;
      throw this.#fail(
        `invalid argument ${JSON.stringify(value)} for "${short}--${flag.name}" flag: ${problem}`,
      );
    }
    this.#values.set(flag.name, [...(this.#values.get(flag.name) ?? []), value]);
  }
}

function bareOf(flag: Flag): string | undefined {
  return flag.bare ?? (flag.type === 'bool' ? 'true' : undefined);
}
