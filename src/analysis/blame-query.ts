// What is to blame for a look-up that no server answered, when a policy dropped the query or its answer (F5): one more
// query is followed on its way, on a copy of the cluster.
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { UDP } from '../net/packet.ts';
import type { Finding } from './blame-finding.ts';
import { dialFinding } from './blame-way.ts';

/** Null: the look-up was answered, or no policy was in its way. */
export function queryFinding(cluster: Cluster, { lookup, from }: Attempt): Finding | null {
  const server = lookup?.outcome === 'timeout' ? lookup.queries[0]?.server : undefined;
  if (lookup === null || server === undefined) return null;
  const query = cluster.fork().connect(from, server, { proto: UDP });
  const finding = query.dial?.via === 'policy' ? dialFinding(cluster, query) : null;
  if (finding === null) return null;
  const { object, path, at, detail = '' } = finding;
  const said = `${object} dropped the query (${detail})`;
  return { reason: 'dnsTimeout', name: `"${lookup.name}"`, object, path, at, detail: said };
}
