// Empties a namespace that is being deleted, then lets it go: Pods first since 1.33, then everything else. What upstream
// takes in the order of a Go map goes here owners first. Modelled after pkg/controller/namespace/deletion.
import { customRow, scheme } from '../../api/scheme.ts';
import { type AnyObject, type Client, type Kind, keyOf } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { deletionConditions } from './conditions.ts';

/** OrderedNamespaceDeletion is on by default since this minor. */
const podsFirstSince = 33;
const finalizer = 'kubernetes';

/** Owners before what they own. */
const first = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'ReplicaSet',
  'Pod',
  'Service',
  'Endpoints',
  'EndpointSlice',
];
const tables = scheme.filter((row) => row.namespaced).map((row) => row.table);
const ordered = [...first, ...tables.filter((table) => !first.includes(table))];

export const namespaceDeletion: Controller = {
  name: 'namespace',
  watches: ['Namespace', ...tables.filter((table) => table !== 'Event')],
  keysOf(event, { client }) {
    if (event.kind === 'Namespace') return [event.key];
    const namespace = event.object.metadata.namespace ?? '';
    if (event.type === 'MODIFIED') return [];
    const found = client.get('Namespace', namespace);
    return found?.metadata.deletionTimestamp === undefined ? [] : [namespace];
  },
  sync(key, context) {
    const { client, minor } = context;
    const found = client.get('Namespace', key);
    if (found?.metadata.deletionTimestamp === undefined) return;
    if (found.spec?.finalizers?.includes(finalizer) !== true) return;
    // Of Pods that hold up the rest nothing is said, as upstream has it.
    if (minor >= podsFirstSince && emptied('Pod', key, client).length > 0) {
      report(key, [], context);
      return;
    }
    const remaining = [...ordered, ...customTables(client)].flatMap((table) =>
      emptied(table, key, client),
    );
    report(key, remaining, context);
    if (remaining.length > 0) return;
    const current = client.get('Namespace', key);
    if (current === undefined) return;
    const finalizers = (current.spec?.finalizers ?? []).filter((one) => one !== finalizer);
    client.update({ ...current, spec: { ...current.spec, finalizers } });
  },
};

/** Asks for the deletion of all objects of a kind; those that are still there. */
function emptied(table: string, namespace: string, client: Client): readonly AnyObject[] {
  const objects = client.list(table as Kind, namespace) as unknown as readonly AnyObject[];
  for (const object of objects) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    if (client.get(table as Kind, keyOf(object)) === undefined) continue;
    client.delete(table, keyOf(object), { propagation: 'Background' });
  }
  return client.list(table as Kind, namespace) as unknown as readonly AnyObject[];
}

/** Tables of namespaced custom kinds. */
function customTables(client: Client): readonly string[] {
  const definitions = client.list('CustomResourceDefinition' as Kind) as unknown as readonly {
    readonly spec?: {
      readonly group?: string;
      readonly scope?: string;
      readonly names?: { readonly kind?: string };
    };
  }[];
  return definitions.flatMap(({ spec }) => {
    const { group, scope, names } = spec ?? {};
    if (scope !== 'Namespaced' || group === undefined || names?.kind === undefined) return [];
    return [customRow({ kind: names.kind, group }).table];
  });
}

function report(
  key: string,
  remaining: readonly AnyObject[],
  { client, now }: ControllerContext,
): void {
  const found = client.get('Namespace', key);
  if (found === undefined) return;
  const conditions = deletionConditions(found.status?.conditions, remaining, now);
  if (same(found.status?.conditions, conditions)) return;
  client.updateStatus({ ...found, status: { ...found.status, phase: 'Terminating', conditions } });
}
