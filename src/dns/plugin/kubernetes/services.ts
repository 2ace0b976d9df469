// Names to sources of records (CoreDNS plugin/kubernetes/kubernetes.go: Records, findPods, findServices,
// findMultiClusterServices; reverse.go). A source is upstream's msg.Service: an address or a name, a port and the name it
// stands under. Making records of sources is records.ts; name servers are name-servers.ts.
import type { ResourceRecord } from '../../message/message.ts';
import { isReverse, longestZone } from '../../message/name.ts';
import type { DnsEnvironment } from '../../plugin.ts';
import { type Host, hostOf, type Source } from '../../source.ts';
import type { Facts } from './facts.table.ts';
import { ApiIndex } from './index.ts';
import { Memory } from './memory.ts';
import { type NameParts, parseName, reverseText } from './name.ts';
import type { Address, Endpoints, NamedPort, ServiceEntry } from './objects.ts';
import type { KubernetesOptions } from './setup.ts';

/** null is a name error. */
export type Found = readonly Source[] | null;

export interface Records {
  readonly answers: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
  readonly truncated: boolean;
}

/** null is a name error. */
export type Result = Records | null;

/** One process's view: the options of the stanza and the objects as they are now. */
export class Backend {
  readonly options: KubernetesOptions;
  readonly facts: Facts;
  readonly index: ApiIndex;
  readonly environment: DnsEnvironment;
  /** Answers given before. */
  readonly memory: Memory<Result>;

  constructor(options: KubernetesOptions, environment: DnsEnvironment) {
    this.options = options;
    this.facts = options.facts;
    this.environment = environment;
    const { labels, namespaceLabels, noEndpoints } = options;
    this.memory = new Memory(environment.lister);
    this.index = new ApiIndex(this.memory, {
      labels,
      namespaceLabels,
      endpoints: !noEndpoints,
    });
  }

  isMulticluster(zone: string): boolean {
    const { multicluster } = this.options;
    return multicluster.length > 0 && longestZone(multicluster, zone) !== undefined;
  }

  parse(name: string, zone: string): NameParts | undefined {
    const { zonal } = this.options;
    return parseName(name, zone, { multicluster: this.isMulticluster(zone), zonal });
  }

  /** Upstream's Records: `name` in lower case, inside `zone`. */
  records(name: string, zone: string): Found {
    const parts = this.parse(name, zone);
    if (parts === undefined) return null;
    if (parts.kind === '') return [];
    if (isReverse(name)) return null;
    if (!this.#isWild(parts.namespace) && !this.exposes(parts.namespace)) return null;
    if (parts.kind === 'pod') return this.#pods(parts);
    if (parts.service === '') return [];
    return this.isMulticluster(zone) ? this.#imports(parts) : this.#services(parts);
  }

  exposes(namespace: string): boolean {
    const { namespaces } = this.options;
    if (namespaces.length > 0 && !namespaces.includes(namespace)) return false;
    return this.index.hasNamespace(namespace);
  }

  #isWild(label: string | null): boolean {
    return this.facts.wildcards && (label === '*' || label === 'any');
  }

