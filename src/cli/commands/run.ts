// `svcspec run`: from command-line options to the harness's runner.
import { InputError } from '../../api/input-error.ts';
import type { Terminal } from '../../harness/progress.ts';
import { runFeatures } from '../../harness/run.ts';
import { parseSchedule } from '../../sim/schedule.ts';
import { durationMs, type Io, later, oneOf, proxyModes } from '../options.ts';
import { pens } from '../pens.ts';

export interface RunCommandOptions {
  /** Where the configuration stands. */
  readonly config?: string;
  /** Of the configuration: what runs when nothing is named. */
  readonly features?: readonly string[];
  readonly tags: string;
  readonly name: readonly string[];
  readonly seed: number;
  readonly order: string;
  readonly failFast: boolean;
  readonly dryRun: boolean;
  readonly retry: number;
  readonly parallel: number;
  readonly shard: string;
  readonly format: readonly string[];
  readonly import: readonly string[];
  readonly report: string | false;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly watch: boolean;
  readonly explore?: number;
  readonly exploreFor?: string;
  readonly schedule?: string;
  readonly coverage: boolean;
  readonly backend: string;
  readonly proxyMode?: string;
}

export async function run(
  features: readonly string[],
  options: RunCommandOptions,
  io: Io,
): Promise<number> {
  if (options.watch) throw later('--watch');
  if (options.coverage) throw later('--coverage');
  const backend = oneOf('backend', options.backend, ['sim', 'kernel'] as const);
  const { proxyMode } = options;
  const mode = proxyMode === undefined ? null : oneOf('proxy mode', proxyMode, proxyModes);
  if (!/^(?:defined|reverse|random(?::\d+)?)$/.test(options.order)) {
    throw new InputError('usage', `unknown order "${options.order}"`, {
      hint: 'defined, reverse, random or random:SEED',
    });
  }
  if (options.shard !== '' && !isShard(options.shard)) {
    throw new InputError('usage', `"${options.shard}" is no shard`, {
      hint: 'I/N with I from 1 to N',
    });
  }
  for (const pattern of options.name) {
    if (regExpOf(pattern) === null) {
      throw new InputError('usage', `--name "${pattern}" is no regular expression`);
    }
  }
  checkExploration(options, backend);
  const stdout: Terminal = { write: (text) => io.out(text), columns: io.columns };
  const stderr: Terminal = { write: (text) => io.err(text), columns: null };
  const { tags, name, seed, order, failFast, dryRun, retry, parallel, shard } = options;
  return runFeatures(
    {
      features: features.length > 0 ? features : (options.features ?? []),
      tags,
      names: name,
      seed,
      order,
      failFast,
      dryRun,
      retry,
      parallel,
      shard,
      formats: options.format,
      imports: options.import,
      report: options.report === false ? null : options.report,
      quiet: options.quiet,
      proxyMode: mode,
      backend,
      explore: options.explore ?? null,
      exploreForMs: options.exploreFor === undefined ? null : durationMs(options.exploreFor),
      schedule: options.schedule ?? null,
      pens: pens(options.color && io.color),
    },
    { stdout, stderr },
  );
}

function checkExploration({ explore, exploreFor, schedule }: RunCommandOptions, backend: string) {
  const asked = [explore, exploreFor, schedule].filter((one) => one !== undefined).length;
  if (asked > 0 && backend === 'kernel') {
    throw new InputError('usage', 'schedules are explored in the simulation: --backend sim');
  }
  if (schedule === undefined) return;
  if (asked > 1) throw new InputError('usage', 'either --schedule or --explore');
  const [, picks] = /^\d{1,10}:(.*)$/s.exec(schedule) ?? [];
  if (picks === undefined || parseSchedule(picks) === undefined) {
    const hint = 'SEED:DECISION=CANDIDATE;... as the failure printed it';
    throw new InputError('usage', `"${schedule}" is no schedule`, { hint });
  }
}

function regExpOf(text: string): RegExp | null {
  try {
    return new RegExp(text);
  } catch {
    return null;
  }
}

function isShard(text: string): boolean {
  const [, index, total] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  return index !== undefined && Number(index) >= 1 && Number(index) <= Number(total);
}
