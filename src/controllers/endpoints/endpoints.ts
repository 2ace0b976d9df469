// The Endpoints object of each Service with a selector: one per Service, one family, addresses by readiness.
// Modelled after pkg/controller/endpoint and pkg/api/v1/endpoints (subset packing).
import type {
  EndpointAddress,
  EndpointPort,
  EndpointSubset,
  Endpoints,
  Pod,
  Service,
} from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import {
  addressesOf,
  hostnameFor,
  isHeadless,
  isManaged,
  members,
  portsOn,
  servicesOf,
} from '../endpointslice/members.ts';
import { triggerTime } from '../endpointslice/trigger.ts';
import { same } from '../equal.ts';
import { isReady } from '../pods.ts';

const trigger = 'endpoints.kubernetes.io/last-change-trigger-time';
const overCapacity = 'endpoints.kubernetes.io/over-capacity';
const headlessLabel = 'service.kubernetes.io/headless';
const managedBy = 'endpoints.kubernetes.io/managed-by';
const addressesMax = 1000;

export const endpoints: Controller = {
  name: 'endpoints',
  watches: ['Service', 'Pod', 'Endpoints'],
  keysOf(event, context) {
    return event.kind === 'Pod' ? servicesOf(event, context) : [event.key];
  },
  sync(key, context) {
    const { client } = context;
    const service = client.get('Service', key);
    if (service === undefined) {
      removeOwn(key, context);
      return;
    }
    if (service.metadata.deletionTimestamp !== undefined || !isManaged(service)) return;
    write(service, desired(service, context), context);
  },
};

/** A Service's Endpoints go with it; those that a user made for a Service that never was stay. */
function removeOwn(key: string, { client, minor }: ControllerContext): void {
  const found = client.get('Endpoints', key);
  const label = found?.metadata.labels?.[managedBy];
  if (found === undefined || (minor >= 33 && label !== 'endpoint-controller')) return;
  if (minor < 33 && found.metadata.annotations?.[trigger] === undefined) return;
  client.delete('Endpoints', key);
}

interface Entry {
  readonly ready: boolean;
  readonly address: EndpointAddress;
  readonly ports: readonly EndpointPort[];
}

function desired(service: Service, context: ControllerContext): readonly EndpointSubset[] {
  const entries: Entry[] = [];
  const publish = service.spec.publishNotReadyAddresses === true;
  for (const pod of members(service, context)) {
    if (pod.metadata.deletionTimestamp !== undefined && !publish) continue;
    const ip = primary(pod, service);
    if (ip === undefined) continue;
    const ports = portsOn(pod, service);
    const portless = (service.spec.ports ?? []).length === 0;
    if (ports.length === 0 && !(portless && isHeadless(service))) continue;
    const address = addressOf(pod, service, ip);
    entries.push({ ready: publish || isReady(pod), address, ports: ports as EndpointPort[] });
  }
  return pack(entries);
}

/** The pod's first address of the Service's first family: Endpoints know one family only. */
function primary(pod: Pod, service: Service): string | undefined {
  const v6 = service.spec.ipFamilies?.[0] === 'IPv6';
  return addressesOf(pod).find((ip) => ip.includes(':') === v6);
}

function addressOf(pod: Pod, service: Service, ip: string): EndpointAddress {
  const { name, namespace, uid } = pod.metadata;
  const hostname = hostnameFor(pod, service);
  const { nodeName } = pod.spec;
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: refTo(name, namespace, uid),
  };
}

function refTo(name: string, namespace: string | undefined, uid: string | undefined) {
  return { kind: 'Pod', namespace: namespace ?? 'default', name, uid: uid ?? '' };
}

/** endpoints.RepackSubsets: per port the addresses, not ready wins; then equal address sets share a subset. */
export function pack(entries: readonly Entry[]): readonly EndpointSubset[] {
  const byPort = new Map<string, { port: EndpointPort | null; members: Map<string, Entry> }>();
  for (const entry of entries) {
    for (const port of entry.ports.length === 0 ? [null] : entry.ports) {
      const name = portKey(port);
      const group = byPort.get(name) ?? { port, members: new Map<string, Entry>() };
      byPort.set(name, group);
      const id = addressKey(entry.address);
      const before = group.members.get(id);
      if (before === undefined || before.ready) group.members.set(id, entry);
    }
  }
  const bySet = new Map<string, { ports: EndpointPort[]; members: readonly Entry[] }>();
  for (const { port, members: group } of byPort.values()) {
    const sorted = [...group.values()].sort((a, b) => compareAddresses(a.address, b.address));
    const name = sorted.map((one) => `${one.ready} ${addressKey(one.address)}`).join(',');
    const subset = bySet.get(name) ?? { ports: [], members: sorted };
    bySet.set(name, subset);
    if (port !== null) subset.ports.push(port);
  }
  return [...bySet.values()].map(subsetOf).sort(compareSubsets);
}

