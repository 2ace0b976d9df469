// Sets the size of one ReplicaSet, with the sizes noted on it and upstream's event.
// pkg/controller/deployment/sync.go scaleReplicaSet.
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { hasScaleNotes, scaleNotes } from './annotations.ts';

/** Minors since which the event tells the size before, and tells it first. */
const tellsBeforeSince = 25;
const tellsBeforeFirstSince = 32;

/** "Scaled up replica set web-1 from 0 to 3"; `made`: the ReplicaSet is new. */
export function scalingText(
  name: string,
  from: number,
  to: number,
  minor: number,
  made = false,
): string {
  const what = `Scaled ${to > from ? 'up' : 'down'} replica set ${name}`;
  if (minor >= tellsBeforeFirstSince) return `${what} from ${from} to ${to}`;
  return minor < tellsBeforeSince || made ? `${what} to ${to}` : `${what} to ${to} from ${from}`;
}

/** True when the size changed. `notes`: brings the noted sizes up to date even if the size stays. */
export function scaleTo(
  found: Deployment,
  set: ReplicaSet,
  replicas: number,
  { client, minor }: ControllerContext,
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
  const text = scalingText(set.metadata.name, from, replicas, minor);
  client.event(found, 'Normal', 'ScalingReplicaSet', text);
  return true;
}
