// mh: Maglev hashing. A table of 4093 places that every server fills in an order of its own, by turns; a server that
// goes or comes moves few of the others' places. Flag-1 is fallback, flag-2 hashes the source port too. The hash is
// SipHash-1-3 of one 32-bit word, as 64-bit kernels have it. Models ip_vs_mh.c and lib/siphash.c (hsiphash_1u32).
import { anyPlace, hashedPort, word } from './hashing.ts';
import { enumerates, gcd, type Server, type Servers, stateless } from './scheduler.ts';

/** The prime below 2^12 (CONFIG_IP_VS_MH_TAB_INDEX 12). */
export const places = 4093;
/** Weights are cut to this many bits: half the table's. */
const weightBits = 6;
const key1 = 2654435761n;
const key2 = 2654446892n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotl = (value: bigint, by: bigint): bigint => wrap((value << by) | (value >> (64n - by)));

/** hsiphash_1u32 with both key words the same: 32 bits. */
export function hsiphash(value: number, key: bigint): number {
  let v0 = 0x736f6d6570736575n ^ key;
  let v1 = 0x646f72616e646f6dn ^ key;
  let v2 = 0x6c7967656e657261n ^ key;
  let v3 = 0x7465646279746573n ^ key;
  const round = () => {
    v0 = wrap(v0 + v1);
    v1 = rotl(v1, 13n) ^ v0;
    v0 = rotl(v0, 32n);
    v2 = wrap(v2 + v3);
    v3 = rotl(v3, 16n) ^ v2;
    v0 = wrap(v0 + v3);
    v3 = rotl(v3, 21n) ^ v0;
    v2 = wrap(v2 + v1);
    v1 = rotl(v1, 17n) ^ v2;
    v2 = rotl(v2, 32n);
  };
  const block = (4n << 56n) | BigInt(value);
  v3 ^= block;
  round();
  v0 ^= block;
  v2 ^= 0xffn;
  for (let i = 0; i < 3; i++) round();
  return Number((v0 ^ v1 ^ v2 ^ v3) & 0xffffffffn);
}

const tables = new WeakMap<Servers, Servers>();

/** Which server has which place. Empty when no server ever had a weight. */
export function tableOf(servers: Servers): Servers {
  let table = tables.get(servers);
  if (table === undefined) {
    table = filled(servers);
    tables.set(servers, table);
  }
  return table;
}

function filled(servers: Servers): Servers {
  const step = servers.reduce((g, { lastWeight }) => gcd(lastWeight, g), 0);
  if (step === 0) return [];
  const max = Math.max(...servers.map(({ lastWeight }) => lastWeight));
  const shift = Math.max(0, 32 - Math.clz32(Math.floor(max / step)) - weightBits);
  const owners = servers.map((server) => {
    const value = (word(server.addr) + server.port) >>> 0;
    const { lastWeight } = server;
    return {
      server,
      place: hsiphash(value, key1) % places,
      skip: (hsiphash(value, key2) % (places - 1)) + 1,
      turns: Math.floor(lastWeight / step) >> shift || (lastWeight === 0 ? 0 : 1),
    };
  });
  const table = new Array<Server | undefined>(places).fill(undefined);
  for (let used = 0; ; ) {
    for (const owner of owners) {
      for (let turn = 0; turn < owner.turns; turn++) {
        while (table[owner.place] !== undefined) owner.place = (owner.place + owner.skip) % places;
        table[owner.place] = owner.server;
        if (++used === places) return table as Server[];
      }
    }
  }
}

export const mh = stateless((scheduling) => {
  const { servers, flags, src } = scheduling;
  const table = tableOf(servers);
  if (table.length === 0) return null;
  const falls = flags.includes('flag-1');
  if (flags.includes('flag-2') && enumerates(scheduling)) return anyPlace(table, scheduling, falls);
  const value = (word(src) + hashedPort(scheduling)) >>> 0;
  const first = hsiphash(value, key1) % places;
  const own = table[first] as Server;
  if (own.weight > 0) return own;
  for (let offset = 0; falls && offset < places; offset++) {
    const shifted = (value + ((offset + first) % places)) >>> 0;
    const other = table[hsiphash(shifted, key1) % places] as Server;
    if (other.weight > 0) return other;
  }
  return null;
});
