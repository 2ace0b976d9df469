// What a node, a pod and an outside host look like as machines: devices, addresses, routes. Pure functions; the fabric
// keeps the results. A node has eth0 on the LAN and what the pod network says (a bridge, a tunnel, a cable per pod); a
// pod has one leg on its node; a host stands behind the outside world's router.
import { type Addr, familyOf, formatAddr } from '../net/addr.ts';
import { block, type Cidr, contains, nth, single } from '../net/cidr.ts';
import type { PodNetwork } from '../net/pod-network.ts';
import {
  alone,
  anyIPv4,
  anyIPv6,
  type Device,
  type DeviceAddress,
  LOOPBACK,
  type Machine,
  podSysctls,
  type Route,
  type Sysctls,
  sortRoutes,
} from '../node/machine.ts';

export interface NodeWiring {
  readonly name: string;
  /** On eth0, the internal IP first. */
  readonly addresses: readonly Addr[];
  /** Empty until node IPAM has allocated one. The bridge's address is the first host of each. */
  readonly podCIDRs: readonly Cidr[];
}

export interface PodWiring {
  /** "ns/name". */
  readonly key: string;
  readonly node: string;
  /** Ignored for host-network pods. */
  readonly addresses: readonly Addr[];
  readonly hostNetwork: boolean;
  /** The node's end of a cable of its own: "cali0f8d21dc2d8". */
  readonly leg?: string;
}

export interface HostWiring {
  readonly name: string;
  readonly ip: Addr;
  /** Further addresses. */
  readonly more?: readonly Addr[];
  readonly routes: readonly { readonly to: Cidr; readonly via: string }[];
  /** Absent: those of a machine that forwards nothing. */
  readonly sysctls?: Partial<Sysctls>;
}

export const UPLINK = 'eth0';
export const LAN = 'lan';
export const OVERLAY = 'overlay';

/** On-link prefix of a node's uplink, as a lab's DHCP gives it. */
const lanBits = { 4: 24, 6: 64 } as const;

/** A node as the CNI has wired it; pods that stood on it before keep their cables. */
export function nodeMachine(
  node: NodeWiring,
  network: PodNetwork,
  before?: Pick<Machine, 'devices' | 'routes'>,
): Omit<Machine, 'sysctls'> {
  const { leg, between, unused } = network;
  const uplink = node.addresses.map((a) => ({ addr: a, subnet: lanOf(a) }));
  const first = node.podCIDRs.map((range) => ({ addr: nth(range, 1), subnet: range }));
  const legs = (before?.devices ?? []).filter(isLeg);
  const devices: readonly Device[] = [
    { name: UPLINK, wire: LAN, addresses: uplink },
    ...(between.kind === 'overlay'
      ? [
          {
            name: between.device,
            wire: OVERLAY,
            addresses: node.podCIDRs.flatMap(({ low }) =>
              familyOf(low) === 4 ? [alone(low)] : [],
            ),
          },
        ]
      : []),
    ...(leg.kind === 'bridge'
      ? [{ name: leg.device, wire: bridgeOf(node.name), addresses: first }]
      : []),
    ...legs,
  ];
  const routes: Route[] = [
    ...(leg.kind === 'bridge'
      ? node.podCIDRs.map((to) => ({ to, device: leg.device, via: null }))
      : []),
    ...(unused === 'swallow' ? node.podCIDRs.map(blackhole) : []),
    ...uplink.map((a) => ({ to: a.subnet, device: UPLINK, via: null })),
    ...throughRouter,
    ...(before?.routes ?? []).filter(({ device }) => legs.some(({ name }) => name === device)),
  ];
  return { name: `node/${node.name}`, devices, routes: sortRoutes(routes) };
}

/** A node with the cable of one more pod. The cable's end holds the pod's router where the network says so. */
export function withLeg(
  node: Machine,
  pod: PodWiring,
  ranges: readonly Cidr[],
  network: PodNetwork,
): Machine {
  if (network.leg.kind !== 'veth') return node;
  const wire = legOf(pod);
  const rest = withoutLeg(node, wire);
  const name = pod.leg ?? `veth${rest.devices.length}`;
  const held = network.leg.address === 'none' ? [] : pod.addresses;
  const addresses = held.map((own) => alone(gatewayOf(pod, own, ranges, network)));
  const routes = pod.addresses.map((own) => ({ to: single(own), device: name, via: null }));
  return {
    ...rest,
    devices: [...rest.devices, { name, wire, addresses }],
    routes: sortRoutes([...routes, ...rest.routes]),
  };
}

