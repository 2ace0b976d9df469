// Host names in command lines: flags (`--db-host db`, `--addr=db:5432`), and what the usual clients are told (curl, nc,
// psql ...), also inside of `sh -c`. A script is cut at its separators and words; it is not run, and a word with a
// variable of the shell in it names nothing.
import { type Client, clients, valuedFlags } from './host-keys.table.ts';
import { bare, hostsWithPorts, type Target, targetsIn, targetsOf } from './host-values.ts';

/** A host in one of the words. */
export interface WordTarget extends Target {
  readonly word: number;
  /** "argument --db-host", "an argument". */
  readonly key: string;
}

export function targetsInCommand(words: readonly string[]): readonly WordTarget[] {
  const flags = flagsOf(words);
  const own = (text: string, key: string) => ({ word: words.indexOf(text), key });
  const told = toldTo(words).map((target) => ({ ...target, key: 'an argument' }));
  const found = words.flatMap((text, word): readonly WordTarget[] => {
    if (/\s/.test(text)) return inScript(text).map((t) => ({ ...t, ...own(text, 'a script') }));
    const flag = flagAt(words, word);
    if (flag !== null) return inFlag(flag, flags).map((t) => ({ ...t, word }));
    const all = [...targetsIn(text), ...(text.startsWith('-') ? [] : hostsWithPorts(text))];
    return all.map((t) => ({ ...t, word, key: 'an argument' }));
  });
  return once([...told, ...found]);
}

interface Flag {
  readonly name: string;
  readonly value: string;
  /** Where the value begins in its word. */
  readonly start: number;
}

/** The flag whose value a word is, or ends with. */
function flagAt(words: readonly string[], at: number): Flag | null {
  const text = words[at] ?? '';
  const [, name, value] = /^--?([A-Za-z][-\w.]*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) {
    return { name, value, start: text.length - value.length };
  }
  const [, before] = /^--([A-Za-z][-\w.]*)$/.exec(words[at - 1] ?? '') ?? [];
  if (before === undefined || text.startsWith('-')) return null;
  return { name: before, value: text, start: 0 };
}

function inFlag({ name, value, start }: Flag, flags: ReadonlyMap<string, string>) {
  const key = `argument --${name}`;
  const found = targetsOf({ key: name, value }, flags);
  return found.map((target) => ({ ...target, index: target.index + start, key }));
}

/** What the flags of a command in a script name. */
function inFlags(words: readonly string[]): readonly Target[] {
  const flags = flagsOf(words);
  return words.flatMap((_, at) => {
    const flag = flagAt(words, at);
    return flag === null ? [] : inFlag(flag, flags).map(({ key: _key, ...target }) => target);
  });
}

/** Flags with their values: "db-host" -> "db". */
function flagsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const all = words.flatMap((text, i): readonly (readonly [string, string])[] => {
    const [, flag, value] = /^--?([A-Za-z][-\w.]*)(?:=(.*))?$/s.exec(text) ?? [];
    return flag === undefined ? [] : [[flag, value ?? words[i + 1] ?? '']];
  });
  return new Map(all);
}

/** The commands of a script, each cut into words. */
function inScript(script: string): readonly Target[] {
  const blank = (line: string) => ' '.repeat(line.length);
  const lines = script.split('\n').map((line) => (/^\s*#/.test(line) ? blank(line) : line));
  const kept = lines.join('\n');
  const commands = kept.split(
    /[;&|\n(){}]+|\s(?:do|then|else)\s|(?:^|\s)(?:until|while|if|!|exec|time)\s/,
  );
  const told = commands.flatMap((command) => {
    const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)].map(
      ([whole, double, single]) => double ?? single ?? whole,
    );
    const plain = words.filter((word) => !/^[A-Za-z_]\w*=/.test(word) && !/^[<>]/.test(word));
    return [...toldTo(plain), ...inFlags(plain)];
  });
  const placed = told.map((target) => ({ ...target, index: wordIn(kept, target) }));
  return once([...placed, ...targetsIn(kept)]);
}

/** Where a host stands in a script; not as a part of another word ("redis" in "redis-cli"). */
function wordIn(script: string, { text }: Target): number {
  const isEnd = (at: number) => !/[\w.-]/.test(script.charAt(at));
  for (let at = script.indexOf(text); at >= 0; at = script.indexOf(text, at + 1)) {
    if (isEnd(at - 1) && isEnd(at + text.length)) return at;
  }
  return 0;
}

/** "/usr/bin/curl" -> what curl takes. */
function clientOf(word: string): Client | undefined {
  const name = word.slice(word.lastIndexOf('/') + 1);
  return Object.hasOwn(clients, name) ? clients[name] : undefined;
}

/** What the command's program takes as host and port. */
function toldTo(words: readonly string[]): readonly (Target & { readonly word: number })[] {
  const at = words.findIndex((word) => clientOf(word) !== undefined);
  const client = clientOf(words[at] ?? '');
  if (client === undefined || at > 1) return [];
  const named = (word: number, port: string | undefined) => {
    const text = (words[word] ?? '').replace(/^(curl|wget)$/, '');
    const usual = port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : null;
    const host = text.includes('://') ? '' : text.replace(/[/?].*$/, '');
    const sure = !/\.\w{2,4}$/.test(host) || /:\d+$/.test(host);
    return bare(host, usual, 0, sure).map((target) => ({ ...target, word }));
  };
  if (client.kind === 'flags') {
    const host = words.findIndex((word, i) => i > at && /^(-h|--host)$/.test(word));
    const flag = `-${client.portFlag ?? 'p'}`;
    const port = words.findIndex((word, i) => i > at && (word === flag || word === '--port'));
    return host < 0 ? [] : named(host + 1, port < 0 ? undefined : words[port + 1]);
  }
  const isPair = client.kind === 'pair';
  for (let i = at + 1; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) return named(i, isPair ? words[i + 1] : undefined);
    const [, letters = ''] = /^-([A-Za-z]+)$/.exec(word) ?? [];
    // A netcat that listens.
    if (isPair && letters.includes('l')) return [];
    const last = letters.slice(-1);
    const isValued = last !== '' && client.valued?.includes(last) === true;
    if (isValued || valuedFlags.has(word)) i++;
  }
  return [];
}

function once<T extends Target & { readonly word?: number }>(targets: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return targets.filter(({ host, port, word }) => {
    const own = `${word ?? 0} ${host}`;
    const isNew = !seen.has(own) && !seen.has(`${own}:${port}`);
    seen.add(own);
    seen.add(`${own}:${port}`);
    return isNew;
  });
}
