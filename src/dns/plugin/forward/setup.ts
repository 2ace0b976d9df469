// Reads the `forward` directive (CoreDNS plugin/forward/setup.go). Upstreams over TLS, HTTPS or by hostname, and the
// options that react to the content of replies, are refused with their name.

import { type Addr, formatEndpoint, parseAddr } from '../../../net/addr.ts';
import { parseResolvConf } from '../../../net/resolv-conf.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { zonesOf } from '../../corefile/zone-key.ts';
import { parseDuration } from '../../duration.ts';
import { absolute, lower } from '../../message/name.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { atLeast, type CoreDnsVersion } from '../../version.ts';
import { ForwardHandler } from './handler.ts';

export interface Upstream {
  readonly addr: Addr;
  readonly port: number;
  /** "8.8.8.8:53" */
  readonly text: string;
}

export interface ForwardOptions {
  readonly version: CoreDnsVersion;
  readonly from: string;
  readonly upstreams: readonly Upstream[];
  readonly except: readonly string[];
  readonly policy: 'random' | 'round_robin' | 'sequential';
  readonly forceTcp: boolean;
  readonly preferUdp: boolean;
  /** 0: an upstream is never taken to be down. */
  readonly maxFails: number;
  readonly readTimeoutMs: number;
  readonly healthCheckMs: number;
  readonly failfast: boolean;
}

type Draft = { -readonly [K in keyof ForwardOptions]: ForwardOptions[K] };
type Read = (d: Dispenser, draft: Draft) => void;

const upstreamsMax = 15;

function oneArg(d: Dispenser): string {
  if (!d.nextArg()) throw d.argErr();
  return d.val();
}

function noArgs(d: Dispenser): void {
  if (d.nextArg()) throw d.argErr();
}

function count(d: Dispenser, name: string): number {
  const text = oneArg(d);
  if (!/^[-+]?\d+$/.test(text)) throw d.raw(`strconv.Atoi: parsing "${text}": invalid syntax`);
  if (Number(text) < 0) throw d.raw(`${name} can't be negative: ${text}`);
  return Number(text);
}

function duration(d: Dispenser): number {
  const text = oneArg(d);
  const value = parseDuration(text);
  if (typeof value === 'string') throw d.raw(value);
  if (value < 0) throw d.raw(`duration can't be negative: ${text}`);
  return value;
}

const refused = (d: Dispenser): never => {
  throw d.err(`${d.val()} is not modelled`, 'leave the option out');
};

const policies = ['random', 'round_robin', 'sequential'] as const;

const options: Readonly<Record<string, Read>> = {
  except: (d, draft) => {
    const names = d.remainingArgs();
    if (names.length === 0) throw d.argErr();
    draft.except = [...draft.except, ...names.flatMap((n) => zonesOf(n) ?? [lower(absolute(n))])];
  },
  max_fails: (d, draft) => {
    draft.maxFails = count(d, 'max_fails');
  },
  // The connection pool is not modelled: these change no answer.
  expire: (d) => void duration(d),
  max_idle_conns: (d) => void count(d, 'max_idle_conns'),
  max_age: (d) => void duration(d),
  // Never reached: queries are served one after the other.
  max_concurrent: (d) => void count(d, 'max_concurrent'),
  health_check: (d, draft) => {
    draft.healthCheckMs = duration(d);
    while (d.nextArg()) {
      if (d.val() === 'domain') oneArg(d);
      else if (d.val() !== 'no_rec') throw d.raw(`health_check: unknown option ${d.val()}`);
    }
  },
  force_tcp: (d, draft) => {
    noArgs(d);
    draft.forceTcp = true;
  },
  prefer_udp: (d, draft) => {
    noArgs(d);
    draft.preferUdp = true;
  },
  read_timeout: (d, draft) => {
    draft.readTimeoutMs = duration(d);
  },
  failfast_all_unhealthy_upstreams: (d, draft) => {
    noArgs(d);
    draft.failfast = true;
  },
  policy: (d, draft) => {
    const name = oneArg(d);
    const policy = policies.find((p) => p === name);
    if (policy === undefined) throw d.err(`unknown policy '${name}'`);
    draft.policy = policy;
  },
  tls: refused,
  tls_servername: refused,
  next: refused,
  next_on_nodata: refused,
  failover: refused,
  source_address: refused,
  resolver: refused,
  doh_method: refused,
  max_connect_attempts: refused,
};

const introduced: Readonly<Record<string, CoreDnsVersion>> = {
  read_timeout: '1.14.5',
  next_on_nodata: '1.14.4',
};

function upstreamsOf(d: Dispenser, to: string, block: BlockContext): readonly Upstream[] {
  const upstream = (addr: Addr, port: number): Upstream => ({
    addr,
    port,
    text: formatEndpoint(addr, port),
  });
  const scheme = /^([a-z0-9]+):\/\//.exec(to)?.[1];
  if (scheme !== undefined && scheme !== 'dns') {
    throw d.err(`upstream ${to} is not modelled`, 'use plain DNS: IP or IP:PORT');
  }
  const text = scheme === 'dns' ? to.slice('dns://'.length) : to;
  const bare = parseAddr(text.replace(/^\[(.*)\]$/, '$1'));
  if (bare !== undefined) return [upstream(bare, 53)];
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  const addr = parseAddr(match?.[1] ?? match?.[2] ?? '');
  if (addr !== undefined) return [upstream(addr, Number(match?.[3]))];
  if (text === '/etc/resolv.conf') {
    const { nameservers } = parseResolvConf(block.resolvConf);
    if (nameservers.length === 0) throw d.raw(`no nameservers found: "${text}"`);
    return nameservers.map((server) => upstream(server, 53));
  }
  throw d.raw(`not an IP address or file: "${to}"`);
}

function parseStanza(d: Dispenser, block: BlockContext): ForwardOptions {
  const args = d.remainingArgs();
  const [from, ...to] = args;
  if (from === undefined) throw d.argErr();
  const zones = zonesOf(from);
  if (zones === undefined || zones[0] === undefined) throw d.raw(`unable to normalize '${from}'`);
  if (to.length === 0) throw d.argErr();
  const upstreams = to.flatMap((text) => upstreamsOf(d, text, block));
  const draft: Draft = {
    version: block.version,
    from: zones[0],
    upstreams,
    except: [],
    policy: 'random',
    forceTcp: false,
    preferUdp: false,
    maxFails: 2,
    readTimeoutMs: 2000,
    healthCheckMs: 500,
    failfast: false,
  };
  while (d.nextBlock()) {
    const property = d.val();
    const first = introduced[property];
    const known =
      Object.hasOwn(options, property) && (first === undefined || atLeast(block.version, first));
    const read = known ? options[property] : undefined;
    if (read === undefined) throw d.err(`unknown property '${property}'`);
    read(d, draft);
  }
  if (upstreams.length > upstreamsMax) {
    throw d.raw(`more than ${upstreamsMax} TOs configured: ${upstreams.length}`);
  }
  return draft;
}

export const setup: Setup = (d, block) => {
  const handlers: ForwardHandler[] = [];
  while (d.next()) handlers.push(new ForwardHandler(parseStanza(d, block)));
  return handlers;
};
