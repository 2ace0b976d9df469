// Background garbage collection: what is owned only by objects that are gone is deleted. Foreground and orphan
// finalizers are served here too. Modelled after pkg/controller/garbagecollector, without its dependency graph.
import type { AnyObject, Client, Kind, WatchEvent } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';

const finalizers = { foreground: 'foregroundDeletion', orphan: 'orphan' } as const;

/** Kinds that can own or be owned here. */
const kinds: readonly Kind[] = [
  'Pod',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Service',
  'Endpoints',
  'EndpointSlice',
  'ControllerRevision',
  'PersistentVolumeClaim',
];

export const garbageCollection: Controller = {
  name: 'garbage-collection',
  watches: kinds,
  keysOf(event) {
    return isDone(event) ? [`${event.kind} ${event.key} ${event.object.metadata.uid}`] : [];
  },
  sync(key, context) {
    const [kind = '', name = '', uid = ''] = key.split(' ');
    const owner = read(context.client, kind, name);
    const gone = owner?.metadata.uid !== uid;
    const orphans = owner?.metadata.finalizers?.includes(finalizers.orphan) === true;
    for (const dependent of context.index.dependents(uid)) {
      const object = read(context.client, dependent.kind, dependent.key);
      if (object === undefined) continue;
      if (orphans) withoutOwner(object, uid, context);
      else if (gone || owner?.metadata.deletionTimestamp !== undefined) {
        collect(object, dependent.key, uid, context);
      }
    }
    if (owner !== undefined && !gone) release(owner, uid, context);
  },
};

/** Gone, or waiting for its dependents. */
function isDone(event: WatchEvent): boolean {
  if (event.type === 'DELETED') return true;
  const { deletionTimestamp, finalizers: held = [] } = event.object.metadata;
  if (deletionTimestamp === undefined) return false;
  return held.includes(finalizers.foreground) || held.includes(finalizers.orphan);
}

function read(client: Client, kind: string, key: string): AnyObject | undefined {
  const known = kinds.find((one) => one === kind);
  return known === undefined ? undefined : (client.get(known, key) as AnyObject | undefined);
}

/** Deletes a dependent unless another owner of it lives; then only the reference goes. */
function collect(object: AnyObject, key: string, uid: string, context: ControllerContext): void {
  const { client } = context;
  if (object.metadata.deletionTimestamp !== undefined) return;
  const others = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
  const namespace = object.metadata.namespace ?? 'default';
  const alive = others.some(
    (owner) => read(client, owner.kind, `${namespace}/${owner.name}`)?.metadata.uid === owner.uid,
  );
  if (alive) withoutOwner(object, uid, context);
  else client.delete(object.kind, key, { propagation: 'Background' });
}

function withoutOwner(object: AnyObject, uid: string, { client }: ControllerContext): void {
  const rest = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
  client.update({ ...object, metadata: { ...object.metadata, ownerReferences: rest } });
}

/** Takes the finalizer off once nothing depends on the owner any more. */
function release(owner: AnyObject, uid: string, { client, index }: ControllerContext): void {
  if (index.dependents(uid).length > 0) return;
  const held = owner.metadata.finalizers ?? [];
  const left = held.filter((one) => one !== finalizers.foreground && one !== finalizers.orphan);
  if (left.length < held.length) {
    client.update({ ...owner, metadata: { ...owner.metadata, finalizers: left } });
  }
}
