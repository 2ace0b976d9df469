// Garbage collection: an object whose owners are all gone is deleted, foreground and orphan deletion are carried out.
// Owners of custom kinds are deliberately not looked up: what they own stays; nor are circles of owners in foreground
// deletion untied. Modelled after pkg/controller/garbagecollector, with the index in place of its dependency graph.
import { builtinRow, scheme, splitApiVersion } from '../../api/scheme.ts';
import type {
  AnyObject,
  Client,
  Kind,
  ObjectMeta,
  OwnerReference,
  WatchEvent,
} from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';

const foreground = 'foregroundDeletion';
const orphan = 'orphan';

/** Kinds that can own or be owned; nobody owns Events. */
const kinds = scheme.map((row) => row.table).filter((table) => table !== 'Event');

export const garbageCollection: Controller = {
  name: 'garbage-collection',
  watches: kinds,
  keysOf(event, context) {
    const keys = new Set<string>();
    const { object, previous, type } = event;
    if (type === 'DELETED' || isWaiting(object)) addSelfAndDependents(event, context, keys);
    const before = previous?.metadata.ownerReferences;
    const after = object.metadata.ownerReferences;
    if (type !== 'DELETED' && !same(before, after) && classified(object, context).dangling.length) {
      keys.add(keyText(event.kind, event.key, object));
    }
    if (type === 'DELETED' || !same(before, after)) {
      for (const owner of waitingOwners(before ?? after, object, context)) keys.add(owner);
    }
    return [...keys];
  },
  sync(key, context) {
    const [kind = '', name = '', uid = ''] = key.split(' ');
    const object = read(context.client, kind, name);
    if (object === undefined || object.metadata.uid !== uid) return;
    if (!isDeleted(object)) collect(object, name, context);
    else if (holds(object, foreground)) finishForeground(object, context);
    else if (holds(object, orphan)) finishOrphan(object, context);
  },
};

function keyText(kind: string, key: string, { metadata }: AnyObject): string {
  return `${kind} ${key} ${metadata.uid}`;
}

function read(client: Client, kind: string, key: string): AnyObject | undefined {
  return client.get(kind as Kind, key) as AnyObject | undefined;
}

