// The cloud as the service controller sees it, and the way of a packet from outside to a balancer's address. In mode VIP
// a balancer passes packets on as they are, to any of its nodes; with externalTrafficPolicy Local to those that answer its
// health checks with 200, which it makes whenever the answer can have changed. In mode Proxy, where it would end connections, it forwards nothing.
import { keyOf, type Service } from '../api/types.ts';
import type { CloudBalancers } from '../controllers/service-lb/cloud.ts';
import type { Addr } from '../net/addr.ts';
import { healthCheckNodePorts } from '../proxy/health.ts';
import { passesHealthCheck } from './proxy-health.ts';
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
  const nodes = balancer.nodes.filter(
    (node) =>
      fabric.has(`node/${node}`) && (!isLocal || passesHealthCheck(state, node, keyOf(service))),
  );
  fabric.announce(balancer.address, { nodes, ports: balancer.ports });
}

/** What the health checks of balancers with externalTrafficPolicy Local find now. */
export function checkBalancers(state: State): void {
  const { cloud, api, proxies } = state.parts;
  if (cloud === null) return;
  for (const key of healthCheckNodePorts(proxies.current.snapshot).keys()) {
    const service = api.get('Service', key);
    if (service !== undefined) announce(state, service);
  }
}
