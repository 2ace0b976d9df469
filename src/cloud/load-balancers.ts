// A cloud's load balancers: addresses from one pool, what each was told about nodes and ports, and a log of all that was
// asked; and which of its nodes are in service. Models what cloud-provider's LoadBalancer interface asks of a cloud. It
// makes no checks and forwards no packets itself. What sets the providers apart stands in annotations.ts and provider-rules.ts.

import type { BalancerCheck, Hashed } from '../api/cloud-providers.table.ts';
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { lastAppliedKey } from '../api/last-applied.ts';
import type { LoadBalancerStatus, Service } from '../api/types.ts';
import { keyOf } from '../api/types.ts';
import { type Addr, familyOf, formatAddr, parseAddr } from '../net/addr.ts';
import { contains, formatCidr, nth, size } from '../net/cidr.ts';
import { type Proto, parseProto } from '../net/packet.ts';
import type { Forkable } from '../sim/component.ts';
import { Table } from '../sim/table.ts';
import { annotatedCheck } from './annotations.ts';
import { hashedFor, listenersOf, refusalOf } from './provider-rules.ts';
import { afterCheck, afterGlance, newTarget, type TargetHealth } from './target-health.ts';

export interface Balancer {
  /** As clouds name it by default: "a" and the Service's uid without dashes. */
  readonly name: string;
  readonly service: string;
  readonly address: Addr;
  /** Nodes it may send to, sorted. */
  readonly nodes: readonly string[];
  readonly ports: readonly { readonly proto: Proto; readonly port: number }[];
}

export interface CloudCall {
  readonly atMs: number;
  readonly verb: 'ensure' | 'update' | 'delete';
  /** "ns/name". */
  readonly service: string;
  readonly nodes: readonly string[];
  /** The Service's annotations, but for kubectl's own. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Null when it was done. */
  readonly error: string | null;
}

type Config = Pick<ClusterSpec, 'pins' | 'minor'> & {
  readonly provider: NonNullable<ClusterSpec['cloudProvider']>;
};

/** Kubernetes minor since which an ingress point says its mode. */
const ipModeSince = 30;
/** cloudprovider.DefaultLoadBalancerName. */
const nameMax = 32;

export class LoadBalancers implements Forkable {
  readonly #config: Config;
  /** By the Service's uid. */
  #balancers = new Table<Balancer>();
  /** By the Service's uid and the node's name. */
  #targets = new Table<TargetHealth>();
  /** Between two checks, in milliseconds; by the Service's uid. */
  #intervals = new Table<number>();
  #calls: readonly CloudCall[] = [];

  constructor(config: Config) {
    this.#config = config;
  }

  fork(): this {
    const copy = new LoadBalancers(this.#config);
    copy.#balancers = this.#balancers.fork();
    copy.#targets = this.#targets.fork();
    copy.#intervals = this.#intervals.fork();
    copy.#calls = this.#calls;
    return copy as this;
  }

  /** All that was asked, in order. */
  get calls(): readonly CloudCall[] {
    return this.#calls;
  }

  of(service: Service): Balancer | undefined {
    return this.#balancers.get(service.metadata.uid ?? '');
  }

  /** Of every balancer, "ns/name". */
  services(): readonly string[] {
    return [...this.#balancers.values()].map(({ service }) => service);
  }

  /** Checks of the Service with this uid are to be made so often; whether that is new. */
  begins(uid: string, intervalMs: number): boolean {
    if (intervalMs === 0 || this.isAt(uid, intervalMs)) return false;
    this.#intervals.set(uid, intervalMs);
    return true;
  }

  isAt(uid: string, intervalMs: number): boolean {
    return this.#intervals.get(uid) === intervalMs;
  }

  /** How the Service's balancer checks its nodes. */
  checkOf({ metadata, spec }: Service): BalancerCheck {
    const { checks, name } = this.#config.provider;
    const check = checks[spec.externalTrafficPolicy === 'Local' ? 'Local' : 'Cluster'];
    return annotatedCheck(name, check, metadata.annotations ?? {});
  }

  /** What picks the node of a connection to the Service's balancer. */
  hashedFor(service: Service): Hashed {
    return hashedFor(this.#config.provider.name, service);
  }

  /** A node was looked at: when a check was due (or where checks take no time), or in between. */
  looked(service: Service, node: string, passed: boolean, isDue: boolean): void {
    const key = targetKey(service, node);
    const before = this.#targets.get(key) ?? newTarget;
    const check = this.checkOf(service);
    const after =
      check.intervalMs === 0
        ? ({ state: passed ? 'healthy' : 'unhealthy', streak: 0 } as const)
        : isDue
          ? afterCheck(before, passed, check)
          : afterGlance(before, passed);
    if (after.state === before.state && after.streak === before.streak) return;
    this.#targets.set(key, after);
  }

  /** Who gets new connections: the nodes in service, or what the provider does when there are none. */
  targetsOf(service: Service): readonly string[] {
    const nodes = this.of(service)?.nodes ?? [];
    const healthy = nodes.filter(
      (node) => this.#targets.get(targetKey(service, node))?.state === 'healthy',
    );
    if (healthy.length > 0 || this.#config.provider.whenNoneHealthy === 'none') return healthy;
    return nodes;
  }

  /** Nodes that are no longer named are as new when they are named again. */
  #forgetTargets(service: Service, kept: readonly string[]): void {
    for (const node of this.of(service)?.nodes ?? []) {
      if (!kept.includes(node)) this.#targets.delete(targetKey(service, node));
    }
  }

  /** Makes the balancer or brings it level; its status, or why it cannot be had. */
  ensure(service: Service, nodes: readonly string[], nowMs: number): LoadBalancerStatus | string {
    const { minor, provider } = this.#config;
    const found = refusalOf(provider.name, service) ?? this.#addressFor(service);
    const failed = typeof found === 'string' ? found : null;
    this.#log('ensure', service, nodes, nowMs, failed);
    if (typeof found === 'string') return found;
    const { uid = '' } = service.metadata;
    this.#forgetTargets(service, nodes);
    this.#balancers.set(uid, {
      name: `a${uid.replaceAll('-', '')}`.slice(0, nameMax),
      service: keyOf(service),
      address: found,
      nodes,
      ports: listenersOf(provider.name, service).flatMap(({ port, protocol = 'TCP' }) => {
        const proto = parseProto(protocol);
        return proto === undefined ? [] : [{ proto, port }];
      }),
    });
    const ipMode = minor < ipModeSince ? {} : { ipMode: provider.ipMode };
    return { ingress: [{ ip: formatAddr(found), ...ipMode }] };
  }

  /** Tells a balancer its nodes. */
  update(service: Service, nodes: readonly string[], nowMs: number): void {
    this.#log('update', service, nodes, nowMs, null);
    const balancer = this.of(service);
    if (balancer === undefined) return;
    this.#forgetTargets(service, nodes);
    this.#balancers.set(service.metadata.uid ?? '', { ...balancer, nodes });
  }

  /** Removes the balancer, if there is one, and frees its address. */
  remove(service: Service, nowMs: number): void {
    this.#log('delete', service, [], nowMs, null);
    this.#forgetTargets(service, []);
    this.#intervals.delete(service.metadata.uid ?? '');
    this.#balancers.delete(service.metadata.uid ?? '');
  }

  #log(
    verb: CloudCall['verb'],
    service: Service,
    nodes: readonly string[],
    atMs: number,
    error: string | null,
  ): void {
    const { [lastAppliedKey]: _, ...annotations } = service.metadata.annotations ?? {};
    const call = { atMs, verb, service: keyOf(service), nodes, annotations, error };
    this.#calls = [...this.#calls, call];
  }

