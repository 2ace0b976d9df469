// The options in the block of `cache`, each with the release that brought it (CoreDNS plugin/cache/setup.go).
import type { Dispenser } from '../../corefile/dispenser.ts';
import { parseDuration } from '../../go/duration.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { absolute, isDomainName, lower } from '../../message/name.ts';

/** `serve_stale`; times in milliseconds. */
export interface Stale {
  readonly upToMs: number;
  readonly verify: boolean;
  /** How long a client waits for `verify`; 0: as long as it takes. */
  readonly verifyTimeoutMs: number;
  /** Seconds that stale answers say. */
  readonly ttl: number;
  /** No other refresh so long after one that failed. */
  readonly recheckMs: number;
  /** serve_stale_policy prefer_positive */
  readonly preferPositive: boolean;
}

/** What releases do differently for every query. */
export interface CacheFacts {
  /** The class of the question is a part of the key. */
  readonly classes: boolean;
  /** So is CD. */
  readonly cd: boolean;
  /** The next plugin is always asked with AD. */
  readonly asksAd: boolean;
  /** Answers must answer the question to be a success. */
  readonly readsAnswers: boolean;
  /** TTLs of more than an hour count as such. */
  readonly longTtls: boolean;
}

export interface CacheOptions {
  readonly version: CoreDnsVersion;
  readonly facts: CacheFacts;
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
  /** Hits that make an item worth a refresh before its end; 0: none do. */
  readonly prefetch: number;
  /** The longest pause between two of them. */
  readonly prefetchMs: number;
  /** Of its time, what must be left at most. */
  readonly prefetchPercent: number;
  readonly stale: Stale | null;
}

export type Draft = { -readonly [K in keyof CacheOptions]: CacheOptions[K] };

const capDefault = 10_000;
const hourMs = 3_600_000;

export function defaults(version: CoreDnsVersion, zones: readonly string[]): Draft {
  return {
    version,
    facts: factsOf(version),
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
    prefetch: 0,
    prefetchMs: 60_000,
    prefetchPercent: 10,
    stale: null,
  };
}

function factsOf(version: CoreDnsVersion): CacheFacts {
  const strict = atLeast(version, '1.14.7');
  return {
    classes: strict,
    cd: atLeast(version, '1.11.3'),
    asksAd: strict,
    readsAnswers: strict,
    longTtls: atLeast(version, '1.14.4'),
  };
}

/** Go's strconv.Atoi. */
function integer(d: Dispenser, text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw d.raw(`strconv.Atoi: parsing "${text}": invalid syntax`);
  return Number(text);
}

