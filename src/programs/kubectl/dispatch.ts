// Which verb a command line asks for: cobra takes options on both sides of it, and says what may have been meant.
import { InputError } from '../../api/input-error.ts';
import { commands, suggestedFor } from './commands.table.ts';
import { CommandError } from './errors.ts';
import { globalFlags, notModelled, type Verb } from './verb.ts';

export interface Found {
  /** null: there is no such command. */
  readonly verb: Verb | null;
  /** The command line without the verb's words. */
  readonly rest: readonly string[];
  /** The word that is no command, and the commands before it. */
  readonly word: string;
  readonly parents: readonly string[];
}

/** The verb of a command line; `rest` keeps the options that stood before it. */
export function verbAt(args: readonly string[], verbs: readonly Verb[]): Found {
  const before: string[] = [];
  let at = 0;
  const parents: string[] = [];
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word.startsWith('-') && word !== '-') {
      before.push(word);
      const next = args[at + 1];
      if (takesNext(word) && next !== undefined) {
        before.push(next);
        at++;
      }
      continue;
    }
    const words = [...parents, word];
    const verb = verbs.find((one) => namesOf(one).some((name) => same(name, words)));
    const rest = () => [...before, ...args.slice(at + 1)];
    const isGroup = verbs.some(
      (one) => begins(one.words, words) && one.words.length > words.length,
    );
    if (verb !== undefined && !(isGroup && groupHas(verbs, words, args.slice(at + 1)))) {
      return { verb, rest: rest(), word, parents };
    }
    if (!isGroup) return { verb: null, rest: rest(), word, parents };
    parents.push(word);
  }
  return { verb: null, rest: before, word: '', parents };
}

/** Whether the words behind a group that is a verb itself (`create`) name one of its members. */
function groupHas(
  verbs: readonly Verb[],
  words: readonly string[],
  after: readonly string[],
): boolean {
  const next = after.find((word) => !word.startsWith('-'));
  if (next === undefined) return false;
  return verbs.some((one) => namesOf(one).some((name) => begins(name, [...words, next])));
}

function namesOf({ words, aliases = [] }: Verb): readonly (readonly string[])[] {
  return [words, ...aliases.map((alias) => [...words.slice(0, -1), alias])];
}

function begins(words: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((word, i) => words[i] === word);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && begins(a, b);
}

/** Whether an option before the verb takes the next word as its value. */
function takesNext(word: string): boolean {
  if (word.includes('=') || word === '--') return false;
  const flag = word.startsWith('--')
    ? globalFlags.find(({ name }) => name === word.slice(2))
    : word.length === 2
      ? globalFlags.find(({ short }) => short === word.slice(1))
      : undefined;
  if (flag !== undefined) return flag.type !== 'bool';
  return /^-[olcfLp]$/.test(word) || /^--(?:output|selector|container|filename|patch)$/.test(word);
}

/** What there is below a group; kubectl's own help says more. */
export function groupHelp({ parents }: Found, verbs: readonly Verb[]): string {
  const group = ['kubectl', ...parents].join(' ');
  const members = membersOf(parents, verbs).map((name) => `  ${name}\n`);
  const usage = `Usage:\n  ${group} SUBCOMMAND [options]\n`;
  return `Available Commands:\n${members.join('')}\n${usage}`;
}

function membersOf(parents: readonly string[], verbs: readonly Verb[]): readonly string[] {
  const members = verbs.filter(
    ({ words, instead }) => instead === undefined && begins(words, parents),
  );
  return [...new Set(members.map(({ words }) => words[parents.length] ?? ''))].sort();
}

/** For a command line without a verb kubectl prints its help: a mistake here. Below a group it does so, too. */
export function unknownCommand(found: Found, verbs: readonly Verb[], minor: number): Error {
  const { word, parents } = found;
  const group = ['kubectl', ...parents].join(' ');
  if (word === '' && parents.length > 0) {
    return new CommandError(groupHelp(found, verbs), { whole: true });
  }
  if (word === '') {
    const hint = membersOf(parents, verbs).join(', ');
    return new InputError('usage', 'kubectl needs a verb', { hint });
  }
  if (parents.length > 0) {
    return new CommandError(`unknown command "${word}"\nSee '${group} -h' for help and examples`);
  }
  if (commands.includes(word)) return notModelled(`kubectl ${word}`);
  const near = suggestions(word, minor);
  const hint =
    near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((n) => `\t${n}\n`).join('')}`;
  return new CommandError(`unknown command "${word}" for "kubectl"${hint}`);
}

/** Commands at an edit distance of two at most, or that the word begins, or is another name of. */
function suggestions(word: string, minor: number): readonly string[] {
  const lower = word.toLowerCase();
  const named = suggestedFor
    .filter(({ words, since = 0, until = minor }) => {
      return words.includes(lower) && since <= minor && minor <= until;
    })
    .map(({ name }) => name);
  return commands.filter(
    (name) => distance(lower, name) <= 2 || name.startsWith(lower) || named.includes(name),
  );
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
