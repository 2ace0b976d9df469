// Host names in command lines: flags (`--db-host db`, `--addr=db:5432`), and what the usual clients are told (curl, nc,
// psql ...), also inside of `sh -c`. A script is cut at its separators and words; it is not run, and a word with a
// variable of the shell in it names nothing.
import { clients, valuedFlags } from './host-keys.table.ts';
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
    const [, flag, value] = /^--?([A-Za-z][-\w.]*)=(.*)$/s.exec(text) ?? [];
    if (flag !== undefined && value !== undefined) {
      const start = text.length - value.length;
      return targetsOf({ key: flag, value }, flags).map((t) => ({
        ...t,
        index: t.index + start,
        word,
        key: `argument --${flag}`,
      }));
    }
    const [, before] = /^--([A-Za-z][-\w.]*)$/.exec(words[word - 1] ?? '') ?? [];
    if (before !== undefined && !text.startsWith('-')) {
      const key = `argument --${before}`;
      return targetsOf({ key: before, value: text }, flags).map((t) => ({ ...t, word, key }));
    }
    const all = [...targetsIn(text), ...(text.startsWith('-') ? [] : hostsWithPorts(text))];
    return all.map((t) => ({ ...t, word, key: 'an argument' }));
  });
  return once([...told, ...found]);
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
  const lines = script.split('\n').map((line) => (/^\s*#/.test(line) ? '' : line));
  const commands = lines
    .join('\n')
    .split(/[;&|\n(){}]+|\s(?:do|then|else)\s|(?:^|\s)(?:until|while|if|!|exec|time)\s/);
  const told = commands.flatMap((command) => {
    const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)].map(
      ([whole, double, single]) => double ?? single ?? whole,
    );
    return toldTo(words.filter((word) => !/^[A-Za-z_]\w*=/.test(word) && !/^[<>]/.test(word)));
  });
  const all = [...told, ...targetsIn(lines.join('\n'))];
  return once(
    all.map((target) => ({ ...target, index: Math.max(0, script.indexOf(target.text)) })),
  );
}

/** What the command's program takes as host and port. */
function toldTo(words: readonly string[]): readonly (Target & { readonly word: number })[] {
  const at = words.findIndex(
    (word) => clients[word.slice(word.lastIndexOf('/') + 1)] !== undefined,
  );
  const client = clients[(words[at] ?? '').replace(/^.*\//, '')];
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
  for (let i = at + 1; i < words.length; i++) {
    if (valuedFlags.has(words[i] ?? '')) i++;
    else if (!(words[i] ?? '').startsWith('-')) {
      return named(i, client.kind === 'pair' ? words[i + 1] : undefined);
    }
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
