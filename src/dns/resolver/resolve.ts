// The stub resolver: an address or a line of /etc/hosts is the answer at once; for all other names the library of the
// container walks its search list and asks the name servers (glibc.ts, musl.ts, uclibc.ts, go.ts). It says everything
// that was sent. Not modelled: nsswitch.conf other than "files dns", /etc/gai.conf, HOSTALIASES, RES_OPTIONS, mDNS.
import { type Addr, familyOf, formatAddr, parseAddr } from '../../net/addr.ts';
import type { ResolvConf } from '../../net/resolv-conf.ts';
import { type Message, parseType, typeName } from '../message/message.ts';
import { dataText } from '../message/text.ts';
import { Asker, type ResolverIo } from './asker.ts';
import type { CandidateOutcome, ResolverKind } from './flavour.table.ts';
import type { Found, GaiError } from './found.ts';
import { lookUpGlibc } from './glibc.ts';
import { lookUpGo } from './go.ts';
import { type HostsEntry, hostAddresses } from './hosts.ts';
import { lookUpMusl } from './musl.ts';
import type { SentQuery } from './sent-query.ts';
import { type Settings, settingsOf } from './settings.ts';
import { sortAddresses } from './sort.ts';
import { lookUpUclibc } from './uclibc.ts';

export type { ResolverIo, Socket } from './asker.ts';

export interface Resolved {
  readonly name: string;
  readonly type: string;
  readonly resolver: ResolverKind;
  readonly search: readonly string[];
  readonly ndots: number;
  readonly queries: readonly SentQuery[];
  readonly outcome: CandidateOutcome;
  readonly addresses: readonly string[];
  /** What getaddrinfo(3) returns; null: it found something. */
  readonly error: GaiError | null;
  readonly elapsedMs: number;
}

/** What `resolve` looks for: both families as getaddrinfo does, or one record type. */
export type Wanted = 'address' | string;

/** Looks a name up as the container's library would. `hosts` is asked first, for addresses only. */
export function resolve(
  conf: ResolvConf,
  kind: ResolverKind,
  name: string,
  wanted: Wanted,
  io: ResolverIo,
  hosts: readonly HostsEntry[] = [],
  hostname = '',
): Resolved {
  const settings = settingsOf(conf, kind, hostname);
  const { search, ndots } = settings;
  const about = { name, type: wanted, resolver: kind, search, ndots };
  const literal = literalOf(name, kind);
  const known = literal === undefined ? hostAddresses(hosts, name, kind) : [literal];
  const local = known.filter(
    (a) => wanted === 'address' || typeName(familyOf(a) === 4 ? 1 : 28) === wanted,
  );
  const sorted = (list: readonly string[]): readonly string[] =>
    io.sourceOf === undefined || wanted !== 'address'
      ? list
      : sortAddresses(kind, list, io.sourceOf);
  if (local.length > 0) {
    const addresses = sorted(local.map(formatAddr));
    return { ...about, queries: [], outcome: 'answered', addresses, error: null, elapsedMs: 0 };
  }
  if (kind === 'musl' && known.length > 0) {
    const nothing = { queries: [], addresses: [], elapsedMs: 0 };
    return { ...about, ...nothing, outcome: 'nodata', error: 'EAI_NODATA' };
  }
  const asker = new Asker(io, ednsSizeOf(kind, settings), settings.trustAd);
  const types = wanted === 'address' ? [1, 28] : [parseType(wanted) ?? 1];
  const found = isAskable(name, kind, types)
    ? walks[kind](settings, asker, name, types)
    : ({ outcome: 'nxdomain', replies: [], error: 'EAI_NONAME', endMs: 0 } as const);
  return {
    ...about,
    queries: asker.queries,
    outcome: found.outcome,
    addresses: sorted(addressesOf(found.replies)),
    error: found.error,
    elapsedMs: found.endMs,
  };
}

type Walk = (settings: Settings, asker: Asker, name: string, types: readonly number[]) => Found;

const walks: Readonly<Record<ResolverKind, Walk>> = {
  glibc: lookUpGlibc,
  musl: lookUpMusl,
  'busybox-1.28': lookUpUclibc,
  go: lookUpGo,
};

/** glibc announces RESOLV_EDNS_BUFFER_SIZE, Go maxDNSPacketSize. */
function ednsSizeOf(kind: ResolverKind, { edns0 }: Settings): number | null {
  if (!edns0) return null;
  return kind === 'go' ? 1232 : 1200;
}

function addressesOf(replies: readonly Message[]): readonly string[] {
  const records = replies.flatMap((reply) => reply.answers);
  const found = records.filter((record) => record.kind === 'A' || record.kind === 'AAAA');
  return [...new Set(found.map(dataText))];
}

/** Names that no query is sent for: those with an empty or a too long label, and what a library's own check refuses. */
function isAskable(name: string, kind: ResolverKind, types: readonly number[]): boolean {
  const bare = name.replace(/\.$/, '');
  const labels = bare.split('.');
  if (bare === '') return name === '.' && (kind === 'glibc' || !isAddress(types));
  if (labels.some((label) => label === '' || label.length > 63) || bare.length > 253) return false;
  if (kind === 'glibc' && isAddress(types)) return /^\w[\w.-]*$/.test(bare);
  return kind === 'go' ? isGoName(bare) : true;
}

function isAddress(types: readonly number[]): boolean {
  return types.every((type) => type === 1 || type === 28);
}

/** isDomainName of Go's net package: letters, digits, `_`, `-` inside labels, and not digits alone. */
export function isGoName(name: string): boolean {
  return /^[\w.-]+$/.test(name) && /[A-Za-z_-]/.test(name) && !/(^|\.)-|-(\.|$)/.test(name);
}

/** An address as text. glibc and musl also take inet_aton(3)'s forms: "10.1" is 10.0.0.1. */
function literalOf(name: string, kind: ResolverKind): Addr | undefined {
  const exact = parseAddr(name);
  if (exact !== undefined || (kind !== 'glibc' && kind !== 'musl')) return exact;
  const parts = name.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.test(part))) {
    return undefined;
  }
  const numbers = parts.map((part) => (/^0[0-7]/.test(part) ? Number(`0o${part}`) : Number(part)));
  const last = numbers.pop() ?? 0;
  if (numbers.some((n) => n > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  return numbers.reduce((sum, n, i) => sum + n * 256 ** (3 - i), last);
}
