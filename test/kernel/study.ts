// What simulation says of a case: every end that each flow may come to with its share, and of flows whose end changes the
// next one's, every pair. The same for all ways of loading the rules, whatever is wrong with them.
import type { Attempt, Cluster } from '../../src/cluster/cluster.ts';
import { formatAddr, formatEndpoint } from '../../src/net/addr.ts';
import { type Proto, parseProto, TCP } from '../../src/net/packet.ts';
import { enumerate } from '../../src/sim/choices.ts';
import type { Case, CaseFlow } from './case.ts';
import { clusterOf } from './manifests.ts';

/** Sum of shares by how a connection ends. */
export type Ends = ReadonlyMap<string, number>;

export const protoOf = ({ protocol }: CaseFlow): Proto => parseProto(protocol) ?? TCP;

/** One word for how an attempt ended: all that the kernel can tell too. */
export function endedAs({ dial }: Attempt): string {
  if (dial === null) return 'no dial';
  if (dial.outcome !== 'answered') {
    return dial.outcome === 'refused' ? `refused via ${dial.via}` : dial.outcome;
  }
  const { backend, destination, source, replyFrom } = dial;
  if (destination === null || source === null || replyFrom === null) return 'no end';
  const at = formatEndpoint(destination.addr, destination.port);
  const from = formatEndpoint(replyFrom.addr, replyFrom.port);
  return `answered by ${backend} at ${at} which sees ${formatAddr(source.addr)}, from ${from}`;
}

export function connect(cluster: Cluster, flow: CaseFlow, sourcePort: number | null): Attempt {
  const proto = protoOf(flow);
  const attempt = cluster.connect(
    flow.from,
    flow.to,
    sourcePort === null ? { proto } : { proto, sourcePort },
  );
  cluster.advance(1);
  return attempt;
}

export interface Studied {
  readonly flow: CaseFlow;
  readonly ends: Ends;
  /** Two connections one after the other; null: the second does not depend on the first. */
  readonly pairs: Ends | null;
}

function studyOf(cluster: Cluster, flow: CaseFlow, remembers: boolean): Studied {
  const ends = new Map<string, number>();
  const once = enumerate((choices) => endedAs(connect(cluster.fork(choices), flow, null)));
  for (const { value, probability } of once) ends.set(value, (ends.get(value) ?? 0) + probability);
  if (ends.size < 2 || !remembers) return { flow, ends, pairs: null };
  const pairs = new Map<string, number>();
  const twice = enumerate((choices) => {
    const fork = cluster.fork(choices);
    return [connect(fork, flow, null), connect(fork, flow, null)].map(endedAs).join(' | ');
  });
  for (const { value, probability } of twice)
    pairs.set(value, (pairs.get(value) ?? 0) + probability);
  return { flow, ends, pairs: pairs.size < ends.size ** 2 ? pairs : null };
}

/** A case made ready: it is compared many times, and never changes. */
export class Prepared {
  readonly made: Case;
  readonly cluster: Cluster;
  #studied: readonly Studied[] | undefined;

  constructor(made: Case) {
    this.made = made;
    this.cluster = clusterOf(made);
  }

  /** Each flow once. */
  get studied(): readonly Studied[] {
    const unique = new Map(this.made.flows.map((f) => [`${f.from} ${f.to} ${f.protocol}`, f]));
    // Nothing but session affinity lets a connection from another port find what an earlier one left.
    const remembers = this.made.services.some(({ affinity }) => affinity !== null);
    this.#studied ??= [...unique.values()].map((flow) => studyOf(this.cluster, flow, remembers));
    return this.#studied;
  }
}
