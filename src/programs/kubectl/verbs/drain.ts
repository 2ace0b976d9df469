// `kubectl drain`: cordons Nodes, then evicts their Pods as far as disruption budgets let it, again every five seconds, and
// waits for them on the virtual clock. Models kubectl/pkg/cmd/drain/drain.go and pkg/drain. Pods are evicted in their order,
// which is up to the scheduler of Go there.
import { ApiError } from '../../../api/error.ts';
import { formatGoDuration } from '../../../api/go-duration.ts';
import type { Pod } from '../../../api/types.ts';
import type { Info } from '../builder.ts';
import { Aggregate, CommandError } from '../errors.ts';
import { printerOf } from '../printer.ts';
import { type Call, dryRunOf, dryRunSuffix, notModelled, type Verb } from '../verb.ts';
import { cordonAll, nodeFlags, nodesOf } from './cordon.ts';
import { podsToDrain } from './drain-filters.ts';

const retryMs = 5000;
const pollMs = 1000;
/** How long a drain without --timeout is followed. */
const patienceMs = 3_600_000;

export const drain: Verb = {
  words: ['drain'],
  flags: [
    ...nodeFlags,
    { name: 'force', type: 'bool' },
    { name: 'ignore-daemonsets', type: 'bool' },
    { name: 'delete-emptydir-data', type: 'bool' },
    { name: 'grace-period', type: 'int', initial: '-1' },
    { name: 'timeout', type: 'duration', initial: '0s' },
    { name: 'pod-selector', type: 'string' },
    { name: 'disable-eviction', type: 'bool' },
    { name: 'skip-wait-for-delete-timeout', type: 'int' },
    { name: 'chunk-size', type: 'int', initial: '500' },
  ],
  run,
};

function run(call: Call): void {
  const nodes = nodesOf(call, 'drain NODE');
  cordonAll(call, nodes, true);
  const fatal: Error[] = [];
  const remaining: string[] = [];
  for (const node of nodes) {
    try {
      drainNode(call, node);
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof Aggregate)) throw error;
      const blank = call.host.minor >= 31 ? ' ' : '';
      call.err(
        `error: unable to drain node ${JSON.stringify(node.name)} due to error:${blank}${error.message}, continuing command...\n`,
      );
      fatal.push(error);
      remaining.push(node.name);
      continue;
    }
    printerOf(call, `drained${dryRunSuffix(dryRunOf(call))}`)(node.object);
  }
  if (remaining.length > 0) {
    call.err(`There are pending nodes to be drained:\n${remaining.map((n) => ` ${n}\n`).join('')}`);
  }
  const [only] = fatal;
  if (only === undefined) return;
  // Aggregates within an aggregate: upstream prints their errors without the word "error".
  const errors = fatal.length === 1 && only instanceof Aggregate ? only.errors : fatal;
  throw new CommandError(errors.map(({ message }) => message).join('\n'), { whole: true });
}

function drainNode(call: Call, { name }: Info): void {
  const { pods, warnings } = podsToDrain(call, name);
  if (warnings !== '') call.err(`Warning: ${warnings}\n`);
  if (dryRunOf(call) === 'client') {
    for (const pod of pods) call.out(`evicting pod ${placed(pod)} (dry run)\n`);
    return;
  }
  const errors = call.flags.bool('disable-eviction') ? deleteAll(call, pods) : evictAll(call, pods);
  if (errors.length === 0) return;
  const error = errors.length === 1 ? errors[0] : new Aggregate(errors);
  const left = podsToDrain(call, name).pods;
  if (left.length > 0) {
    call.err(
      `There are pending pods in node ${JSON.stringify(name)} when an error occurred: ${error?.message}\n`,
    );
    for (const pod of left) call.err(`pod/${pod.metadata.name}\n`);
  }
  throw error;
}

