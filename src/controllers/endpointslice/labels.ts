// The labels of an EndpointSlice: its Service's, but for the reserved ones, which only the controller sets.
// staging/src/k8s.io/endpointslice/utils.go setEndpointSliceLabels.
import type { EndpointSlice, Service } from '../../api/types.ts';
import { same } from '../equal.ts';
import { isHeadless } from './members.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const headlessLabel = 'service.kubernetes.io/headless';
export const controllerName = 'endpointslice-controller.k8s.io';

const reserved: readonly string[] = [serviceNameLabel, managedByLabel, headlessLabel];

type Labels = Readonly<Record<string, string>>;

function unreserved(labels: Labels | undefined): Labels {
  const own = Object.entries(labels ?? {}).filter(([name]) => !reserved.includes(name));
  return Object.fromEntries(own);
}

export function labelsFor(service: Service): Labels {
  return {
    ...unreserved(service.metadata.labels),
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: controllerName,
  };
}

/** The slice with its Service's labels; itself when they differ in reserved ones at most. */
export function relabelled(service: Service, slice: EndpointSlice): EndpointSlice {
  const { labels } = slice.metadata;
  if (same(unreserved(labels), unreserved(service.metadata.labels))) return slice;
  return { ...slice, metadata: { ...slice.metadata, labels: labelsFor(service) } };
}
