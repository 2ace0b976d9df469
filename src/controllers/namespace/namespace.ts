// Empties a namespace that is being deleted, then lets it go. Modelled after pkg/controller/namespace.
import { scheme } from '../../api/scheme.ts';
import { type Kind, keyOf } from '../../api/types.ts';
import type { Controller } from '../controller.ts';

/** Kinds that live in namespaces, owners before what they own. */
const kinds: readonly Kind[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'ReplicaSet',
  'Pod',
  'Service',
  'Endpoints',
  'EndpointSlice',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'NetworkPolicy',
  'Lease',
];

/** What is left in the end is deleted with the namespace: kinds that nothing acts on, and Events. */
const inert = scheme
  .filter(({ kind, namespaced }) => namespaced && !kinds.includes(kind as Kind))
  .map(({ kind }) => kind as Kind);

export const namespaceDeletion: Controller = {
  name: 'namespace',
  watches: ['Namespace', ...kinds],
  keysOf(event, { client }) {
    if (event.kind === 'Namespace') return [event.key];
    const namespace = event.object.metadata.namespace ?? '';
    if (event.type !== 'DELETED') return [];
    const found = client.get('Namespace', namespace);
    return found?.metadata.deletionTimestamp === undefined ? [] : [namespace];
  },
  sync(key, { client }) {
    const found = client.get('Namespace', key);
    if (found?.metadata.deletionTimestamp === undefined) return;
    let left = 0;
    for (const kind of kinds) {
      for (const object of client.list(kind, key)) {
        if (client.get(kind, keyOf(object)) === undefined) continue;
        if (object.metadata.deletionTimestamp === undefined) client.delete(kind, keyOf(object));
        if (client.get(kind, keyOf(object)) !== undefined) left++;
      }
    }
    if (left > 0) return;
    for (const kind of inert) {
      for (const object of client.list(kind, key)) client.delete(kind, keyOf(object));
    }
    client.update({ ...found, spec: { ...found.spec, finalizers: [] } });
  },
};
