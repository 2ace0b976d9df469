// What a node, a pod and an outside host look like as machines: devices, addresses, routes. Pure functions; the fabric
// keeps the results. A node has eth0 on the LAN and the bridge cni0 with the first address of each pod range; a pod
// has one leg on its node's bridge; a host stands behind the outside world's router.
import { type Addr, familyOf, formatAddr } from '../net/addr.ts';
import { block, type Cidr, contains, nth } from '../net/cidr.ts';
import {
  alone,
  anyIPv4,
  anyIPv6,
  type Device,
  type DeviceAddress,
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
}

export interface HostWiring {
  readonly name: string;
  readonly ip: Addr;
  readonly routes: readonly { readonly to: Cidr; readonly via: string }[];
}

export const BRIDGE = 'cni0';
export const UPLINK = 'eth0';
export const LAN = 'lan';

/** On-link prefix of a node's uplink, as a lab's DHCP gives it. */
const lanBits = { 4: 24, 6: 64 } as const;

/** A node as the CNI has wired it. */
export function nodeMachine(node: NodeWiring, sysctls: Sysctls): Machine {
  const bridge = node.podCIDRs.map((range) => ({ addr: nth(range, 1), subnet: range }));
  const uplink = node.addresses.map((a) => ({ addr: a, subnet: lanOf(a) }));
  const routes: Route[] = [
    ...node.podCIDRs.map((to) => ({ to, device: BRIDGE, via: null })),
    ...uplink.map((a) => ({ to: a.subnet, device: UPLINK, via: null })),
    ...throughRouter,
  ];
  return {
    name: `node/${node.name}`,
    devices: [
      { name: UPLINK, wire: LAN, addresses: uplink },
      { name: BRIDGE, wire: bridgeOf(node.name), addresses: bridge },
    ],
    routes: sortRoutes(routes),
    sysctls,
  };
}

/** A host; `routes` are those into the cluster, already resolved to a node's address. */
export function hostMachine(host: HostWiring, routes: readonly Route[]): Machine {
  return {
    name: `host/${host.name}`,
    devices: [{ name: UPLINK, wire: LAN, addresses: [alone(host.ip)] }],
    routes: sortRoutes([...routes, ...throughRouter]),
    sysctls: podSysctls,
  };
}

/** A pod on its node's bridge. An address outside the node's ranges stands alone, with the bridge as its router. */
export function podMachine(pod: PodWiring, node: Machine): Machine {
  const bridge = node.devices.find((d) => d.name === BRIDGE)?.addresses ?? [];
  const addresses: DeviceAddress[] = [];
  const routes: Route[] = [];
  for (const own of pod.addresses) {
    const near = bridge.find((b) => contains(b.subnet, own));
    const gateway = near ?? bridge.find((b) => familyOf(b.addr) === familyOf(own));
    if (gateway === undefined) {
      throw new Error(
        `pod "${pod.key}": node "${pod.node}" has no pod range for ${formatAddr(own)}`,
      );
    }
    addresses.push(near === undefined ? alone(own) : { addr: own, subnet: near.subnet });
    if (near !== undefined) routes.push({ to: near.subnet, device: UPLINK, via: null });
    const to = familyOf(own) === 4 ? anyIPv4 : anyIPv6;
    routes.push({ to, device: UPLINK, via: gateway.addr });
  }
  const devices = [{ name: UPLINK, wire: bridgeOf(pod.node), addresses }];
  return { name: `pod/${pod.key}`, devices, routes: sortRoutes(routes), sysctls: podSysctls };
}

/** Whether no range of the node holds the address, so that it needs a route of its own. */
export function isAlone(own: DeviceAddress): boolean {
  return own.subnet.low === own.subnet.high;
}

function bridgeOf(node: string): string {
  return `bridge/${node}`;
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

/** An address as a key. */
export function addressKey(value: Addr): string {
  return typeof value === 'number' ? String(value) : `${value}n`;
}
