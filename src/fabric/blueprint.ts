// A fabric as one plain value: what somebody must know to build the same machines and wires elsewhere. Nothing here
// says what a packet meets; rules are asked for by themselves.
import type { Addr } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import type { PodNetwork } from '../net/pod-network.ts';
import type { Machine } from '../node/machine.ts';
import type { Socket } from '../node/socket.ts';
import type { Table } from '../sim/table.ts';
import type { Announced, Announcement } from './announced.ts';
import type { Claims } from './floating.ts';
import type { LinkState } from './link.ts';
import type { PodRoutes } from './pod-routes.ts';
import { addressOfKey } from './wiring.ts';

export interface Blueprint {
  /** By name. */
  readonly machines: readonly Machine[];
  /** What listens where: `machine` is the one whose network it is, the socket's owner may be a Pod on it. */
  readonly sockets: readonly { readonly machine: string; readonly socket: Socket }[];
  /** Host-network Pods and the machine each stands on. */
  readonly aliases: readonly { readonly name: string; readonly machine: string }[];
  readonly network: PodNetwork;
  /** Which node has which pod addresses: all nodes share these routes. */
  readonly podRoutes: readonly { readonly to: Cidr; readonly node: string }[];
  readonly announced: readonly { readonly addr: Addr; readonly announcement: Announcement }[];
  /** Addresses that move between machines, whoever has them now. */
  readonly floating: readonly Addr[];
  /** Machines that are off. */
  readonly down: readonly string[];
  /** Wires between two machines, "a|b", that are not whole. */
  readonly links: readonly { readonly key: string; readonly state: LinkState }[];
}

/** What of a fabric makes up its blueprint, by its keys. */
export interface Tables {
  readonly network: PodNetwork;
  readonly machines: Table<Machine>;
  readonly sockets: Table<readonly Socket[]>;
  readonly aliases: Table<string>;
  readonly podRoutes: PodRoutes;
  readonly announced: Announced;
  readonly claims: Claims;
  readonly down: Table<true>;
  readonly links: Table<LinkState>;
}

export function blueprintOf(tables: Tables): Blueprint {
  return {
    machines: [...tables.machines.values()],
    sockets: [...tables.sockets.entries()].flatMap(([machine, open]) =>
      open.map((socket) => ({ machine, socket })),
    ),
    aliases: [...tables.aliases.entries()].map(([name, machine]) => ({ name, machine })),
    network: tables.network,
    podRoutes: [...tables.podRoutes.entries()],
    announced: [...tables.announced.entries()].map(([key, announcement]) => ({
      addr: addressOfKey(key),
      announcement,
    })),
    floating: tables.claims.addresses(),
    down: tables.down.keys(),
    links: [...tables.links.entries()].map(([key, state]) => ({ key, state })),
  };
}
