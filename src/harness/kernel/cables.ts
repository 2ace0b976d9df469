// Pods' own cables and nodes' tunnels in the lab: their names, how a tunnel is made, and when a cable carries frames. A
// tunnel is a cable too, to a bridge that joins all of them: what encapsulates packets is not what is looked at.
import type { Blueprint } from '../../fabric/blueprint.ts';
import { isBridge, nodeOfWire, OVERLAY, UPLINK } from '../../fabric/wiring.ts';
import type { Machine } from '../../node/machine.ts';
import { type Batch, BRIDGE, LAN_BRIDGE } from './layout.ts';

/** leg: a Pod with a cable of its own, without a bridge. */
export type Kind = 'node' | 'host' | 'pod' | 'leg';

export function kindOf({ name, devices }: Machine): Kind {
  if (name.startsWith('pod/')) return isBridge(devices[0]?.wire ?? '') ? 'pod' : 'leg';
  return name.slice(0, name.indexOf('/')) as Kind;
}

/** Lines for where a new namespace's cable ends; `file` is the agent's of the namespace. */
export function outsideLines(kind: Kind, number: number, file: string): Batch {
  const wire = `v${number}`;
  const plugged = {
    pod: [`link set ${wire} master ${BRIDGE}`, `link set ${wire} type bridge_slave hairpin on`],
    leg: [`link set ${wire} address ee:ee:ee:ee:ee:ee`],
    node: [`link set ${wire} master ${LAN_BRIDGE}`],
    host: [`link set ${wire} master ${LAN_BRIDGE}`],
  };
  const made = `link add ${wire} type veth peer name ${UPLINK} netns /proc/1/fd/${file}`;
  return [made, ...plugged[kind], `link set ${wire} up`];
}

/** Lines for the new namespace itself. */
export function insideLines(kind: Kind, number: number): Batch {
  const hex = number.toString(16).padStart(4, '0');
  const mac = `02:00:00:00:${hex.slice(0, 2)}:${hex.slice(2)}`;
  const bridge = [
    `link add ${BRIDGE} type bridge mcast_snooping 0`,
    `link set ${BRIDGE} address ${mac.replace(/^02/, '06')} up`,
  ];
  const up = ['link set lo up', `link set ${UPLINK} address ${mac} up`];
  return kind === 'node' ? [...up, ...bridge] : up;
}

const TUNNELS = 'br1';

export const tunnelBridge: Batch = [
  `link add ${TUNNELS} type bridge mcast_snooping 0`,
  `link set ${TUNNELS} up`,
];

/** The node's name for a Pod's cable. */
export function legName({ machines }: Blueprint, pod: Machine): string {
  const wire = pod.devices[0]?.wire ?? '';
  const node = machines.find(({ name }) => name === nodeOfWire(wire));
  const device = node?.devices.find((one) => one.wire === wire);
  if (device === undefined) throw new Error(`${pod.name} is plugged in nowhere`);
  return device.name;
}

/** The tunnel's device on a node; null: it has none. */
export function tunnelName({ devices }: Machine): string | null {
  return devices.find(({ wire }) => wire === OVERLAY)?.name ?? null;
}

/** Lines for the LAN's namespace; `file` is the agent's of the node's namespace. */
export function tunnelLines(number: number, file: string, name: string): Batch {
  return [
    `link add t${number} type veth peer name ${name} netns /proc/1/fd/${file}`,
    `link set t${number} master ${TUNNELS} up`,
  ];
}

/** A device has to be down for it. */
export function rename(before: string, after: string): Batch {
  const name = before === after ? [] : [`link set ${before} name ${after}`];
  return [`link set ${before} down`, ...name, `link set ${after} up`];
}

/** A line of `ip -o -d link`: a device that is up and has a carrier which its packets do not get to yet, or a bridge's
 * port without one. */
export function isUnsettled(line: string): boolean {
  if (!/^\d+: \S+ <[^>]*\bUP\b/.test(line)) return false;
  if (line.includes(' bridge_slave ') && !line.includes(' bridge_slave state forwarding ')) {
    return true;
  }
  return /<[^>]*\bLOWER_UP\b/.test(line) && !/ state (?:UP|UNKNOWN) /.test(line);
}
