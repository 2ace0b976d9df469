// From a fabric's blueprint to what `ip -batch` takes: one text per machine, made anew from nothing each time, so that
// whatever a namespace was before, it becomes this machine. The wiring is the fabric's: nodes and outside hosts on one
// LAN, Pods on their node's bridge. The LAN itself is a machine too: the router of the outside world, which knows who
// announces which address and swallows everything else.
import type { Blueprint } from '../../fabric/blueprint.ts';
import { type LinkState, linkKey } from '../../fabric/link.ts';
import { LAN, UPLINK } from '../../fabric/wiring.ts';
import { type Addr, type Family, familyOf, formatAddr } from '../../net/addr.ts';
import { type Cidr, contains, formatCidr } from '../../net/cidr.ts';
import { protoName } from '../../net/packet.ts';
import type { Machine, Route } from '../../node/machine.ts';

/** The router's own addresses on the LAN, which no cluster uses. */
const router = { 4: '169.254.77.1', 6: 'fd77::1' } as const;
export const LAN_BRIDGE = 'br0';
/** In every node's namespace: Pods' ports are made beforehand. */
export const BRIDGE = 'cni0';

/** Lines for `ip -batch` inside the machine's namespace. */
export type Batch = readonly string[];

const clean = (device: string): Batch => [
  `addr flush dev ${device} scope global`,
  `neigh flush nud permanent dev ${device}`,
];
const cleanRoutes: Batch = ['route flush table main'];

/** Addresses that stand on the LAN, with their owners. */
function lanAddresses(
  blueprint: Blueprint,
): readonly { readonly machine: string; readonly addr: Addr }[] {
  return blueprint.machines.flatMap(({ name, devices }) =>
    devices
      .filter(({ wire }) => wire === LAN)
      .flatMap(({ addresses }) => addresses.map(({ addr }) => ({ machine: name, addr }))),
  );
}

/** A node, Pod or host. */
export function machineBatch(blueprint: Blueprint, machine: Machine): Batch {
  const devices = machine.devices.map((device) => ({
    ...device,
    // A device without a wire only holds addresses.
    name: device.wire === '' ? 'lo' : device.name,
  }));
  const isNode = machine.devices.some(({ name }) => name === BRIDGE);
  return [
    ...clean(UPLINK),
    ...(isNode ? clean(BRIDGE) : []),
    ...clean('lo'),
    ...cleanRoutes,
    ...devices.flatMap(({ name, addresses }) =>
      addresses.map(({ addr, subnet }) => addAddress(addr, subnet.bits, name)),
    ),
    ...machine.routes.flatMap((route) => routeLine(machine, route)),
    ...neighbours(blueprint, machine),
    ...(isNode ? podRoutes(blueprint, machine) : []),
    ...deadNeighbours(blueprint, machine),
  ];
}

/** The lines that turn what a batch has made into what another would; null: only from nothing. Connections live on while
 * their machine's addresses stand. */
export function changeOf(from: Batch, to: Batch): Batch | null {
  const [gone, come] = [
    from.filter((line) => !to.includes(line)),
    to.filter((line) => !from.includes(line)),
  ];
  const undone = gone.map((line) => {
    const [kind, , what, ...rest] = line.split(' ');
    if (kind === 'route') return `route del ${what}`;
    return kind === 'neigh' ? `neigh del ${what} dev ${rest[rest.indexOf('dev') + 1]}` : null;
  });
  return undone.includes(null) ? null : [...undone.flatMap((line) => line ?? []), ...come];
}

/** A hardware address that nobody has: what is sent there is lost without a word. */
const nowhere = '02:00:00:00:fe:fe';

function lost(addr: Addr, device: string): string {
  return `neigh replace ${formatAddr(addr)} lladdr ${nowhere} dev ${device} nud permanent`;
}

/** Machines on its wires that are off or behind a cut link. */
function deadNeighbours(blueprint: Blueprint, machine: Machine): Batch {
  const { machines, down, links } = blueprint;
  if (down.length === 0 && links.length === 0) return [];
  const off = new Set(down);
  const cut = new Set(links.filter(({ state }) => isCut(state)).map(({ key }) => key));
  return machine.devices.flatMap(({ name: device, wire, addresses: own }) => {
    if (wire === '') return [];
    const speaks = new Set(own.map(({ addr }) => familyOf(addr)));
    const node = wire === LAN ? null : `node/${wire.slice('bridge/'.length)}`;
    return machines.flatMap((other) => {
      if (other === machine) return [];
      const ways =
        node === null
          ? [[machine.name, other.name]]
          : [
              [machine.name, node],
              [node, other.name],
            ];
      const isDead = off.has(other.name) || ways.some(([a = '', b = '']) => cut.has(linkKey(a, b)));
      return other.devices
        .filter((one) => isDead && one.wire === wire)
        .flatMap(({ addresses }) => addresses)
        .filter(({ addr }) => speaks.has(familyOf(addr)))
        .map(({ addr }) => lost(addr, device));
    });
  });
}

/** A wire that loses everything is as good as cut. */
export function isCut(state: LinkState): boolean {
  return state.kind === 'cut' || (state.kind === 'loses' && state.percent === 100);
}

