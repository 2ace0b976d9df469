// The EndpointSlices that hand-made Endpoints stand for: one per port set and family, at most 1000 addresses each.
// pkg/controller/endpointslicemirroring: reconciler.go, reconciler_helpers.go, utils.go.
import { lastAppliedKey } from '../../api/last-applied.ts';
import type {
  Endpoint,
  EndpointAddress,
  EndpointSlice,
  EndpointSlicePort,
  EndpointSubset,
  Endpoints,
} from '../../api/types.ts';
import { familyOf, parseAddr } from '../../net/addr.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { repacked } from '../endpoints/repack.ts';
import { portsKey } from '../endpointslice/desired.ts';
import { managedByLabel, serviceNameLabel } from '../endpointslice/labels.ts';
import { controllerRef } from '../pods.ts';

export const controllerName = 'endpointslicemirroring-controller.k8s.io';
/** --mirroring-max-endpoints-per-subset. */
export const addressesMax = 1000;

const notCopied: readonly string[] = [
  'endpoints.kubernetes.io/last-change-trigger-time',
  lastAppliedKey,
];

export interface Wanted {
  readonly addressType: string;
  readonly ports: readonly EndpointSlicePort[];
  readonly endpoints: readonly Endpoint[];
}

export interface Mirrored {
  /** By family and ports; none is empty. */
  readonly groups: ReadonlyMap<string, Wanted>;
  readonly invalid: number;
  /** Addresses left out, the invalid ones included. */
  readonly skipped: number;
}

export function groupKey(addressType: string, ports: readonly EndpointSlicePort[]): string {
  return `${addressType} ${portsKey(ports)}`;
}

/** Ready addresses come first, so that they are kept where there are too many. */
export function mirrored(endpoints: Endpoints): Mirrored {
  const groups = new Map<string, Wanted & { readonly byId: Map<string, Endpoint> }>();
  let invalid = 0;
  let skipped = 0;
  for (const subset of repacked(endpoints.subsets ?? [])) {
    const ports = (subset.ports ?? []).map((port) => ({ name: '', protocol: 'TCP', ...port }));
    let added = 0;
    for (const { address, ready } of addressesOf(subset)) {
      if (added >= addressesMax) break;
      const ip = parseAddr(address.ip);
      if (ip === undefined) {
        invalid++;
        continue;
      }
      const addressType = familyOf(ip) === 4 ? 'IPv4' : 'IPv6';
      const key = groupKey(addressType, ports);
      const group = groups.get(key) ?? { addressType, ports, endpoints: [], byId: new Map() };
      groups.set(key, group);
      const endpoint = mirror(address, ready);
      group.byId.set(identity(endpoint), endpoint);
      added++;
    }
    skipped += addressesOf(subset).length - added;
  }
  const full = [...groups].map(
    ([key, { byId, ...rest }]) => [key, { ...rest, endpoints: [...byId.values()] }] as const,
  );
  return { groups: new Map(full), invalid, skipped };
}

function addressesOf(subset: EndpointSubset) {
  const ready = (subset.addresses ?? []).map((address) => ({ address, ready: true }));
  const not = (subset.notReadyAddresses ?? []).map((address) => ({ address, ready: false }));
  return [...ready, ...not];
}

function mirror(address: EndpointAddress, ready: boolean): Endpoint {
  const { ip, hostname = '', nodeName, targetRef } = address;
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === '' ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

/** Two endpoints are one when address, host name and target are. */
function identity({ addresses, hostname, targetRef }: Endpoint): string {
  const target = `${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`;
  return `${[...addresses].sort(byCodeUnit).join(',')} ${hostname ?? ''} ${target}`;
}

/** The slice as it should be; `name`: a new one, or that of a slice it takes over. */
export function sliceFor(endpoints: Endpoints, wanted: Wanted, name: string): EndpointSlice {
  const { namespace = 'default', annotations = {}, labels } = endpoints.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !notCopied.includes(key));
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      generateName: `${endpoints.metadata.name}-`,
      namespace,
      labels: {
        ...labels,
        [serviceNameLabel]: endpoints.metadata.name,
        [managedByLabel]: controllerName,
      },
      annotations: Object.fromEntries(kept),
      ownerReferences: [controllerRef(endpoints)],
    },
    addressType: wanted.addressType,
    ports: wanted.ports,
    endpoints: wanted.endpoints,
  };
}
