// What the plugin looks up in the API objects: Services by key, EndpointSlices by Service, both by address. Upstream
// keeps informer indexes (controller.go); here an index is made from a list once and kept as long as that list lives,
// so that a query costs no scan. Only ready addresses count (object/endpoint.go).
import type { EndpointSlice, Lister, Pod, Service } from '../../../api/types.ts';
import { type Addr, parseAddr } from '../../../net/addr.ts';
import type { LabelSelector } from './selector.ts';

export interface ReadyAddress {
  readonly ip: string;
  readonly addr: Addr;
  readonly hostname: string;
  /** Name of the Pod behind it; empty when unknown. */
  readonly targetName: string;
}

export interface NamedPort {
  readonly name: string;
  readonly protocol: string;
  /** -1: no port is declared. */
  readonly port: number;
}

/** One slice as CoreDNS keeps it. */
export interface Endpoints {
  readonly namespace: string;
  readonly service: string;
  readonly addresses: readonly ReadyAddress[];
  readonly ports: readonly NamedPort[];
}

const noPort: readonly NamedPort[] = [{ name: '', protocol: '', port: -1 }];

/** Ports of a Service; one without any has the pseudo port -1. */
export function portsOf(service: Service): readonly NamedPort[] {
  const ports = service.spec.ports ?? [];
  if (ports.length === 0) return noPort;
  return ports.map((p) => ({
    name: p.name ?? '',
    protocol: p.protocol ?? 'TCP',
    port: p.port,
  }));
}

export function isHeadless(service: Service): boolean {
  return clusterIPsOf(service)[0] === 'None';
}

export function clusterIPsOf(service: Service): readonly string[] {
  if (service.spec.clusterIPs !== undefined) return service.spec.clusterIPs;
  return service.spec.clusterIP === undefined ? [] : [service.spec.clusterIP];
}

function endpointsOf(slice: EndpointSlice): Endpoints {
  const addresses: ReadyAddress[] = [];
  for (const endpoint of slice.endpoints ?? []) {
    if (endpoint.conditions?.ready === false) continue;
    for (const ip of endpoint.addresses) {
      const addr = parseAddr(ip);
      if (addr === undefined) continue; // FQDN slices hold names, which are no addresses
      const targetName = endpoint.targetRef?.name ?? '';
      addresses.push({ ip, addr, hostname: endpoint.hostname ?? '', targetName });
    }
  }
  const ports = slice.ports ?? [];
  return {
    namespace: slice.metadata.namespace ?? '',
    service: slice.metadata.labels?.['kubernetes.io/service-name'] ?? '',
    addresses,
    ports:
      ports.length === 0
        ? noPort
        : ports.map((p) => ({
            name: p.name ?? '',
            protocol: p.protocol ?? 'TCP',
            port: p.port ?? -1,
          })),
  };
}

type Memo<V> = WeakMap<object, Map<string, V>>;

const slicesByService: Memo<readonly EndpointSlice[]> = new WeakMap();
const slicesByAddress: Memo<readonly EndpointSlice[]> = new WeakMap();
const servicesByAddress: Memo<readonly Service[]> = new WeakMap();
const podsByAddress: Memo<readonly Pod[]> = new WeakMap();
const read = new WeakMap<EndpointSlice, Endpoints>();

function group<T>(
  memo: Memo<readonly T[]>,
  list: readonly T[],
  keysOf: (item: T) => readonly string[],
): Map<string, readonly T[]> {
  let index = memo.get(list);
  if (index === undefined) {
    const made = new Map<string, T[]>();
    for (const item of list) {
      for (const key of new Set(keysOf(item))) {
        const items = made.get(key);
        if (items === undefined) made.set(key, [item]);
        else items.push(item);
      }
    }
    index = made;
    memo.set(list, index);
  }
  return index;
}

function canonical(ip: string): string {
  const addr = parseAddr(ip);
  return addr === undefined ? ip : addressKey(addr);
}

function addressKey(addr: Addr): string {
  return `${typeof addr === 'number' ? 4 : 6}/${addr}`;
}

function readSlice(slice: EndpointSlice): Endpoints {
  let endpoints = read.get(slice);
  if (endpoints === undefined) {
    endpoints = endpointsOf(slice);
    read.set(slice, endpoints);
  }
  return endpoints;
}

/** The API as one `kubernetes` block sees it: `labels` filters Services, EndpointSlices and Pods alike. */
export class ApiIndex {
  readonly #lister: Lister;
  readonly #labels: LabelSelector | null;
  readonly #withEndpoints: boolean;

  constructor(lister: Lister, labels: LabelSelector | null, withEndpoints: boolean) {
    this.#lister = lister;
    this.#labels = labels;
    this.#withEndpoints = withEndpoints;
  }

  #watched(object: { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } }) {
    return this.#labels === null || this.#labels(object.metadata.labels ?? {});
  }

  namespaceLabels(name: string): Readonly<Record<string, string>> | undefined {
    const namespace = this.#lister.get('Namespace', name);
    return namespace === undefined ? undefined : (namespace.metadata.labels ?? {});
  }

  service(namespace: string, name: string): Service | undefined {
    const service = this.#lister.get('Service', `${namespace}/${name}`);
    return service !== undefined && this.#watched(service) ? service : undefined;
  }

  /** Slices of a Service in order of their names. */
  endpoints(namespace: string, service: string): readonly Endpoints[] {
    const list = this.#lister.list('EndpointSlice', namespace);
    const index = group(slicesByService, list, (slice) => [readSlice(slice).service]);
    return this.#keep(index.get(service));
  }

  endpointsByAddress(addr: Addr): readonly Endpoints[] {
    const list = this.#lister.list('EndpointSlice');
    const index = group(slicesByAddress, list, (slice) =>
      readSlice(slice).addresses.map((a) => addressKey(a.addr)),
    );
    return this.#keep(index.get(addressKey(addr)));
  }

  #keep(slices: readonly EndpointSlice[] | undefined): readonly Endpoints[] {
    if (!this.#withEndpoints) return [];
    return (slices ?? []).filter((slice) => this.#watched(slice)).map(readSlice);
  }

  servicesByAddress(addr: Addr): readonly Service[] {
    const list = this.#lister.list('Service');
    const index = group(servicesByAddress, list, (service) =>
      clusterIPsOf(service)
        .filter((ip) => ip !== '' && ip !== 'None')
        .map(canonical),
    );
    return (index.get(addressKey(addr)) ?? []).filter((service) => this.#watched(service));
  }

  /** Whether a running Pod of the namespace has exactly this address text. */
  hasPod(namespace: string, ip: string): boolean {
    const list = this.#lister.list('Pod', namespace);
    const index = group(podsByAddress, list, (pod) => {
      const phase = pod.status?.phase ?? '';
      const gone = phase === 'Succeeded' || phase === 'Failed' || phase === 'Unknown';
      const deleting = pod.metadata.deletionTimestamp !== undefined;
      const address = pod.status?.podIP ?? '';
      return gone || deleting || address === '' ? [] : [address];
    });
    return (index.get(ip) ?? []).some((pod) => this.#watched(pod));
  }
}