  /** What it has; else its pin; else what it asks for; else the first one that nobody has or is pinned to. */
  #addressFor(service: Service): Addr | string {
    const pool = this.#config.provider.loadBalancerPool;
    const asked = service.spec.loadBalancerIP ?? '';
    const own = this.of(service)?.address;
    if (own !== undefined && (asked === '' || formatAddr(own) === asked)) return own;
    const family = familyOf(pool.low) === 4 ? 'IPv4' : 'IPv6';
    if (!(service.spec.ipFamilies ?? [family]).includes(family)) {
      return `the pool ${formatCidr(pool)} has no ${service.spec.ipFamilies?.join(', ')} addresses`;
    }
    const reserved = this.#reservedFor(service);
    const pinned = this.#pinOf(keyOf(service));
    if (pinned !== null) return reserved.has(pinned) ? inUse(pinned) : pinned;
    if (asked !== '') {
      const value = parseAddr(asked);
      if (value === undefined || !contains(pool, value)) {
        return `the address ${asked} is not in the pool ${formatCidr(pool)}`;
      }
      return reserved.has(value) ? inUse(value) : value;
    }
    return this.#firstFree(reserved) ?? `no free address in the pool ${formatCidr(pool)}`;
  }

  #pinOf(service: string): Addr | null {
    const pin = this.#config.pins.find(({ object }) => object === `Service/${service}`);
    return pin?.loadBalancerIP ?? null;
  }

  /** Addresses of other Services, and those pinned to them. */
  #reservedFor(service: Service): ReadonlySet<Addr> {
    const key = `Service/${keyOf(service)}`;
    const reserved = new Set<Addr>();
    for (const { object, loadBalancerIP } of this.#config.pins) {
      if (loadBalancerIP !== null && object !== key) reserved.add(loadBalancerIP);
    }
    for (const uid of this.#balancers.keys()) {
      const other = this.#balancers.get(uid);
      if (other !== undefined && uid !== service.metadata.uid) reserved.add(other.address);
    }
    return reserved;
  }

  /** Without the first and the last address of an IPv4 range that is more than a link. */
  #firstFree(reserved: ReadonlySet<Addr>): Addr | undefined {
    const pool = this.#config.provider.loadBalancerPool;
    const edge = familyOf(pool.low) === 4 && pool.bits < 31 ? 1 : 0;
    const last = Math.min(size(pool) - edge, reserved.size + edge + 1);
    for (let i = edge; i < last; i++) {
      const value = nth(pool, i);
      if (!reserved.has(value)) return value;
    }
    return undefined;
  }
}

function targetKey({ metadata }: Service, node: string): string {
  return `${metadata.uid ?? ''} ${node}`;
}

function inUse(value: Addr): string {
  return `the address ${formatAddr(value)} is in use`;
}
