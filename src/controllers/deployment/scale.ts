// Sets the size of one ReplicaSet, with the sizes noted on it and upstream's event.
// pkg/controller/deployment/sync.go scaleReplicaSet.
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { hasScaleNotes, scaleNotes } from './annotations.ts';

/** True when the size changed. `notes`: brings the noted sizes up to date even if the size stays. */
export function scaleTo(
  found: Deployment,
  set: ReplicaSet,
  replicas: number,
  { client }: ControllerContext,
  notes = false,
): boolean {
  const current = client.get('ReplicaSet', keyOf(set)) ?? set;
  const from = current.spec.replicas ?? 0;
  if (from === replicas && (!notes || hasScaleNotes(found, current))) return false;
  const annotations = { ...current.metadata.annotations, ...scaleNotes(found) };
  client.update({
    ...current,
    metadata: { ...current.metadata, annotations },
    spec: { ...current.spec, replicas },
  });
  if (from === replicas) return false;
  const way = replicas > from ? 'up' : 'down';
  const text = `Scaled ${way} replica set ${set.metadata.name} from ${from} to ${replicas}`;
  client.event(found, 'Normal', 'ScalingReplicaSet', text);
  return true;
}
