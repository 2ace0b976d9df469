// Node ports of a Service: shared by ports of one number on create, separate on update, kept by port name; and the
// health-check node port. Models initNodePorts, updateNodePorts, patchAllocatedValues and the health-check part of
// pkg/registry/core/service/storage/alloc.go (A4).
import { ApiError } from '../api/error.ts';
import { invalid } from '../api/field/errors.ts';
import { internalError, invalidObject } from '../api/refusals.ts';
import { rowOf } from '../api/scheme.ts';
import { needsHealthCheck, needsNodePort } from '../api/service/defaults.ts';
import type { Service, ServicePort, ServiceSpec } from '../api/types.ts';
import { type Draft, isUnset } from '../api/values.ts';
import { type Plan, refusePinned } from './plan.ts';

/** Why this number cannot be had; undefined when it is free, and then it is planned. */
function reserve(plan: Plan, port: number): string | undefined {
  const { ports, spec } = plan.allocations;
  const { low, high } = spec.nodePortRange;
  if (port < low || port > high) {
    return `provided port is not in the valid range. The range of valid ports is ${low}-${high}`;
  }
  const offset = port - low;
  if (ports.ownerOf(offset) !== undefined || plan.ports.has(offset)) {
    return 'provided port is already allocated';
  }
  refusePinned(plan, ports, offset, `node port ${port}`);
  plan.ports.add(offset);
  return undefined;
}

function explicitPort(plan: Plan, service: Service, index: number, port: number): void {
  const why = reserve(plan, port);
  if (why === undefined) return;
  const cause = invalid(`spec.ports[${index}].nodePort`, port, why);
  throw invalidObject(rowOf(service), service.metadata.name ?? '', [cause]);
}

function automaticPort(plan: Plan, service: Service, pinned: number | undefined): number {
  const { ports, spec } = plan.allocations;
  const { low } = spec.nodePortRange;
  if (pinned !== undefined && ports.ownerOf(pinned - low) === undefined) {
    if (!plan.ports.has(pinned - low)) {
      plan.ports.add(pinned - low);
      return pinned;
    }
  }
  const offset = ports.next(plan.choices, 'allocate/nodePort', plan.ports);
  if (offset === undefined) {
    const why = 'failed to allocate a nodePort: range is full';
    throw internalError(rowOf(service), service.metadata.name ?? '', why);
  }
  plan.ports.add(offset);
  return low + offset;
}

function pinnedPort(plan: Plan, port: ServicePort): number | undefined {
  return plan.pin?.nodePorts[port.name ?? ''];
}

/** initNodePorts: ports of one service-port number share a node port. */
function createPorts(plan: Plan, service: Service): ServicePort[] {
  const list = service.spec.ports ?? [];
  const byNumber = new Map<number, number>();
  return list.map((port, i) => {
    if (isUnset(port.nodePort) && !needsNodePort(service.spec)) return port;
    const shared = byNumber.get(port.port);
    if (shared === undefined) {
      const asked = list.find((p) => p.port === port.port && !isUnset(p.nodePort))?.nodePort;
      if (asked !== undefined) explicitPort(plan, service, i, asked);
      const nodePort = asked ?? automaticPort(plan, service, pinnedPort(plan, port));
      byNumber.set(port.port, nodePort);
      return { ...port, nodePort };
    }
    if (isUnset(port.nodePort)) return { ...port, nodePort: shared };
    if (port.nodePort !== shared) explicitPort(plan, service, i, port.nodePort);
    return port;
  });
}

/** updateNodePorts: a number the old object had is kept, a new one taken once, none is drawn. */
function updatePorts(plan: Plan, service: Service, old: Service): ServicePort[] {
  const before = new Set((old.spec.ports ?? []).map((port) => port.nodePort ?? 0));
  const seen = new Set<string>();
  return (service.spec.ports ?? []).map((port, i) => {
    if (isUnset(port.nodePort) && !needsNodePort(service.spec)) return port;
    let nodePort = port.nodePort ?? 0;
    if (nodePort === 0) nodePort = automaticPort(plan, service, pinnedPort(plan, port));
    else if (!before.has(nodePort) && !plannedPort(plan, nodePort)) {
      explicitPort(plan, service, i, nodePort);
    }
    const key = `${port.protocol} ${nodePort}`;
    if (seen.has(key)) {
      const about = { kind: 'Service', group: '', name: service.metadata.name ?? '' };
      throw new ApiError('InternalError', `duplicate nodePort: {${key}}`, about);
    }
    seen.add(key);
    return nodePort === port.nodePort ? port : { ...port, nodePort };
  });
}

function plannedPort(plan: Plan, port: number): boolean {
  return plan.ports.has(port - plan.allocations.spec.nodePortRange.low);
}

function healthCheck(plan: Plan, service: Service, old: Service | undefined): Service {
  const { spec } = service;
  if (!needsHealthCheck(spec)) return service;
  if (old !== undefined && needsHealthCheck(old.spec)) return service;
  if (isUnset(spec.healthCheckNodePort)) {
    const healthCheckNodePort = automaticPort(plan, service, undefined);
    return { ...service, spec: { ...spec, healthCheckNodePort } };
  }
  const why = reserve(plan, spec.healthCheckNodePort);
  if (why === undefined) return service;
  const text = `failed to allocate requested HealthCheck NodePort ${spec.healthCheckNodePort}: ${why}`;
  throw internalError(rowOf(service), service.metadata.name ?? '', text);
}

/** Node ports and health-check port of a Service that is created (`old` undefined) or updated. */
export function allocateNodePorts(plan: Plan, service: Service, old: Service | undefined): Service {
  const { type } = service.spec;
  if (type !== 'NodePort' && type !== 'LoadBalancer') return service;
  if (service.spec.ports === undefined) return healthCheck(plan, service, old);
  const ports = old === undefined ? createPorts(plan, service) : updatePorts(plan, service, old);
  return healthCheck(plan, { ...service, spec: { ...service.spec, ports } }, old);
}

/** Node ports the writer left out, taken from the old object's port of the same name unless in use. */
export function patchNodePorts(spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const next: Draft<ServiceSpec> = { ...spec };
  if (needsHealthCheck(old) && needsHealthCheck(spec) && isUnset(spec.healthCheckNodePort)) {
    if (old.healthCheckNodePort !== undefined) next.healthCheckNodePort = old.healthCheckNodePort;
  }
  if (!needsNodePort(old) || !needsNodePort(spec) || spec.ports === undefined) return next;
  const now = new Set(spec.ports.map((port) => port.nodePort ?? 0));
  const used = new Set(
    (old.ports ?? []).map((port) => port.nodePort ?? 0).filter((n) => now.has(n)),
  );
  const byName = new Map((old.ports ?? []).map((port) => [port.name ?? '', port.nodePort ?? 0]));
  next.ports = spec.ports.map((port) => {
    const nodePort = byName.get(port.name ?? '') ?? 0;
    if (!isUnset(port.nodePort) || nodePort === 0 || used.has(nodePort)) return port;
    used.add(nodePort);
    return { ...port, nodePort };
  });
  return next;
}
