// One network namespace as an immutable value: devices with addresses, routes and the sysctls that change answers.
// Sockets, conntrack and port counters are kept beside it by the fabric, so that a fork copies none of them.
// Not modelled: neighbour tables with age, policy routing, rp_filter (loose everywhere), VLANs, MTU.
import { type Addr, addr, type Family, familyOf, isLoopback } from '../net/addr.ts';
import { type Cidr, contains, single } from '../net/cidr.ts';

export interface Device {
  /** "eth0", "cni0". */
  readonly name: string;
  /** What it is plugged into: "lan", "overlay", "bridge/NODE", "veth/NODE/POD"; "": nothing. */
  readonly wire: string;
  readonly addresses: readonly DeviceAddress[];
}

export interface DeviceAddress {
  readonly addr: Addr;
  readonly subnet: Cidr;
  /** It moves between machines, and several may hold it: who gets its packets was the last to announce it. */
  readonly floating?: true;
}

export interface Route {
  readonly to: Cidr;
  readonly device: string;
  /** The router; null: on link. A default route whose router is the outside world has `via: 'router'`; 'nowhere': what
   * goes there is swallowed (a blackhole). */
  readonly via: Addr | 'router' | 'nowhere' | null;
}

export interface Sysctls {
  /** net.ipv4.ip_forward. */
  readonly forward: boolean;
  /** net.ipv4.conf.all.route_localnet: kube-proxy's iptables mode sets it. */
  readonly routeLocalnet: boolean;
  /** Devices with net.ipv4.conf.DEVICE.route_localnet, whatever `all` says: portmap sets it. */
  readonly localnetDevices?: readonly string[];
  /** net.bridge.bridge-nf-call-iptables. */
  readonly bridgeNf: boolean;
  /** net.bridge.bridge-nf-call-ip6tables; absent: as bridgeNf. */
  readonly bridgeNf6?: boolean;
  /** net.ipv4.icmp_ratelimit: the least time between two errors to one peer, six of them in reserve. Absent or 0: no
   * limit. IPv6 errors have none. */
  readonly icmpRatelimitMs?: number;
}

export interface Machine {
  /** "node/node01", "pod/demo/web-1", "host/laptop". */
  readonly name: string;
  readonly devices: readonly Device[];
  /** Longest prefix first; own addresses are not listed. */
  readonly routes: readonly Route[];
  readonly sysctls: Sysctls;
}

export const podSysctls: Sysctls = {
  forward: false,
  routeLocalnet: false,
  bridgeNf: false,
  icmpRatelimitMs: 0,
};
export const nodeSysctls: Sysctls = {
  forward: true,
  routeLocalnet: false,
  bridgeNf: true,
  icmpRatelimitMs: 0,
};

/** Whether a machine's bridge hands frames of a family to netfilter. */
export function filtersBridge({ sysctls }: Machine, family: Family): boolean {
  const { bridgeNf, bridgeNf6 = bridgeNf } = sysctls;
  return family === 4 ? bridgeNf : bridgeNf6;
}

export const LOOPBACK = 'lo';

/** addrtype LOCAL: an address of any device, or the loopback range. */
export function isLocal(machine: Machine, value: Addr): boolean {
  if (isLoopback(value)) return true;
  for (const device of machine.devices) {
    for (const own of device.addresses) if (own.addr === value) return true;
  }
  return false;
}

/** Whether 127.0.0.0/8 may pass by the device (IN_DEV_ROUTE_LOCALNET). */
export function routesLocalnet({ sysctls }: Machine, device: string): boolean {
  return sysctls.routeLocalnet || sysctls.localnetDevices?.includes(device) === true;
}

export function deviceOf(machine: Machine, name: string): Device | undefined {
  return machine.devices.find((device) => device.name === name);
}

/** Whether the address is one of the device's own. */
export function holds(machine: Machine, device: string, value: Addr): boolean {
  if (device === LOOPBACK) return isLoopback(value);
  return deviceOf(machine, device)?.addresses.some((own) => own.addr === value) === true;
}

/** MASQUERADE's source, and a local process's: the address of the device whose subnet holds the next hop, else the
 * device's first of that family, else any other the machine has (inet_select_addr). */
export function addressToward(machine: Machine, device: string, nextHop: Addr): Addr | undefined {
  const own = deviceOf(machine, device)?.addresses ?? [];
  const near = own.find((a) => contains(a.subnet, nextHop)) ?? sameFamily(own, nextHop);
  if (near !== undefined) return near.addr;
  for (const other of machine.devices) {
    const far = sameFamily(other.addresses, nextHop);
    if (far !== undefined) return far.addr;
  }
  return undefined;
}

function sameFamily(list: readonly DeviceAddress[], to: Addr): DeviceAddress | undefined {
  return list.find((a) => familyOf(a.addr) === familyOf(to));
}

/** Sorts routes as the lookup wants them: longest prefix first, otherwise as given. */
export function sortRoutes(routes: readonly Route[]): readonly Route[] {
  return [...routes].sort((a, b) => b.to.bits - a.to.bits);
}

/** The longest match among the machine's own routes. */
export function findRoute(machine: Machine, to: Addr): Route | undefined {
  return machine.routes.find((route) => contains(route.to, to));
}

/** The subnet of an address that stands alone on its device (a pinned pod address, an outside host). */
export function alone(value: Addr): DeviceAddress {
  return { addr: value, subnet: single(value) };
}

export const anyIPv4: Cidr = { low: 0, high: addr('255.255.255.255'), bits: 0 };
export const anyIPv6: Cidr = { low: 0n, high: (1n << 128n) - 1n, bits: 0 };
