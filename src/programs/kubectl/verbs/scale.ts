// kubectl scale. Models kubectl/pkg/cmd/scale and pkg/scale.
import type { AnyObject } from '../../../api/types.ts';
import { isRecord } from '../../../api/values.ts';
import { build, type Info, visit } from '../builder.ts';
import { Aggregate, CommandError, throwAll } from '../errors.ts';
import { printerOf } from '../printer.ts';
import {
  allFlag,
  type Call,
  dryRunFlag,
  dryRunOf,
  dryRunSuffix,
  filenameFlags,
  printFlags,
  recordFlag,
  selectorFlag,
  type Verb,
} from '../verb.ts';
import { nameOf } from '../writing.ts';

export const scale: Verb = {
  words: ['scale'],
  flags: [
    ...filenameFlags,
    ...printFlags,
    selectorFlag,
    allFlag,
    dryRunFlag,
    recordFlag,
    { name: 'replicas', type: 'int', initial: '0' },
    { name: 'current-replicas', type: 'int', initial: '-1' },
    { name: 'resource-version', type: 'string' },
    { name: 'timeout', type: 'duration', initial: '0s' },
  ],
  run,
};

function run(call: Call): void {
  const { flags } = call;
  if (!flags.changed('replicas')) throw new CommandError('required flag(s) "replicas" not set');
  const dryRun = dryRunOf(call);
  const print = printerOf(call, `scaled${dryRunSuffix(dryRun)}`);
  if (flags.int('replicas') < 0) {
    throw new CommandError(
      'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0',
    );
  }
  if (flags.int('current-replicas') < -1) {
    throw new CommandError('The --current-replicas must specify an integer of -1 or greater');
  }
  const infos: Info[] = [];
  const errors: Error[] = [];
  const result = build(call, {
    args: call.args,
    selector: flags.text('selector'),
    allowEmptySelector: flags.bool('all'),
  });
  visit(result, errors, (info) => void infos.push(info));
  if (flags.text('resource-version') !== '' && infos.length > 1) {
    throw new CommandError('cannot use --resource-version with multiple resources');
  }
  if (infos.length === 0) {
    throw nothing(call, errors);
  }
  for (const info of infos) {
    if (dryRun !== 'client') scaleOne(call, info, dryRun === 'server');
    print(info.object);
  }
  throwAll(errors);
}

/** kubectl 1.32 began to say why, 1.35 says only why. */
function nothing({ host: { minor } }: Call, errors: readonly Error[]): Error {
  const none = 'no objects passed to scale';
  if (errors.length === 0 || minor < 32) return new CommandError(none);
  const why = new Aggregate(errors);
  return minor < 35 ? new CommandError(`${none} ${why.message}`) : why;
}

function scaleOne(call: Call, info: Info, dryRun: boolean): void {
  const { requests } = call.host;
  const replicas = call.flags.int('replicas');
  const [size, version] = [call.flags.int('current-replicas'), call.flags.text('resource-version')];
  const options = { subresource: 'scale', dryRun } as const;
  if (size === -1 && version === '') {
    requests.patch(info.row, nameOf(info), 'merge', { spec: { replicas } }, options);
  } else {
    const current = requests.get(info.row, nameOf(info), 'scale');
    check('replicas', size === -1 ? null : String(size), String(replicasOf(current, 'spec')));
    const own = current.metadata.resourceVersion ?? '';
    check('resource version', version === '' ? null : version, own);
    const spec = { ...(isRecord(current['spec']) ? current['spec'] : {}), replicas };
    requests.update(info.row, nameOf(info), { ...current, spec }, options);
  }
  call.warn();
  const timeoutMs = call.flags.duration('timeout');
  if (timeoutMs !== 0 && !dryRun) waitScaled(call, info, replicas, timeoutMs);
}

function check(what: string, wanted: string | null, got: string): void {
  if (wanted === null || wanted === got) return;
  throw new CommandError(`Expected ${what} to be ${wanted}, was ${got}`);
}

function replicasOf(scaled: AnyObject, part: 'spec' | 'status'): number {
  const value = scaled[part];
  return isRecord(value) ? Number(value['replicas'] ?? 0) : 0;
}

function waitScaled(call: Call, info: Info, replicas: number, timeoutMs: number): void {
  const { host } = call;
  const untilMs = host.nowMs + timeoutMs;
  for (;;) {
    const scaled = host.requests.get(info.row, nameOf(info), 'scale');
    if (replicasOf(scaled, 'spec') !== replicas || replicasOf(scaled, 'status') === replicas)
      return;
    if (!host.step(untilMs)) {
      throw new CommandError(`timed out waiting for "${info.name}" to be synced`);
    }
  }
}
