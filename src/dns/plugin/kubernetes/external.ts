// The Services as k8s_external shows them to the world outside (CoreDNS plugin/kubernetes/external.go): external addresses
// and those of load balancers, and endpoints of headless Services where that is asked for.
import { labelsOf } from '../../message/name.ts';
import type { ExternalService, Externals } from '../../plugin.ts';
import type { Source } from '../../source.ts';
import { reverseText } from './name.ts';
import { externalNameServers } from './name-servers.ts';
import type { NamedPort, ServiceEntry } from './objects.ts';
import type { Backend } from './services.ts';

const SERVFAIL = 2;
const NXDOMAIN = 3;

export function externalsOf(backend: Backend): Externals {
  return {
    ttl: backend.options.ttl,
    find: (name, zone, headless) => find(backend, labelsLeftOf(name, zone), headless),
    pointers: (name) => pointers(backend, name),
    addresses: (headless) => externalNameServers(backend, headless).map(({ addr }) => addr),
    all: (headless) => backend.index.services().map((one) => shown(backend, one, headless)),
    serial: () => backend.environment.serial('external'),
  };
}

function labelsLeftOf(name: string, zone: string): readonly string[] {
  const labels = labelsOf(name);
  return labels.slice(0, labels.length - labelsOf(zone).length);
}

interface Asked {
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

/** `[ENDPOINT.|_PORT._PROTOCOL.]SERVICE.NAMESPACE`; an endpoint label is passed over where endpoints are not shown. */
function find(
  backend: Backend,
  labels: readonly string[],
  headless: boolean,
): { readonly sources: readonly Source[]; readonly rcode: number } {
  const nothing = (rcode: number) => ({ sources: [], rcode });
  const namespace = labels.at(-1);
  if (namespace === undefined) return nothing(SERVFAIL);
  if (!backend.exposes(namespace)) return nothing(NXDOMAIN);
  const name = labels.at(-2);
  if (name === undefined) return nothing(0);
  const left = labels.slice(0, -2).map((label) => label.replace(/^_/, ''));
  if (left.length > 2 || (left.length === 1 && !backend.facts.externalHeadless)) {
    return nothing(NXDOMAIN);
  }
  const service = backend.index.service(namespace, name);
  if (service === undefined) return nothing(NXDOMAIN);
  const [first = '', second = ''] = left;
  const asked =
    left.length === 2
      ? { endpoint: '', port: first, protocol: second }
      : { endpoint: first, port: '', protocol: '' };
  const sources = sourcesOf(backend, service, asked, headless);
  return sources.length > 0 ? { sources, rcode: 0 } : nothing(NXDOMAIN);
}

function sourcesOf(
  backend: Backend,
  service: ServiceEntry,
  asked: Asked,
  headless: boolean,
): ExternalService['sources'] {
  const { name, namespace, externalIPs } = service;
  const owner = `${name}.${namespace}`;
  const showsEndpoints = service.headless || asked.endpoint !== '';
  if (!headless || externalIPs.length > 0 || !showsEndpoints) {
    return externalIPs.flatMap((host) =>
      service.ports
        .filter((port) => matches(asked, port))
        .map((port) => ({ ...host, ...port, owner })),
    );
  }
  return backend.index.endpoints(namespace, name).flatMap(({ addresses, ports }) =>
    addresses
      .map((address) => ({ ...address, endpoint: backend.endpointName(address) }))
      .filter(({ endpoint }) => ['', endpoint.toLowerCase()].includes(asked.endpoint))
      .flatMap(({ ip, addr, endpoint }) =>
        ports
          .filter((port) => matches(asked, port))
          .map((port) => ({ ip, addr, ...port, owner: `${endpoint}.${owner}` })),
      ),
  );
}

function matches({ port, protocol }: Asked, own: NamedPort): boolean {
  return (
    (port === '' || port === own.name.toLowerCase()) &&
    (protocol === '' || protocol === own.protocol.toLowerCase())
  );
}

function pointers(backend: Backend, name: string): readonly string[] | undefined {
  const ip = backend.facts.externalHeadless ? reverseText(name) : undefined;
  if (ip === undefined) return undefined;
  return backend.index
    .servicesByExternal(ip)
    .filter(({ namespace }) => !backend.hides(namespace))
    .map((service) => `${service.name}.${service.namespace}`);
}

/** For a zone transfer: of every namespace, also of such as are not shown otherwise. */
function shown(backend: Backend, service: ServiceEntry, headless: boolean): ExternalService {
  const asked = { endpoint: '', port: '', protocol: '' };
  const isHeadless = headless && service.externalIPs.length === 0 && service.headless;
  return {
    owner: `${service.name}.${service.namespace}`,
    headless: isHeadless,
    sources: sourcesOf(backend, service, asked, isHeadless),
  };
}
