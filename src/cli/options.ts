// Options that most commands share, declared once for commander and read as values: where input comes from, the seed,
// what is printed. Wrong values are InputErrors of code "usage".
import { type Command, InvalidArgumentError } from 'commander';
import { InputError } from '../api/input-error.ts';

export interface CommonOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  readonly cluster?: string;
  readonly seed: number;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly maxInput: number;
  /** kube-proxy's mode in place of the configured one; of the commands that have `modeOption`. */
  readonly mode?: string;
}

/** kube-proxy's modes by name; which of them are modelled is for the commands to say. */
export const proxyModes = ['iptables', 'ipvs', 'nftables', 'userspace'] as const;

export const maxInputDefault = 32 * 1024 * 1024;

/** Where the output goes; commands write nothing else. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal that `out` is; null when it is none. */
  readonly columns: number | null;
  readonly color: boolean;
  /** Whether `err` takes colours. */
  readonly errColor: boolean;
}

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

/** A parser of whole numbers from `low` to `high` for commander. */
export function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`must be a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** `-f`, `-R`, `--cluster`, `--max-input`. */
export function inputOptions(command: Command): Command {
  return command
    .option(
      '-f, --filename <path>',
      'manifest file or folder, or - for standard input; repeatable',
      collect,
      [],
    )
    .option('-R, --recursive', 'also read the folders inside of folders', false)
    .option('--cluster <file>', 'the Cluster document')
    .option(
      '--max-input <bytes>',
      'refuse larger input',
      whole(1, Number.MAX_SAFE_INTEGER),
      maxInputDefault,
    );
}

/** `--seed`, `--no-color`, `-q`, `-v`. */
export function runOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'seed of everything that is drawn at random', whole(0, 0xffff_ffff), 1)
    .option('--no-color', 'print without colours')
    .option('-q, --quiet', 'no notices and no progress', false)
    .option('-v, --verbose', 'every hop of a trace; where an internal error happened', false);
}

/** `--mode`. */
export function modeOption(command: Command): Command {
  return command.option(
    '--mode <mode>',
    'iptables, ipvs, nftables or userspace instead of the configured mode',
  );
}

/** `-n`, `-A`, `-l`. */
export function scopeOptions(command: Command): Command {
  return command
    .option('-n, --namespace <namespace>', 'namespace', 'default')
    .option('-A, --all-namespaces', 'all namespaces', false)
    .option('-l, --selector <selector>', 'label selector', '');
}

/** The value if it is one of `known`. */
export function oneOf<T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new InputError('usage', `unknown ${what} "${value}"`, { hint: known.join(', ') });
  }
  return found;
}

/** Refuses what belongs to a later version. */
export function later(what: string): InputError {
  return new InputError('not-modelled', `${what} belongs to a later version of svcspec`);
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go durations: "90s", "1h30m", "250ms" -> milliseconds. */
export function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (text === '' || parts.map(([all]) => all).join('') !== text) {
    throw new InputError('usage', `"${text}" is no duration`, { hint: 'for example 90s or 1h30m' });
  }
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0), 0);
}
