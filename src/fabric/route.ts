// Where a machine sends what is for an address: its own routes, and those to pods that all nodes share, which follow from
// how the pod network carries packets between nodes.
import { type Addr, familyOf } from '../net/addr.ts';
import { contains } from '../net/cidr.ts';
import { deviceOf, findRoute, type Machine } from '../node/machine.ts';
import type { Hop } from '../node/passage.ts';
import type { Fabric } from './fabric.ts';
import { UPLINK } from './wiring.ts';

/** The route of a machine: its own, or one of the pod routes that all nodes share; the longest prefix wins. */
export function routeOf(fabric: Fabric, machine: Machine, to: Addr): Hop | undefined {
  const own = findRoute(machine, to);
  const pod = isNode(machine) ? fabric.podRoute(to) : undefined;
  if (pod !== undefined && pod.bits > (own?.to.bits ?? -1)) {
    const hop = hopToPods(fabric, machine, pod.node, to);
    if (hop !== undefined) return hop;
  }
  if (own === undefined) return undefined;
  if (own.via === 'nowhere') return { device: own.device, nextHop: null, nowhere: true };
  const nextHop = own.via === 'router' ? null : (own.via ?? to);
  return { device: own.device, nextHop };
}

/** Nodes alone share the pod routes; an outside host that forwards does not. */
function isNode({ name, sysctls }: Machine): boolean {
  return sysctls.forward && name.startsWith('node/');
}

/** Where a node sends what is for a node's pods; undefined: its own routes say it. */
function hopToPods(fabric: Fabric, machine: Machine, node: string, to: Addr): Hop | undefined {
  const { leg, between } = fabric.network;
  if (node === machine.name) {
    return leg.kind === 'bridge' ? { device: leg.device, nextHop: to } : undefined;
  }
  if (between.kind === 'lan') return undefined;
  const nextHop = fabric.addressOf(node, to) ?? null;
  if (
    between.kind === 'overlay' &&
    familyOf(to) === 4 &&
    !(between.direct === 'same-subnet' && isNear(machine, nextHop))
  ) {
    const there = fabric.machine(node);
    const tunnel = there === undefined ? undefined : deviceOf(there, between.device);
    const end = tunnel?.addresses.find((own) => familyOf(own.addr) === familyOf(to));
    return { device: between.device, nextHop: end?.addr ?? null };
  }
  return { device: UPLINK, nextHop };
}

function isNear(machine: Machine, value: Addr | null): boolean {
  const own = deviceOf(machine, UPLINK)?.addresses ?? [];
  return value !== null && own.some(({ subnet }) => contains(subnet, value));
}
