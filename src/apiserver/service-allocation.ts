// Allocation for Services: which cluster IP, node ports and health-check port a request gets, planned against the
// pools and committed only when the object is stored. Runs after defaulting and before validation, so its errors
// hide validation's. Models pkg/registry/core/service/storage/{storage,alloc}.go (A2-A5).
import type { ClusterSpec, Pin } from '../api/cluster-spec.ts';
import type { ApiError } from '../api/error.ts';
import { invalidShown, shownList } from '../api/field/errors.ts';
import { parseLegacyIP } from '../api/field/ips.ts';
import { InputError } from '../api/input-error.ts';
import { internalError, invalidObject } from '../api/refusals.ts';
import { rowOf } from '../api/scheme.ts';
import { isHeadless, needsClusterIP } from '../api/service/defaults.ts';
import { keyOf, type Service, type ServiceSpec } from '../api/types.ts';
import { type Draft, isUnset } from '../api/values.ts';
import { type Addr, familyOf, formatAddr } from '../net/addr.ts';
import { contains, formatCidr, size } from '../net/cidr.ts';
import type { Choices } from '../sim/choices.ts';
import { allocateNodePorts, patchNodePorts } from './node-ports.ts';
import { type Allocations, type Plan, refusePinned } from './plan.ts';
import { addressBand, Pool, portBand } from './pools.ts';
import { initFamilies, syncClusterIPs } from './service-families.ts';

export function forkAllocations({ spec, addresses, ports }: Allocations): Allocations {
  return { spec, addresses: addresses.fork(), ports: ports.fork() };
}

/** Empty pools with the pinned numbers withheld. Throws InputError for pins out of range or given twice. */
export function createAllocations(spec: ClusterSpec): Allocations {
  const { serviceSubnet, nodePortRange } = spec;
  const total = Math.min(size(serviceSubnet), 2 ** 32);
  const count = Math.max(0, total - (familyOf(serviceSubnet.low) === 4 ? 2 : 1));
  const addresses = new Map<number, string>();
  const ports = new Map<number, string>();
  for (const pin of spec.pins) {
    if (pin.clusterIP !== null) {
      const offset = addressOffset(spec, pin.clusterIP);
      const text = formatAddr(pin.clusterIP);
      if (offset === undefined || offset >= count) {
        throw outOfRange(pin, `cluster IP ${text}`, formatCidr(serviceSubnet));
      }
      withhold(addresses, offset, pin, `cluster IP ${text}`);
    }
    for (const port of Object.values(pin.nodePorts)) {
      const { low, high } = nodePortRange;
      if (port < low || port > high) {
        throw outOfRange(pin, `node port ${port}`, `${low}-${high}`);
      }
      withhold(ports, port - low, pin, `node port ${port}`);
    }
  }
  const range = nodePortRange.high - nodePortRange.low + 1;
  return {
    spec,
    addresses: new Pool({ count, band: Math.min(addressBand(total), count) }, addresses),
    ports: new Pool({ count: range, band: portBand(range) }, ports),
  };
}

function outOfRange(pin: Pin, what: string, range: string): InputError {
  return new InputError(
    'pin-out-of-range',
    `the pin of ${pin.object}: ${what} is not in ${range}`,
    {
      position: pin.position,
      hint: `choose one in ${range}`,
    },
  );
}

function withhold(held: Map<number, string>, offset: number, pin: Pin, what: string): void {
  const before = held.get(offset);
  if (before !== undefined && before !== pin.object) {
    throw new InputError('pin-taken', `the pin of ${pin.object}: ${what} is pinned to ${before}`, {
      position: pin.position,
      hint: 'give each object its own',
    });
  }
  held.set(offset, pin.object);
}

/** Offset of a usable address of the service range: 0 is the one after the network address. */
export function addressOffset(spec: ClusterSpec, address: Addr): number | undefined {
  const { low } = spec.serviceSubnet;
  if (!contains(spec.serviceSubnet, address)) return undefined;
  const offset =
    typeof address === 'number' ? address - Number(low) : Number(address - BigInt(low));
  return offset === 0 ? undefined : offset - 1;
}

