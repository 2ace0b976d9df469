// kubectl rollout pause, resume and restart: one field of the workload. Models kubectl/pkg/cmd/rollout and
// polymorphichelpers/object{pauser,resumer,restarter}.go. The other verbs of the group have files of their own.
import { qualifiedResource } from '../../../api/scheme.ts';
import { isRecord } from '../../../api/values.ts';
import { formatTime } from '../../../sim/time.ts';
import { build, type Info, type Result, visit } from '../builder.ts';
import { CommandError, collect, throwAll } from '../errors.ts';
import type { Flag } from '../flags.ts';
import { printerOf } from '../printer.ts';
import {
  type Call,
  fieldManagerFlag,
  filenameFlags,
  printFlags,
  selectorFlag,
  type Verb,
} from '../verb.ts';
import { nameOf } from '../writing.ts';

export const rolloutFlags: readonly Flag[] = [...filenameFlags, ...printFlags, selectorFlag];

/** What the arguments of a verb of the group stand for. */
export function rolloutTargets(call: Call): Result {
  const { args, flags } = call;
  if (args.length === 0 && flags.list('filename').length === 0) {
    throw new CommandError('required resource not specified');
  }
  const selector = flags.text('selector');
  return build(call, { args, selector, allowEmptySelector: true, latest: true });
}

type Patch = Readonly<Record<string, unknown>>;

interface Change {
  readonly word: 'pause' | 'resume' | 'restart';
  readonly done: string;
  /** The patch; throws what is wrong with the object. */
  readonly patch: (info: Info, call: Call) => Patch;
}

const restartedAt = 'kubectl.kubernetes.io/restartedAt';

function isPaused({ object }: Info): boolean {
  return isRecord(object['spec']) && object['spec']['paused'] === true;
}

const changes: readonly Change[] = [
  {
    word: 'pause',
    done: 'paused',
    patch: (info) => {
      if (info.row.kind !== 'Deployment') throw new CommandError('pausing is not supported');
      if (isPaused(info)) throw new CommandError('is already paused');
      return { spec: { paused: true } };
    },
  },
  {
    word: 'resume',
    done: 'resumed',
    patch: (info) => {
      if (info.row.kind !== 'Deployment') throw new CommandError('resuming is not supported');
      if (!isPaused(info)) throw new CommandError('is not paused');
      return { spec: { paused: null } };
    },
  },
  {
    word: 'restart',
    done: 'restarted',
    patch: (info, call) => {
      if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(info.row.kind)) {
        throw new CommandError('restarting is not supported');
      }
      if (info.row.kind === 'Deployment' && isPaused(info)) {
        throw new CommandError("can't restart paused deployment (run rollout resume first)");
      }
      const annotations = { [restartedAt]: formatTime(call.host.nowMs) };
      return { spec: { template: { metadata: { annotations } } } };
    },
  },
];

function run(call: Call, { word, done, patch }: Change): void {
  const errors: Error[] = [];
  const infos: Info[] = [];
  visit(rolloutTargets(call), errors, (info) => void infos.push(info));
  if (infos.length === 0 && errors.length === 0) {
    call.err(`No resources found in ${call.namespace} namespace.\n`);
    return;
  }
  for (const info of infos) {
    collect(errors, () => {
      const body = explained(info, () => patch(info, call));
      if (word === 'restart' && restartedNow(info, body)) {
        throw new CommandError(
          `failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        );
      }
      printerOf(call, done)(send(call, info, body));
    });
  }
  throwAll(errors);
}

function explained<T>(info: Info, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const name = `${qualifiedResource(info.row)} "${info.name}"`;
    throw new CommandError(`error: ${name} ${error.message}`);
  }
}

function restartedNow({ object }: Info, body: Patch): boolean {
  return JSON.stringify(annotationOf(object)) === JSON.stringify(annotationOf(body));
}

function annotationOf(value: unknown): unknown {
  let at: unknown = value;
  for (const key of ['spec', 'template', 'metadata', 'annotations', restartedAt]) {
    at = isRecord(at) ? at[key] : undefined;
  }
  return at ?? null;
}

function send(call: Call, info: Info, body: Patch) {
  try {
    const stored = call.host.requests.patch(info.row, nameOf(info), 'strategic', body);
    call.warn();
    return stored;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ApiError') throw error;
    throw new CommandError(`failed to patch: ${error.message}`);
  }
}

export const rolloutChanges: readonly Verb[] = changes.map((change) => ({
  words: ['rollout', change.word],
  flags: [...rolloutFlags, fieldManagerFlag],
  run: (call) => run(call, change),
}));
