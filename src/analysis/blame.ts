// Names the first thing that kept a connection from being answered: a closed id, one sentence, the object and the
// line of the manifest. Reads the finished trace and the stored objects; decides nothing about the outcome.
import type { Position } from '../api/input-error.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { formatEndpoint } from '../net/addr.ts';
import { proxyStatusText, type Upstream } from '../node/upstream.ts';
import { type BlameRow, blameTable } from './blame.table.ts';
import { withClaims } from './blame-claims.ts';
import type { Finding } from './blame-finding.ts';
import { lookupFinding } from './blame-lookup.ts';
import { queryFinding } from './blame-query.ts';
import { dialFinding } from './blame-way.ts';
import { askedBy, failedUpstream, upstreamOf } from './upstream.ts';

export interface Blame {
  readonly id: string;
  readonly message: string;
  /** "Service/demo/web"; null when no object is to blame. */
  readonly object: string | null;
  readonly file: string | null;
  readonly line: number | null;
}

/** What is to blame for an attempt that was not answered, or answered by a program on the way that had nothing to pass
 * back; null when all went well. */
export function blameOf(cluster: Cluster, attempt: Attempt): Blame | null {
  const upstream = upstreamOf(attempt);
  return upstream !== null && isItsFault(attempt)
    ? behind(cluster, attempt, upstream)
    : ownBlame(cluster, attempt);
}

/** What came back over the client's own connection was the program's answer, or it was still waiting for one. */
function isItsFault(attempt: Attempt): boolean {
  const { outcome, phase, via } = attempt.dial ?? {};
  const isWaiting = phase === 'reply' && via === 'noreply';
  return (outcome === 'answered' || isWaiting) && failedUpstream(attempt) !== null;
}

/** What the program met with on its own way, and what it told its client. */
function behind(cluster: Cluster, { dial }: Attempt, upstream: Upstream): Blame {
  const { from, url, status } = upstream;
  const asked = askedBy(upstream);
  const found = asked === null ? null : blameOf(cluster, asked);
  const finding = (asked !== null && found === null ? answerFinding(asked) : null) ?? {
    reason: 'proxyLoop' as const,
    where: url,
  };
  const blame = found ?? blameFor(cluster, finding);
  const isSaid = status !== null && dial?.outcome === 'answered';
  const said = isSaid ? `answered ${proxyStatusText(status)}` : 'had no answer in time';
  const written = blame.file === null ? annotationOf(cluster, from) : null;
  return {
    ...blame,
    message: `${from} ${said}: it passes requests on to ${url}, and ${blame.message}`,
    file: written?.file ?? blame.file,
    line: written?.line ?? blame.line,
  };
}

/** Answered, and yet of no use. */
function answerFinding({ dial }: Attempt): Finding | null {
  const far = dial?.destination ?? dial?.dialled;
  if (far === undefined) return null;
  return { reason: 'badAnswer', name: formatEndpoint(far.addr, far.port) };
}

/** Where a Pod says that it passes requests on. */
function annotationOf(cluster: Cluster, machine: string): Position | null {
  const object = machine.replace(/^pod\//, 'Pod/');
  return cluster.locate(object, 'metadata.annotations[svcspec.dev/proxy-to]');
}

function ownBlame(cluster: Cluster, attempt: Attempt): Blame | null {
  const found =
    attempt.dial === null
      ? (queryFinding(cluster, attempt) ?? lookupFinding(cluster, attempt))
      : dialFinding(cluster, attempt);
  return found === null ? null : blameFor(cluster, withClaims(cluster, attempt, found));
}

function blameFor(cluster: Cluster, finding: Finding): Blame {
  const row: BlameRow = blameTable[finding.reason];
  const object = finding.object ?? null;
  const position = positionOf(cluster, finding, row);
  return {
    id: row.id,
    message: worded(row.message, finding),
    object,
    file: position?.file ?? null,
    line: position?.line ?? null,
  };
}

function worded(message: string, finding: Finding): string {
  const values: Readonly<Record<string, string>> = {
    object: finding.object ?? 'the cluster',
    where: finding.where ?? 'the way',
    name: finding.name ?? 'the destination',
    detail: finding.detail === undefined ? '' : `: ${finding.detail}`,
  };
  return message.replaceAll(/\{(\w+)\}/g, (_all, key: string) => values[key] ?? '');
}

/** Where to look: at what explains the finding when a manifest has it, else at the blamed object. */
function positionOf(cluster: Cluster, finding: Finding, row: BlameRow): Position | null {
  const { at, object, path = row.path } = finding;
  if (finding.position != null) return finding.position;
  const there = at === undefined ? null : cluster.locate(at.object, at.path);
  return there ?? (object === undefined ? null : cluster.locate(object, path));
}
