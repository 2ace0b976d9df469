// Cells of Services, Endpoints and EndpointSlices. Models printService, printEndpoints and printEndpointSlice of
// pkg/printers/internalversion/printers.go.
import type { AnyObject, EndpointSlice, Endpoints, Service } from '../../api/types.ts';
import type { CellContext, Cells } from './cells.ts';

const shownMax = 3;

function serviceRow(object: AnyObject, context: CellContext): readonly string[] {
  const service = object as unknown as Service;
  const { spec } = service;
  return [
    service.metadata.name,
    spec.type ?? 'ClusterIP',
    spec.clusterIPs?.[0] ?? (spec.clusterIP || '<none>'),
    externalIP(service, context.wide),
    ports(service),
    context.age,
    selector(spec.selector),
  ];
}

function externalIP(service: Service, wide: boolean): string {
  const { type, externalIPs = [], externalName } = service.spec;
  if (type === 'ExternalName') return externalName ?? '';
  if (type !== 'LoadBalancer') return externalIPs.length === 0 ? '<none>' : externalIPs.join(',');
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  const unique = [...new Set(ingress.map((entry) => entry.ip ?? entry.hostname ?? ''))].sort();
  const joined = unique.join(',');
  const cut = !wide && joined.length > 16 ? `${joined.slice(0, 13)}...` : joined;
  const all = [...(cut === '' ? [] : [cut]), ...externalIPs];
  return all.length === 0 ? '<pending>' : all.join(',');
}

function ports(service: Service): string {
  const list = (service.spec.ports ?? []).map((port) => {
    const node = (port.nodePort ?? 0) > 0 ? `:${port.nodePort}` : '';
    return `${port.port}${node}/${port.protocol ?? 'TCP'}`;
  });
  return list.length === 0 ? '<none>' : list.join(',');
}

function selector(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key]}`).join(',');
}

export const serviceCells: Cells = {
  columns: ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'],
  wide: ['SELECTOR'],
  cells: serviceRow,
};

/** At most three, then " + N more...". */
function atMostThree(list: readonly string[]): string {
  const shown = list.slice(0, shownMax).join(',');
  const more = list.length - shownMax;
  return more > 0 ? `${shown} + ${more} more...` : shown;
}

/** "10.0.0.1:80", "[fd00::1]:80". */
function endpointText(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function endpointsText(endpoints: Endpoints): string {
  const { subsets = [] } = endpoints;
  if (subsets.length === 0) return '<none>';
  const list: string[] = [];
  for (const { addresses = [], ports = [] } of subsets) {
    if (ports.length === 0) list.push(...addresses.map((address) => address.ip));
    for (const port of ports) {
      list.push(...addresses.map((address) => endpointText(address.ip, port.port)));
    }
  }
  return atMostThree(list);
}

export const endpointsCells: Cells = {
  columns: ['NAME', 'ENDPOINTS', 'AGE'],
  wide: [],
  cells: (object, context) => [
    object.metadata.name,
    endpointsText(object as unknown as Endpoints),
    context.age,
  ],
};

export const endpointSliceCells: Cells = {
  columns: ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const slice = object as unknown as EndpointSlice;
    const portTexts = (slice.ports ?? []).map((port) =>
      port.port === undefined ? (port.name ?? '') || '*' : String(port.port),
    );
    const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
    return [
      slice.metadata.name,
      slice.addressType ?? '',
      portTexts.length === 0 ? '<unset>' : atMostThree(portTexts),
      addresses.length === 0 ? '<unset>' : atMostThree(addresses),
      context.age,
    ];
  },
};
