// Allocation for Services: which cluster IPs, node ports and health-check port a request gets, planned against the
// pools and committed only when the object is stored. Runs after defaulting and before validation, so its errors
// hide validation's. Models BeginCreate, BeginUpdate and AfterDelete of
// pkg/registry/core/service/storage/{storage,alloc}.go (A2-A5).
import { serviceSubnets } from '../api/cluster-spec.ts';
import { parseLegacyIP } from '../api/field/ips.ts';
import { invalidObject } from '../api/refusals.ts';
import { rowOf } from '../api/scheme.ts';
import { needsClusterIP } from '../api/service/defaults.ts';
import { keyOf, type Service, type ServiceSpec } from '../api/types.ts';
import { type Draft, isUnset } from '../api/values.ts';
import { familyOf, formatAddr } from '../net/addr.ts';
import { allocateNodePorts, patchNodePorts } from './node-ports.ts';
import type { AllocationRequest, Allocations, Plan } from './plan.ts';
import type { Pool } from './pools.ts';
import { createAddresses, updateAddresses } from './service-addresses.ts';
import { initFamilies, syncClusterIPs } from './service-families.ts';

/** A Service with what it got, and the plan that `commit` carries out. */
export interface Begun {
  readonly service: Service;
  readonly plan: Plan;
}

function newPlan(allocations: Allocations, request: AllocationRequest, service: Service): Plan {
  const owner = `Service/${keyOf(service)}`;
  const pin = allocations.spec.pins.find((p) => p.object === owner);
  return { ...request, allocations, owner, pin, addresses: new Set(), ports: new Set() };
}

function withFamilies(plan: Plan, service: Service, old: Service | undefined): Service {
  const { spec } = plan.allocations;
  const families = serviceSubnets(spec).map(({ low }) => (familyOf(low) === 4 ? 'IPv4' : 'IPv6'));
  const result = initFamilies(service, old, { minor: spec.minor, families });
  if ('service' in result) return result.service;
  throw invalidObject(rowOf(service), service.metadata.name ?? '', result.causes);
}

/** BeginCreate: families, cluster IPs, node ports, health-check port. */
export function beginCreate(
  allocations: Allocations,
  request: AllocationRequest,
  service: Service,
): Begun {
  const plan = newPlan(allocations, request, service);
  const synced = { ...service, spec: syncClusterIPs(service.spec, undefined) };
  const placed = createAddresses(plan, withFamilies(plan, synced, undefined));
  return { service: allocateNodePorts(plan, placed, undefined), plan };
}

/** Values that the writer left out and that the old object has: addresses, then node ports by port name. */
function patchAllocated(service: Service, old: Service): Service {
  const spec: Draft<ServiceSpec> = { ...service.spec };
  if (needsClusterIP(old.spec) && needsClusterIP(spec)) {
    if (isUnset(spec.clusterIP) && old.spec.clusterIP !== undefined) {
      spec.clusterIP = old.spec.clusterIP;
    }
    const before = old.spec.clusterIPs ?? [];
    if ((spec.clusterIPs ?? []).length === 0 && before.length > 0) spec.clusterIPs = before;
  }
  return { ...service, spec: patchNodePorts(spec, old.spec) };
}

/** BeginUpdate: what the old object had is kept, what is new is allocated. */
export function beginUpdate(
  allocations: Allocations,
  request: AllocationRequest,
  service: Service,
  old: Service,
): Begun {
  const plan = newPlan(allocations, request, service);
  const patched = patchAllocated(service, old);
  const synced = { ...patched, spec: syncClusterIPs(patched.spec, old.spec) };
  const placed = updateAddresses(plan, withFamilies(plan, synced, old), old);
  return { service: allocateNodePorts(plan, placed, old), plan };
}

interface Held {
  readonly addresses: ReadonlySet<string>;
  readonly ports: ReadonlySet<string>;
}

const nothing: Held = { addresses: new Set(), ports: new Set() };

/** Everything a stored Service holds, as the pools call it. */
export function held({ spec }: Service): Held {
  const addresses = new Set<string>();
  const ports = new Set<string>();
  for (const ip of spec.clusterIPs ?? []) {
    const value = ip === 'None' ? undefined : parseLegacyIP(ip);
    if (value !== undefined) addresses.add(formatAddr(value));
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    for (const { nodePort } of spec.ports ?? [])
      if (!isUnset(nodePort)) ports.add(String(nodePort));
    if (!isUnset(spec.healthCheckNodePort)) ports.add(String(spec.healthCheckNodePort));
  }
  return { addresses, ports };
}

/** Takes what the plan promised and releases what the old object had and the stored one has not. */
export function commit(plan: Plan, stored: Service, old: Service | undefined): void {
  const { allocations, owner } = plan;
  const now = held(stored);
  if (old !== undefined) releaseAll(allocations, owner, old, now);
  for (const name of plan.addresses) {
    if (now.addresses.has(name)) allocations.addresses.take(name, owner);
  }
  for (const name of plan.ports) if (now.ports.has(name)) allocations.ports.take(name, owner);
}

/** Releases all a Service holds: after it is really gone. */
export function release(allocations: Allocations, service: Service): void {
  releaseAll(allocations, `Service/${keyOf(service)}`, service, nothing);
}

function releaseAll(allocations: Allocations, owner: string, service: Service, kept: Held): void {
  const { addresses, ports } = held(service);
  releaseFrom(allocations.addresses, owner, addresses, kept.addresses);
  releaseFrom(allocations.ports, owner, ports, kept.ports);
}

function releaseFrom(
  pool: Pool,
  owner: string,
  names: ReadonlySet<string>,
  kept: ReadonlySet<string>,
): void {
  for (const name of names) {
    if (pool.ownerOf(name) === owner && !kept.has(name)) pool.release(name);
  }
}