function addressAt(spec: ClusterSpec, offset: number): string {
  const { low } = spec.serviceSubnet;
  return formatAddr(typeof low === 'number' ? low + offset + 1 : low + BigInt(offset + 1));
}

function refusal(service: Service, field: string, value: string, detail: string): ApiError {
  const name = service.metadata.name ?? '';
  return invalidObject(rowOf(service), name, [invalidShown(field, value, detail)]);
}

function explicitAddress(plan: Plan, service: Service, text: string): void {
  const { spec, addresses } = plan.allocations;
  const value = parseLegacyIP(text);
  const offset = value === undefined ? undefined : addressOffset(spec, value);
  let why: string | undefined;
  if (offset === undefined || offset >= addresses.range.count) {
    why =
      spec.minor >= 33
        ? 'the provided network does not match the current range'
        : `the provided IP (${text}) is not in the valid range. The range of valid IPs is ${formatCidr(spec.serviceSubnet)}`;
  } else if (addresses.ownerOf(offset) !== undefined || plan.addresses.has(offset)) {
    why = 'provided IP is already allocated';
  }
  if (why !== undefined || offset === undefined) {
    const list = shownList(service.spec.clusterIPs ?? [], spec.minor);
    throw refusal(service, 'spec.clusterIPs', list, `failed to allocate IP ${text}: ${why}`);
  }
  refusePinned(plan, addresses, offset, `cluster IP ${text}`);
  plan.addresses.add(offset);
}

function automaticAddress(plan: Plan, service: Service): string {
  const { spec, addresses } = plan.allocations;
  const pinned = plan.pin?.clusterIP ?? null;
  const at = pinned === null ? undefined : addressOffset(spec, pinned);
  const offset =
    at !== undefined && addresses.ownerOf(at) === undefined
      ? at
      : addresses.next(plan.choices, 'allocate/clusterIP', plan.addresses);
  if (offset === undefined) {
    const why = 'failed to allocate a serviceIP: range is full';
    throw internalError(rowOf(service), service.metadata.name ?? '', why);
  }
  plan.addresses.add(offset);
  return addressAt(spec, offset);
}

function allocateAddress(plan: Plan, service: Service): Service {
  const { spec } = service;
  if (!needsClusterIP(spec) || isHeadless(spec)) return service;
  const given = (spec.clusterIPs ?? []).filter((ip) => ip !== '');
  if (given.length > 0) {
    for (const ip of given) explicitAddress(plan, service, ip);
    return service;
  }
  const ip = automaticAddress(plan, service);
  return { ...service, spec: { ...spec, clusterIP: ip, clusterIPs: [ip] } };
}

function newPlan(allocations: Allocations, choices: Choices, service: Service): Plan {
  const owner = `Service/${keyOf(service)}`;
  const pin = allocations.spec.pins.find((p) => p.object === owner);
  return { allocations, choices, owner, pin, addresses: new Set(), ports: new Set() };
}

function withFamilies(plan: Plan, service: Service, old: Service | undefined): Service {
  const { spec } = plan.allocations;
  const family = familyOf(spec.serviceSubnet.low) === 4 ? 'IPv4' : 'IPv6';
  const result = initFamilies(service, old, { minor: spec.minor, family });
  if ('service' in result) return result.service;
  throw invalidObject(rowOf(service), service.metadata.name ?? '', result.causes);
}

/** BeginCreate: families, cluster IP, node ports, health-check port. */
export function beginCreate(
  allocations: Allocations,
  choices: Choices,
  service: Service,
): { readonly service: Service; readonly plan: Plan } {
  const plan = newPlan(allocations, choices, service);
  const synced = { ...service, spec: syncClusterIPs(service.spec, undefined) };
  const placed = allocateAddress(plan, withFamilies(plan, synced, undefined));
  return { service: allocateNodePorts(plan, placed, undefined), plan };
}

