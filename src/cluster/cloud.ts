// The cloud as the service controller sees it, and the way of a packet from outside to a balancer's address. In mode VIP
// a balancer passes packets on as they are, to any of its nodes that is in service. In mode Proxy it
// ends them (balancer-proxy.ts). Who is in service its checks say (balancer-checks.ts).
import type { Service } from '../api/types.ts';
import type { CloudBalancers } from '../controllers/service-lb/cloud.ts';
import type { Addr } from '../net/addr.ts';
import { announceTargets, beginChecks, lookAtTargets } from './balancer-checks.ts';
import { closeBalancer, openBalancer } from './balancer-proxy.ts';
import type { State } from './state.ts';

export function cloudOf(state: State): CloudBalancers | null {
  const { cloud } = state.parts;
  if (cloud === null) return null;
  const isProxy = state.parts.spec.cloudProvider?.ipMode === 'Proxy';
  const withdraw = (service: Service, before: Addr | undefined) => {
    if (before === undefined || before === cloud.of(service)?.address) return;
    state.parts.fabric.announce(before, null);
    closeBalancer(state, before);
  };
  return {
    exists: (service) => cloud.of(service) !== undefined,
    ensure: (service, nodes) => {
      const before = cloud.of(service)?.address;
      const status = cloud.ensure(service, nodes, state.nowMs);
      withdraw(service, before);
      lookAtTargets(state, service, false);
      announceTargets(state, service);
      if (isProxy) openBalancer(state, service);
      beginChecks(state, service);
      return status;
    },
    update: (service, nodes) => {
      cloud.update(service, nodes, state.nowMs);
      lookAtTargets(state, service, false);
      announceTargets(state, service);
    },
    remove: (service) => {
      const before = cloud.of(service)?.address;
      cloud.remove(service, state.nowMs);
      withdraw(service, before);
    },
  };
}
