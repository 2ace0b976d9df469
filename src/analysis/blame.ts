// Names the first thing that kept a connection from being answered: a closed id, one sentence, the object and the
// line of the manifest. Reads the finished trace and the stored objects; decides nothing about the outcome.
import type { Position } from '../api/input-error.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { type BlameRow, blameTable } from './blame.table.ts';
import { withClaims } from './blame-claims.ts';
import type { Finding } from './blame-finding.ts';
import { lookupFinding } from './blame-lookup.ts';
import { queryFinding } from './blame-query.ts';
import { dialFinding } from './blame-way.ts';

export interface Blame {
  readonly id: string;
  readonly message: string;
  /** "Service/demo/web"; null when no object is to blame. */
  readonly object: string | null;
  readonly file: string | null;
  readonly line: number | null;
}

/** What is to blame for an attempt that was not answered; null when it was. */
export function blameOf(cluster: Cluster, attempt: Attempt): Blame | null {
  const found =
    attempt.dial === null
      ? (queryFinding(cluster, attempt) ?? lookupFinding(cluster, attempt))
      : dialFinding(cluster, attempt);
  if (found === null) return null;
  const finding = withClaims(cluster, attempt, found);
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
  const there = at === undefined ? null : cluster.locate(at.object, at.path);
  return there ?? (object === undefined ? null : cluster.locate(object, path));
}