function milliseconds(d: Dispenser, text: string, before = ''): number {
  const value = parseDuration(text);
  if (typeof value === 'string') throw d.raw(`${before}${value}`);
  return value;
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

/** `prefetch AMOUNT [DURATION [PERCENTAGE%]]`. */
function readPrefetch(d: Dispenser, draft: Draft): void {
  const [amount, duration, percentage, ...more] = d.remainingArgs();
  if (amount === undefined || more.length > 0) throw d.argErr();
  draft.prefetch = integer(d, amount);
  if (draft.prefetch < 0) throw d.raw(`prefetch amount should be positive: ${draft.prefetch}`);
  if (duration !== undefined) draft.prefetchMs = milliseconds(d, duration);
  if (percentage === undefined) return;
  const last = percentage.at(-1);
  if (last !== '%') {
    throw d.raw(`last character of percentage should be \`%\`, but is: '${last}'`);
  }
  draft.prefetchPercent = integer(d, percentage.slice(0, -1));
  if (draft.prefetchPercent < 10 || draft.prefetchPercent > 90) {
    throw d.raw(`percentage should fall in range [10, 90]: ${draft.prefetchPercent}`);
  }
}

/** How many arguments serve_stale takes. */
function staleArgsMax(version: CoreDnsVersion): number {
  if (atLeast(version, '1.14.7')) return 5;
  if (atLeast(version, '1.14.4')) return 3;
  return atLeast(version, '1.9.3') ? 2 : 1;
}

/** `serve_stale [DURATION [immediate|verify [TIMEOUT] [TTL [RECHECK]]]]`. */
function readStale(d: Dispenser, draft: Draft): void {
  const args = d.remainingArgs();
  if (args.length > staleArgsMax(draft.version)) throw d.argErr();
  const [duration, mode, ...more] = args;
  const upToMs = duration === undefined ? hourMs : milliseconds(d, duration);
  if (upToMs < 0) throw d.raw('invalid negative duration for serve_stale');
  const word = (mode ?? 'immediate').toLowerCase();
  if (word !== 'immediate' && word !== 'verify') {
    throw d.raw(`invalid value for serve_stale refresh mode: ${word}`);
  }
  const verify = word === 'verify';
  const known = { ...fresh, preferPositive: draft.stale?.preferPositive ?? false };
  draft.stale = { ...known, upToMs, verify, ...staleTimes(d, draft.version, verify, more) };
}

const fresh = { verifyTimeoutMs: 0, ttl: 0, recheckMs: 0 };

function staleTimes(
  d: Dispenser,
  version: CoreDnsVersion,
  verify: boolean,
  more: readonly string[],
): Pick<Stale, 'verifyTimeoutMs' | 'ttl' | 'recheckMs'> {
  const newest = atLeast(version, '1.14.7');
  if (!verify && more.length > 0 && !newest) {
    throw d.raw('serve_stale timeout is only valid with the verify refresh mode');
  }
  const [timeout, ttl, recheck] = verify ? more : [undefined, ...more];
  if (!verify && more.length > 2) throw d.argErr();
  const bad = 'invalid serve_stale ';
  const verifyTimeoutMs =
    timeout === undefined ? 0 : milliseconds(d, timeout, `${bad}verify timeout: `);
  if (verifyTimeoutMs < 0) throw d.raw('invalid negative timeout for serve_stale verify');
  const ttlMs = ttl === undefined ? 0 : milliseconds(d, ttl, `${bad}response TTL: `);
  if (ttlMs < 0) throw d.raw('invalid negative response TTL for serve_stale');
  if (ttlMs % 1000 !== 0) {
    throw d.raw('serve_stale response TTL must be a whole number of seconds');
  }
  if (ttlMs / 1000 > 0xffff_ffff) throw d.raw('serve_stale response TTL exceeds the DNS TTL range');
  const recheckMs = recheck === undefined ? 0 : milliseconds(d, recheck, `${bad}failure recheck: `);
  if (recheckMs < 0) throw d.raw('invalid negative failure recheck for serve_stale');
  if (recheckMs > 300_000) throw d.raw('serve_stale failure recheck cannot exceed 5 minutes');
  return { verifyTimeoutMs, ttl: ttlMs / 1000, recheckMs };
}

function readServfail(d: Dispenser, draft: Draft): void {
  const args = d.remainingArgs();
  if (args.length !== 1) throw d.argErr();
  const value = milliseconds(d, args[0] ?? '');
  if (value < 0) throw d.raw('invalid negative ttl for servfail');
  if (value > 300_000) throw d.raw('caching SERVFAIL responses over 5 minutes is not permitted');
  draft.servfail = value / 1000;
}

function readDisable(d: Dispenser, draft: Draft): void {
  const [what, ...zones] = d.remainingArgs();
  if (what === undefined) throw d.argErr();
  for (const zone of zones) {
    if (!isDomainName(absolute(zone))) throw d.raw(`invalid disabled zone: ${zone}`);
  }
  const except = zones.length > 0 ? zones.map((zone) => lower(absolute(zone))) : ['.'];
  if (what === 'success') draft.successExcept = except;
  else if (what === 'denial') draft.denialExcept = except;
  else throw d.raw(`cache type for disable must be "success" or "denial"`);
}

function readPolicy(d: Dispenser, draft: Draft): void {
  const args = d.remainingArgs();
  if (args.length !== 1) throw d.argErr();
  const policy = (args[0] ?? '').toLowerCase();
  if (policy !== 'prefer_positive') throw d.raw(`invalid serve_stale_policy: ${args[0]}`);
  draft.stale = { upToMs: 0, verify: false, ...fresh, ...draft.stale, preferPositive: true };
}

interface Option {
  readonly since: CoreDnsVersion;
  readonly read: (d: Dispenser, draft: Draft) => void;
}

const options: Readonly<Record<string, Option>> = {
  success: {
    since: '1.0.0',
    read: (d, draft) => {
      const { cap, max, min } = store(d);
      draft.successCap = cap;
      draft.successMax = max ?? draft.successMax;
      draft.successMin = min ?? draft.successMin;
    },
  },
  denial: {
    since: '1.0.0',
    read: (d, draft) => {
      const { cap, max, min } = store(d);
      draft.denialCap = cap;
      draft.denialMax = max ?? draft.denialMax;
      draft.denialMin = min ?? draft.denialMin;
    },
  },
  prefetch: { since: '1.0.0', read: readPrefetch },
  serve_stale: { since: '1.6.7', read: readStale },
  serve_stale_policy: { since: '1.14.7', read: readPolicy },
  servfail: { since: '1.10.1', read: readServfail },
  disable: { since: '1.10.1', read: readDisable },
  keepttl: {
    since: '1.10.1',
    read: (d, draft) => {
      if (d.remainingArgs().length > 0) throw d.argErr();
      draft.keepTtl = true;
    },
  },
};

/** Reads the block. Throws InputError with CoreDNS's text. */
export function readOptions(d: Dispenser, draft: Draft): void {
  const seen = new Set<string>();
  while (d.nextBlock()) {
    const property = d.val();
    const option = Object.hasOwn(options, property) ? options[property] : undefined;
    if (option === undefined || !atLeast(draft.version, option.since)) throw d.argErr();
    if (property === 'serve_stale_policy' && seen.has(property)) {
      throw d.raw('serve_stale_policy can only be specified once');
    }
    seen.add(property);
    option.read(d, draft);
  }
  if (seen.has('serve_stale_policy') && !seen.has('serve_stale')) {
    throw d.raw('serve_stale_policy requires serve_stale');
  }
}
