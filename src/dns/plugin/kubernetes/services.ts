// Names to sources of records (CoreDNS plugin/kubernetes/kubernetes.go: Records, findPods, findServices, Reverse,
// nsAddrs). A source is upstream's msg.Service: an address or a name, a port and the name it stands under. Making
// records of sources is records.ts.
import type { Service } from '../../../api/types.ts';
import { type Addr, formatAddr, parseAddr } from '../../../net/addr.ts';
import { addressOfReverse, isReverse } from '../../message/name.ts';
import type { DnsEnvironment } from '../../plugin.ts';
import { atLeast } from '../../version.ts';
import {
  ApiIndex,
  clusterIPsOf,
  type Endpoints,
  isHeadless,
  type NamedPort,
  portsOf,
  type ReadyAddress,
} from './index.ts';
import { type NameParts, parseName } from './name.ts';
import type { KubernetesOptions } from './setup.ts';

export interface Source {
  /** Null: `target` is a name (ExternalName). */
  readonly addr: Addr | null;
  /** Address or name as the object has it. */
  readonly target: string;
  /** -1: nothing is declared. */
  readonly port: number;
  /** Where it stands, left of the zone: "10-1-0-32.web.demo.svc". */
  readonly owner: string;
}

/** null is a name error. */
export type Found = readonly Source[] | null;

/** One query's view: the options of the stanza and the objects as they are now. */
export class Backend {
  readonly options: KubernetesOptions;
  readonly #index: ApiIndex;
  readonly #environment: DnsEnvironment;

  constructor(options: KubernetesOptions, environment: DnsEnvironment) {
    this.options = options;
    this.#environment = environment;
    this.#index = new ApiIndex(environment.lister, options.labels, !options.noEndpoints);
  }

  /** Upstream's Records: `name` in lower case, inside `zone`. */
  records(name: string, zone: string): Found {
    const parts = parseName(name, zone);
    if (parts === undefined) return null;
    if (parts.kind === '') return [];
    if (isReverse(name)) return null;
    if (!this.#exposed(parts.namespace)) return null;
    return parts.kind === 'pod' ? this.#pods(parts) : this.#services(parts);
  }

  #exposed(namespace: string): boolean {
    const { namespaces, namespaceLabels } = this.options;
    if (namespaces.length > 0 && !namespaces.includes(namespace)) return false;
    const labels = this.#index.namespaceLabels(namespace);
    if (labels === undefined) return false;
    return namespaceLabels === null || namespaceLabels(labels);
  }

  #pods(parts: NameParts): Found {
    if (this.options.pods === 'disabled') return null;
    if (parts.service === '') return [];
    const dashed = parts.service;
    const v4 = dashed.split('-').length === 4 && !dashed.includes('--');
    const ip = dashed.replaceAll('-', v4 ? '.' : ':');
    const owner = `${dashed}.${parts.namespace}.pod`;
    const addr = parseAddr(ip);
    if (addr === undefined) return null;
    if (this.options.pods === 'verified' && !this.#index.hasPod(parts.namespace, ip)) return null;
    return [{ addr, target: ip, port: 0, owner }];
  }

