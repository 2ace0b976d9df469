// Makes, corrects and deletes one Pod of a StatefulSet together with its claims, and says so in events.
// Modelled after pkg/controller/statefulset/stateful_pod_control.go.
import { ApiError } from '../../api/error.ts';
import { keyOf, type Pod, type StatefulSet } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { claimsUpToDate, createClaims, updateClaims } from './claims.ts';
import { recordPod } from './events.ts';
import { identityMatches, storageMatches, withIdentity, withStorage } from './identity.ts';

/** The API server refused; the sync ends and is tried again later. */
export class PodRefused extends Error {}

/** Claims first, then the Pod. */
export function createPod(set: StatefulSet, pod: Pod, context: ControllerContext): void {
  const missing = createClaims(set, pod, context);
  if (missing !== undefined) {
    recordPod('Create', set, pod, context, missing);
    throw new PodRefused(missing);
  }
  try {
    context.client.create(pod);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // A Pod of that name is somebody else's: upstream says nothing.
    if (error.reason !== 'AlreadyExists') recordPod('Create', set, pod, context, error.message);
    throw new PodRefused(error.message);
  }
  updateClaims(set, pod, context);
  recordPod('Create', set, pod, context);
}

/** Brings labels, volumes and the owners of claims back in line. */
export function correctPod(set: StatefulSet, pod: Pod, context: ControllerContext): void {
  let wanted = identityMatches(set, pod) ? pod : withIdentity(pod, context.minor);
  if (!storageMatches(set, wanted)) {
    wanted = withStorage(set, wanted);
    const missing = createClaims(set, wanted, context);
    if (missing !== undefined) {
      recordPod('Update', set, pod, context, missing);
      throw new PodRefused(missing);
    }
  }
  const owned = claimsUpToDate(set, wanted, context);
  if (!owned) updateClaims(set, wanted, context);
  if (owned && wanted === pod) return;
  try {
    context.client.update(wanted);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    recordPod('Update', set, pod, context, error.message);
    throw new PodRefused(error.message);
  }
  recordPod('Update', set, pod, context);
}

export function deletePod(set: StatefulSet, pod: Pod, context: ControllerContext): void {
  context.client.delete('Pod', keyOf(pod));
  recordPod('Delete', set, pod, context);
}
