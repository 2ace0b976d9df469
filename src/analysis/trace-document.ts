// The document that `svcspec trace -o json` prints and the library returns: attempts as values, in the field names of
// the published JSON Schema. Made from finished attempts; makes no connection itself (see flows.ts).
import type { Attempt, Cluster, DnsQuery, Resolution } from '../cluster/cluster.ts';
import { familyOf, formatAddr, formatEndpoint } from '../net/addr.ts';
import type { Endpoint, Via } from '../node/dial.ts';
import type { Upstream, UpstreamFailure } from '../node/upstream.ts';
import { type Blame, blameOf } from './blame.ts';
import { type Hop, hopsOf } from './hops.ts';
import { askedBy, upstreamOf } from './upstream.ts';

export const apiVersion = 'svcspec.dev/v1alpha1';

export type Outcome =
  | 'answered'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'nxdomain'
  | 'nodata'
  | 'servfail';
export const outcomes: readonly Outcome[] = [
  'answered',
  'refused',
  'timeout',
  'unreachable',
  'nxdomain',
  'nodata',
  'servfail',
];

/** The look-up that came before the connection, as it happened. */
export interface DnsDocument {
  readonly name: string;
  readonly type: string;
  readonly resolver: string;
  readonly search: readonly string[];
  readonly ndots: number;
  readonly queries: readonly DnsQuery[];
  readonly outcome: Resolution['outcome'];
  readonly addresses: readonly string[];
}

export interface AttemptDocument {
  readonly n: number;
  readonly atMs: number;
  readonly phase: 'dns' | 'connect' | 'reply';
  readonly outcome: Outcome;
  readonly via: Via | null;
  readonly client: string | null;
  readonly dialled: string | null;
  readonly destination: string | null;
  readonly sourceSeen: string | null;
  readonly sourcePortSeen: number | null;
  readonly replyFrom: string | null;
  readonly backend: string | null;
  readonly rulesWalked: number;
  readonly hops: readonly Hop[];
  readonly dns: DnsDocument | null;
  readonly blame: Blame | null;
  /** Where the backend passes requests on. */
  readonly upstream?: UpstreamDocument;
}

/** The request that the backend made on behalf of its client. */
export interface UpstreamDocument {
  /** "pod/demo/nginx-0". */
  readonly from: string;
  readonly url: string;
  /** The HTTP status that the client was answered; null: the client had left. */
  readonly status: number | null;
  /** Why there was no answer to pass back; null: there was one. */
  readonly failure: UpstreamFailure | null;
  /** Null: nothing was asked. */
  readonly attempt: AttemptDocument | null;
}

/** One of everything that can happen, over all random branches. */
export interface Possibility {
  readonly backend: string | null;
  readonly outcome: Outcome;
  readonly probability: number;
  readonly sourceSeen: string | null;
  /** Behind a backend that passes requests on: the machines that took them further. */
  readonly upstreams?: readonly string[];
  /** The HTTP status that a backend answered because it had nothing to pass back. */
  readonly status?: number;
}

export interface FlowDocument {
  readonly id: string;
  readonly attempts: readonly AttemptDocument[];
  /** Answered attempts per backend, by name. */
  readonly distribution: Readonly<Record<string, number>>;
  /** Attempts that arrived, per source address as the backend saw it. */
  readonly sources: Readonly<Record<string, number>>;
  readonly possible?: readonly Possibility[];
}

export interface TraceDocument {
  readonly apiVersion: string;
  readonly kind: 'Trace';
  readonly seed: number;
  readonly proxyMode: string;
  readonly flows: readonly FlowDocument[];
}

/** How an attempt ended, whether in the look-up or in the connection. */
export function outcomeOf(attempt: Attempt): Outcome {
  return attempt.dial?.outcome ?? attempt.lookup?.outcome ?? 'unreachable';
}

/** Address of the client as the backend saw it; null when nothing arrived. */
export function sourceSeen(attempt: Attempt): string | null {
  const source = attempt.dial?.source ?? null;
  return source === null ? null : formatAddr(source.addr);
}

export function attemptDocument(cluster: Cluster, attempt: Attempt): AttemptDocument {
  const { dial, lookup } = attempt;
  const upstream = upstreamOf(attempt);
  return {
    n: attempt.n,
    atMs: attempt.atMs,
    phase: dial?.phase ?? 'dns',
    outcome: outcomeOf(attempt),
    via: dial?.via ?? null,
    client: endpointText(dial?.client),
    dialled: endpointText(dial?.dialled),
    destination: endpointText(dial?.destination),
    sourceSeen: sourceSeen(attempt),
    sourcePortSeen: dial?.source?.port ?? null,
    replyFrom: endpointText(dial?.replyFrom),
    backend: dial?.backend ?? null,
    rulesWalked: dial?.trace.rulesWalked ?? 0,
    hops:
      dial === null
        ? []
        : hopsOf(cluster, dial.trace.steps(), attempt.from, familyOf(dial.dialled.addr)),
    dns: lookup === null ? null : dnsDocument(lookup),
    blame: blameOf(cluster, attempt),
    ...(upstream === null ? {} : { upstream: upstreamDocument(cluster, upstream) }),
  };
}

function upstreamDocument(cluster: Cluster, upstream: Upstream): UpstreamDocument {
  const { from, url, status, failure } = upstream;
  const asked = askedBy(upstream);
  const attempt = asked === null ? null : attemptDocument(cluster, asked);
  return { from, url, status, failure, attempt };
}

export function dnsDocument(lookup: Resolution): DnsDocument {
  const { name, type, resolver, search, ndots, queries, outcome, addresses } = lookup;
  return { name, type, resolver, search, ndots, queries, outcome, addresses };
}

function endpointText(endpoint: Endpoint | null | undefined): string | null {
  return endpoint == null ? null : formatEndpoint(endpoint.addr, endpoint.port);
}

/** The hops of a connection with those of what its backend asked of others: behind the socket that took it. */
export function allHops({ hops, upstream }: AttemptDocument): readonly Hop[] {
  const further = upstream?.attempt ?? null;
  if (further === null) return hops;
  const taken = hops.findLastIndex((hop) => hop.stage === 'socket') + 1;
  return [...hops.slice(0, taken), ...allHops(further), ...hops.slice(taken)];
}

/** Sums up attempts as a flow. */
export function flowDocument(
  id: string,
  attempts: readonly AttemptDocument[],
  possible?: readonly Possibility[],
): FlowDocument {
  const answered = attempts.filter((attempt) => attempt.outcome === 'answered');
  return {
    id,
    attempts,
    distribution: countBy(answered.map((attempt) => attempt.backend)),
    sources: countBy(attempts.map((attempt) => attempt.sourceSeen)),
    ...(possible === undefined ? {} : { possible }),
  };
}

/** Counts by text in code-unit order; nulls are left out. */
function countBy(values: readonly (string | null)[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function traceDocument(
  cluster: Pick<Cluster, 'seed' | 'proxyMode'>,
  flows: readonly FlowDocument[],
): TraceDocument {
  return { apiVersion, kind: 'Trace', seed: cluster.seed, proxyMode: cluster.proxyMode, flows };
}
