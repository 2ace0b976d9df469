// Random clusters as one kube-proxy meets them: Services of every kind, slices in every state, what
// its configuration can say, and what changes afterwards. Plain data in the API's own words, drawn
// from a seed, so the same case can be put before another implementation.
import type { Endpoint, EndpointSlice, Service } from '../../src/api/types.ts';
import { addr, type Family } from '../../src/net/addr.ts';
import { parseCidr } from '../../src/net/cidr.ts';
import {
  type DetectLocalMode,
  defaultProxyConfig,
  type ProxyConfig,
  type ProxyNode,
} from '../../src/proxy/config.ts';
import { type ProxySnapshot, withEvent } from '../../src/proxy/snapshot.ts';
import { type Choices, seeded } from '../../src/sim/choices.ts';
import { added, deleted, modified } from './proxy-objects.ts';

export interface ProxyCase {
  readonly family: Family;
  readonly config: {
    readonly masqueradeAll: boolean;
    readonly masqueradeBit: number;
    readonly nodePortAddresses: readonly string[];
    readonly detectLocalMode: DetectLocalMode;
    readonly clusterCIDR: string;
    readonly bridgeInterface: string;
    readonly interfaceNamePrefix: string;
    readonly serviceCIDRs: readonly string[];
  };
  readonly node: {
    readonly name: string;
    readonly addresses: readonly string[];
    readonly labels: Readonly<Record<string, string>>;
    readonly podCIDRs: readonly string[];
  };
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly steps: readonly CaseStep[];
}

export interface CaseStep {
  /** Seconds that pass before the changes. */
  readonly advance: number;
  /** Something asks for a full sync. */
  readonly full?: boolean;
  readonly changes: readonly CaseChange[];
}

export interface CaseChange {
  readonly op: 'add' | 'update' | 'delete';
  readonly object: Service | EndpointSlice;
  readonly previous?: Service | EndpointSlice;
}

const node = 'testhost';
const zone = 'z1';

