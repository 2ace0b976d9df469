// Services, EndpointSlices and ServiceImports as CoreDNS keeps them (plugin/kubernetes/object): only ready endpoints, the
// pseudo port -1 where none is declared, addresses as the text that the object has. Not here: how they are found.
import type { AnyObject, EndpointSlice, Service } from '../../../api/types.ts';
import { type Host, hostOf } from '../../source.ts';

/** An FQDN slice has names. */
export interface Address extends Host {
  /** Empty: none. */
  readonly hostname: string;
  /** Name of the Pod behind it; empty when unknown. */
  readonly targetName: string;
  /** Topology zone in lower case; empty when unknown. */
  readonly zone: string;
}

export interface NamedPort {
  readonly name: string;
  readonly protocol: string;
  /** -1: no port is declared. */
  readonly port: number;
}

/** One slice. */
export interface Endpoints {
  readonly namespace: string;
  /** Empty: the slice belongs to no Service. */
  readonly service: string;
  /** Of a slice that a multicluster controller made: the ServiceImport and where it comes from; empty: neither. */
  readonly imported: string;
  readonly cluster: string;
  readonly addresses: readonly Address[];
  readonly ports: readonly NamedPort[];
}

/** A Service or a ServiceImport. */
export interface ServiceEntry {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly externalName: string;
  /** At least one of a Service: '' before an address is allocated, "None" of a headless one. */
  readonly clusterIPs: readonly Host[];
  readonly headless: boolean;
  readonly ports: readonly NamedPort[];
  /** External addresses, then what the load balancer has: addresses or host names. */
  readonly externalIPs: readonly Host[];
}

export interface ServiceImport extends AnyObject {
  readonly spec?: {
    readonly type?: string;
    readonly ips?: readonly string[];
    readonly ports?: readonly {
      readonly name?: string;
      readonly protocol?: string;
      port: number;
    }[];
  };
}

const noPort: readonly NamedPort[] = [{ name: '', protocol: '', port: -1 }];

interface PortLike {
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
}

function portsOf(list: readonly PortLike[] | undefined): readonly NamedPort[] {
  return (list ?? []).map(({ name = '', protocol = 'TCP', port = -1 }) => ({
    name,
    protocol,
    port,
  }));
}

function orNone(ports: readonly NamedPort[]): readonly NamedPort[] {
  return ports.length === 0 ? noPort : ports;
}

const services = new WeakMap<Service, ServiceEntry>();
const slices = new WeakMap<EndpointSlice, Endpoints>();
const imports = new WeakMap<ServiceImport, ServiceEntry>();

function remembered<K extends object, V>(memo: WeakMap<K, V>, key: K, make: (key: K) => V): V {
  let value = memo.get(key);
  if (value === undefined) {
    value = make(key);
    memo.set(key, value);
  }
  return value;
}

export function serviceEntry(service: Service): ServiceEntry {
  return remembered(services, service, ({ metadata, spec, status }) => {
    const given = spec.clusterIPs ?? [];
    const clusterIPs = (given.length > 0 ? given : [spec.clusterIP ?? '']).map(hostOf);
    const ingress = status?.loadBalancer?.ingress ?? [];
    return {
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      type: spec.type ?? '',
      externalName: spec.externalName ?? '',
      clusterIPs,
      headless: clusterIPs[0]?.ip === 'None',
      ports: orNone(portsOf(spec.ports)),
      externalIPs: [
        ...(spec.externalIPs ?? []),
        ...ingress.map(({ ip = '', hostname = '' }) => (ip === '' ? hostname : ip)),
      ].map(hostOf),
    };
  });
}

/** Imports without ports have none, not the pseudo port: such a name is never found. */
export function importEntry(object: ServiceImport): ServiceEntry {
  return remembered(imports, object, ({ metadata, spec }) => ({
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    type: spec?.type ?? '',
    externalName: '',
    clusterIPs: (spec?.ips ?? []).map(hostOf),
    headless: spec?.type === 'Headless',
    ports: portsOf(spec?.ports),
    externalIPs: [],
  }));
}

export function endpointsEntry(slice: EndpointSlice): Endpoints {
  return remembered(slices, slice, ({ metadata, endpoints, ports }) => ({
    namespace: metadata.namespace ?? '',
    service: metadata.labels?.['kubernetes.io/service-name'] ?? '',
    imported: metadata.labels?.['multicluster.kubernetes.io/service-name'] ?? '',
    cluster: metadata.labels?.['multicluster.kubernetes.io/source-cluster'] ?? '',
    addresses: (endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap((endpoint) =>
        endpoint.addresses.map((ip) => ({
          ...hostOf(ip),
          hostname: endpoint.hostname ?? '',
          targetName: endpoint.targetRef?.name ?? '',
          zone: (endpoint.zone ?? '').toLowerCase(),
        })),
      ),
    ports: orNone(portsOf(ports)),
  }));
}