function addAddress(addr: Addr, bits: number, device: string): string {
  const nodad = familyOf(addr) === 6 ? ' nodad' : '';
  return `addr replace ${formatAddr(addr)}/${bits} dev ${device}${nodad}`;
}

/** Nothing for a route that an address brings along, or of a family that the machine does not speak. */
function routeLine(machine: Machine, { to: range, device, via }: Route): Batch {
  const own = machine.devices.flatMap(({ addresses }) => addresses);
  const speaks = own.some(({ addr }) => familyOf(addr) === familyOf(range.low));
  const comesAlong = own.some(
    ({ subnet }) => subnet.low === range.low && subnet.bits === range.bits,
  );
  if (!speaks || (via === null && comesAlong)) return [];
  if (via === 'nowhere') return [`route replace blackhole ${formatCidr(range)}`];
  const begin = `route replace ${formatCidr(range)}`;
  if (via === null) return [`${begin} dev ${device}`];
  const gateway = via === 'router' ? router[familyOf(range.low)] : formatAddr(via);
  return [`${begin} via ${gateway} dev ${device} onlink`];
}

/** Machines on the LAN hand packets to each other, not to the router. */
function neighbours(blueprint: Blueprint, machine: Machine): Batch {
  const uplink = machine.devices.find(({ wire }) => wire === LAN);
  if (uplink === undefined) return [];
  const { addresses } = uplink;
  return lanAddresses(blueprint)
    .filter(({ machine: owner, addr }) => owner !== machine.name && !inside(addresses, addr))
    .filter(({ addr }) => addresses.some((own) => familyOf(own.addr) === familyOf(addr)))
    .map(({ addr }) => `route replace ${formatAddr(addr)} dev ${UPLINK}`);
}

function inside(addresses: readonly { readonly subnet: Cidr }[], addr: Addr): boolean {
  return addresses.some(({ subnet }) => contains(subnet, addr));
}

function podRoutes({ machines, podRoutes: all }: Blueprint, machine: Machine): Batch {
  return all.flatMap(({ to: range, node }) => {
    const begin = `route replace ${formatCidr(range)}`;
    const own = machine.devices.flatMap(({ addresses }) => addresses);
    if (node === machine.name) {
      const comesAlong = own.some(({ subnet }) => contains(subnet, range.low));
      return comesAlong ? [] : [`${begin} dev ${BRIDGE}`];
    }
    const there = machines.find(({ name }) => name === node)?.devices ?? [];
    const via = there
      .flatMap(({ addresses }) => addresses)
      .find(({ addr }) => familyOf(addr) === familyOf(range.low));
    return via === undefined ? [] : [`${begin} via ${formatAddr(via.addr)} dev ${UPLINK} onlink`];
  });
}

/** The LAN's router: who is where. It swallows what is for nobody. */
export function lanBatch(blueprint: Blueprint): Batch {
  const off = new Set(blueprint.down);
  return [
    ...cleanRoutes,
    `neigh flush nud permanent dev ${LAN_BRIDGE}`,
    `addr replace ${router[4]}/32 dev ${LAN_BRIDGE}`,
    `addr replace ${router[6]}/128 dev ${LAN_BRIDGE} nodad`,
    ...lanAddresses(blueprint).map(
      ({ addr }) => `route replace ${formatAddr(addr)} dev ${LAN_BRIDGE}`,
    ),
    'route replace blackhole 0.0.0.0/0',
    'route replace blackhole ::/0',
    ...lanAddresses(blueprint)
      .filter(({ machine }) => off.has(machine))
      .map(({ addr }) => lost(addr, LAN_BRIDGE)),
    ...announcedHops(blueprint).map(
      ({ addr, table, hops }) =>
        `route replace ${formatAddr(addr)} table ${table} ${hops.join(' ')}`,
    ),
  ];
}

/** Which nodes an announced address is passed on to, each listener by its port; for `ip -4` or `ip -6`. */
export function lanRules(blueprint: Blueprint, family: Family): Batch {
  return [
    'rule flush',
    'rule add lookup main pref 32766',
    ...announcedHops(blueprint)
      .filter(({ addr }) => familyOf(addr) === family)
      .flatMap(({ addr, table, ports }) => {
        const where = `to ${formatAddr(addr)} lookup ${table} pref ${table}`;
        if (ports === null) return [`rule add ${where}`];
        return ports.map(
          ({ proto, port }) => `rule add ${where} ipproto ${protoName(proto)} dport ${port}`,
        );
      }),
  ];
}

function announcedHops(blueprint: Blueprint) {
  const addresses = lanAddresses(blueprint);
  return blueprint.announced.flatMap(({ addr, announcement: { nodes, ports } }, i) => {
    const hops = nodes.flatMap((node) => {
      const near = addresses.find(
        (one) => one.machine === `node/${node}` && familyOf(one.addr) === familyOf(addr),
      );
      return near === undefined ? [] : [`nexthop via ${formatAddr(near.addr)} dev ${LAN_BRIDGE}`];
    });
    return hops.length === 0 ? [] : [{ addr, table: 100 + i, hops, ports }];
  });
}