function subsetOf(group: {
  readonly ports: EndpointPort[];
  readonly members: readonly Entry[];
}): EndpointSubset {
  const ready = group.members.filter((one) => one.ready).map((one) => one.address);
  const not = group.members.filter((one) => !one.ready).map((one) => one.address);
  const ports = group.ports.sort((a, b) => byCodeUnit(portKey(a), portKey(b)));
  return {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(not.length === 0 ? {} : { notReadyAddresses: not }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}

function portKey(port: EndpointPort | null): string {
  return port === null
    ? ''
    : `${port.name}/${port.protocol}/${port.port}/${port.appProtocol ?? ''}`;
}

function addressKey(address: EndpointAddress): string {
  return `${address.ip}/${address.targetRef?.uid ?? ''}`;
}

/** Byte-wise by the IP's text, then by UID. */
function compareAddresses(a: EndpointAddress, b: EndpointAddress): number {
  return byCodeUnit(a.ip, b.ip) || byCodeUnit(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');
}

/** Upstream orders by an MD5 of Go's dump; here by the ports' text, as any stable order does. */
function compareSubsets(a: EndpointSubset, b: EndpointSubset): number {
  const text = (subset: EndpointSubset) => (subset.ports ?? []).map(portKey).join(',');
  return byCodeUnit(text(a), text(b));
}

function write(
  service: Service,
  subsets: readonly EndpointSubset[],
  context: ControllerContext,
): void {
  const { client, minor } = context;
  const found = client.get('Endpoints', keyOf(service));
  const cut = truncate(subsets);
  const labels: Record<string, string> = { ...service.metadata.labels };
  delete labels[headlessLabel];
  if (minor >= 33) labels[managedBy] = 'endpoint-controller';
  if (isHeadless(service)) labels[headlessLabel] = '';
  if (found !== undefined && same(found.subsets, cut) && same(found.metadata.labels, labels))
    return;
  const annotations: Record<string, string> = { ...found?.metadata.annotations };
  annotations[trigger] = triggerTime(service, found === undefined, context);
  delete annotations[overCapacity];
  if (cut !== subsets) annotations[overCapacity] = 'truncated';
  const { name, namespace } = service.metadata;
  const wanted: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...found?.metadata, name, namespace: namespace ?? 'default', labels, annotations },
    subsets: cut,
  };
  if (found === undefined) client.create(wanted);
  else client.update(wanted);
}

/** At most 1000 addresses: ready ones first, each subset its share, rounded up. */
function truncate(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const count = (list: readonly unknown[] | undefined) => list?.length ?? 0;
  const ready = subsets.reduce((sum, one) => sum + count(one.addresses), 0);
  const not = subsets.reduce((sum, one) => sum + count(one.notReadyAddresses), 0);
  if (ready + not <= addressesMax) return subsets;
  const room = { ready: Math.min(ready, addressesMax), not: Math.max(0, addressesMax - ready) };
  const share = <T>(list: readonly T[] | undefined, total: number, limit: number, left: number) => {
    const all = list ?? [];
    return total === 0 ? [] : all.slice(0, Math.min(left, Math.ceil((all.length * limit) / total)));
  };
  const limits = { ...room };
  return subsets.map((subset) => {
    const kept = share(subset.addresses, ready, limits.ready, room.ready);
    const keptNot = share(subset.notReadyAddresses, not, limits.not, room.not);
    room.ready -= kept.length;
    room.not -= keptNot.length;
    const { addresses: _a, notReadyAddresses: _n, ...rest } = subset;
    return {
      ...rest,
      ...(kept.length === 0 ? {} : { addresses: kept }),
      ...(keptNot.length === 0 ? {} : { notReadyAddresses: keptNot }),
    };
  });
}
