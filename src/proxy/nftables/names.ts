// Names of a service port's chains and sets: a hash that tells alike names apart, then the name
// itself in words. Unlike in iptables mode there is room for them, so a name also says whose chain
// it is.
// Models hashAndTruncate and its callers in pkg/proxy/nftables/proxier.go.
import { formatAddr } from '../../net/addr.ts';
import { parseProto, protoName } from '../../net/packet.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import { type ServicePort, servicePortKey, servicePortName } from '../service-port.ts';
import { shortHash } from '../short-hash.ts';

export interface PortChains {
  readonly cluster: string;
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
}

export interface EndpointNames {
  readonly chain: string;
  readonly affinitySet: string;
}

/** Without the prefix: nft's own names have at most 256 characters, 16 are kept for prefixes. */
const lengthMax = 240;
const hashLength = 8;
const prefixes = ['service', 'local', 'external', 'firewall', 'endpoint', 'affinity'];

/** The four chains a service port can have. */
export function portChains(port: ServicePort): PortChains {
  const base = hashed(portBase(port));
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
  };
}

/** Chain and affinity set of one endpoint of a service port. Colons are not allowed in names. */
export function endpointNames(port: ServicePort, endpoint: ProxyEndpoint): EndpointNames {
  const address = formatAddr(endpoint.address).replaceAll(':', '.');
  const base = hashed(`${portBase(port)}__${address}/${endpoint.port}`);
  return { chain: `endpoint-${base}`, affinitySet: `affinity-${base}` };
}

/** The key of the service port that a chain or set of this name belongs to; undefined for the names
 * of the table's own. Names are cut behind the port's name only. */
export function portKeyOf(name: string): string | undefined {
  const [prefix = '', hash = '', ...rest] = name.split('-');
  if (!prefixes.includes(prefix) || hash.length !== hashLength) return undefined;
  const [namespace, service, proto = '', tail] = rest.join('-').split('/');
  const known = parseProto(proto.toUpperCase());
  if (tail === undefined || known === undefined) return undefined;
  const portName = tail.split('__')[0] ?? '';
  return servicePortKey(servicePortName(`${namespace}/${service}`, portName), known);
}

/** "ns1/svc1/tcp/p80"; an unnamed port ends in a slash. */
function portBase({ service, proto, portName }: ServicePort): string {
  return `${service}/${protoName(proto)}/${portName}`;
}

function hashed(name: string): string {
  const base = `${shortHash(name, hashLength)}-${name}`;
  return base.length > lengthMax ? `${base.slice(0, lengthMax - 3)}...` : base;
}
