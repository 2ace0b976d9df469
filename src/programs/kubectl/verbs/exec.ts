// kubectl exec: a program in a Pod's container; its exit status is kubectl's. Models kubectl/pkg/cmd/exec. Standard
// input and the terminal of -it are taken and unused: the programs here read none.
import { CommandError } from '../errors.ts';
import { defaultContainerOf, firstPod, podOrOwner } from '../pods.ts';
import { type Call, filenameFlags, usageError, type Verb } from '../verb.ts';

/** kubectl 1.31 refused the form without "--". */
const withoutDashUntil = 30;

export const exec: Verb = {
  words: ['exec'],
  flags: [
    ...filenameFlags,
    { name: 'container', short: 'c', type: 'string' },
    { name: 'stdin', short: 'i', type: 'bool' },
    { name: 'tty', short: 't', type: 'bool' },
    { name: 'quiet', short: 'q', type: 'bool' },
    { name: 'pod-running-timeout', type: 'duration', initial: '1m0s' },
  ],
  run,
};

function run(call: Call): void {
  const { args, flags, host } = call;
  const argv = commandOf(call);
  const target = call.dash === 0 ? undefined : args[0];
  if (target === undefined) {
    throw new CommandError('pod, type/name or --filename must be specified');
  }
  if (argv.length === 0) {
    throw new CommandError('you must specify at least one command for the container');
  }
  const timeoutMs = flags.duration('pod-running-timeout');
  const pod = firstPod(call, podOrOwner(call, target), timeoutMs, 'attach to');
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw new CommandError(
      `cannot exec into a container in a completed pod; current phase is ${phase}`,
    );
  }
  const asked = flags.text('container');
  const container = asked === '' ? defaultContainerOf(call, pod, flags.bool('quiet')) : asked;
  const { namespace = '', name = '' } = pod.metadata;
  const outcome = host.exec({ namespace, name }, container, argv);
  call.out(outcome.stdout);
  call.err(outcome.stderr);
  if (outcome.exitCode === 0) return;
  throw new CommandError(`command terminated with exit code ${outcome.exitCode}`, {
    whole: true,
    exitCode: outcome.exitCode,
  });
}

function commandOf(call: Call): readonly string[] {
  const { args, dash, host } = call;
  if (dash >= 0) return args.slice(dash);
  if (args.length < 2) return [];
  if (host.minor > withoutDashUntil) {
    throw usageError(
      call,
      'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
    );
  }
  call.err(
    'kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use kubectl exec [POD] -- [COMMAND] instead.\n',
  );
  return args.slice(1);
}
