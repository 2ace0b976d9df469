// iptables and ip6tables, for reading: `-t TABLE`, `-L [CHAIN]` with `-n`, `-v` and `--line-numbers`, `-S [CHAIN]`. Rules
// are written by kube-proxy alone, so every other command is refused; so is a listing without -n, whose names of hosts and
// ports would come from files of the machine. Refusals of the real tool are those of 1.8.9 (nf_tables).
import { type IptablesTable, iptablesTables } from './kernel-request.ts';
import type { Command, ProcessContext, ProcessResult } from './process.ts';

interface Line {
  readonly table: string;
  readonly form: 'list' | 'specifications' | null;
  readonly chain: string | null;
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly numbered: boolean;
  /** The first word that is not known. */
  readonly unknown: string | null;
}

const shorts: Readonly<Record<string, string>> = {
  L: '--list',
  S: '--list-rules',
  n: '--numeric',
  t: '--table',
  v: '--verbose',
  w: '--wait',
};

/** "-nvL" -> "--numeric", "--verbose", "--list"; "--table=nat" -> "--table", "nat". */
function split(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word) => {
    if (/^--[a-z-]+=/.test(word)) return [word.slice(0, word.indexOf('=')), after(word)];
    if (!/^-[A-Za-z]+$/.test(word)) return [word];
    return [...word.slice(1)].map((letter) => shorts[letter] ?? `-${letter}`);
  });
}

function after(word: string): string {
  return word.slice(word.indexOf('=') + 1);
}

function parse(argv: readonly string[]): Line {
  const words = split(argv);
  const values = new Map<string, string>();
  const seen = new Set<string>();
  let unknown: string | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const next = words[i + 1];
    seen.add(word);
    switch (word) {
      case '--table':
      case '--list':
      case '--list-rules':
        if (next === undefined || next.startsWith('-')) break;
        values.set(word, next);
        i++;
        break;
      case '--numeric':
      case '--verbose':
      case '--line-numbers':
      case '--wait':
        break;
      default:
        unknown ??= word;
    }
  }
  const form = seen.has('--list') ? 'list' : seen.has('--list-rules') ? 'specifications' : null;
  return {
    table: values.get('--table') ?? 'filter',
    form,
    chain: values.get('--list') ?? values.get('--list-rules') ?? null,
    numeric: seen.has('--numeric'),
    verbose: seen.has('--verbose'),
    numbered: seen.has('--line-numbers'),
    unknown,
  };
}

const usage = 'known: [-t TABLE] -L [CHAIN] -n [-v] [--line-numbers], [-t TABLE] -S [CHAIN]';

function isTable(name: string): name is IptablesTable {
  return iptablesTables.some((table) => table === name);
}

export const iptables: Command = (argv, context) => {
  const name = (argv[0] ?? '').replace(/^.*\//, '');
  const line = parse(argv.slice(1));
  const refused = (why: string): ProcessResult => {
    return { stdout: '', stderr: `${name}: not modelled: ${why}\n${usage}\n`, exitCode: 1 };
  };
  const { unknown, form, table, numeric, verbose } = line;
  if (unknown !== null) return refused(unknown);
  if (form === null) {
    const hint = `Try \`${name} -h' or '${name} --help' for more information.`;
    return failed(name, `no command specified\n${hint}`, 2);
  }
  if (!isTable(table)) {
    const hint = `Perhaps ${name} or your kernel needs to be upgraded.`;
    return failed(name, `table '${table}' does not exist\n${hint}`, 3);
  }
  if (form === 'list' && !numeric) return refused('names of hosts and ports (add -n)');
  if (form === 'specifications' && verbose) return refused('-S with counters (-v)');
  return printed(name, line, form, table, context);
};

function printed(
  name: string,
  { chain, verbose, numbered }: Line,
  form: 'list' | 'specifications',
  table: IptablesTable,
  context: ProcessContext,
): ProcessResult {
  const family = name === 'ip6tables' ? 6 : 4;
  const request = { kind: 'iptables', form, family, table, chain, verbose, numbered } as const;
  const answer = context.kernel?.(request);
  if (answer?.kind === 'text') return { stdout: answer.text, stderr: '', exitCode: 0 };
  return failed(name, `chain \`${chain}' in table \`${table}' is incompatible, use 'nft' tool.`, 1);
}

function failed(name: string, why: string, exitCode: number): ProcessResult {
  return { stdout: '', stderr: `${name} v1.8.9 (nf_tables): ${why}\n`, exitCode };
}