class Draw {
  readonly #choices: Choices;
  constructor(choices: Choices) {
    this.#choices = choices;
  }
  below(n: number): number {
    return this.#choices.pick('case', new Array<number>(n).fill(1));
  }
  /** True in one of `n` cases. */
  one(n: number): boolean {
    return this.below(n) === 0;
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** The case of a seed; the same seed gives the same case. */
export function proxyCase(seed: number, family: Family): ProxyCase {
  const draw = new Draw(seeded(seed));
  const maker = new CaseMaker(draw, family);
  const count = 1 + draw.below(6);
  const pairs = Array.from({ length: count }, (_, i) => maker.pair(i));
  const services = pairs.map(([service]) => service);
  const endpointSlices = pairs.flatMap(([, slices]) => slices);
  return {
    family,
    config: maker.config(),
    node: maker.node(),
    services,
    endpointSlices,
    steps: maker.steps(pairs),
  };
}

type Pair = readonly [Service, readonly EndpointSlice[]];

class CaseMaker {
  readonly #draw: Draw;
  readonly #family: Family;
  constructor(draw: Draw, family: Family) {
    this.#draw = draw;
    this.#family = family;
  }

  config(): ProxyCase['config'] {
    const draw = this.#draw;
    const four = this.#family === 4;
    return {
      masqueradeAll: draw.one(4),
      masqueradeBit: draw.one(4) ? draw.of([0, 13, 15, 31 - 1]) : 14,
      nodePortAddresses: draw.of([
        ['0.0.0.0/0', '::/0'],
        ['primary'],
        ['192.168.0.0/24', '2001:db8::/64'],
        ['127.0.0.0/8', '192.168.0.2/32', '::1/128'],
        ['10.9.0.0/16'],
      ]),
      detectLocalMode: draw.of([
        'ClusterCIDR',
        'ClusterCIDR',
        'NodeCIDR',
        'BridgeInterface',
        'InterfaceNamePrefix',
      ] as const),
      clusterCIDR: draw.of(['10.0.0.0/8,fd00:10::/64', '10.0.0.0/8', 'fd00:10::/64', '']),
      bridgeInterface: draw.of(['cni0', 'cni0', '']),
      interfaceNamePrefix: draw.of(['veth', 'cali']),
      serviceCIDRs: draw.of([
        [],
        [four ? '172.30.0.0/16' : 'fd00:172:30::/108'],
        ['172.30.0.0/16', 'fd00:172:30::/108'],
        ['172.30.0.0/16', 'fd00:172:30::/108', '172.31.0.0/24', 'fd00:172:31::/112'],
      ]),
    };
  }

  node(): ProxyCase['node'] {
    const labels = this.#draw.one(3) ? {} : { 'topology.kubernetes.io/zone': zone };
    return {
      name: node,
      addresses: ['192.168.0.2', '192.168.1.2', '2001:db8::1', '2001:db8:1::1'],
      labels,
      podCIDRs: this.#draw.one(4) ? [] : ['10.180.0.0/24', 'fd00:10:180::/80'],
    };
  }

  /** A Service and its slices; the number makes its addresses its own. */
  pair(i: number): Pair {
    const draw = this.#draw;
    const name = `${draw.of(['web', 'api-server', 'db'])}${i}`;
    const namespace = draw.of(['ns1', 'team-a']);
    const service = this.#service(namespace, name, i);
    return [service, this.slices(service)];
  }

  #address(kind: 'cluster' | 'external' | 'vip' | 'pod', i: number): string {
    const hex = (i + 16).toString(16);
    const four = { cluster: '172.30.0', external: '192.168.99', vip: '5.6.7', pod: '10.180.0' };
    const six = {
      cluster: 'fd00:172:30:',
      external: '2001:db8:99:',
      vip: '2001:db8:5:',
      pod: 'fd00:10:180:',
    };
    return this.#family === 4 ? `${four[kind]}.${i + 16}` : `${six[kind]}:${hex}`;
  }

  #service(namespace: string, name: string, i: number): Service {
    const draw = this.#draw;
    const type = draw.of(['ClusterIP', 'ClusterIP', 'NodePort', 'LoadBalancer', 'LoadBalancer']);
    const clusterIP = this.#address('cluster', i);
    const external = type !== 'ClusterIP';
    const names = draw.of([['p80'], [''], ['http', 'dns'], ['dns', 'dns-tcp', 'sctp']]);
    const ports = names.map((portName, k) => ({
      ...(portName === '' ? {} : { name: portName }),
      port: draw.of([80, 443, 53]) + k,
      protocol: portName === 'sctp' ? 'SCTP' : draw.of(['TCP', 'TCP', 'UDP']),
      ...(external ? { nodePort: 30000 + i * 10 + k } : {}),
    }));
    const affinity = draw.one(3);
    const four = this.#family === 4;
    const spec: NonNullable<Service['spec']> = {
      type,
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: [four ? 'IPv4' : 'IPv6'],
      ports,
      ...(draw.one(4) ? { externalIPs: [this.#address('external', draw.below(3))] } : {}),
      ...(draw.one(3) ? { externalTrafficPolicy: 'Local' } : {}),
      ...(draw.one(4) ? { internalTrafficPolicy: 'Local' } : {}),
      ...(affinity
        ? {
            sessionAffinity: 'ClientIP',
            sessionAffinityConfig: {
              clientIP: { timeoutSeconds: draw.of([1, 90, 10_800, 86_400]) },
            },
          }
        : {}),
      ...(type === 'LoadBalancer' && draw.one(2)
        ? { loadBalancerSourceRanges: draw.of(four ? ranges4 : ranges6) }
        : {}),
      ...(type === 'LoadBalancer' ? { healthCheckNodePort: 31000 + i } : {}),
    };
    const vips = draw.of([[i], [i, i + 100], []]).map((n) => ({ ip: this.#address('vip', n) }));
    const ingress = draw.one(5) ? vips.map((vip) => ({ ...vip, ipMode: 'Proxy' })) : vips;
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec,
      ...(type === 'LoadBalancer' ? { status: { loadBalancer: { ingress } } } : {}),
    };
  }

  slices(service: Service): readonly EndpointSlice[] {
    const draw = this.#draw;
    const count = draw.of([0, 1, 1, 1, 2]);
    return Array.from({ length: count }, (_, k) => this.slice(service, `${k}`));
  }

  slice(service: Service, suffix: string): EndpointSlice {
    const draw = this.#draw;
    const { namespace, name } = service.metadata;
    const endpoints = Array.from({ length: draw.below(5) }, () => this.#endpoint());
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        ...(namespace === undefined ? {} : { namespace }),
        name: `${name}-${suffix}`,
        labels: { 'kubernetes.io/service-name': name },
      },
      addressType: this.#family === 4 ? 'IPv4' : 'IPv6',
      ports: (service.spec?.ports ?? []).map((port) => ({
        name: port.name ?? '',
        port: port.port === 80 ? 8080 : port.port,
        protocol: port.protocol ?? 'TCP',
      })),
      endpoints,
    };
  }

  #endpoint(): Endpoint {
    const draw = this.#draw;
    const state = draw.of(['ready', 'ready', 'ready', 'unready', 'draining', 'gone']);
    const zones = draw.of([[], [zone], [zone], ['z2']]);
    return {
      addresses: [this.#address('pod', draw.below(12))],
      conditions: {
        ready: state === 'ready',
        serving: state === 'ready' || state === 'draining',
        terminating: state === 'draining' || state === 'gone',
      },
      ...(draw.one(2) ? { nodeName: draw.of([node, 'other']) } : {}),
      ...(zones.length > 0 && draw.one(2)
        ? { hints: { forZones: zones.map((hint) => ({ name: hint })) } }
        : {}),
    };
  }

  steps(pairs: readonly Pair[]): readonly CaseStep[] {
    const draw = this.#draw;
    const current = new Map<string, Service | EndpointSlice>();
    for (const [service, slices] of pairs) {
      for (const object of [service, ...slices]) current.set(keyOf(object), object);
    }
    return Array.from({ length: draw.below(6) }, (): CaseStep => {
      const advance = draw.of([0, 1, 2, 30, 3601]);
      const count = draw.below(3);
      const touched = new Set<string>();
      const changes = Array.from({ length: count }, () =>
        this.#change(pairs, current, touched),
      ).flatMap((change) => change ?? []);
      return { advance, ...(draw.one(6) ? { full: true } : {}), changes };
    });
  }

  #change(
    pairs: readonly Pair[],
    current: Map<string, Service | EndpointSlice>,
    touched: Set<string>,
  ): CaseChange | null {
    const draw = this.#draw;
    const i = draw.below(pairs.length);
    const [service] = pairs[i] as Pair;
    const { namespace = '', name } = service.metadata;
    const object = draw.one(2)
      ? this.#service(namespace, name, i)
      : this.slice(service, draw.of(['0', '1']));
    const key = keyOf(object);
    // Between two syncs an object changes once: nobody would see its first change.
    if (touched.has(key)) return null;
    touched.add(key);
    const previous = current.get(key);
    if (previous !== undefined && draw.one(3)) {
      current.delete(key);
      return { op: 'delete', object: previous };
    }
    current.set(key, object);
    return previous === undefined ? { op: 'add', object } : { op: 'update', object, previous };
  }
}

const ranges4 = [
  ['203.0.113.0/25'],
  ['203.0.113.0/25', '0.0.0.0/0'],
  ['192.168.0.0/24', '10.0.0.1/32'],
  [' 203.0.113.0/25', '198.51.100.0/24', '192.168.0.2/32'],
];
const ranges6 = [['2001:db8:203::/64'], ['::/0'], ['2001:db8::/64', 'fd00:10::1/128']];

function keyOf({ kind, metadata }: Service | EndpointSlice): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

export function configOf({ config }: ProxyCase, minor: number): ProxyConfig {
  const cidrs = (texts: readonly string[]) => texts.flatMap((text) => parseCidr(text) ?? []);
  return {
    ...defaultProxyConfig,
    ...config,
    mode: 'nftables',
    minor,
    clusterCIDRs: cidrs(config.clusterCIDR.split(',')),
    serviceCIDRs: cidrs(config.serviceCIDRs),
  };
}

export function nodeOf({ node: { name, addresses, labels, podCIDRs } }: ProxyCase): ProxyNode {
  return {
    name,
    labels,
    addresses: addresses.map(addr),
    podCIDRs: podCIDRs.flatMap((text) => parseCidr(text) ?? []),
  };
}

export function withObjects(
  snapshot: ProxySnapshot,
  objects: readonly (Service | EndpointSlice)[],
): ProxySnapshot {
  return objects.reduce((before, object) => withEvent(before, added(object)), snapshot);
}

export function withChanges(snapshot: ProxySnapshot, { changes }: CaseStep): ProxySnapshot {
  return changes.reduce((before, { op, object, previous }) => {
    if (op === 'delete') return withEvent(before, deleted(object));
    const event = previous === undefined ? added(object) : modified(previous, object);
    return withEvent(before, event);
  }, snapshot);
}
