// The options in the block of `forward`, each with the release that brought it (CoreDNS plugin/forward/setup.go). Those
// of the pool of connections are read and checked; those that ask for another transport or source are refused.
import { formatGoDuration } from '../../../api/go-duration.ts';
import { parseAddr } from '../../../net/addr.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { zonesOf } from '../../corefile/zone-key.ts';
import { parseDuration } from '../../go/duration.ts';
import { rcodeOfWord } from '../../go/names.ts';
import { atoi, parseUint } from '../../go/number.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { absolute, isDomainName, lower } from '../../message/name.ts';
import { splitHostPort } from './upstreams.ts';

export interface ForwardOptions {
  readonly version: CoreDnsVersion;
  readonly from: string;
  readonly except: readonly string[];
  readonly policy: 'random' | 'round_robin' | 'sequential';
  readonly forceTcp: boolean;
  readonly preferUdp: boolean;
  /** 0: an upstream is never taken to be down. */
  readonly maxFails: number;
  /** Failed attempts of one query; 0: no limit; null: not given. */
  readonly maxConnectAttempts: number | null;
  readonly readTimeoutMs: number;
  readonly healthCheckMs: number;
  /** Whether probes ask for recursion, and the name they ask for. */
  readonly probeRecursion: boolean;
  readonly probeDomain: string;
  /** Queries at once; 0: no limit. `maxConcurrentText` is the number as it was written. */
  readonly maxConcurrent: number;
  readonly maxConcurrentText: string;
  /** Rcodes that the next stanza gets to see, and whether it sees empty answers. */
  readonly next: readonly number[];
  readonly nextOnNodata: boolean;
  readonly failover: readonly number[];
  readonly failfast: boolean;
  readonly expireMs: number;
  readonly maxAgeMs: number;
  /** 0: no limit. */
  readonly maxIdleConns: number;
  /** Servers that know the addresses of hosts; empty: those of /etc/resolv.conf. */
  readonly resolvers: readonly string[];
}

export type Draft = { -readonly [K in keyof ForwardOptions]: ForwardOptions[K] };

export function defaults(version: CoreDnsVersion, from: string): Draft {
  return {
    version,
    from,
    except: [],
    policy: 'random',
    forceTcp: false,
    preferUdp: false,
    maxFails: 2,
    maxConnectAttempts: null,
    readTimeoutMs: 2000,
    healthCheckMs: 500,
    probeRecursion: true,
    probeDomain: '.',
    maxConcurrent: 0,
    maxConcurrentText: '',
    next: [],
    nextOnNodata: false,
    failover: [],
    failfast: false,
    expireMs: 10_000,
    maxAgeMs: 0,
    maxIdleConns: 0,
    resolvers: [],
  };
}

interface Option {
  readonly since: CoreDnsVersion;
  readonly read: (d: Dispenser, draft: Draft) => void;
}

const always: CoreDnsVersion = '1.0.0';

function oneArg(d: Dispenser): string {
  if (!d.nextArg()) throw d.argErr();
  return d.val();
}

function noArgs(d: Dispenser): void {
  if (d.nextArg()) throw d.argErr();
}

function unsigned(d: Dispenser): number {
  const value = parseUint(oneArg(d), 32);
  if (typeof value === 'string') throw d.raw(value);
  return value;
}

/** Not negative. */
function count(d: Dispenser, name: string): number {
  const value = atoi(oneArg(d));
  if (typeof value === 'string') throw d.raw(value);
  if (value < 0) throw d.raw(`${name} can't be negative: ${value}`);
  return value;
}

function duration(d: Dispenser): number {
  const value = parseDuration(oneArg(d));
  if (typeof value === 'string') throw d.raw(value);
  return value;
}

function signed(ms: number): string {
  return ms < 0 ? `-${formatGoDuration(-ms)}` : formatGoDuration(ms);
}

function notNegative(d: Dispenser, name: string): number {
  const value = duration(d);
  if (value < 0) throw d.raw(`${name} can't be negative: ${signed(value)}`);
  return value;
}

function rcodes(d: Dispenser, isAllowed: (rcode: number) => boolean): readonly number[] {
  const words = d.remainingArgs();
  if (words.length === 0) throw d.argErr();
  return words.map((word) => {
    const rcode = rcodeOfWord(word.toUpperCase());
    if (rcode === undefined) throw d.raw(`${word} is not a valid rcode`);
    if (!isAllowed(rcode)) throw d.raw('NoError cannot be used in failover');
    return rcode;
  });
}

function readHealthCheck(d: Dispenser, draft: Draft): void {
  const value = duration(d);
  if (value < 0) throw d.raw(`health_check can't be negative: ${Math.round(value * 1e6)}`);
  draft.healthCheckMs = value;
  draft.probeDomain = '.';
  while (d.nextArg()) {
    const option = d.val();
    if (option === 'no_rec' && atLeast(draft.version, '1.7.0')) draft.probeRecursion = false;
    else if (option === 'domain' && atLeast(draft.version, '1.9.3')) {
      const domain = oneArg(d);
      if (domain === '' || !isDomainName(absolute(domain))) {
        throw d.raw(`health_check: invalid domain name ${domain}`);
      }
      draft.probeDomain = lower(absolute(domain));
    } else throw d.raw(`health_check: unknown option ${option}`);
  }
}

