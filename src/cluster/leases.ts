// The Leases of the nodes: made when a Node appears, and read with the renewal that its kubelet has come to.
import type { Requests } from '../api/requests.ts';
import type { AnyObject, Lease } from '../api/types.ts';
import { leaseNamespace, leaseOf, renewed } from '../kubelet/lease.ts';
import type { State } from './state.ts';

/** The kubelet's first act on a new Node. */
export function beginLease(state: State, { node }: { readonly node: string }): void {
  const { api } = state.parts;
  const object = api.get('Node', node);
  const key = `${leaseNamespace}/${node}`;
  if (object === undefined || api.get('Lease', key) !== undefined) return;
  state.client.create(leaseOf(object, state.nowMs));
}

/** The API, with every node's Lease as last renewed. */
export function withRenewals(state: State): Requests {
  const { requests } = state.parts.api;
  const live = (object: AnyObject): AnyObject => asRenewed(object, state);
  return {
    resources: () => requests.resources(),
    get: (row, name, subresource) => live(requests.get(row, name, subresource)),
    list: (row, options) => {
      const list = requests.list(row, options);
      return row.kind === 'Lease' ? { ...list, items: list.items.map(live) } : list;
    },
    watch: (row, resourceVersion, options) => requests.watch(row, resourceVersion, options),
    create: (row, namespace, body, options) => requests.create(row, namespace, body, options),
    update: (row, name, body, options) => requests.update(row, name, body, options),
    patch: (row, name, type, patch, options) => requests.patch(row, name, type, patch, options),
    delete: (row, name, options) => requests.delete(row, name, options),
    deleteCollection: (row, list, options) => requests.deleteCollection(row, list, options),
    evict: (pod, options) => requests.evict(pod, options),
    warnings: () => requests.warnings(),
  };
}

function asRenewed(object: AnyObject, { nowMs, parts }: State): AnyObject {
  const { namespace, name } = object.metadata;
  if (object.kind !== 'Lease' || namespace !== leaseNamespace) return object;
  if (parts.api.get('Node', name) === undefined) return object;
  const untilMs = parts.kubelets.stopped.get(name) ?? nowMs;
  return renewed(object as unknown as Lease, untilMs) as unknown as AnyObject;
}
