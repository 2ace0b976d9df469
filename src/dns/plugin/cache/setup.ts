// Reads the `cache` directive (CoreDNS plugin/cache/setup.go). `prefetch` and `serve_stale` are refused: they answer
// one client and ask again in the background.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { parseDuration } from '../../duration.ts';
import { originsOf } from '../../fallthrough.ts';
import type { Setup } from '../../plugin.ts';
import type { CoreDnsVersion } from '../../version.ts';
import { CacheHandler } from './handler.ts';
import { emptyStores } from './store.ts';

export interface CacheOptions {
  readonly version: CoreDnsVersion;
  readonly zones: readonly string[];
  /** Entries of each store. */
  readonly successCap: number;
  readonly denialCap: number;
  /** Seconds. */
  readonly successMax: number;
  readonly successMin: number;
  readonly denialMax: number;
  readonly denialMin: number;
  readonly servfail: number;
  /** Zones whose positive (negative) answers are never stored. */
  readonly successExcept: readonly string[];
  readonly denialExcept: readonly string[];
  readonly keepTtl: boolean;
}

type Draft = { -readonly [K in keyof CacheOptions]: CacheOptions[K] };

const capDefault = 9984;

function integer(d: Dispenser, text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw d.raw(`strconv.Atoi: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** `success CAPACITY [TTL [MINTTL]]`. */
function store(d: Dispenser): { cap: number; max?: number; min?: number } {
  const [cap, max, min] = d.remainingArgs();
  if (cap === undefined) throw d.argErr();
  const read: { cap: number; max?: number; min?: number } = { cap: integer(d, cap) };
  if (max !== undefined) {
    read.max = integer(d, max);
    if (read.max <= 0) throw d.raw(`cache TTL can not be zero or negative: ${read.max}`);
  }
  if (min !== undefined) {
    read.min = integer(d, min);
    if (read.min < 0) throw d.raw(`cache min TTL can not be negative: ${read.min}`);
  }
  return read;
}

const options: Readonly<Record<string, (d: Dispenser, draft: Draft) => void>> = {
  success: (d, draft) => {
    const { cap, max, min } = store(d);
    draft.successCap = cap;
    draft.successMax = max ?? draft.successMax;
    draft.successMin = min ?? draft.successMin;
  },
  denial: (d, draft) => {
    const { cap, max, min } = store(d);
    draft.denialCap = cap;
    draft.denialMax = max ?? draft.denialMax;
    draft.denialMin = min ?? draft.denialMin;
  },
  servfail: (d, draft) => {
    const args = d.remainingArgs();
    if (args.length !== 1) throw d.argErr();
    const value = parseDuration(args[0] as string);
    if (typeof value === 'string') throw d.raw(value);
    if (value < 0) throw d.raw('invalid negative ttl for servfail');
    if (value > 300_000) throw d.raw('caching SERVFAIL responses over 5 minutes is not permitted');
    draft.servfail = value / 1000;
  },
  disable: (d, draft) => {
    const [what, ...zones] = d.remainingArgs();
    if (what === undefined) throw d.argErr();
    const except = zones.length > 0 ? originsOf(zones, []) : draft.zones;
    if (what === 'success') draft.successExcept = except;
    else if (what === 'denial') draft.denialExcept = except;
    else throw d.raw(`cache type for disable must be "success" or "denial"`);
  },
  keepttl: (d, draft) => {
    if (d.remainingArgs().length > 0) throw d.argErr();
    draft.keepTtl = true;
  },
  prefetch: (d) => {
    throw d.err('prefetch is not modelled', 'leave the option out');
  },
  serve_stale: (d) => {
    throw d.err('serve_stale is not modelled', 'leave the option out');
  },
};

function parseStanza(
  d: Dispenser,
  zones: readonly string[],
  version: CoreDnsVersion,
): CacheOptions {
  const args = [...d.remainingArgs()];
  const draft: Draft = {
    version,
    zones,
    successCap: capDefault,
    denialCap: capDefault,
    successMax: 3600,
    successMin: 5,
    denialMax: 1800,
    denialMin: 5,
    servfail: 5,
    successExcept: [],
    denialExcept: [],
    keepTtl: false,
  };
  const first = args[0];
  if (first !== undefined && /^[-+]?\d+$/.test(first)) {
    const ttl = Number(first);
    if (ttl <= 0) throw d.raw(`cache TTL can not be zero or negative: ${ttl}`);
    draft.successMax = ttl;
    draft.denialMax = ttl;
    args.shift();
  }
  draft.zones = originsOf(args, zones);
  while (d.nextBlock()) {
    const property = d.val();
    const read = Object.hasOwn(options, property) ? options[property] : undefined;
    if (read === undefined) throw d.argErr();
    read(d, draft);
  }
  return draft;
}

export const setup: Setup = (d, block) => {
  let made: CacheHandler | null = null;
  while (d.next()) {
    if (made !== null) throw d.raw('this plugin can only be used once per Server Block');
    made = new CacheHandler(parseStanza(d, block.zones, block.version), emptyStores());
  }
  return made === null ? [] : [made];
};
