// Services of type LoadBalancer: asks the cloud for a balancer, keeps its nodes level, shows its address, and has it
// removed before the Service goes. Without a cloud nothing happens, for ever. Modelled after
// staging/src/k8s.io/cloud-provider/controllers/service/controller.go. Not modelled: the resync every 30 s.
import { ApiError } from '../../api/error.ts';
import type { LoadBalancerStatus, Node, Service } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { type BackOff, forget, retry } from '../back-off.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import type { CloudBalancers } from './cloud.ts';
import {
  finalizer,
  hasFinalizer,
  isTarget,
  needsCleanup,
  needsUpdate,
  nodeMatters,
  wantsBalancer,
} from './wants.ts';

/** The one key that stands for the nodes. */
const nodesKey = 'nodes';
const retries: BackOff = { queue: 'service-lb', baseMs: 5_000, maxMs: 300_000 };

export const serviceLb: Controller = {
  name: 'service-lb-controller',
  watches: ['Service', 'Node'],
  keysOf({ type, kind, key, object, previous }, { cloud, minor }) {
    if (cloud === null) return [];
    if (kind === 'Node') {
      const [before, after] = [previous, object] as unknown as [Node, Node];
      return type === 'MODIFIED' && !nodeMatters(before, after, minor) ? [] : [nodesKey];
    }
    // A deletion was handled when its timestamp was set.
    if (type === 'DELETED') return [];
    const service = object as unknown as Service;
    const before = previous as unknown as Service | undefined;
    const isNews = before === undefined ? wantsBalancer(service) : needsUpdate(before, service);
    return isNews || needsCleanup(service) ? [key] : [];
  },
  sync(key, context) {
    const { cloud } = context;
    if (cloud === null) return;
    if (key === nodesKey) syncNodes(cloud, context);
    else syncService(key, cloud, context);
  },
};

/** The Services as they were when their balancers were last seen to. */
function cacheOf({ memory }: ControllerContext) {
  return memory.table<Service>('service-lb services');
}

/** Provider ids by node name, as the balancers of each Service were last told. */
function toldOf({ memory }: ControllerContext) {
  return memory.table<Readonly<Record<string, string>>>('service-lb nodes');
}

function targets({ client, minor }: ControllerContext): Readonly<Record<string, string>> {
  const nodes = client.list('Node').filter((node) => isTarget(node, minor));
  return Object.fromEntries(nodes.map((node) => [node.metadata.name, node.spec?.providerID ?? '']));
}

function syncService(key: string, cloud: CloudBalancers, context: ControllerContext): void {
  const cache = cacheOf(context);
  const service = context.client.get('Service', key);
  const known = cache.get(key);
  if (known !== undefined && known.metadata.uid !== service?.metadata.uid) {
    removeFor(known, cloud, context);
    cache.delete(key);
  }
  if (service === undefined) {
    forget(retries, key, context);
    return;
  }
  cache.set(key, service);
  if (!wantsBalancer(service) || needsCleanup(service)) {
    cleanUp(service, cloud, context);
    cache.delete(key);
    toldOf(context).delete(key);
    forget(retries, key, context);
    return;
  }
  const error = ensure(service, cloud, context);
  if (error === undefined) {
    forget(retries, key, context);
    return;
  }
  const text = `Error syncing load balancer: ${error}`;
  context.client.event(service, 'Warning', 'SyncLoadBalancerFailed', text);
  retry(retries, key, context);
}

/** For a Service that went without its finalizer. */
function removeFor(service: Service, cloud: CloudBalancers, { client }: ControllerContext): void {
  if (!wantsBalancer(service)) return;
  client.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
  cloud.remove(service);
  client.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
}

function cleanUp(service: Service, cloud: CloudBalancers, context: ControllerContext): void {
  const { client } = context;
  if (cloud.exists(service)) {
    client.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
    cloud.remove(service);
  }
  if (hasFinalizer(service)) {
    const { finalizers = [], ...rest } = service.metadata;
    const left = finalizers.filter((one) => one !== finalizer);
    const metadata = left.length === 0 ? rest : { ...rest, finalizers: left };
    client.update({ ...service, metadata });
  }
  client.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
  show(service, {}, context);
}

/** Why it failed, or undefined. */
function ensure(
  service: Service,
  cloud: CloudBalancers,
  context: ControllerContext,
): string | undefined {
  const { client } = context;
  client.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  const refusal = addFinalizer(service, context);
  if (refusal !== undefined) return `failed to add load balancer cleanup finalizer: ${refusal}`;
  const nodes = targets(context);
  const names = Object.keys(nodes);
  if (names.length === 0) {
    const text = 'There are no available nodes for LoadBalancer';
    client.event(service, 'Warning', 'UnAvailableLoadBalancer', text);
  }
  toldOf(context).set(keyOf(service), nodes);
  const status = cloud.ensure(service, names);
  if (typeof status === 'string') return `failed to ensure load balancer: ${status}`;
  client.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  show(service, status, context);
  return undefined;
}

/** The API server's refusal: a Service that is being deleted takes no new one. */
function addFinalizer(service: Service, { client }: ControllerContext): string | undefined {
  if (hasFinalizer(service)) return undefined;
  const finalizers = [...(service.metadata.finalizers ?? []), finalizer];
  try {
    client.update({ ...service, metadata: { ...service.metadata, finalizers } });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.message;
  }
}

/** Writes the balancer's status, unless the Service is gone or shows it. */
function show(service: Service, status: LoadBalancerStatus, { client }: ControllerContext): void {
  if (same(service.status?.loadBalancer?.ingress, status.ingress)) return;
  const current = client.get('Service', keyOf(service));
  if (current === undefined || current.metadata.uid !== service.metadata.uid) return;
  client.updateStatus({ ...current, status: { ...current.status, loadBalancer: status } });
}

/** Tells each balancer whose nodes are others now. */
function syncNodes(cloud: CloudBalancers, context: ControllerContext): void {
  const cache = cacheOf(context);
  const told = toldOf(context);
  const nodes = targets(context);
  const names = Object.keys(nodes);
  for (const key of cache.keys()) {
    const service = cache.get(key);
    if (service === undefined || !wantsBalancer(service)) continue;
    const isSame = same(told.get(key), nodes);
    told.set(key, nodes);
    if (isSame || !cloud.exists(service)) continue;
    cloud.update(service, names);
    if (names.length === 0) {
      const text = 'There are no available nodes for LoadBalancer';
      context.client.event(service, 'Warning', 'UnAvailableLoadBalancer', text);
    } else {
      const text = 'Updated load balancer with new hosts';
      context.client.event(service, 'Normal', 'UpdatedLoadBalancer', text);
    }
  }
}
