// One pass over the Pods of a StatefulSet: make what is missing, remove what is too much, replace old revisions.
// OrderedReady ends the pass at the first Pod that is not there yet; Parallel goes on. Known upstream and kept: a Pod
// of a broken revision that never gets ready stops an OrderedReady set, also after the template is put right.
// Modelled after updateStatefulSet of pkg/controller/statefulset/stateful_set_control.go.
import type { Pod, StatefulSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { isPodAvailable } from '../availability.ts';
import type { ControllerContext } from '../controller.ts';
import { isTerminal } from '../pods.ts';
import { claimsUpToDate, createClaims, hasStaleClaim, updateClaims } from './claims.ts';
import {
  identityMatches,
  inRange,
  newPod,
  ordinalOf,
  revisionOfPod,
  startOf,
  storageMatches,
} from './identity.ts';
import { correctPod, createPod, deletePod, PodRefused } from './pod-control.ts';
import { type Revisions, templateOf } from './revisions.ts';
import { isRunningAndReady } from './status.ts';

/** Minor since which the update waits for Pods to be available; before, for them to be ready. */
const waitsForAvailableSince = 34;

/** Minor since which a Pod that ended well is made again too. */
const replacesSucceededSince = 27;

interface Pass {
  readonly set: StatefulSet;
  readonly revisions: Revisions;
  readonly context: ControllerContext;
  /** One at a time, in order: OrderedReady. */
  readonly ordered: boolean;
}

/** Whether the pass goes on to the next Pod. */
type Step = 'stop' | 'go on';

const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

/** `pods`: all that the set controls. Throws PodRefused where upstream returns an error. */
export function updateStatefulSet(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: Revisions,
  context: ControllerContext,
): void {
  const ordered = set.spec.podManagementPolicy !== 'Parallel';
  const pass: Pass = { set, revisions, context, ordered };
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  const replicas = ordinals(set).map(
    (ordinal) => byOrdinal.get(ordinal) ?? versioned(pass, ordinal),
  );
  const condemned = pods
    .filter((pod) => ordinalOf(pod) >= 0 && !inRange(set, ordinalOf(pod)))
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  const unhealthy = [...replicas, ...[...condemned].reverse()].find((pod) => isBroken(pass, pod));
  if (runForAll(pass, replicas, (pod) => processReplica(pass, pod)) === 'stop') return;
  for (const pod of condemned) {
    if (!claimsUpToDate(set, pod, context)) updateClaims(set, pod, context);
  }
  const remove = (pod: Pod) => processCondemned(pass, pod, pod === unhealthy);
  if (runForAll(pass, condemned, remove) === 'stop') return;
  if (set.spec.updateStrategy?.type !== 'OnDelete') replaceOld(pass, replicas);
}

function ordinals(set: StatefulSet): readonly number[] {
  return Array.from({ length: set.spec.replicas ?? 1 }, (_, i) => startOf(set) + i);
}

/** A Pod that is not there yet: below the partition of the current revision, else of the update's. */
function versioned({ set, revisions, context }: Pass, ordinal: number): Pod {
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const { current, update } = revisions;
  const revision = ordinal < startOf(set) + partition ? current : update;
  const template = templateOf(set, revision);
  return newPod(set, ordinal, template, revision.metadata.name, context.minor);
}

function isStored(pod: Pod): boolean {
  return pod.metadata.uid !== undefined;
}

/** isUnavailable, and isHealthy before it. */
function isBroken({ set, context }: Pass, pod: Pod): boolean {
  if (isTerminating(pod)) return true;
  if (context.minor < waitsForAvailableSince) return !isRunningAndReady(pod);
  return !isPodAvailable(pod, set.spec.minReadySeconds ?? 0, context);
}

/** In order until one says stop; all at once (in batches of 1, 2, 4 ... that end at a refusal) for Parallel. */
function runForAll({ ordered }: Pass, pods: readonly Pod[], step: (pod: Pod) => Step): Step {
  if (ordered) return pods.some((pod) => step(pod) === 'stop') ? 'stop' : 'go on';
  let at = 0;
  for (let size = 1; at < pods.length; size *= 2) {
    const batch = pods.slice(at, at + size).map((pod) => attempt(() => step(pod)));
    const refused = batch.find((one) => one !== undefined);
    if (refused !== undefined) throw refused;
    at += size;
  }
  return 'go on';
}

function attempt(step: () => void): PodRefused | undefined {
  try {
    step();
  } catch (error) {
    if (error instanceof PodRefused) return error;
    throw error;
  }
  return undefined;
}

function isOver(pod: Pod, minor: number): boolean {
  return minor >= replacesSucceededSince ? isTerminal(pod) : pod.status?.phase === 'Failed';
}

function processReplica(pass: Pass, pod: Pod): Step {
  const { set, context, ordered } = pass;
  if (isStored(pod) && isOver(pod, context.minor)) {
    // It is made again once it is gone.
    if (!isTerminating(pod)) deletePod(set, pod, context);
    return 'stop';
  }
  if (!isStored(pod)) {
    if (hasStaleClaim(set, pod, context)) return 'stop';
    createPod(set, pod, context);
    return ordered ? 'stop' : 'go on';
  }
  if ((pod.status?.phase ?? 'Pending') === 'Pending') {
    const missing = createClaims(set, pod, context);
    if (missing !== undefined) throw new PodRefused(missing);
    updateClaims(set, pod, context);
  }
  if (ordered && (isTerminating(pod) || !isRunningAndReady(pod))) return 'stop';
  if (ordered && !isPodAvailable(pod, set.spec.minReadySeconds ?? 0, context)) return 'stop';
  const asItShouldBe =
    identityMatches(set, pod) && storageMatches(set, pod) && claimsUpToDate(set, pod, context);
  if (!asItShouldBe) correctPod(set, pod, context);
  return 'go on';
}

/** A Pod that is not wanted any more goes when all others are fine, or when it is itself the first that is not. */
function processCondemned(pass: Pass, pod: Pod, isFirstBroken: boolean): Step {
  const { set, context, ordered } = pass;
  if (isTerminating(pod)) return ordered ? 'stop' : 'go on';
  const minReady = set.spec.minReadySeconds ?? 0;
  const fine = isRunningAndReady(pod) && isPodAvailable(pod, minReady, context);
  if (!fine && ordered && !isFirstBroken) return 'stop';
  deletePod(set, pod, context);
  return 'stop';
}

/** The highest Pod of an old revision goes; the next waits until all above it are fine. */
function replaceOld(pass: Pass, replicas: readonly Pod[]): void {
  const { set, revisions, context } = pass;
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let target = replicas.length - 1; target >= partition; target--) {
    const seen = replicas[target];
    const pod = seen === undefined ? undefined : context.client.get('Pod', keyOf(seen));
    if (pod === undefined) return;
    if (revisionOfPod(pod) !== revisions.update.metadata.name && !isTerminating(pod)) {
      deletePod(set, pod, context);
      return;
    }
    if (isBroken(pass, pod)) return;
  }
}
