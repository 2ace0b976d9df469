// What every component shares of the API: the kinds it simulates, the read interface of the store, and watch
// events. The object types themselves are generated (models.gen.ts). Not here: the store (src/apiserver).
import type * as m from './models.gen.ts';
import type { ControllerRevision } from './workload/revision.ts';

export type * from './models.gen.ts';
export type { ControllerRevision };

/** Kinds with generated types. Objects are immutable values: a change is a new object. */
export interface Kinds {
  readonly Namespace: m.Namespace;
  readonly Node: m.Node;
  readonly Pod: m.Pod;
  readonly Service: m.Service;
  readonly Endpoints: m.Endpoints;
  readonly EndpointSlice: m.EndpointSlice;
  readonly Deployment: m.Deployment;
  readonly ReplicaSet: m.ReplicaSet;
  readonly StatefulSet: m.StatefulSet;
  readonly DaemonSet: m.DaemonSet;
  readonly ControllerRevision: ControllerRevision;
  readonly Job: m.Job;
  readonly PodDisruptionBudget: m.PodDisruptionBudget;
  readonly ConfigMap: m.ConfigMap;
  readonly Secret: m.Secret;
  readonly ServiceAccount: m.ServiceAccount;
  readonly NetworkPolicy: m.NetworkPolicy;
  readonly Lease: m.Lease;
  readonly PersistentVolumeClaim: m.PersistentVolumeClaim & AnyObject;
}
export type Kind = keyof Kinds;

/** Any stored object, also of kinds without a generated type (their content is `unknown`). */
export interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: m.ObjectMeta;
  readonly [field: string]: unknown;
}

/** "ns/name", or "name" for cluster-scoped objects: the key of tables, work queues and messages. */
export function keyOf(object: { readonly metadata: m.ObjectMeta }): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Reads from the store. Lists are sorted by key. */
export interface Lister {
  get<K extends Kind>(kind: K, key: string): Kinds[K] | undefined;
  /** All of a kind, or those of one namespace. */
  list<K extends Kind>(kind: K, namespace?: string): readonly Kinds[K][];
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: string;
  readonly key: string;
  /** The object after the change; for DELETED the last state. */
  readonly object: AnyObject;
  /** Before the change; undefined for ADDED. */
  readonly previous: AnyObject | undefined;
}

/** Writes through the API server, as a controller does: defaulting, validation, conflicts, watch events.
 * A refusal is thrown as ApiError (src/api/error.ts). */
export interface Client extends Lister {
  create<T extends { readonly kind: string; readonly metadata: m.ObjectMeta }>(object: T): T;
  /** Replaces spec and metadata; a stale metadata.resourceVersion is a conflict, an absent one is not. */
  update<T extends { readonly kind: string; readonly metadata: m.ObjectMeta }>(object: T): T;
  /** Replaces status only. */
  updateStatus<T extends { readonly kind: string; readonly metadata: m.ObjectMeta }>(object: T): T;
  delete(kind: string, key: string, options?: DeleteOptions): void;
  /** Records an Event as client-go's recorder does; `about` is the involved object. */
  event(
    about: AnyObject | Kinds[Kind],
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void;
}

export interface DeleteOptions {
  /** Seconds; 0 removes a Pod at once; absent: the object's own grace period. */
  readonly gracePeriodSeconds?: number;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
}

/** Label selectors of services and `matchLabels`: every pair must be there. */
export function matchesLabels(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  for (const key of Object.keys(selector)) {
    if (labels?.[key] !== selector[key]) return false;
  }
  return true;
}
