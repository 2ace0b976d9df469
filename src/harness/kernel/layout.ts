// From a fabric's blueprint to what `ip -batch` takes: one text per machine, made anew from nothing each time, so that
// whatever a namespace was before, it becomes this machine. The wiring is the fabric's: nodes and outside hosts on one
// LAN, Pods on their node. The LAN itself is a machine too: the router of the outside world, which knows who
// announces which address and swallows everything else.
import type { Blueprint } from '../../fabric/blueprint.ts';
import { type LinkState, linkKey } from '../../fabric/link.ts';
import { LAN, nodeOfWire, OVERLAY, UPLINK } from '../../fabric/wiring.ts';
import { type Addr, type Family, familyOf, formatAddr } from '../../net/addr.ts';
import { type Cidr, contains, formatCidr } from '../../net/cidr.ts';
import { protoName } from '../../net/packet.ts';
import type { Machine, Route } from '../../node/machine.ts';

/** The router's own addresses on the LAN, which no cluster uses. */
const router = { 4: '169.254.77.1', 6: 'fd77::1' } as const;
export const LAN_BRIDGE = 'br0';
/** In every node's namespace, plugged or not: Pods' ports are made beforehand. */
export const BRIDGE = 'cni0';

/** Lines for `ip -batch` inside the machine's namespace. */
export type Batch = readonly string[];

/** Devices that the machine had before and has no more hold addresses too, whether they are up or not. */
const cleanAddresses: Batch = ['addr flush scope global'];
const cleanNeighbours = (device: string): string => `neigh flush nud permanent dev ${device}`;
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
  const isNode = machine.name.startsWith('node/');
  const own = machine.devices.flatMap(({ wire, name }) => (wire === '' ? [] : [name]));
  return [
    ...cleanAddresses,
    ...new Set([...own, ...(isNode ? [BRIDGE] : []), 'lo'].map(cleanNeighbours)),
    ...cleanRoutes,
    ...devices.flatMap(({ name, addresses }) =>
      addresses.map(({ addr, subnet }) => addAddress(machine, addr, subnet, name)),
    ),
    ...machine.routes.flatMap((route) => routeLine(machine, route)),
    ...neighbours(blueprint, machine),
    ...(isNode || blueprint.network.between.kind === 'lan' ? podRoutes(blueprint, machine) : []),
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
    if (kind === 'route') return `route del ${what === 'blackhole' ? `${what} ${rest[0]}` : what}`;
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
    const node = nodeOfWire(wire) ?? null;
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

/** Without the route to its subnet that comes along, where the machine has another one. */
function addAddress({ routes }: Machine, addr: Addr, subnet: Cidr, device: string): string {
  const nodad = familyOf(addr) === 6 ? ' nodad' : '';
  const isRouted = routes.some(({ to, via }) => isSame(to, subnet) && via !== null);
  const bare = isRouted ? ' noprefixroute' : '';
  return `addr replace ${formatAddr(addr)}/${subnet.bits} dev ${device}${nodad}${bare}`;
}

function isSame(a: Cidr, b: Cidr): boolean {
  return a.low === b.low && a.bits === b.bits;
}

/** Nothing for a route that an address brings along, or of a family that the machine does not speak. */
function routeLine(machine: Machine, { to: range, device, via }: Route): Batch {
  const own = machine.devices.flatMap(({ addresses }) => addresses);
  const speaks = own.some(({ addr }) => familyOf(addr) === familyOf(range.low));
  const comesAlong = own.some(({ subnet }) => isSame(subnet, range));
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

function podRoutes(blueprint: Blueprint, machine: Machine): Batch {
  const { leg, between } = blueprint.network;
  const own = machine.devices.flatMap(({ addresses }) => addresses);
  return blueprint.podRoutes.flatMap(({ to: range, node }) => {
    const begin = `route replace ${formatCidr(range)}`;
    // A host that was told a way of its own takes that one.
    if (machine.routes.some(({ to, via }) => isWay(via) && contains(to, range.low))) return [];
    if (node === machine.name) {
      const comesAlong = own.some(({ subnet }) => contains(subnet, range.low));
      return comesAlong || leg.kind !== 'bridge' ? [] : [`${begin} dev ${leg.device}`];
    }
    const via = addressOf(blueprint, node, range.low, LAN);
    if (via === undefined || !own.some(({ addr }) => familyOf(addr) === familyOf(via))) return [];
    const isNear = machine.devices.some(
      ({ wire, addresses }) => wire === LAN && inside(addresses, via),
    );
    const isPlain = between.kind !== 'overlay' || familyOf(via) === 6;
    if (isPlain || (between.direct === 'same-subnet' && isNear)) {
      return [`${begin} via ${formatAddr(via)} dev ${UPLINK} onlink`];
    }
    const end = addressOf(blueprint, node, range.low, OVERLAY);
    if (end === undefined) return [];
    return [`${begin} via ${formatAddr(end)} dev ${between.device} onlink`];
  });
}

/** Whether a route names a machine to go by. */
function isWay(via: Route['via']): boolean {
  return via !== null && via !== 'router' && via !== 'nowhere';
}

/** The address of a node on that wire, of the same family. */
function addressOf({ machines }: Blueprint, node: string, like: Addr, wire: string) {
  const devices = machines.find(({ name }) => name === node)?.devices ?? [];
  const own = devices.filter((device) => device.wire === wire);
  return own
    .flatMap(({ addresses }) => addresses)
    .find(({ addr }) => familyOf(addr) === familyOf(like))?.addr;
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
    ...(blueprint.network.between.kind === 'lan' ? podHops(blueprint) : []),
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

/** The network that knows where every Pod is. */
function podHops(blueprint: Blueprint): Batch {
  return blueprint.podRoutes.flatMap(({ to: range, node }) => {
    const via = addressOf(blueprint, node, range.low, LAN);
    const hop = via === undefined ? '' : `via ${formatAddr(via)} dev ${LAN_BRIDGE}`;
    return hop === '' ? [] : [`route replace ${formatCidr(range)} ${hop}`];
  });
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
