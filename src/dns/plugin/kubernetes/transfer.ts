// All records of a zone for AXFR (CoreDNS plugin/kubernetes/xfr.go): its SOA first and last, name servers, then Services
// by name. Services of one name in several namespaces come in no order upstream; here by namespace.
import { IN, type ResourceRecord } from '../../message/message.ts';
import { absolute } from '../../message/name.ts';
import type { ZoneRecords } from '../../plugin.ts';
import { addressRecord, fullName, type Host, hostOf, weightOf } from '../../source.ts';
import { type NameServer, nameServers } from './name-servers.ts';
import type { Endpoints, NamedPort, ServiceEntry } from './objects.ts';
import { soa } from './records.ts';
import type { Backend } from './services.ts';

/** Releases 1.12.2 to 1.14.4 end the stream once for each name server: without one the client waits in vain, and with two the
 * process dies, of which only the client's silence is modelled. */
export function transferred(backend: Backend, zone: string, serial: number): ZoneRecords {
  // The serial is that of the cluster's zone in other zones too.
  const edge = [{ ...soa(backend, zone), serial: backend.environment.serial() }];
  if (serial !== 0 && edge[0]?.kind === 'SOA' && edge[0].serial === serial) return [edge];
  const servers = nameServers(backend);
  if (backend.facts.repeatedTransfer && servers.length !== 1) return { error: null };
  const multicluster = backend.isMulticluster(zone);
  const services = multicluster ? backend.index.serviceImports() : backend.index.services();
  const byName = services
    .filter(({ namespace }) => backend.exposes(namespace))
    .map((service, i) => ({ service, i }))
    .sort((a, b) => order(a.service.name, b.service.name) || a.i - b.i);
  const records = byName.flatMap(({ service }) => {
    const slices = multicluster
      ? backend.index.importedEndpoints(service.namespace, service.name)
      : backend.index.endpoints(service.namespace, service.name);
    return serviceRecords({ backend, zone, multicluster }, service, slices).map((one) => [one]);
  });
  return [edge, ...serverRecords(backend, zone, servers), ...records, edge];
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The addresses have a TTL of 0: nobody sets one. */
function serverRecords(
  backend: Backend,
  zone: string,
  servers: readonly NameServer[],
): readonly (readonly ResourceRecord[])[] {
  const glue = servers.map(({ owner, addr }) => addressRecord(fullName(owner, zone), addr, 0));
  const { ttl } = backend.options;
  const seen = new Set<string>();
  const records = servers.flatMap(({ owner }): readonly (readonly ResourceRecord[])[] => {
    const again = backend.facts.repeatedGlue ? [glue] : [];
    if (seen.has(owner)) return again;
    seen.add(owner);
    const target = fullName(owner, zone);
    return [[{ kind: 'NS', name: zone, class: IN, ttl, target }], ...again];
  });
  return backend.facts.repeatedGlue ? records : [...records, glue];
}

interface Zone {
  readonly backend: Backend;
  readonly zone: string;
  readonly multicluster: boolean;
}

function serviceRecords(
  at: Zone,
  service: ServiceEntry,
  slices: readonly Endpoints[],
): readonly ResourceRecord[] {
  const { backend, zone, multicluster } = at;
  const owner = fullName(`${service.name}.${service.namespace}.svc`, zone);
  const { ttl } = backend.options;
  if (service.type === 'ExternalName' && !multicluster) {
    const { addr, ip } = hostOf(service.externalName);
    if (addr !== null) return [];
    return [{ kind: 'CNAME', name: owner, class: IN, ttl, target: absolute(ip) }];
  }
  const isKnown = ['ClusterIP', 'NodePort', 'LoadBalancer'].includes(service.type);
  if (!isKnown && !multicluster) return [];
  const hosts = backend.clusterIPs(service);
  const isReached = (hosts[0]?.addr ?? null) !== null;
  if (isReached) return clusterRecords(service, hosts, owner, ttl);
  return slices.flatMap((slice) => endpointRecords(backend, slice, owner));
}

function addressesOf(owner: string, { addr }: Host, ttl: number): readonly ResourceRecord[] {
  return addr === null ? [] : [addressRecord(owner, addr, ttl)];
}

/** SRV records stand at the Service's name too, for clients that look for their peers; without ports with port 65535. */
function clusterRecords(
  service: ServiceEntry,
  hosts: readonly Host[],
  owner: string,
  ttl: number,
): readonly ResourceRecord[] {
  const srv = (name: string, port: number): ResourceRecord => {
    const fields = { priority: 0, weight: 100, port: port & 0xffff, target: owner };
    return { kind: 'SRV', name, class: IN, ttl, ...fields };
  };
  return [
    ...hosts.flatMap((host) => addressesOf(owner, host, ttl)),
    ...service.ports.flatMap((port) => [
      srv(owner, port.port),
      ...(port.name === '' ? [] : [srv(portName(port, owner), port.port)]),
    ]),
  ];
}

function portName({ name, protocol }: NamedPort, owner: string): string {
  return `_${name.toLowerCase()}._${protocol.toLowerCase()}.${owner}`;
}

function endpointRecords(
  backend: Backend,
  { addresses, ports }: Endpoints,
  owner: string,
): readonly ResourceRecord[] {
  const { ttl } = backend.options;
  const weight = weightOf(addresses.length);
  return addresses.flatMap((address) => {
    const name = `${backend.endpointName(address)}.${owner}`;
    const target = address.addr === null ? '.' : name;
    const named = ports.filter((port) => port.name !== '');
    return [
      ...addressesOf(owner, address, ttl),
      ...addressesOf(name, address, ttl),
      ...named.map((port): ResourceRecord => {
        const fields = { priority: 0, weight, port: port.port & 0xffff, target };
        return { kind: 'SRV', name: portName(port, owner), class: IN, ttl, ...fields };
      }),
    ];
  });
}
