// Pods with a name that stays: ordinals in order, one at a time unless Parallel, replaced from the top, with claims of
// their own and a history of templates. Modelled after pkg/controller/statefulset/stateful_set.go.

import { selects } from '../../api/selects.ts';
import { keyOf, type Pod, type StatefulSet } from '../../api/types.ts';
import { nextAvailableMs } from '../availability.ts';
import { forget, retry, standard } from '../back-off.ts';
import { adopters, claim, controllersOf, orphanPods } from '../claim.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { adoptRevisions } from '../revisions/history.ts';
import { updateStatefulSet } from './control.ts';
import { parentOf } from './identity.ts';
import { PodRefused } from './pod-control.ts';
import { revisionsOf, truncateHistory } from './revisions.ts';
import { updateStatus } from './status.ts';

const retries = standard('statefulset');

export const statefulset: Controller = {
  name: 'statefulset',
  watches: ['StatefulSet', 'Pod'],
  keysOf(event, context) {
    if (event.kind === 'StatefulSet') return [event.key];
    const keys = controllersOf('StatefulSet', event.object, event.previous);
    return [...keys, ...adopters('StatefulSet', event, context)];
  },
  sync(key, context) {
    const set = context.client.get('StatefulSet', key);
    if (set === undefined || syncStatefulSet(set, context)) forget(retries, key, context);
    else retry(retries, key, context);
  },
};

/** False when the API server refused something. */
function syncStatefulSet(set: StatefulSet, context: ControllerContext): boolean {
  adoptRevisions(set, context);
  const { namespace = '' } = set.metadata;
  const orphans = orphanPods(namespace, set.spec.selector.matchLabels, context);
  const match = (pod: Pod) =>
    selects(set.spec.selector, pod.metadata.labels) && parentOf(pod) === set.metadata.name;
  const pods = claim(set, 'Pod', { match }, orphans, context);
  const revisions = revisionsOf(set, context);
  const deleting = set.metadata.deletionTimestamp !== undefined;
  let fine = true;
  try {
    if (!deleting) updateStatefulSet(set, pods, revisions, context);
  } catch (error) {
    if (!(error instanceof PodRefused)) throw error;
    fine = false;
  }
  const now = claim(set, 'Pod', { match }, [], context);
  updateStatus(set, now, revisions, context);
  truncateHistory(set, now, revisions, context);
  const wait = nextAvailableMs(now, set.spec.minReadySeconds ?? 0, context);
  if (wait !== undefined) context.again(keyOf(set), wait);
  return fine;
}