/** Values that the writer left out and that the old object has: addresses, then node ports by port name. */
function patchAllocated(service: Service, old: Service): Service {
  const spec: Draft<ServiceSpec> = { ...service.spec };
  if (needsClusterIP(old.spec) && needsClusterIP(spec)) {
    if (isUnset(spec.clusterIP) && old.spec.clusterIP !== undefined) {
      spec.clusterIP = old.spec.clusterIP;
    }
    if ((spec.clusterIPs ?? []).length === 0 && spec.clusterIP === old.spec.clusterIP) {
      if (old.spec.clusterIPs !== undefined) spec.clusterIPs = old.spec.clusterIPs;
    }
  }
  if (spec.ipFamilies === undefined && needsClusterIP(old.spec) && needsClusterIP(spec)) {
    if (old.spec.ipFamilies !== undefined) spec.ipFamilies = old.spec.ipFamilies;
  }
  return { ...service, spec: patchNodePorts(spec, old.spec) };
}

/** BeginUpdate: what the old object had is kept, what is new is allocated. */
export function beginUpdate(
  allocations: Allocations,
  choices: Choices,
  service: Service,
  old: Service,
): { readonly service: Service; readonly plan: Plan } {
  const plan = newPlan(allocations, choices, service);
  const patched = patchAllocated(service, old);
  const synced = { ...patched, spec: syncClusterIPs(patched.spec, old.spec) };
  const known = withFamilies(plan, synced, old);
  const placed =
    old.spec.type === 'ExternalName' && needsClusterIP(known.spec)
      ? allocateAddress(plan, known)
      : known;
  return { service: allocateNodePorts(plan, placed, old), plan };
}

/** Everything a stored Service holds, as offsets into the pools. */
function held({ spec: cluster }: Allocations, { spec }: Service) {
  const addresses = new Set<number>();
  const ports = new Set<number>();
  for (const ip of spec.clusterIPs ?? []) {
    const value = ip === 'None' ? undefined : parseLegacyIP(ip);
    const offset = value === undefined ? undefined : addressOffset(cluster, value);
    if (offset !== undefined) addresses.add(offset);
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    for (const port of spec.ports ?? []) {
      if (!isUnset(port.nodePort)) ports.add(port.nodePort - cluster.nodePortRange.low);
    }
    if (!isUnset(spec.healthCheckNodePort)) {
      ports.add(spec.healthCheckNodePort - cluster.nodePortRange.low);
    }
  }
  return { addresses, ports };
}

/** Takes what the plan promised and releases what the old object had and the stored one has not. */
export function commit(plan: Plan, stored: Service, old: Service | undefined): void {
  const { allocations, owner } = plan;
  const now = held(allocations, stored);
  if (old !== undefined) releaseAll(allocations, owner, old, now);
  for (const offset of plan.addresses) {
    if (now.addresses.has(offset)) allocations.addresses.take(offset, owner);
  }
  for (const offset of plan.ports) {
    if (now.ports.has(offset)) allocations.ports.take(offset, owner);
  }
}

/** Releases all a Service holds: after it is really gone. */
export function release(allocations: Allocations, service: Service): void {
  const empty = { addresses: new Set<number>(), ports: new Set<number>() };
  releaseAll(allocations, `Service/${keyOf(service)}`, service, empty);
}

function releaseAll(
  allocations: Allocations,
  owner: string,
  service: Service,
  kept: { readonly addresses: ReadonlySet<number>; readonly ports: ReadonlySet<number> },
): void {
  const { addresses, ports } = held(allocations, service);
  for (const offset of addresses) {
    const mine = allocations.addresses.ownerOf(offset) === owner;
    if (mine && !kept.addresses.has(offset)) allocations.addresses.release(offset);
  }
  for (const offset of ports) {
    const mine = allocations.ports.ownerOf(offset) === owner;
    if (mine && !kept.ports.has(offset)) allocations.ports.release(offset);
  }
}
