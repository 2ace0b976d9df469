// The document that `svcspec resolve -o json` prints, and its text: each query of the search walk, as dig would show
// it. The look-up itself is the cluster's (src/dns/resolver).
import type { Cluster, DnsQuery, Resolution } from '../cluster/cluster.ts';
import { TCP } from '../net/packet.ts';
import { type Blame, blameOf } from './blame.ts';
import { type DnsDocument, dnsDocument } from './trace-document.ts';

export interface ResolveDocument extends DnsDocument {
  /** WHO looked it up. */
  readonly from: string;
}

export function resolveDocument(from: string, lookup: Resolution): ResolveDocument {
  const { name, type, ...rest } = dnsDocument(lookup);
  return { name, type, from, ...rest };
}

/** Why a look-up found nothing, and what was nearly meant; null when it found something. */
export function lookupBlame(cluster: Cluster, from: string, lookup: Resolution): Blame | null {
  if (lookup.outcome === 'answered') return null;
  const [machine = from] = cluster.machinesOf(from);
  const made = { n: 1, atMs: 0, from: machine, target: lookup.name, lookup };
  return blameOf(cluster, { ...made, proto: TCP, dial: null });
}

/** The walk of the search list in dig's words: per query the header, the question and the answers. */
export function resolveText(document: ResolveDocument, blame: Blame | null = null): string {
  const search = document.search.length === 0 ? '' : `, search ${document.search.join(' ')}`;
  const head = `; ${document.name} ${document.type} from ${document.from} (${document.resolver}, ndots:${document.ndots}${search})`;
  const tail =
    document.outcome === 'answered' && document.addresses.length > 0
      ? `; ${document.outcome}: ${document.addresses.join(' ')}`
      : `; ${document.outcome}${blame === null ? '' : `: ${blame.message}`}`;
  return [head, ...document.queries.map(queryText), tail].join('\n');
}

function queryText(query: DnsQuery): string {
  const where = `;; SERVER: ${query.server} (${query.transport.toUpperCase()})`;
  const cached = query.cached ? ' (from the cache)' : '';
  const lines = [`;${absolute(query.name)} IN ${query.type}`];
  lines.push(`;; status: ${query.rcode}${flagsText(query)}${cached}`);
  for (const answer of query.answers) {
    lines.push(`${absolute(answer.name)} ${answer.ttl} IN ${answer.type} ${answer.data}`);
  }
  lines.push(where);
  return lines.join('\n');
}

function flagsText(query: DnsQuery): string {
  return query.flags.length === 0 ? '' : `; flags: ${query.flags.join(' ')}`;
}

function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}
