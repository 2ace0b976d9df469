// kubectl rollout status: every state of the rollout until it is done, on the virtual clock. Models
// kubectl/pkg/cmd/rollout/rollout_status.go and polymorphichelpers/rollout_status.go. Without --timeout kubectl waits
// for ever: an hour here.
import type { AnyObject, DaemonSet, Deployment, StatefulSet } from '../../../api/types.ts';
import { type Info, visit } from '../builder.ts';
import { CommandError, isNotFound, throwAll } from '../errors.ts';
import { type Call, filenameFlags, selectorFlag, type Verb } from '../verb.ts';
import { nameOf } from '../writing.ts';
import { rolloutTargets } from './rollout.ts';

const waitMsMax = 3_600_000;

interface Status {
  readonly text: string;
  readonly done: boolean;
}

export const rolloutStatus: Verb = {
  words: ['rollout', 'status'],
  flags: [
    ...filenameFlags,
    selectorFlag,
    { name: 'watch', short: 'w', type: 'bool', initial: 'true' },
    { name: 'revision', type: 'int', initial: '0' },
    { name: 'timeout', type: 'duration', initial: '0s' },
  ],
  run,
};

function run(call: Call): void {
  const result = rolloutTargets(call);
  const revision = call.flags.int('revision');
  if (revision < 0) throw new CommandError(`revision must be a positive integer: ${revision}`);
  const errors: Error[] = [];
  let found = false;
  visit(result, errors, (info) => {
    found = true;
    follow(call, info, viewerOf(info), revision);
  });
  throwAll(errors);
  if (!found) call.err(`No resources found in ${call.namespace} namespace.\n`);
}

type Viewer = (object: AnyObject, revision: number) => Status;

function viewerOf({ row: { kind, group } }: Info): Viewer {
  const viewer = group === 'apps' ? viewers[kind] : undefined;
  if (viewer !== undefined) return viewer;
  const name = group === '' ? kind : `${kind}.${group}`;
  throw new CommandError(`no status viewer has been implemented for ${name}`);
}

function follow(call: Call, info: Info, viewer: Viewer, revision: number): void {
  const { flags, host } = call;
  const untilMs = host.nowMs + (flags.duration('timeout') || waitMsMax);
  let shown: string | undefined;
  for (;;) {
    const object = current(call, info);
    const version = object.metadata.resourceVersion ?? '';
    if (version !== shown) {
      shown = version;
      const { text, done } = viewer(object, revision);
      call.out(`${text}\n`);
      if (done || !flags.bool('watch')) return;
    }
    if (!host.step(untilMs)) throw new CommandError('timed out waiting for the condition');
  }
}

function current(call: Call, info: Info): AnyObject {
  try {
    return call.host.requests.get(info.row, nameOf(info));
  } catch (error) {
    throw isNotFound(error) ? new CommandError('object has been deleted') : error;
  }
}

const going = (text: string): Status => ({ text, done: false });
const ended = (text: string): Status => ({ text, done: true });

const viewers: Readonly<Record<string, Viewer>> = {
  Deployment: (object, revision) => ofDeployment(object as unknown as Deployment, revision),
  DaemonSet: (object) => ofDaemonSet(object as unknown as DaemonSet),
  StatefulSet: (object) => ofStatefulSet(object as unknown as StatefulSet),
};

function ofDeployment({ metadata, spec, status = {} }: Deployment, revision: number): Status {
  const name = `deployment "${metadata.name}"`;
  if (revision > 0) {
    const own = Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    if (own !== revision) {
      throw new CommandError(
        `desired revision (${revision}) is different from the running revision (${own})`,
      );
    }
  }
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) {
    return going('Waiting for deployment spec update to be observed...');
  }
  const progressing = (status.conditions ?? []).find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    throw new CommandError(`${name} exceeded its progress deadline`);
  }
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  const waiting = `Waiting for ${name} rollout to finish:`;
  if (spec.replicas !== undefined && updatedReplicas < spec.replicas) {
    const of = `${updatedReplicas} out of ${spec.replicas}`;
    return going(`${waiting} ${of} new replicas have been updated...`);
  }
  if (replicas > updatedReplicas) {
    return going(
      `${waiting} ${replicas - updatedReplicas} old replicas are pending termination...`,
    );
  }
  if (availableReplicas < updatedReplicas) {
    const of = `${availableReplicas} of ${updatedReplicas}`;
    return going(`${waiting} ${of} updated replicas are available...`);
  }
  return ended(`${name} successfully rolled out`);
}

const onlyRolling = 'rollout status is only available for RollingUpdate strategy type';

function ofDaemonSet({ metadata, spec, status }: DaemonSet): Status {
  if (spec.updateStrategy?.type !== 'RollingUpdate') throw new CommandError(onlyRolling);
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return going('Waiting for daemon set spec update to be observed...');
  }
  const name = `daemon set "${metadata.name}"`;
  const { updatedNumberScheduled: updated = 0, numberAvailable = 0 } = status ?? {};
  const desired = status?.desiredNumberScheduled ?? 0;
  const waiting = `Waiting for ${name} rollout to finish:`;
  if (updated < desired) {
    return going(`${waiting} ${updated} out of ${desired} new pods have been updated...`);
  }
  if (numberAvailable < desired) {
    return going(`${waiting} ${numberAvailable} of ${desired} updated pods are available...`);
  }
  return ended(`${name} successfully rolled out`);
}

function ofStatefulSet({ metadata, spec, status }: StatefulSet): Status {
  const { updateStrategy, replicas } = spec;
  if (updateStrategy?.type !== 'RollingUpdate') throw new CommandError(onlyRolling);
  const observed = status?.observedGeneration ?? 0;
  if (observed === 0 || (metadata.generation ?? 0) > observed) {
    return going('Waiting for statefulset spec update to be observed...');
  }
  const ready = status?.readyReplicas ?? 0;
  if (replicas !== undefined && ready < replicas) {
    return going(`Waiting for ${replicas - ready} pods to be ready...`);
  }
  const updated = status?.updatedReplicas ?? 0;
  const { rollingUpdate } = updateStrategy;
  if (rollingUpdate !== undefined) {
    const { partition } = rollingUpdate;
    if (replicas !== undefined && partition !== undefined && updated < replicas - partition) {
      const of = `${updated} out of ${replicas - partition}`;
      return going(
        `Waiting for partitioned roll out to finish: ${of} new pods have been updated...`,
      );
    }
    return ended(`partitioned roll out complete: ${updated} new pods have been updated...`);
  }
  if (status?.updateRevision !== status?.currentRevision) {
    const at = `${updated} pods at revision ${status?.updateRevision}`;
    return going(`waiting for statefulset rolling update to complete ${at}...`);
  }
  const at = `${status?.currentReplicas ?? 0} pods at revision ${status?.currentRevision}`;
  return ended(`statefulset rolling update complete ${at}...`);
}
