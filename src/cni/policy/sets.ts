// The named sets of policies: Pods, nodes and Services by selector, named ports. Every node has the same ones. Their
// elements are listed only when somebody prints them: a walk asks whether an address is one.

import { goJson } from '../../api/go-json.ts';
import { formatSelector } from '../../api/label-selector.ts';
import { selects } from '../../api/selects.ts';
import type { LabelSelector } from '../../api/types.ts';
import { type Addr, type Family, familyOf } from '../../net/addr.ts';
import { type Proto, protoName } from '../../net/packet.ts';
import type {
  NftElement,
  NftFlag,
  NftPart,
  NftSet,
  NftType,
  NftValue,
} from '../../netfilter/nft/table.ts';
import { commented, digest, named } from './names.ts';
import type { Peer, PodSet, PortMatch } from './policy.ts';
import { podSetText } from './policy.ts';
import { type PolicyService, type ServicePorts, servicePorts } from './services.ts';
import type { PolicyPicture } from './world.ts';

/** Fields are in one order: a name stands for what is meant, however it was written. */
export function podSetName(set: PodSet): string {
  return `pods-${digest(goJson(set))}`;
}

export function nodeSetName(nodes: LabelSelector): string {
  return `nodes-${digest(goJson(nodes))}`;
}

export function portSetName(proto: Proto, name: string): string {
  return named(`ports-${protoName(proto)}-${name}`);
}

export type ServicesPeer = Peer & { readonly kind: 'services' };

/** Of cluster IPs alone where the port is any of theirs, else of cluster IPs with ports. */
export function serviceSetName({ pods, ports }: ServicesPeer, port: PortMatch): string {
  const asked = withPort(port) ? { pods, port, ports } : { pods };
  return `services-${digest(goJson(asked))}`;
}

function withPort(port: PortMatch): port is PortMatch & { readonly kind: 'range' | 'named' } {
  return port.kind === 'range' || port.kind === 'named';
}

/** Where sets that rules name are kept until somebody asks for them. */
export type Register = (name: string, build: () => NftSet) => void;

/** Makes sure of the sets that a rule's peer and port look into. */
export function registerSets(
  register: Register,
  peer: Peer,
  port: PortMatch,
  picture: PolicyPicture,
  family: Family,
): void {
  if (peer.kind === 'pods') {
    register(podSetName(peer), () => podSet(peer, picture, family));
  } else if (peer.kind === 'nodes') {
    register(nodeSetName(peer.nodes), () => nodeSet(peer.nodes, picture, family));
  } else if (peer.kind === 'services') {
    register(serviceSetName(peer, port), () => serviceSet(peer, port, picture, family));
    return;
  }
  if (port.kind === 'named') {
    const { proto, name } = port;
    register(portSetName(proto, name), () => portSet(proto, name, picture, family));
  }
}

function podSet(set: PodSet, picture: PolicyPicture, family: Family): NftSet {
  return asked(podSetName(set), [addressType(family)], podSetText(set), {
    has: ([address]) => {
      const pod = picture.podAt(address as Addr);
      return pod !== undefined && picture.holds(set, pod);
    },
    all: function* () {
      for (const pod of picture.pods.values()) {
        if (!picture.holds(set, pod)) continue;
        for (const address of ofFamily(pod.addresses, family)) yield [address];
      }
    },
  });
}

function nodeSet(nodes: LabelSelector, picture: PolicyPicture, family: Family): NftSet {
  const members = new Set<Addr>();
  for (const { labels, addresses } of picture.nodes.values()) {
    if (!selects(nodes, labels)) continue;
    for (const address of ofFamily(addresses, family)) members.add(address);
  }
  const comment = `nodes: ${formatSelector(nodes) || 'all'}`;
  return asked(nodeSetName(nodes), [addressType(family)], comment, {
    has: ([address]) => members.has(address as Addr),
    all: () => [...members].map((address) => [address]),
  });
}

function portSet(proto: Proto, name: string, picture: PolicyPicture, family: Family): NftSet {
  const comment = `ports that containers call ${name}`;
  const types: readonly NftType[] = [addressType(family), 'inet_service'];
  const isMeant = (port: { readonly name: string; readonly proto: Proto }) =>
    port.name === name && port.proto === proto;
  return asked(portSetName(proto, name), types, comment, {
    has: ([address, wanted]) => {
      const ports = picture.podAt(address as Addr)?.ports ?? [];
      return ports.some((port) => isMeant(port) && port.port === wanted);
    },
    all: function* () {
      for (const { addresses, ports } of picture.pods.values()) {
        const numbers = new Set(ports.filter(isMeant).map(({ port }) => port));
        for (const address of ofFamily(addresses, family)) {
          for (const number of numbers) yield [address, number];
        }
      }
    },
  });
}

function serviceSet(
  peer: ServicesPeer,
  port: PortMatch,
  picture: PolicyPicture,
  family: Family,
): NftSet {
  const name = serviceSetName(peer, port);
  const comment = `cluster IPs for ${podSetText(peer.pods)}`;
  const isMeant = ({ clusterIP, namespace, selector }: PolicyService) =>
    familyOf(clusterIP) === family && picture.holdsLabels(peer.pods, namespace, selector);
  const meant = () => [...picture.services.values()].filter(isMeant);
  if (!withPort(port)) {
    const addresses = new Set(meant().map(({ clusterIP }) => clusterIP));
    return asked(name, [addressType(family)], comment, {
      has: ([address]) => addresses.has(address as Addr),
      all: () => [...addresses].map((address) => [address]),
    });
  }
  const ports = new Map<Addr, ServicePorts>();
  for (const service of meant()) {
    const found = servicePorts(service, port, peer.ports, picture.podsIn(service.namespace));
    if (found !== null) ports.set(service.clusterIP, found);
  }
  const isRange = port.kind === 'range' && port.low < port.high;
  const members: Members = {
    has: ([address, wanted]) => {
      const { low, high } = ports.get(address as Addr) ?? { low: 1, high: 0 };
      return low <= Number(wanted) && Number(wanted) <= high;
    },
    all: () =>
      [...ports].map(([address, { low, high }]) => {
        return [address, low === high ? low : { kind: 'range', low, high, bits: null }];
      }),
  };
  const types: readonly NftType[] = [addressType(family), 'inet_service'];
  return asked(name, types, comment, members, isRange ? ['interval'] : []);
}

interface Members {
  readonly has: (key: readonly NftValue[]) => boolean;
  readonly all: () => Iterable<readonly NftPart[]>;
}

/** A set whose elements are made when they are read. */
function asked(
  name: string,
  type: readonly NftType[],
  comment: string,
  members: Members,
  flags: readonly NftFlag[] = [],
): NftSet {
  let elements: readonly NftElement[] | undefined;
  return {
    name,
    type,
    data: null,
    flags,
    timeoutSeconds: null,
    size: null,
    comment: commented(comment),
    get elements() {
      elements ??= [...members.all()].map(member);
      return elements;
    },
    find: (key) => (members.has(key) ? member(key) : undefined),
  };
}

function member(key: readonly NftPart[]): NftElement {
  return { key, data: null, comment: null, origin: 0 };
}

export function addressType(family: Family): NftType {
  return family === 4 ? 'ipv4_addr' : 'ipv6_addr';
}

export function ofFamily(addresses: readonly Addr[], family: Family): readonly Addr[] {
  return addresses.filter((address) => familyOf(address) === family);
}