function placed({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** One Pod on its way out: what is done next, and when. */
interface Turn {
  readonly pod: Pod;
  readonly next: 'evict' | 'wait';
  readonly atMs: number;
}

type Done = Turn | CommandError | null;

function evictAll(call: Call, pods: readonly Pod[]): readonly CommandError[] {
  const { host } = call;
  const timeoutMs = call.flags.duration('timeout');
  const deadlineMs = timeoutMs === 0 ? null : host.nowMs + timeoutMs;
  const giveUpMs = host.nowMs + patienceMs;
  const errors: CommandError[] = [];
  let turns: readonly Turn[] = pods.map((pod) => ({ pod, next: 'evict', atMs: host.nowMs }));
  while (turns.length > 0) {
    const later: Turn[] = [];
    for (const turn of turns) {
      const done = turn.atMs > host.nowMs ? turn : take(call, turn, deadlineMs);
      if (done instanceof CommandError) errors.push(done);
      else if (done !== null) later.push(done);
    }
    turns = later;
    if (turns.length > 0) passTo(call, Math.min(...turns.map(({ atMs }) => atMs)));
    if (host.nowMs > giveUpMs && deadlineMs === null) {
      throw notModelled('kubectl drain that waits for more than an hour', 'give it a --timeout');
    }
  }
  return errors;
}

/** Lets everything happen up to then. */
function passTo({ host }: Call, untilMs: number): void {
  while (host.step(untilMs));
}

function take(call: Call, turn: Turn, deadlineMs: number | null): Done {
  return turn.next === 'evict'
    ? evict(call, turn.pod, deadlineMs)
    : waitFor(call, turn, deadlineMs);
}

function evict(call: Call, pod: Pod, deadlineMs: number | null): Done {
  const { host, flags } = call;
  const dryRun = dryRunOf(call) === 'server';
  call.out(`evicting pod ${placed(pod)}${dryRun ? ' (server dry run)' : ''}\n`);
  const { name, namespace = '' } = pod.metadata;
  const about = `${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`;
  if (deadlineMs !== null && host.nowMs >= deadlineMs) {
    const limit = formatGoDuration(flags.duration('timeout'));
    return new CommandError(`error when evicting pods/${about}: global timeout reached: ${limit}`);
  }
  const grace = flags.int('grace-period');
  try {
    host.requests.evict(
      { namespace, name },
      { dryRun, ...(grace < 0 ? {} : { gracePeriodSeconds: grace }) },
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'NotFound') return null;
    if (error.reason !== 'TooManyRequests') {
      return new CommandError(`error when evicting pods/${about}: ${error.message}`);
    }
    call.err(`error when evicting pods/${about} (will retry after 5s): ${error.message}\n`);
    return { pod, next: 'evict', atMs: host.nowMs + retryMs };
  }
  return dryRun ? null : waitFor(call, { pod, next: 'wait', atMs: host.nowMs }, deadlineMs);
}

/** Done when the Pod is gone, or another one has its name. */
function waitFor(call: Call, { pod }: Turn, deadlineMs: number | null): Done {
  const { host, flags } = call;
  if (isGone(call, pod)) {
    const word = flags.bool('disable-eviction') ? 'deleted' : 'evicted';
    printerOf(call, word)({ apiVersion: 'v1', kind: 'Pod', metadata: pod.metadata });
    return null;
  }
  if (deadlineMs !== null && host.nowMs >= deadlineMs) {
    const { name, namespace = '' } = pod.metadata;
    const limit = formatGoDuration(flags.duration('timeout'));
    const why = host.minor >= 32 ? 'context deadline exceeded' : `global timeout reached: ${limit}`;
    return new CommandError(
      `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: ${why}`,
    );
  }
  return { pod, next: 'wait', atMs: Math.min(host.nowMs + pollMs, deadlineMs ?? Infinity) };
}

function isGone(call: Call, { metadata }: Pod): boolean {
  const { name, namespace = '' } = metadata;
  try {
    const found = call.host.requests.get(call.names.row('pods'), { namespace, name });
    return found.metadata.uid !== metadata.uid;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return true;
    throw error;
  }
}

function deleteAll(call: Call, pods: readonly Pod[]): readonly CommandError[] {
  const { host, flags } = call;
  const row = call.names.row('pods');
  const grace = flags.int('grace-period');
  for (const { metadata } of pods) {
    const { name, namespace = '' } = metadata;
    host.requests.delete(row, { namespace, name }, grace < 0 ? {} : { gracePeriodSeconds: grace });
  }
  const timeoutMs = flags.duration('timeout');
  const deadlineMs = host.nowMs + (timeoutMs === 0 ? patienceMs : timeoutMs);
  let left: readonly Pod[] = pods;
  for (;;) {
    left = left.filter((pod) => waitFor(call, { pod, next: 'wait', atMs: 0 }, null) !== null);
    if (left.length === 0) return [];
    if (host.nowMs >= deadlineMs) return [new CommandError('context deadline exceeded')];
    passTo(call, Math.min(host.nowMs + pollMs, deadlineMs));
  }
}
