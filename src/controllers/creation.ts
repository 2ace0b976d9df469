// How a workload makes its Pods: one after the other, saying so in events, and no more of them when the API server
// refuses one. Models RealPodControl of pkg/controller/controller_utils.go and slowStartBatch of the controllers.
import { ApiError } from '../api/error.ts';
import type { Client, DaemonSet, Job, Pod, ReplicaSet } from '../api/types.ts';
import { isTerminating } from './pods.ts';

/** Makes the Pod and says so on its owner. The refusal, if there is one; of a namespace that is being deleted nobody
 * complains. */
export function createPod(
  pod: Pod,
  owner: DaemonSet | Job | ReplicaSet,
  client: Client,
): string | undefined {
  try {
    const made = client.create(pod);
    client.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata.name}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (isTerminating(owner.metadata.namespace, client)) return undefined;
    client.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    return error.message;
  }
}

/** Creates for each item: 1, then 2, 4, 8 ...; the first batch with a refusal is the last one. The first refusal. */
export function slowStart<T>(
  items: readonly T[],
  create: (item: T) => string | undefined,
): string | undefined {
  let from = 0;
  for (let size = 1; from < items.length; size *= 2) {
    const refusals = items.slice(from, from + size).map(create);
    const refusal = refusals.find((one) => one !== undefined);
    if (refusal !== undefined) return refusal;
    from += size;
  }
  return undefined;
}
