// The name servers of a zone (CoreDNS plugin/kubernetes/ns.go): the Services that this process is an endpoint of, by the
// addresses of its machine; without one `ns.dns.ZONE` with those addresses.
import { type Addr, formatAddr } from '../../../net/addr.ts';
import type { Host } from '../../source.ts';
import type { Endpoints, ServiceEntry } from './objects.ts';
import type { Backend } from './services.ts';

export interface NameServer {
  /** Left of the zone. */
  readonly owner: string;
  readonly addr: Addr;
}

/** Inside the cluster's zone. */
export function nameServers(backend: Backend): readonly NameServer[] {
  return serversBy(backend, (service, slice) => {
    const owner = `${service.name}.${service.namespace}.svc`;
    if (service.headless) return endpointServers(backend, slice, owner);
    return named(owner, backend.clusterIPs(service));
  });
}

/** Inside a zone of k8s_external: external addresses, and with `headless` the endpoints of headless Services. */
export function externalNameServers(backend: Backend, headless: boolean): readonly NameServer[] {
  return serversBy(backend, (service, slice) => {
    const owner = `${service.name}.${service.namespace}`;
    if (headless && service.headless) return endpointServers(backend, slice, owner);
    return named(owner, service.externalIPs);
  });
}

function serversBy(
  backend: Backend,
  serversOf: (service: ServiceEntry, slice: Endpoints) => readonly NameServer[],
): readonly NameServer[] {
  const { localAddrs } = backend.environment;
  const slices = localAddrs.flatMap((addr) => backend.index.endpointsByAddress(formatAddr(addr)));
  const servers = slices.flatMap((slice) => {
    const service = backend.index.service(slice.namespace, slice.service);
    return service === undefined ? [] : serversOf(service, slice);
  });
  const decided = backend.facts.endpointsDecide ? slices.length > 0 : servers.length > 0;
  return decided ? servers : localAddrs.map((addr) => ({ owner: 'ns.dns', addr }));
}

function endpointServers(
  backend: Backend,
  { addresses }: Endpoints,
  owner: string,
): readonly NameServer[] {
  return addresses.flatMap((address) =>
    named(`${backend.endpointName(address)}.${owner}`, [address]),
  );
}

/** A host name is no address of a server; upstream makes an empty AAAA of it, which no message can hold. */
function named(owner: string, hosts: readonly Host[]): readonly NameServer[] {
  return hosts.flatMap(({ addr }) => (addr === null ? [] : { owner, addr }));
}