  #services(parts: NameParts): Found {
    if (parts.service === '') return [];
    const service = this.#index.service(parts.namespace, parts.service);
    if (service === undefined) return null;
    const owner = `${parts.service}.${parts.namespace}.svc`;
    const type = service.spec.type ?? 'ClusterIP';
    const headless = isHeadless(service);
    if (this.options.ignoreEmptyService && type !== 'ExternalName' && !headless) {
      const slices = this.#index.endpoints(parts.namespace, parts.service);
      if (!slices.some((slice) => slice.addresses.length > 0)) return null;
    }
    if (type === 'ExternalName') return this.#external(service, parts, owner);
    const sources =
      headless || parts.endpoint !== ''
        ? this.#endpointSources(parts, owner)
        : clusterSources(service, parts, owner);
    return sources.length > 0 ? sources : null;
  }

  #external(service: Service, parts: NameParts, owner: string): Found {
    const ported = parts.port !== '' || parts.protocol !== '';
    const pointless = parts.endpoint !== '' && atLeast(this.options.version, '1.10.1');
    if (ported || pointless) return null;
    const target = service.spec.externalName ?? '';
    if (target === '' || parseAddr(target) !== undefined) return null;
    return [{ addr: null, target, port: 0, owner }];
  }

  #endpointSources(parts: NameParts, owner: string): readonly Source[] {
    const sources: Source[] = [];
    for (const slice of this.#index.endpoints(parts.namespace, parts.service)) {
      for (const address of slice.addresses) {
        const name = this.endpointName(address);
        if (parts.endpoint !== '' && parts.endpoint !== name.toLowerCase()) continue;
        for (const port of slice.ports) {
          if (!portMatches(parts, port)) continue;
          const { addr, ip } = address;
          sources.push({ addr, target: ip, port: port.port, owner: `${name}.${owner}` });
        }
      }
    }
    return sources;
  }

  /** The label an endpoint stands under (upstream endpointHostname). */
  endpointName(address: ReadyAddress): string {
    if (address.hostname !== '') return address.hostname;
    const { endpointPodNames, version } = this.options;
    if (endpointPodNames && address.targetName !== '' && address.targetName.length <= 63) {
      return address.targetName;
    }
    if (typeof address.addr === 'number') return address.ip.replaceAll('.', '-');
    const dashed = address.ip.replaceAll(':', '-');
    return dashed.endsWith('-') && atLeast(version, '1.12.3') ? `${dashed}0` : dashed;
  }

  /** Targets of PTR records for a complete reverse name; null is a name error. */
  reverse(name: string, zone: string): readonly string[] | null {
    const addr = addressOfReverse(name);
    if (addr === undefined) return this.records(name, zone) === null ? null : [];
    const zoneOf = `svc.${this.options.primaryZone}`;
    for (const service of this.#index.servicesByAddress(addr)) {
      const namespace = service.metadata.namespace ?? '';
      if (this.#hiddenNamespace(namespace)) continue;
      return [`${service.metadata.name}.${namespace}.${zoneOf}`];
    }
    const targets = new Set<string>();
    for (const slice of this.#index.endpointsByAddress(addr)) {
      if (this.#hiddenNamespace(slice.namespace)) continue;
      for (const address of slice.addresses) {
        if (address.addr !== addr || this.#withoutPointer(address)) continue;
        const name = this.endpointName(address);
        targets.add(`${name}.${slice.service}.${slice.namespace}.${zoneOf}`);
      }
    }
    return targets.size > 0 ? [...targets] : null;
  }

  /** The `namespaces` filter applies to reverse names, `namespace_labels` does not. */
  #hiddenNamespace(namespace: string): boolean {
    return this.options.namespaces.length > 0 && !this.#exposed(namespace);
  }

  /** CoreDNS 1.11.4 to 1.12.0 pointed only to endpoints with a hostname. */
  #withoutPointer(address: ReadyAddress): boolean {
    const { version } = this.options;
    return address.hostname === '' && atLeast(version, '1.11.4') && !atLeast(version, '1.12.1');
  }

  /** Names (left of the zone) and addresses of the Services this server is an endpoint of. */
  nameServers(): readonly { readonly owner: string; readonly addr: Addr }[] {
    const servers: { owner: string; addr: Addr }[] = [];
    for (const local of this.#environment.localAddrs) {
      for (const slice of this.#index.endpointsByAddress(local)) {
        servers.push(...this.#serversOf(slice));
      }
    }
    if (servers.length > 0) return servers;
    return this.#environment.localAddrs.map((addr) => ({ owner: 'ns.dns', addr }));
  }

  #serversOf(slice: Endpoints): readonly { owner: string; addr: Addr }[] {
    const service = this.#index.service(slice.namespace, slice.service);
    if (service === undefined) return [];
    const owner = `${slice.service}.${slice.namespace}.svc`;
    if (isHeadless(service)) {
      return slice.addresses.map((a) => ({
        owner: `${this.endpointName(a)}.${owner}`,
        addr: a.addr,
      }));
    }
    return clusterIPsOf(service).flatMap((ip) => {
      const addr = parseAddr(ip);
      return addr === undefined ? [] : [{ owner, addr }];
    });
  }

  synced(): boolean {
    return this.#environment.synced();
  }

  serial(): number {
    return this.#environment.serial();
  }
}

function clusterSources(service: Service, parts: NameParts, owner: string): readonly Source[] {
  const sources: Source[] = [];
  for (const port of portsOf(service)) {
    if (!portMatches(parts, port)) continue;
    for (const ip of clusterIPsOf(service)) {
      const addr = parseAddr(ip);
      if (addr === undefined) continue;
      sources.push({ addr, target: formatAddr(addr), port: port.port, owner });
    }
  }
  return sources;
}

function portMatches(parts: NameParts, port: NamedPort): boolean {
  return (
    (parts.port === '' || parts.port === port.name.toLowerCase()) &&
    (parts.protocol === '' || parts.protocol === port.protocol.toLowerCase())
  );
}
