// nft, for reading: `list ruleset|tables|sets|maps|chains [FAMILY]`, `list table [FAMILY] NAME`, `list sets table [FAMILY] NAME`,
// `list chain|set|map [FAMILY] TABLE NAME`.
// What iptables keeps in tables of its own is not among them. Everything else is refused. The words are those of 1.0.6.
import type { Family } from '../net/addr.ts';
import type { KernelRequest } from './kernel-request.ts';
import type { Command, ProcessResult } from './process.ts';

const usage =
  'known: nft list ruleset|tables|sets|maps|chains [FAMILY], list table [FAMILY] NAME, list sets table [FAMILY] NAME, list chain|set|map [FAMILY] TABLE NAME';

const families: Readonly<Record<string, Family>> = { ip: 4, ip6: 6 };

/** Undefined: not modelled. */
function requestOf(argv: readonly string[]): KernelRequest | undefined {
  const [verb, object = '', ...rest] = argv.slice(1);
  if (verb !== 'list' || rest.some((word) => word.startsWith('-'))) return undefined;
  const said = families[rest[0] ?? ''];
  const names = said === undefined ? rest : rest.slice(1);
  const [table, name] = names;
  const family = said ?? 4;
  switch (object) {
    case 'ruleset':
    case 'tables':
      if (names.length > 0) return undefined;
      return { kind: 'nft', form: object, family: said ?? null };
    case 'sets':
      if (rest[0] === 'table') return setsOf(rest.slice(1));
      if (names.length > 0) return undefined;
      return { kind: 'nft-parts', form: object, family: said ?? null, table: null };
    case 'maps':
    case 'chains':
      if (names.length > 0) return undefined;
      return { kind: 'nft-parts', form: object, family: said ?? null, table: null };
    case 'table':
      if (table === undefined || names.length > 1) return undefined;
      return { kind: 'nft-part', form: 'table', family, table, name: '' };
    case 'chain':
    case 'set':
    case 'map':
      if (table === undefined || name === undefined || names.length > 2) return undefined;
      return { kind: 'nft-part', form: object, family, table, name };
    default:
      return undefined;
  }
}

/** `list sets table [FAMILY] NAME`. */
function setsOf(words: readonly string[]): KernelRequest | undefined {
  const said = families[words[0] ?? ''];
  const [table, ...more] = said === undefined ? words : words.slice(1);
  if (table === undefined || more.length > 0) return undefined;
  return { kind: 'nft-parts', form: 'sets', family: said ?? 4, table };
}

export const nft: Command = (argv, context) => {
  const request = requestOf(argv);
  if (request === undefined) {
    const stderr = `nft: not modelled: ${argv.slice(1).join(' ')}\n${usage}\n`;
    return { stdout: '', stderr, exitCode: 1 };
  }
  const answer = context.kernel?.(request);
  if (answer?.kind === 'text') return { stdout: answer.text, stderr: '', exitCode: 0 };
  return missing(argv.slice(1), answer?.kind === 'missing' ? answer.what : 'name');
};

const parts: ReadonlySet<string> = new Set(['chain', 'set', 'map']);

/** Points at the word that names what is not there. */
function missing(words: readonly string[], what: 'table' | 'name'): ProcessResult {
  const at = words.length - 1 - (what === 'table' && parts.has(words[1] ?? '') ? 1 : 0);
  const before = words
    .slice(0, at)
    .map((word) => `${word} `)
    .join('');
  const caret = `${' '.repeat(before.length)}${'^'.repeat(words[at]?.length ?? 1)}`;
  const stderr = `Error: No such file or directory\n${words.join(' ')}\n${caret}\n`;
  return { stdout: '', stderr, exitCode: 1 };
}
