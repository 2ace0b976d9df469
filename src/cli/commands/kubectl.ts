// `svcspec kubectl`: kubectl's verbs on the settled cluster; exits as kubectl did. With --script many command lines run
// one after the other on the same cluster, up to the first that fails. What a command wrote that is not simulated is
// said on standard error behind it, once.
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { InputError } from '../../api/input-error.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { isSaidAlways } from '../../cluster/notices.ts';
import { kubectl } from '../../harness/kubectl.ts';
import { words } from '../../harness/words.ts';
import { openCluster } from '../open.ts';
import { type CommonOptions, durationMs, type Io } from '../options.ts';

export interface KubectlOptions extends CommonOptions {
  readonly at?: string;
  readonly script?: string;
}

/** Whether the verb watches the cluster change: it is not settled before it. */
function watches(args: readonly string[]): boolean {
  return args.includes('wait') || (args.includes('rollout') && args.includes('status'));
}

export async function runKubectl(
  args: readonly string[],
  options: KubectlOptions,
  io: Io,
): Promise<number> {
  const { script } = options;
  if (script === undefined && args.length === 0) {
    throw new InputError('usage', 'kubectl needs a command line', {
      hint: 'svcspec kubectl -f DIR -- get svc -A, or --script FILE',
    });
  }
  const lines = script === undefined ? [args] : scriptLines(script);
  const afterMs = options.at === undefined ? 0 : durationMs(options.at);
  const cluster = await openCluster(options, io);
  if (afterMs > 0) cluster.advance(afterMs);
  let said = cluster.notices.length;
  for (const [i, line] of lines.entries()) {
    if (options.verbose && script !== undefined) io.err(`$ ${line.join(' ')}\n`);
    const status = await runLine(cluster, line, io);
    const next = lines[i + 1];
    if (status !== 0 || next === undefined || !watches(next)) cluster.settle();
    for (const notice of cluster.notices.slice(said)) {
      if (!options.quiet || isSaidAlways(notice)) io.err(`${notice}\n`);
    }
    said = cluster.notices.length;
    if (status !== 0) return status;
  }
  return 0;
}

async function runLine(cluster: Cluster, args: readonly string[], io: Io): Promise<number> {
  if (!watches(args)) cluster.settle();
  const [program = '', ...rest] = args;
  if (program === 'sleep') {
    cluster.advance(durationMs(rest.join(' ')));
    return 0;
  }
  const stdin = readsStdin(args) ? String(await buffer(process.stdin)) : '';
  const printed = kubectl(cluster, program === 'kubectl' ? rest : args, { stdin });
  io.out(printed.stdout);
  io.err(printed.stderr);
  return printed.exitCode;
}

function readsStdin(args: readonly string[]): boolean {
  return args.some(
    (word, i) =>
      /^(?:-f=?-|--filename=-)$/.test(word) ||
      (word === '-' && /^(?:-f|--filename)$/.test(args[i - 1] ?? '')),
  );
}

/** Command lines with or without "kubectl" before them, and `sleep DURATION`; empty ones and comments are left out. */
function scriptLines(path: string): readonly (readonly string[])[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new InputError('file-unreadable', `the script "${path}" cannot be read`);
  }
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => words(line));
}
