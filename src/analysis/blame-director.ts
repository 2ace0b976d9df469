// What is to blame where a director stands in front of the nodes: no real server is left, the virtual address is on its way to
// the other director, or the answer went past the director to the client. Reads the finished trace and the Cluster document's
// keepalived.conf as the cluster tells of it.
import type { Attempt, Cluster, Director } from '../cluster/cluster.ts';
import { type Addr, formatAddr, formatEndpoint } from '../net/addr.ts';
import { type Finding, listed } from './blame-finding.ts';

/** Null: no director has to do with it. */
export function directorFinding(cluster: Cluster, attempt: Attempt): Finding | null {
  const { dial } = attempt;
  if (dial === null || cluster.directors.length === 0) return null;
  const to = dial.dialled.addr;
  const own = cluster.directors.filter(({ addresses }) => addresses.includes(to));
  const [first] = own;
  if (first === undefined) return null;
  const notes = dial.trace.steps().flatMap((step) => (step.kind === 'note' ? [step] : []));
  const met = notes.findLast((note) => note.stage === 'ipvs' && note.at.startsWith('host/'));
  const name = formatEndpoint(to, dial.dialled.port);
  if (met?.effect === 'refused') {
    return { reason: 'noRealServer', object: met.at, path: pathOf(cluster, met.at, attempt), name };
  }
  const last = notes.at(-1);
  const isLost = last?.effect === 'lost' || last?.effect === 'unreachable';
  if (met === undefined && isLost && own.some(({ host }) => `host/${host}` === last.at)) {
    return { reason: 'virtualAddressMoves', object: last.at, name, ...whoHolds(own, to) };
  }
  const past = dial.replyFrom;
  if (met?.effect === 'dnat' && past !== null && past.addr !== to) {
    const detail = `from ${formatEndpoint(past.addr, past.port)}, where the client waits for ${name}`;
    return {
      reason: 'answerPastDirector',
      object: met.at,
      path: pathOf(cluster, met.at, attempt),
      detail,
    };
  }
  return null;
}

/** The virtual_server that the director has for what was dialled. */
function pathOf({ directors }: Cluster, at: string, { dial, proto }: Attempt): string {
  const director = directors.find(({ host }) => `host/${host}` === at);
  const index = director?.servers.findIndex(
    (one) =>
      one.addr === dial?.dialled.addr && one.port === dial.dialled.port && one.proto === proto,
  );
  return `keepalived.virtual_server[${index ?? 0}]`;
}

function whoHolds(own: readonly Director[], to: Addr): { readonly detail: string } {
  const holders = own.filter(({ held }) => held.includes(to)).map(({ host }) => `host/${host}`);
  const text = formatAddr(to);
  return {
    detail: holders.length === 0 ? `no director has ${text} now` : `${listed(holders)} has ${text}`,
  };
}