function isDeleted({ metadata }: AnyObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function holds({ metadata }: AnyObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

/** Being deleted, and kept until its dependents are seen to. */
function isWaiting(object: AnyObject): boolean {
  return isDeleted(object) && (holds(object, foreground) || holds(object, orphan));
}

function addSelfAndDependents(
  { kind, key, object, type }: WatchEvent,
  { client, index }: ControllerContext,
  keys: Set<string>,
): void {
  if (type !== 'DELETED') keys.add(keyText(kind, key, object));
  if (type !== 'DELETED' && holds(object, orphan)) return;
  for (const one of index.dependents(object.metadata.uid ?? '')) {
    const dependent = read(client, one.kind, one.key);
    if (dependent !== undefined) keys.add(keyText(one.kind, one.key, dependent));
  }
}

/** Keys of the owners that wait for their dependents to go. */
function waitingOwners(
  references: readonly OwnerReference[] | undefined,
  object: AnyObject,
  { client }: ControllerContext,
): readonly string[] {
  return (references ?? []).flatMap((reference) => {
    const found = ownerOf(reference, object.metadata, client);
    if (found?.object === undefined || !isWaiting(found.object)) return [];
    return [keyText(found.kind, found.key, found.object)];
  });
}

interface Found {
  readonly kind: string;
  readonly key: string;
  readonly object: AnyObject | undefined;
}

/** What a reference names; undefined: a kind that is not known, or one that the object cannot have for an owner. */
function ownerOf(
  { apiVersion, kind, name }: OwnerReference,
  { namespace }: ObjectMeta,
  client: Client,
): Found | undefined {
  const row = builtinRow(kind, splitApiVersion(apiVersion).group);
  if (row === undefined || (row.namespaced && namespace === undefined)) return undefined;
  const key = row.namespaced ? `${namespace}/${name}` : name;
  return { kind: row.table, key, object: read(client, row.table, key) };
}

interface Classified {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  readonly waiting: readonly OwnerReference[];
  /** Some owner cannot be looked up: nothing is concluded. */
  readonly unknown: boolean;
}

function classified(object: AnyObject, { client }: ControllerContext): Classified {
  const solid: OwnerReference[] = [];
  const dangling: OwnerReference[] = [];
  const waiting: OwnerReference[] = [];
  for (const reference of object.metadata.ownerReferences ?? []) {
    const found = ownerOf(reference, object.metadata, client);
    if (found === undefined) return { solid: [], dangling: [], waiting: [], unknown: true };
    const owner = found.object;
    if (owner === undefined || owner.metadata.uid !== reference.uid) dangling.push(reference);
    else if (isDeleted(owner) && holds(owner, foreground)) waiting.push(reference);
    else solid.push(reference);
  }
  return { solid, dangling, waiting, unknown: false };
}

/** Deletes an object that nobody owns any more; while somebody does, only the other references go. */
function collect(object: AnyObject, key: string, context: ControllerContext): void {
  const { client, index } = context;
  const { solid, dangling, waiting, unknown } = classified(object, context);
  for (const reference of dangling) reportNamespace(object, reference, context);
  if (unknown || dangling.length + waiting.length === 0) return;
  if (solid.length > 0) {
    client.update({ ...object, metadata: { ...object.metadata, ownerReferences: solid } });
    return;
  }
  const owns = index.dependents(object.metadata.uid ?? '').length > 0;
  const isForeground = (waiting.length > 0 && owns) || holds(object, foreground);
  const propagation = holds(object, orphan) ? 'Orphan' : isForeground ? 'Foreground' : 'Background';
  client.delete(object.kind, key, { propagation });
}

/** The owner lives, but in another namespace, where no owner can be. */
function reportNamespace(
  object: AnyObject,
  reference: OwnerReference,
  { client }: ControllerContext,
): void {
  const { apiVersion, kind, name, uid } = reference;
  const { namespace = '' } = object.metadata;
  const others = client.list(kind as Kind) as readonly { readonly metadata: ObjectMeta }[];
  const owner = others.find((one) => one.metadata.uid === uid);
  if (owner === undefined || owner.metadata.namespace === namespace) return;
  const identity = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
  const text = `ownerRef ${identity} does not exist in namespace "${namespace}"`;
  client.event(object, 'Warning', 'OwnerRefInvalidNamespace', text);
}

/** Deletes the dependents that block the owner; without any the owner goes. */
function finishForeground(owner: AnyObject, context: ControllerContext): void {
  const { client, index } = context;
  const { uid = '' } = owner.metadata;
  const blocking = index.dependents(uid).flatMap(({ kind, key }) => {
    const object = read(client, kind, key);
    const reference = object?.metadata.ownerReferences?.find((one) => one.uid === uid);
    return object !== undefined && reference?.blockOwnerDeletion === true ? [{ object, key }] : [];
  });
  if (blocking.length === 0) withoutFinalizer(owner, foreground, client);
  for (const { object, key } of blocking) if (!isDeleted(object)) collect(object, key, context);
}

function finishOrphan(owner: AnyObject, { client, index }: ControllerContext): void {
  const { uid = '' } = owner.metadata;
  for (const { kind, key } of index.dependents(uid)) {
    const object = read(client, kind, key);
    if (object === undefined) continue;
    const left = (object.metadata.ownerReferences ?? []).filter((one) => one.uid !== uid);
    client.update({ ...object, metadata: { ...object.metadata, ownerReferences: left } });
  }
  withoutFinalizer(owner, orphan, client);
}

function withoutFinalizer(owner: AnyObject, finalizer: string, client: Client): void {
  const finalizers = (owner.metadata.finalizers ?? []).filter((one) => one !== finalizer);
  client.update({ ...owner, metadata: { ...owner.metadata, finalizers } });
}