const policies = ['random', 'round_robin', 'sequential'] as const;

function readPolicy(d: Dispenser, draft: Draft): void {
  const name = oneArg(d);
  const policy = policies.find((p) => p === name);
  if (policy === undefined) throw d.err(`unknown policy '${name}'`);
  draft.policy = policy;
}

function readResolver(d: Dispenser, draft: Draft): void {
  const servers = d.remainingArgs();
  if (servers.length === 0) throw d.argErr();
  for (const text of servers) {
    if (parseAddr(splitHostPort(text).host) === undefined) {
      throw d.raw(`resolver must be an IP address or IP:port: "${text}"`);
    }
  }
  draft.resolvers = servers;
}

const flag =
  (name: 'forceTcp' | 'preferUdp' | 'failfast' | 'nextOnNodata') =>
  (d: Dispenser, draft: Draft): void => {
    noArgs(d);
    draft[name] = true;
  };

const leaveOut = (d: Dispenser): void =>
  d.leaveOut(`${d.val()} is not modelled`, 'leave the option out');

const options: Readonly<Record<string, Option>> = {
  except: {
    since: always,
    read: (d, draft) => {
      const names = d.remainingArgs();
      if (names.length === 0) throw d.argErr();
      draft.except = [...draft.except, ...names.flatMap((n) => zonesOf(n) ?? [])];
    },
  },
  max_fails: {
    since: always,
    read: (d, draft) => {
      draft.maxFails = unsigned(d);
    },
  },
  max_connect_attempts: {
    since: '1.13.2',
    read: (d, draft) => {
      draft.maxConnectAttempts = unsigned(d);
    },
  },
  health_check: { since: always, read: readHealthCheck },
  force_tcp: { since: always, read: flag('forceTcp') },
  prefer_udp: { since: always, read: flag('preferUdp') },
  // Without certificates it only says how upstreams over TLS are asked, and there are none.
  tls: {
    since: always,
    read: (d) => {
      const files = d.remainingArgs();
      if (files.length > 3) throw d.argErr();
      if (files.length > 0) leaveOut(d);
    },
  },
  tls_servername: { since: always, read: (d) => void oneArg(d) },
  expire: {
    since: always,
    read: (d, draft) => {
      draft.expireMs = notNegative(d, 'expire');
    },
  },
  max_age: {
    since: '1.14.3',
    read: (d, draft) => {
      draft.maxAgeMs = notNegative(d, 'max_age');
    },
  },
  max_idle_conns: {
    since: '1.14.1',
    read: (d, draft) => {
      draft.maxIdleConns = count(d, 'max_idle_conns');
    },
  },
  read_timeout: {
    since: '1.14.5',
    read: (d, draft) => {
      draft.readTimeoutMs = duration(d);
      if (draft.readTimeoutMs > 0) return;
      throw d.raw(`read_timeout must be positive: ${signed(draft.readTimeoutMs)}`);
    },
  },
  doh_method: {
    since: '1.14.5',
    read: (d) => {
      if (!['POST', 'GET'].includes(oneArg(d))) {
        throw d.raw('doh_method must be either POST or GET');
      }
    },
  },
  policy: { since: always, read: readPolicy },
  max_concurrent: {
    since: '1.7.0',
    read: (d, draft) => {
      draft.maxConcurrent = count(d, 'max_concurrent');
      draft.maxConcurrentText = d.val();
    },
  },
  next: {
    since: '1.11.4',
    read: (d, draft) => {
      draft.next = [...draft.next, ...rcodes(d, () => true)];
    },
  },
  next_on_nodata: { since: '1.14.4', read: flag('nextOnNodata') },
  failfast_all_unhealthy_upstreams: { since: '1.12.1', read: flag('failfast') },
  failover: {
    since: '1.13.0',
    read: (d, draft) => {
      const list = rcodes(d, (rcode) => rcode !== 0 || !atLeast(draft.version, '1.13.2'));
      draft.failover = [...draft.failover, ...list];
    },
  },
  resolver: { since: '1.14.4', read: readResolver },
  source_address: {
    since: '1.14.6',
    read: (d) => {
      leaveOut(d);
      d.remainingArgs();
    },
  },
};

/** Reads one line of the block. Throws InputError with CoreDNS's text. */
export function readOption(d: Dispenser, draft: Draft): void {
  const property = d.val();
  const option = Object.hasOwn(options, property) ? options[property] : undefined;
  if (option === undefined || !atLeast(draft.version, option.since)) {
    throw d.err(`unknown property '${property}'`);
  }
  option.read(d, draft);
}
