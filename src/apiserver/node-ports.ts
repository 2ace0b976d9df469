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
import { portRange } from './pools.ts';

/** Why this number cannot be had; undefined when it is free, and then it is planned. */
function reserve(plan: Plan, port: number): string | undefined {
  const { ports, spec } = plan.allocations;
  const { low, high } = spec.nodePortRange;
  // A dry run asks only whether it is taken (portallocator/operation.go).
  if (!plan.dryRun && (port < low || port > high)) {
    return `provided port is not in the valid range. The range of valid ports is ${low}-${high}`;
  }
  const name = String(port);
  if (ports.ownerOf(name) !== undefined || plan.ports.has(name)) {
    return 'provided port is already allocated';
  }
  refusePinned(plan, ports, name, `node port ${port}`);
  plan.ports.add(name);
  return undefined;
}

function explicitPort(plan: Plan, service: Service, index: number, port: number): void {
  const why = reserve(plan, port);
  if (why === undefined) return;
  const cause = invalid(`spec.ports[${index}].nodePort`, port, why);
  throw invalidObject(rowOf(service), service.metadata.name ?? '', [cause]);
}

const PREVIEW_FROM = 32769;

/** A number that nobody named; undefined when all are given out. */
function automaticPort(plan: Plan, pinned: number | undefined): number | undefined {
  const { ports, spec } = plan.allocations;
  let name: string | undefined;
  if (plan.dryRun) {
    const planned = [...plan.ports].map(Number);
    name = String(planned.length === 0 ? PREVIEW_FROM : Math.max(...planned) + 1);
  } else if (pinned !== undefined && ports.ownerOf(String(pinned)) === undefined) {
    if (!plan.ports.has(String(pinned))) name = String(pinned);
  }
  const range = portRange(spec.nodePortRange);
  name ??= ports.next(range, plan.choices, 'allocate/nodePort', plan.ports);
  if (name === undefined) return undefined;
  plan.ports.add(name);
  return Number(name);
}

function servicePort(plan: Plan, service: Service, port: ServicePort): number {
  const nodePort = automaticPort(plan, pinnedPort(plan, port));
  if (nodePort !== undefined) return nodePort;
  const why = 'failed to allocate a nodePort: range is full';
  throw internalError(rowOf(service), service.metadata.name ?? '', why);
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
      const nodePort = asked ?? servicePort(plan, service, port);
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
    if (nodePort === 0) nodePort = servicePort(plan, service, port);
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
  return plan.ports.has(String(port));
}

function healthCheck(plan: Plan, service: Service, old: Service | undefined): Service {
  const { spec } = service;
  if (!needsHealthCheck(spec)) return service;
  if (old !== undefined && needsHealthCheck(old.spec)) return service;
  if (isUnset(spec.healthCheckNodePort)) {
    const healthCheckNodePort = automaticPort(plan, undefined);
    if (healthCheckNodePort !== undefined) {
      return { ...service, spec: { ...spec, healthCheckNodePort } };
    }
    const why = 'failed to allocate a HealthCheck NodePort 0: range is full';
    throw internalError(rowOf(service), service.metadata.name ?? '', why);
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
    return { ...port, nodePort };
  });
  return next;
}
