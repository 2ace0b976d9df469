// EndpointSlices for hand-made Endpoints of Services without a selector. Modelled after
// pkg/controller/endpointslicemirroring: one slice per port set and family, at most 1000 addresses per subset.
import type { Endpoint, EndpointAddress, EndpointSlice, Endpoints } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { familyOf, parseAddr } from '../../net/addr.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { type Group, portsKey } from '../endpointslice/desired.ts';
import { same } from '../equal.ts';
import { generateName } from '../names.ts';
import { controllerRef } from '../pods.ts';

const labels = {
  service: 'kubernetes.io/service-name',
  managedBy: 'endpointslice.kubernetes.io/managed-by',
  skip: 'endpointslice.kubernetes.io/skip-mirror',
} as const;
const own = 'endpointslicemirroring-controller.k8s.io';
const leader = 'control-plane.alpha.kubernetes.io/leader';
const notCopied = [
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
];
const addressesMax = 1000;

export const mirroring: Controller = {
  name: 'endpointslicemirroring',
  watches: ['Service', 'Endpoints', 'EndpointSlice'],
  keysOf(event) {
    if (event.kind !== 'EndpointSlice') return [event.key];
    const { labels: given, namespace } = event.object.metadata;
    if (given?.[labels.managedBy] !== own) return [];
    return [`${namespace}/${given[labels.service]}`];
  },
  sync(key, context) {
    const { client, index } = context;
    const slash = key.indexOf('/');
    const slices = index
      .slicesOf(key.slice(0, slash), key.slice(slash + 1))
      .flatMap((slice) => client.get('EndpointSlice', slice) ?? [])
      .filter((slice) => slice.metadata.labels?.[labels.managedBy] === own);
    const endpoints = client.get('Endpoints', key);
    const mirrored = endpoints !== undefined && wanted(endpoints, key, context);
    const groups = mirrored ? groupsOf(endpoints, context) : new Map<string, Typed>();
    for (const slice of slices) {
      const name = `${slice.addressType} ${portsKey(slice.ports ?? [])}`;
      const group = groups.get(name);
      groups.delete(name);
      if (group === undefined || endpoints === undefined) {
        client.delete('EndpointSlice', keyOf(slice));
      } else refresh(endpoints, slice, group, context);
    }
    for (const group of groups.values()) {
      if (endpoints !== undefined) create(endpoints, group, context);
    }
  },
};

function wanted(endpoints: Endpoints, key: string, { client }: ControllerContext): boolean {
  const service = client.get('Service', key);
  const { metadata } = endpoints;
  return (
    service !== undefined &&
    service.spec.selector === undefined &&
    metadata.deletionTimestamp === undefined &&
    metadata.labels?.[labels.skip] !== 'true' &&
    metadata.annotations?.[leader] === undefined
  );
}

type Typed = Group & { readonly addressType: string };

function groupsOf(endpoints: Endpoints, context: ControllerContext): Map<string, Typed> {
  const groups = new Map<string, Typed>();
  for (const subset of endpoints.subsets ?? []) {
    const ports = (subset.ports ?? []).map((port) => ({ name: '', protocol: 'TCP', ...port }));
    const ready = (subset.addresses ?? []).map((one) => ({ one, ready: true }));
    const not = (subset.notReadyAddresses ?? []).map((one) => ({ one, ready: false }));
    const all = [...ready, ...not];
    if (all.length > addressesMax) {
      const text = `A max of ${addressesMax} addresses can be mirrored to EndpointSlices per Endpoints subset. ${all.length - addressesMax} addresses were skipped`;
      context.client.event(endpoints, 'Warning', 'TooManyAddressesToMirror', text);
    }
    for (const { one, ready: isReady } of all.slice(0, addressesMax)) {
      const ip = parseAddr(one.ip);
      if (ip === undefined) continue;
      const addressType = familyOf(ip) === 4 ? 'IPv4' : 'IPv6';
      const name = `${addressType} ${portsKey(ports)}`;
      const before = groups.get(name) ?? { addressType, ports, endpoints: [] };
      groups.set(name, { ...before, endpoints: [...before.endpoints, mirror(one, isReady)] });
    }
  }
  return groups;
}

function mirror(address: EndpointAddress, ready: boolean): Endpoint {
  const { ip, hostname, nodeName, targetRef } = address;
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

function metadataOf(endpoints: Endpoints) {
  const annotations = Object.entries(endpoints.metadata.annotations ?? {});
  return {
    labels: {
      ...endpoints.metadata.labels,
      [labels.service]: endpoints.metadata.name,
      [labels.managedBy]: own,
    },
    annotations: Object.fromEntries(annotations.filter(([name]) => !notCopied.includes(name))),
  };
}

function refresh(
  endpoints: Endpoints,
  slice: EndpointSlice,
  group: Typed,
  { client }: ControllerContext,
): void {
  const metadata = metadataOf(endpoints);
  const unchanged =
    same(slice.endpoints, group.endpoints) &&
    same(slice.metadata.labels, metadata.labels) &&
    same(slice.metadata.annotations, metadata.annotations);
  if (unchanged) return;
  client.update({
    ...slice,
    metadata: { ...slice.metadata, ...metadata },
    endpoints: group.endpoints,
  });
}

function create(endpoints: Endpoints, group: Typed, { client, choices }: ControllerContext): void {
  const { name, namespace = 'default' } = endpoints.metadata;
  const taken = (slice: string) =>
    client.get('EndpointSlice', `${namespace}/${slice}`) !== undefined;
  client.create<EndpointSlice>({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: generateName(`${name}-`, choices, taken),
      generateName: `${name}-`,
      namespace,
      ...metadataOf(endpoints),
      ownerReferences: [controllerRef(endpoints)],
    },
    addressType: group.addressType,
    ports: group.ports,
    endpoints: group.endpoints,
  });
}
