// kubectl logs: of a Pod, of a workload's Pod, of all that a selector selects. Models kubectl/pkg/cmd/logs and
// polymorphichelpers/logsforobject.go. Lines have no times here: --since, --since-time and --timestamps are refused;
// -f prints what there is and ends.
import type { Pod } from '../../../api/types.ts';
import { build, type Info, infosOf } from '../builder.ts';
import { CommandError, isNotFound } from '../errors.ts';
import { defaultContainerOf, firstPod, podsOf } from '../pods.ts';
import { type Call, notModelled, selectorFlag, usageError, type Verb } from '../verb.ts';

export const logs: Verb = {
  words: ['logs'],
  aliases: ['log'],
  flags: [
    selectorFlag,
    { name: 'all-pods', type: 'bool' },
    { name: 'all-containers', type: 'bool' },
    { name: 'container', short: 'c', type: 'string' },
    { name: 'follow', short: 'f', type: 'bool' },
    { name: 'previous', short: 'p', type: 'bool' },
    { name: 'tail', type: 'int', initial: '-1' },
    { name: 'since', type: 'duration', initial: '0s' },
    { name: 'since-time', type: 'string' },
    { name: 'timestamps', type: 'bool' },
    { name: 'limit-bytes', type: 'int', initial: '0' },
    { name: 'prefix', type: 'bool' },
    { name: 'ignore-errors', type: 'bool' },
    { name: 'max-log-requests', type: 'int', initial: '5' },
    { name: 'pod-running-timeout', type: 'duration', initial: '20s' },
    { name: 'insecure-skip-tls-verify-backend', type: 'bool' },
  ],
  run,
};

const usage =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";
/** kubectl 1.28 to 1.30 began to name the namespace of what is not found. */
const namespaceSince = 30;
/** What -l shows of each container unless --tail says more. */
const selectorTail = 10;

interface Stream {
  readonly pod: Pod;
  readonly container: string;
}

function run(call: Call): void {
  const { args, flags } = call;
  const selector = flags.text('selector');
  if (args.length > 2 || (args.length === 0 && selector === '')) throw usageError(call, usage);
  if (args.length === 1 && selector !== '') {
    throw usageError(call, 'only a selector (-l) or a POD name is allowed');
  }
  refuse(call);
  const target = args[0];
  const infos = found(call, target, selector);
  const [first] = infos;
  if (first === undefined) {
    call.err(`No resources found in ${call.namespace} namespace.\n`);
    return;
  }
  check(call);
  const streams =
    target === undefined
      ? infos.flatMap((info) => streamsOf(call, info.object as unknown as Pod))
      : ofTarget(call, first);
  for (const stream of streams) print(call, stream, selector !== '');
}

function refuse({ flags }: Call): void {
  for (const name of ['since', 'since-time', 'timestamps', 'limit-bytes']) {
    if (flags.changed(name)) throw notModelled(`kubectl logs --${name}`, 'use --tail');
  }
}

function check({ args, flags }: Call): void {
  const container = args[1] ?? flags.text('container');
  if (flags.bool('all-containers') && container !== '') {
    throw new CommandError(
      `--all-containers=true should not be specified with container name ${container}`,
    );
  }
  if (flags.changed('container') && args.length === 2) {
    throw new CommandError('only one of -c or an inline [CONTAINER] arg is allowed');
  }
  if (flags.int('tail') < -1) {
    throw new CommandError('--tail must be greater than or equal to -1');
  }
}

function found(call: Call, target: string | undefined, selector: string): readonly Info[] {
  const { host, namespace } = call;
  const args = [target === undefined ? 'pods' : target.includes('/') ? target : `pods/${target}`];
  try {
    return infosOf(build(call, { args, selector, singleType: true }));
  } catch (error) {
    if (!isNotFound(error) || host.minor < namespaceSince) throw error;
    const { message } = error as Error;
    throw new CommandError(`error from server (NotFound): ${message} in namespace "${namespace}"`);
  }
}

function ofTarget(call: Call, info: Info): readonly Stream[] {
  const { flags } = call;
  const doing = 'get the logs from';
  const pod = firstPod(call, info, flags.duration('pod-running-timeout'), doing);
  const all = podsOf(call, info, doing);
  if (all.length > 1 && flags.bool('all-pods')) return all.flatMap((one) => streamsOf(call, one));
  if (all.length > 1) call.err(`Found ${all.length} pods, using pod/${pod.metadata.name}\n`);
  return streamsOf(call, pod);
}

function streamsOf(call: Call, pod: Pod): readonly Stream[] {
  const { args, flags } = call;
  const { containers, initContainers = [] } = pod.spec;
  const all = [...initContainers, ...containers].map(({ name }) => name);
  if (flags.bool('all-containers')) return all.map((container) => ({ pod, container }));
  const asked = args[1] ?? flags.text('container');
  const container = asked === '' ? defaultContainerOf(call, pod, flags.bool('all-pods')) : asked;
  if (all.includes(container)) return [{ pod, container }];
  throw new CommandError(`container ${container} is not valid for pod ${pod.metadata.name}`);
}

function print(call: Call, { pod, container }: Stream, selected: boolean): void {
  const { flags, host } = call;
  const { namespace = '', name = '' } = pod.metadata;
  const text = host.logs({ namespace, name }, { container, previous: flags.bool('previous') });
  const lines = text.replace(/\n$/, '').split('\n');
  const asked = flags.int('tail');
  const tail = asked === -1 && selected && !flags.changed('tail') ? selectorTail : asked;
  const shown = text === '' ? [] : tail === -1 ? lines : lines.slice(lines.length - tail);
  const prefix =
    flags.bool('prefix') || flags.bool('all-pods') ? `[pod/${name}/${container}] ` : '';
  for (const line of tail === 0 ? [] : shown) call.out(`${prefix}${line}\n`);
}
