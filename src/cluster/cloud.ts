// The cloud as the service controller sees it, and the way of a packet from outside to a balancer's address. In mode VIP
// a balancer passes packets on as they are, to any of its nodes; with externalTrafficPolicy Local to those with a ready
// endpoint: its health checks are answered at once. In mode Proxy, where it would end connections, it forwards nothing.
import type { Service, WatchEvent } from '../api/types.ts';
import type { CloudBalancers } from '../controllers/service-lb/cloud.ts';
import { type Addr, familyOf } from '../net/addr.ts';
import type { State } from './state.ts';

export function cloudOf(state: State): CloudBalancers | null {
  const { cloud } = state.parts;
  if (cloud === null) return null;
  const withdraw = (service: Service, before: Addr | undefined) => {
    if (before === undefined || before === cloud.of(service)?.address) return;
    state.parts.fabric.announce(before, null);
  };
  return {
    exists: (service) => cloud.of(service) !== undefined,
    ensure: (service, nodes) => {
      const before = cloud.of(service)?.address;
      const status = cloud.ensure(service, nodes, state.nowMs);
      withdraw(service, before);
      announce(state, service);
      return status;
    },
    update: (service, nodes) => {
      cloud.update(service, nodes, state.nowMs);
      announce(state, service);
    },
    remove: (service) => {
      const before = cloud.of(service)?.address;
      cloud.remove(service, state.nowMs);
      withdraw(service, before);
    },
  };
}

/** Tells the outside world which nodes get what is sent to the Service's balancer. */
function announce(state: State, service: Service): void {
  const { cloud, fabric, spec } = state.parts;
  const balancer = cloud?.of(service);
  if (balancer === undefined || spec.cloudProvider?.ipMode !== 'VIP') return;
  const isLocal = service.spec.externalTrafficPolicy === 'Local';
  const family = familyOf(balancer.address) === 4 ? 'IPv4' : 'IPv6';
  const healthy = isLocal ? nodesWithEndpoints(state, service, family) : null;
  const nodes = balancer.nodes.filter(
    (node) => fabric.has(`node/${node}`) && healthy?.has(node) !== false,
  );
  fabric.announce(balancer.address, { nodes, ports: balancer.ports });
}

function nodesWithEndpoints(state: State, { metadata }: Service, family: string): Set<string> {
  const { api, index } = state.parts;
  const nodes = new Set<string>();
  for (const key of index.slicesOf(metadata.namespace ?? 'default', metadata.name)) {
    const slice = api.get('EndpointSlice', key);
    if (slice?.addressType !== family) continue;
    for (const { conditions, nodeName } of slice.endpoints ?? []) {
      if (conditions?.ready !== false && nodeName !== undefined) nodes.add(nodeName);
    }
  }
  return nodes;
}

/** After a change of an EndpointSlice: what the health checks of its Service's balancer find. */
export function checkHealth(state: State, { object }: WatchEvent): void {
  const { cloud, api } = state.parts;
  if (cloud === null) return;
  const { namespace, labels } = object.metadata;
  const service = api.get('Service', `${namespace}/${labels?.['kubernetes.io/service-name']}`);
  if (service?.spec.externalTrafficPolicy === 'Local') announce(state, service);
}