  /** Upstream's match: any case, and either side may be a wildcard. */
  #matches(asked: string, own: string): boolean {
    return asked === own.toLowerCase() || this.#isWild(asked) || this.#isWild(own);
  }

  #pods(parts: NameParts): Found {
    const { pods } = this.options;
    if (pods === 'disabled') return null;
    if (parts.service === '') return [];
    const dashed = parts.service;
    const v4 = dashed.split('-').length === 4 && !dashed.includes('--');
    const host = hostOf(dashed.replaceAll('-', v4 ? '.' : ':'));
    const source = { ...host, port: 0, owner: `${dashed}.${parts.namespace}.pod` };
    if (pods === 'insecure') return host.addr === null ? null : [source];
    const found = this.index
      .pods(host.ip)
      .map(({ metadata }) => metadata.namespace ?? '')
      .filter((own) => this.#matches(parts.namespace, own))
      .filter((own) => !this.#isWild(parts.namespace) || this.exposes(own));
    if (found.length > 0) return found.map(() => source);
    return this.#isWild(dashed) && !this.#isWild(parts.namespace) ? [] : null;
  }

  #services(parts: NameParts): Found {
    const { service, namespace } = parts;
    if (!this.#isWild(service) && !this.#isWild(namespace)) {
      const one = this.index.service(namespace, service);
      return one === undefined ? null : this.#sourcesOf(one, parts);
    }
    const found = this.index
      .services()
      .filter((one) => this.#matches(namespace, one.namespace) && this.#matches(service, one.name))
      .filter((one) => !this.#isWild(namespace) || this.exposes(one.namespace))
      .map((one) => this.#sourcesOf(one, parts));
    const sources = found.flatMap((one) => one ?? []);
    const isEmpty = sources.length > 0 || (this.#isWild(service) && !this.#isWild(namespace));
    return isEmpty ? sources : null;
  }

  #sourcesOf(service: ServiceEntry, parts: NameParts): Found {
    const { ignoreEmptyService } = this.options;
    const { headless } = service;
    const isExternal = service.type === 'ExternalName';
    const slices = this.index.endpoints(service.namespace, service.name);
    if (ignoreEmptyService && !isExternal && !headless && isEmpty(slices)) return null;
    const owner = `${service.name}.${service.namespace}.svc`;
    if (isExternal) return this.#external(service, parts, owner);
    if (parts.zone !== '') return headless ? this.#zonal(slices, parts, owner) : null;
    const sources =
      headless || parts.endpoint !== ''
        ? this.#endpointSources(slices, parts, owner)
        : this.#clusterSources(service, parts, owner);
    return sources.length > 0 ? sources : null;
  }

  /** An ExternalName has neither endpoints nor ports, though older releases answer for them. */
  #external(service: ServiceEntry, parts: NameParts, owner: string): Found {
    const { dualStack, externalWithoutEndpoints, externalWithoutPorts } = this.facts;
    const { addr, ip } = hostOf(service.externalName);
    if (addr !== null || parts.zone !== '') return null;
    if (parts.endpoint !== '' && (externalWithoutEndpoints || !dualStack)) return null;
    const isPorted = (parts.port ?? '') !== '' || (parts.protocol ?? '') !== '';
    return isPorted && externalWithoutPorts ? null : [{ ip, addr, port: 0, owner }];
  }

  #zonal(slices: readonly Endpoints[], parts: NameParts, owner: string): readonly Source[] {
    const inZone = slices.map((slice) => ({
      ...slice,
      addresses: slice.addresses.filter(({ zone }) => zone === parts.zone),
    }));
    const sources = this.#endpointSources(inZone, parts, owner);
    if (sources.length > 0 || !parts.prefers) return sources;
    return this.#endpointSources(slices, parts, owner);
  }

  /** Of a ServiceImport; the cluster an endpoint is in stands right of its name. */
  #imports(parts: NameParts): Found {
    const { namespace, service } = parts;
    const entry = this.index.serviceImport(namespace, service);
    if (entry === undefined) return null;
    const slices = this.index.importedEndpoints(namespace, service);
    if (this.options.ignoreEmptyService && !entry.headless && isEmpty(slices)) return null;
    const owner = `${service}.${namespace}.svc`;
    const sources =
      entry.headless || parts.endpoint !== ''
        ? slices
            .filter(
              (slice) => parts.endpoint === '' || parts.cluster === slice.cluster.toLowerCase(),
            )
            .flatMap((slice) => this.#endpointSources([slice], parts, `${slice.cluster}.${owner}`))
        : this.#clusterSources(entry, parts, owner);
    if (sources.length > 0) return sources;
    const reached = !entry.headless && parts.endpoint === '';
    return reached && entry.ports.some((port) => this.#portMatches(parts, port)) ? [] : null;
  }

  #endpointSources(
    slices: readonly Endpoints[],
    parts: NameParts,
    owner: string,
  ): readonly Source[] {
    const sources: Source[] = [];
    for (const slice of slices) {
      for (const address of slice.addresses) {
        const name = this.endpointName(address);
        if (parts.endpoint !== '' && !this.#matches(parts.endpoint, name)) continue;
        for (const port of slice.ports) {
          if (!this.#portMatches(parts, port)) continue;
          const { addr, ip } = address;
          sources.push({ addr, ip, port: port.port, owner: `${name}.${owner}` });
        }
      }
    }
    return sources;
  }

  #clusterSources(service: ServiceEntry, parts: NameParts, owner: string): readonly Source[] {
    const hosts = this.clusterIPs(service);
    return service.ports
      .filter((port) => this.#portMatches(parts, port))
      .flatMap(({ port }) => hosts.map(({ ip, addr }) => ({ ip, addr, port, owner })));
  }

  /** One address before CoreDNS knew dual stack. */
  clusterIPs({ clusterIPs }: ServiceEntry): readonly Host[] {
    return this.facts.dualStack ? clusterIPs : clusterIPs.slice(0, 1);
  }

  #portMatches({ port, protocol }: NameParts, own: NamedPort): boolean {
    return this.#labelMatches(port, own.name) && this.#labelMatches(protocol, own.protocol);
  }

  #labelMatches(asked: string | null, own: string): boolean {
    if (asked === null || (asked === '' && !this.facts.wildcards)) return true;
    return this.#matches(asked, own);
  }

  /** The label an endpoint stands under (upstream endpointHostname). */
  endpointName({ ip, hostname, targetName }: Address): string {
    if (hostname !== '') return hostname;
    const { facts, options } = this;
    const fits = targetName.length <= 63 || !facts.shortPodNames;
    if (options.endpointPodNames && targetName !== '' && fits) return targetName;
    if (ip.includes('.')) return ip.replaceAll('.', '-');
    const dashed = ip.replaceAll(':', '-');
    return dashed.endsWith('-') && facts.closedNames ? `${dashed}0` : dashed;
  }

  /** Targets of PTR records for a complete reverse name; null is a name error. */
  reverse(name: string, zone: string): readonly string[] | null {
    const ip = reverseText(name);
    if (ip === undefined) return this.records(name, zone) === null ? null : [];
    const { externalPointers, manyPointers } = this.facts;
    const zoneOf = `svc.${this.options.primaryZone}`;
    const services = [
      ...this.index.servicesByAddress(ip),
      ...(externalPointers ? this.index.servicesByExternal(ip) : []),
    ];
    const service = services.find(({ namespace }) => !this.hides(namespace));
    if (service !== undefined) return [`${service.name}.${service.namespace}.${zoneOf}`];
    const targets = new Set<string>();
    for (const slice of this.index.endpointsByAddress(ip)) {
      if (this.hides(slice.namespace)) continue;
      for (const address of slice.addresses) {
        if (address.ip !== ip || (this.facts.namedPointers && address.hostname === '')) continue;
        const owner = this.endpointName(address);
        targets.add(`${owner}.${slice.service}.${slice.namespace}.${zoneOf}`);
        if (!manyPointers) return [...targets];
      }
    }
    return targets.size > 0 ? [...targets] : null;
  }

  /** The `namespaces` filter applies to reverse names, `namespace_labels` does not. */
  hides(namespace: string): boolean {
    return this.options.namespaces.length > 0 && !this.exposes(namespace);
  }

  synced(): boolean {
    return this.environment.synced();
  }

  /** Of the zone's SOA: what changes a zone of another cluster set counts apart. */
  serial(zone: string): number {
    const { environment, memory } = this;
    memory.spoil();
    return this.isMulticluster(zone) ? environment.serial('multicluster') : environment.serial();
  }
}

function isEmpty(slices: readonly Endpoints[]): boolean {
  return !slices.some((slice) => slice.addresses.length > 0);
}
