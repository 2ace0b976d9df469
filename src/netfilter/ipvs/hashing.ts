// sh and dh: a table of 256 places filled from the list of servers, entered by a hash of the source (with flag-2 also
// of its port) or of the destination. A server without weight keeps its places: what hashes to them is refused, unless
// sh has flag-1 (fallback). Models ip_vs_sh.c and ip_vs_dh.c.
import type { Addr } from '../../net/addr.ts';
import { folded } from '../flow-table.ts';
import {
  drawn,
  enumerates,
  type Scheduling,
  type Server,
  type Servers,
  stateless,
} from './scheduler.ts';

const places = 256;

/** GOLDEN_RATIO_32 of linux/hash.h. */
const goldenRatio = 0x61c88647;

/** hash_32(value, 8). */
function hash8(value: number): number {
  return Math.imul(value, goldenRatio) >>> 24;
}

/** An address as 32 unsigned bits; IPv6: its four words, XORed. */
export function word(addr: Addr): number {
  return folded(addr) >>> 0;
}

/** The port that the packet adds to its hash. */
export function hashedPort({ flags, sport }: Scheduling): number {
  return flags.includes('flag-2') ? sport : 0;
}

const shTables = new WeakMap<Servers, Servers>();
const dhTables = new WeakMap<Servers, Servers>();

function tableOf(known: WeakMap<Servers, Servers>, servers: Servers, turns: (s: Server) => number) {
  let table = known.get(servers);
  if (table === undefined) {
    const filled: Server[] = [];
    for (let i = 0, taken = 0; servers.length > 0 && filled.length < places; ) {
      const server = servers[i] as Server;
      filled.push(server);
      if (++taken < turns(server)) continue;
      i = (i + 1) % servers.length;
      taken = 0;
    }
    table = filled;
    known.set(servers, table);
  }
  return table;
}

function usable(server: Server | undefined): Server | null {
  return server === undefined || server.weight <= 0 ? null : server;
}

export const sh = stateless((scheduling) => {
  const table = tableOf(shTables, scheduling.servers, ({ weight }) => weight);
  const { src, flags } = scheduling;
  const falls = flags.includes('flag-1');
  if (flags.includes('flag-2') && enumerates(scheduling)) return anyPlace(table, scheduling, falls);
  const place = hash8((word(src) + hashedPort(scheduling)) >>> 0);
  const own = usable(table[place]);
  if (own !== null || !falls) return own;
  for (let offset = 0; offset < places; offset++) {
    const other = usable(table[(((offset + place) % places) + place) % places]);
    if (other !== null) return other;
  }
  return null;
});

/** The next connection comes from another port: any place of the table. */
export function anyPlace(table: Servers, scheduling: Scheduling, falls: boolean): Server | null {
  const shares = new Map<Server, number>();
  for (const server of table) shares.set(server, (shares.get(server) ?? 0) + 1);
  const owners = [...shares.keys()].filter((server) => server.weight > 0 || !falls);
  const owner = drawn('ipvs/port', owners, scheduling, (server) => shares.get(server) ?? 0);
  return usable(owner ?? undefined);
}

export const dh = stateless((scheduling) => {
  const table = tableOf(dhTables, scheduling.servers, () => 1);
  return usable(table[hash8(word(scheduling.dst))]);
});
