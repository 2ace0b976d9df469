// The Endpoints object of each Service with a selector: one per Service, one family, addresses by readiness.
// Modelled after pkg/controller/endpoint; the layout of subsets is in repack.ts. That Endpoints go with their Service
// is also the API server's work (registry/core/service AfterDelete), which does it first here.
import type {
  EndpointAddress,
  EndpointPort,
  EndpointSubset,
  Endpoints,
  Pod,
  Service,
} from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import {
  addressesOf,
  hostnameFor,
  isHeadless,
  isManaged,
  isMember,
  portsOn,
  selectedPods,
  servicesOf,
  sidecarPortsSince,
} from '../endpointslice/members.ts';
import { forgetTriggerTimes, triggerTime, withTriggerTime } from '../endpointslice/trigger.ts';
import { same } from '../equal.ts';
import { isReady } from '../pods.ts';
import { repacked } from './repack.ts';
import { addressesMax, sizeOf, truncated } from './truncate.ts';

const overCapacity = 'endpoints.kubernetes.io/over-capacity';
const headlessLabel = 'service.kubernetes.io/headless';
const managedBy = 'endpoints.kubernetes.io/managed-by';
/** Since when the controller marks its objects. */
const managedBySince = 33;

export const endpoints: Controller = {
  name: 'endpoints',
  watches: ['Service', 'Pod', 'Endpoints'],
  keysOf(event, context) {
    if (event.kind === 'Pod') return servicesOf(event, context);
    // What users write into Endpoints stays until the Service is synced for another reason.
    return event.kind === 'Endpoints' && event.type !== 'DELETED' ? [] : [event.key];
  },
  sync(key, context) {
    const { client } = context;
    const service = client.get('Service', key);
    if (service === undefined) {
      if (client.get('Endpoints', key) !== undefined) client.delete('Endpoints', key);
      forgetTriggerTimes('endpoints', key, context);
      return;
    }
    if (!isManaged(service)) return;
    const pods = selectedPods(service, context);
    const time = triggerTime('endpoints', service, pods, context);
    write(service, subsetsFor(service, pods, context), time, context);
  },
};

/** One subset per pod and port, then the canonical layout. */
function subsetsFor(
  service: Service,
  pods: readonly Pod[],
  { minor }: ControllerContext,
): readonly EndpointSubset[] {
  const subsets: EndpointSubset[] = [];
  const publish = service.spec.publishNotReadyAddresses === true;
  const isPortless = (service.spec.ports ?? []).length === 0;
  for (const pod of pods) {
    if (!isMember(pod) || (pod.metadata.deletionTimestamp !== undefined && !publish)) continue;
    const ip = primary(pod, service);
    if (ip === undefined) continue;
    const ports = portsOn(pod, service, minor >= sidecarPortsSince.endpoints) as EndpointPort[];
    if (ports.length === 0 && !(isPortless && service.spec.clusterIP === 'None')) continue;
    const address = addressOf(pod, service, ip);
    const isPublished = publish || isReady(pod);
    const kind = isPublished ? 'addresses' : 'notReadyAddresses';
    subsets.push({ [kind]: [address], ports });
  }
  return repacked(subsets);
}

/** The pod's first address of the Service's first family: Endpoints know one family only. */
function primary(pod: Pod, { spec }: Service): string | undefined {
  const ips = addressesOf(pod);
  const { ipFamilies, clusterIP = '' } = spec;
  const isHeadful = clusterIP !== '' && clusterIP !== 'None';
  const v6 =
    ipFamilies?.[0] === undefined
      ? (isHeadful ? clusterIP : (ips[0] ?? '')).includes(':')
      : ipFamilies[0] === 'IPv6';
  return ips.find((ip) => ip.includes(':') === v6);
}

function addressOf(pod: Pod, service: Service, ip: string): EndpointAddress {
  const { name, namespace, uid } = pod.metadata;
  const hostname = hostnameFor(pod, service);
  const { nodeName } = pod.spec;
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace: namespace ?? 'default', name, uid: uid ?? '' },
  };
}

function write(
  service: Service,
  subsets: readonly EndpointSubset[],
  time: string | undefined,
  { client, minor }: ControllerContext,
): void {
  const found = client.get('Endpoints', keyOf(service));
  const labels: Record<string, string> = { ...service.metadata.labels };
  delete labels[headlessLabel];
  if (minor >= managedBySince) labels[managedBy] = 'endpoint-controller';
  if (isHeadless(service)) labels[headlessLabel] = '';
  if (found !== undefined && isCurrent(found, subsets, labels)) return;
  const { [overCapacity]: _, ...kept } = withTriggerTime(found?.metadata.annotations, time);
  const cut = truncated(subsets);
  const annotations = cut === subsets ? kept : { ...kept, [overCapacity]: 'truncated' };
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

/** What is over capacity was cut, and is written again in every sync (capacityAnnotationSetCorrectly). */
function isCurrent(
  found: Endpoints,
  subsets: readonly EndpointSubset[],
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    same(found.subsets, subsets) &&
    same(found.metadata.labels, labels) &&
    sizeOf(found.subsets ?? []) <= addressesMax &&
    found.metadata.annotations?.[overCapacity] === undefined
  );
}