/** A node without the cable of that wire. */
export function withoutLeg(node: Machine, wire: string): Machine {
  const leg = node.devices.find((device) => device.wire === wire);
  if (leg === undefined) return node;
  return {
    ...node,
    devices: node.devices.filter((device) => device !== leg),
    routes: node.routes.filter((route) => route.device !== leg.name),
  };
}

/** A host; `routes` are those into the cluster, already resolved to a node's address. */
export function hostMachine(host: HostWiring, routes: readonly Route[]): Machine {
  return {
    name: `host/${host.name}`,
    devices: [{ name: UPLINK, wire: LAN, addresses: [host.ip, ...(host.more ?? [])].map(alone) }],
    routes: sortRoutes([...routes, ...throughRouter]),
    sysctls: { ...podSysctls, ...host.sysctls },
  };
}

/** A pod on a node with these ranges. An address outside them stands alone, with the same router as the others. */
export function podMachine(pod: PodWiring, ranges: readonly Cidr[], network: PodNetwork): Machine {
  const { leg, podRange } = network;
  const addresses: DeviceAddress[] = [];
  const routes: Route[] = [];
  for (const own of pod.addresses) {
    const gateway = gatewayOf(pod, own, ranges, network);
    const near = podRange === 'unknown' ? undefined : ranges.find((range) => contains(range, own));
    addresses.push(near === undefined ? alone(own) : { addr: own, subnet: near });
    if (podRange !== 'on-link') routes.push({ to: single(gateway), device: UPLINK, via: null });
    if (near !== undefined) {
      const via = podRange === 'on-link' ? null : gateway;
      routes.push({ to: near, device: UPLINK, via });
    }
    const to = familyOf(own) === 4 ? anyIPv4 : anyIPv6;
    routes.push({ to, device: UPLINK, via: gateway });
  }
  const wire = leg.kind === 'bridge' ? bridgeOf(pod.node) : legOf(pod);
  const devices = [{ name: UPLINK, wire, addresses }];
  return { name: `pod/${pod.key}`, devices, routes: sortRoutes(routes), sysctls: podSysctls };
}

/** The router that a pod knows for one of its addresses. */
function gatewayOf(
  pod: PodWiring,
  own: Addr,
  ranges: readonly Cidr[],
  { gateway }: PodNetwork,
): Addr {
  const family = familyOf(own);
  if (gateway !== 'first') return gateway[family];
  const near =
    ranges.find((range) => contains(range, own)) ??
    ranges.find(({ low }) => familyOf(low) === family);
  if (near !== undefined) return nth(near, 1);
  throw new Error(`pod "${pod.key}": node "${pod.node}" has no pod range for ${formatAddr(own)}`);
}

function bridgeOf(node: string): string {
  return `bridge/${node}`;
}

function legOf({ node, key }: PodWiring): string {
  return `veth/${node}/${key}`;
}

/** Whether it is a node's end of a pod's own cable. */
function isLeg({ wire }: Device): boolean {
  return wire.startsWith('veth/');
}

/** The node of a pod's wire, as a machine; undefined: the wire is no pod's. */
export function nodeOfWire(wire: string): string | undefined {
  const [kind, node] = wire.split('/', 2);
  return kind === 'bridge' || kind === 'veth' ? `node/${node}` : undefined;
}

export function isBridge(wire: string): boolean {
  return wire.startsWith('bridge/');
}

function lanOf(value: Addr): Cidr {
  const bits = lanBits[familyOf(value)];
  const width = familyOf(value) === 4 ? 32 : 128;
  const host = width - bits;
  return typeof value === 'number'
    ? block(anyIPv4, bits, Math.floor(value / 2 ** host))
    : { ...block(anyIPv6, bits, 0), ...lan6(value, BigInt(host)) };
}

function lan6(value: bigint, host: bigint): { low: bigint; high: bigint } {
  const low = (value >> host) << host;
  return { low, high: low + (1n << host) - 1n };
}

const throughRouter: readonly Route[] = [
  { to: anyIPv4, device: UPLINK, via: 'router' },
  { to: anyIPv6, device: UPLINK, via: 'router' },
];

/** Nobody asks for its addresses on a wire: every node's kube-ipvs0 holds the same ones. */
export function isDummy({ wire }: Device): boolean {
  return wire === '';
}

function blackhole(to: Cidr): Route {
  return { to, device: LOOPBACK, via: 'nowhere' };
}

/** An address as a key. */
export function addressKey(value: Addr): string {
  return typeof value === 'number' ? String(value) : `${value}n`;
}

/** The address behind a key. */
export function addressOfKey(key: string): Addr {
  return key.endsWith('n') ? BigInt(key.slice(0, -1)) : Number(key);
}
