// What the plugin looks up in the API objects: Services by key, EndpointSlices by Service, both by address. Upstream
// keeps informer indexes (controller.go); here an index is made from a list once and kept as long as that list lives,
// so that a query costs no scan.
import type { EndpointSlice, Kind, Lister, Pod, Service } from '../../../api/types.ts';
import {
  type Endpoints,
  endpointsEntry,
  importEntry,
  type ServiceEntry,
  type ServiceImport,
  serviceEntry,
} from './objects.ts';
import type { LabelSelector } from './selector.ts';

type Memo<V> = WeakMap<object, Map<string, readonly V[]>>;

const slicesByService: Memo<EndpointSlice> = new WeakMap();
const slicesByImport: Memo<EndpointSlice> = new WeakMap();
const slicesByAddress: Memo<EndpointSlice> = new WeakMap();
const servicesByAddress: Memo<Service> = new WeakMap();
const servicesByExternal: Memo<Service> = new WeakMap();
const podsByAddress: Memo<Pod> = new WeakMap();

function group<T>(
  memo: Memo<T>,
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

interface Labelled {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

export interface Watched {
  /** Filters Services, EndpointSlices and Pods alike. */
  readonly labels: LabelSelector | null;
  /** Filters Namespaces, and ServiceImports too (upstream hands them the same selector). */
  readonly namespaceLabels: LabelSelector | null;
  readonly endpoints: boolean;
}

const none: readonly never[] = [];

/** The API as one `kubernetes` block sees it. Addresses are compared as texts. */
export class ApiIndex {
  readonly #lister: Lister;
  readonly #watched: Watched;

  constructor(lister: Lister, watched: Watched) {
    this.#lister = lister;
    this.#watched = watched;
  }

  #labelled(object: Labelled): boolean {
    const { labels } = this.#watched;
    return labels === null || labels(object.metadata.labels ?? {});
  }

  #inLabelledNamespace(object: Labelled): boolean {
    const { namespaceLabels } = this.#watched;
    return namespaceLabels === null || namespaceLabels(object.metadata.labels ?? {});
  }

  hasNamespace(name: string): boolean {
    const namespace = this.#lister.get('Namespace', name);
    return namespace !== undefined && this.#inLabelledNamespace(namespace);
  }

  service(namespace: string, name: string): ServiceEntry | undefined {
    const service = this.#lister.get('Service', `${namespace}/${name}`);
    return service !== undefined && this.#labelled(service) ? serviceEntry(service) : undefined;
  }

  /** All of them, by namespace and name. */
  services(): readonly ServiceEntry[] {
    return this.#keepServices(this.#lister.list('Service'));
  }

  #keepServices(services: readonly Service[] | undefined): readonly ServiceEntry[] {
    return (services ?? none).filter((one) => this.#labelled(one)).map(serviceEntry);
  }

  /** Slices of a Service in order of their names. */
  endpoints(namespace: string, service: string): readonly Endpoints[] {
    const list = this.#lister.list('EndpointSlice', namespace);
    const index = group(slicesByService, list, (slice) => [endpointsEntry(slice).service]);
    return this.#keep(index.get(service));
  }

  endpointsByAddress(ip: string): readonly Endpoints[] {
    const list = this.#lister.list('EndpointSlice');
    const index = group(slicesByAddress, list, (slice) =>
      endpointsEntry(slice).addresses.map((one) => one.ip),
    );
    return this.#keep(index.get(ip));
  }

  #keep(slices: readonly EndpointSlice[] | undefined): readonly Endpoints[] {
    if (!this.#watched.endpoints || slices === undefined) return none;
    return slices.filter((slice) => this.#labelled(slice)).map(endpointsEntry);
  }

  servicesByAddress(ip: string): readonly ServiceEntry[] {
    const list = this.#lister.list('Service');
    const index = group(servicesByAddress, list, (one) =>
      serviceEntry(one).clusterIPs.map(({ ip: own }) => own),
    );
    return this.#keepServices(index.get(ip));
  }

  servicesByExternal(ip: string): readonly ServiceEntry[] {
    const list = this.#lister.list('Service');
    const index = group(servicesByExternal, list, (one) =>
      serviceEntry(one).externalIPs.map(({ ip: own }) => own),
    );
    return this.#keepServices(index.get(ip));
  }

  /** All of them, by namespace and name. They are objects of a custom kind. */
  serviceImports(): readonly ServiceEntry[] {
    const list = this.#lister.list('ServiceImport' as Kind) as readonly object[];
    return (list as readonly ServiceImport[])
      .filter((one) => this.#inLabelledNamespace(one))
      .map(importEntry);
  }

  serviceImport(namespace: string, name: string): ServiceEntry | undefined {
    return this.serviceImports().find((one) => one.namespace === namespace && one.name === name);
  }

  /** Slices of a ServiceImport, also where `noendpoints` turns off the others. */
  importedEndpoints(namespace: string, name: string): readonly Endpoints[] {
    const list = this.#lister.list('EndpointSlice', namespace);
    const index = group(slicesByImport, list, (slice) => [endpointsEntry(slice).imported]);
    const slices = index.get(name) ?? none;
    return slices.filter((slice) => this.#labelled(slice)).map(endpointsEntry);
  }

  /** Running Pods that have exactly this address text. */
  pods(ip: string): readonly Pod[] {
    const list = this.#lister.list('Pod');
    const index = group(podsByAddress, list, (pod) => {
      const phase = pod.status?.phase ?? '';
      const gone = phase === 'Succeeded' || phase === 'Failed' || phase === 'Unknown';
      const deleting = pod.metadata.deletionTimestamp !== undefined;
      const address = pod.status?.podIP ?? '';
      return gone || deleting ? [] : [address];
    });
    return (index.get(ip) ?? none).filter((pod) => this.#labelled(pod));
  }
}
