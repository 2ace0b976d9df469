// What one library makes of a resolv.conf: its limits, the options it knows, the search list it ends up with. A library
// that does not know an option ignores it, as it is here.
import type { Addr } from '../../net/addr.ts';
import type { ResolvConf } from '../../net/resolv-conf.ts';
import { FLAVOURS, type Flavour, type ResolverKind } from './flavour.table.ts';

export interface Settings {
  readonly servers: readonly Addr[];
  readonly search: readonly string[];
  readonly ndots: number;
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly rotate: boolean;
  /** TCP from the start. */
  readonly useVc: boolean;
  readonly singleRequest: boolean;
  readonly singleRequestReopen: boolean;
  /** A name without dots is never asked for as it is once the search list has been tried. */
  readonly noTldQuery: boolean;
  readonly noAaaa: boolean;
  readonly edns0: boolean;
  readonly trustAd: boolean;
}

/** `hostname` stands in for a search list where there is none: the part behind its first dot (not in musl). */
export function settingsOf(conf: ResolvConf, kind: ResolverKind, hostname = ''): Settings {
  const flavour = FLAVOURS[kind];
  const options = optionsOf(conf, flavour);
  const has = (...names: readonly string[]) => names.some((name) => options.includes(name));
  // glibc compares the beginning only: `rotated` rotates.
  const starts = (name: string) =>
    kind === 'glibc' ? options.some((o) => o.startsWith(name)) : options.includes(name);
  const servers = conf.nameservers.slice(0, flavour.serversMax);
  const only = (...kinds: readonly ResolverKind[]) => kinds.includes(kind);
  return {
    servers: servers.length > 0 ? servers : [loopback],
    search: searchOf(conf, kind, hostname),
    ndots: flavour.hasNdots ? clamp(number(options, 'ndots') ?? 1, 0, 15) : 1,
    attempts: clamp(
      number(options, 'attempts') ?? flavour.attempts,
      flavour.attemptsMin,
      flavour.attemptsMax,
    ),
    timeoutMs:
      1000 *
      clamp(
        number(options, 'timeout') ?? flavour.timeoutSeconds,
        flavour.timeoutMinSeconds,
        flavour.timeoutMaxSeconds,
      ),
    rotate: only('glibc', 'go') && starts('rotate'),
    useVc: only('glibc', 'go') && (starts('use-vc') || (kind === 'go' && has('usevc', 'tcp'))),
    singleRequest:
      kind === 'glibc'
        ? options.some((o) => o.startsWith('single-request') && !o.startsWith(reopen))
        : kind === 'go' && has('single-request', reopen),
    singleRequestReopen: kind === 'glibc' && starts(reopen),
    noTldQuery: kind === 'glibc' && (starts('no-tld-query') || starts('no_tld_query')),
    noAaaa: kind === 'glibc' && starts('no-aaaa'),
    edns0: kind === 'go' || (kind === 'glibc' && starts('edns0')),
    trustAd: only('glibc', 'go') && starts('trust-ad'),
  };
}

const loopback: Addr = 0x7f000001;
const reopen = 'single-request-reopen';

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function number(options: readonly string[], name: string): number | undefined {
  const option = options.findLast((text) => text.startsWith(`${name}:`));
  return option === undefined ? undefined : Number.parseInt(option.slice(name.length + 1), 10) || 0;
}

function optionsOf({ options }: ResolvConf, flavour: Flavour): readonly string[] {
  if (flavour.firstOptionOnly) {
    // uClibc: what stands before the line's first colon must be the word alone.
    return /^(timeout|attempts):/.test(options[0] ?? '') ? options.slice(0, 1) : [];
  }
  return `options ${options.join(' ')}`.length > flavour.lineMax ? [] : options;
}

function searchOf(conf: ResolvConf, kind: ResolverKind, hostname: string): readonly string[] {
  const { lineMax, longLine } = FLAVOURS[kind];
  const line = `search ${conf.search.join(' ')}`;
  const dot = hostname.indexOf('.');
  if (conf.search.length === 0) {
    return dot < 0 || dot === hostname.length - 1 || kind === 'musl'
      ? []
      : [hostname.slice(dot + 1)];
  }
  if (line.length > lineMax) {
    return longLine === 'ignored' ? [] : line.slice(0, lineMax).trim().split(' ').slice(1);
  }
  return kind === 'go' ? conf.search.filter((domain) => domain !== '.') : conf.search;
}
