// What is to blame when a rule dropped or rejected a connection: kube-proxy's rules say why by the chain they stand in.
// Which rule it was, the walk has said.
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import type { BlameReason } from './blame.table.ts';
import { endpointsDetail } from './blame-endpoints.ts';
import {
  type Finding,
  objectOf,
  type Spot,
  serviceOf,
  sourceRangesFinding,
} from './blame-finding.ts';
import { virtualServerMet } from './blame-ipvs.ts';
import { localFinding } from './blame-local.ts';
import { portFinding } from './blame-port.ts';
import type { RuleHop } from './hops.ts';

/** A rule dropped or rejected the packet: kube-proxy's say why by where they stand. */
export function ruleFinding(
  cluster: Cluster,
  rules: readonly RuleHop[],
  hop: RuleHop | undefined,
  otherwise: BlameReason,
  attempt: Attempt,
): Finding {
  if (hop === undefined || hop.rule === null) {
    return { reason: otherwise, where: hop?.at ?? attempt.from };
  }
  const cause = cluster.cause(leading(rules, hop)?.rule?.origin ?? 0);
  const object = cause?.object === '' ? undefined : cause?.object;
  const where = hop.at;
  const service = serviceOf(cluster, object);
  if (service === undefined || object === undefined) {
    const detail = hop.rule.comment || `rule of ${hop.owner} in chain ${hop.chain}`;
    const port =
      hop.effect === 'reject' ? portFinding(cluster, attempt, 'anything else is rejected') : null;
    return port ?? { reason: otherwise, object, path: cause?.path, where, detail };
  }
  if (isSourceRanges(hop)) return { ...sourceRangesFinding(service, attempt), where };
  if (hop.effect === 'reject') {
    const { detail, at } = endpointsDetail(cluster, service);
    return { reason: 'noEndpoints', object, at, where, ...(detail === '' ? {} : { detail }) };
  }
  return localFinding(cluster, service, where, cause?.path);
}

/** The rule that sent the packet to `hop`, a rule that many share (nftables' reject-chain); else `hop` itself. */
function leading(rules: readonly RuleHop[], hop: RuleHop): RuleHop | undefined {
  if (hop.rule === null || hop.rule.origin !== 0 || hop.chain !== 'reject-chain') return hop;
  const before = rules.slice(0, rules.indexOf(hop));
  return before.findLast(({ effect, rule }) => effect === 'jump' && rule?.origin !== 0);
}

/** The chains in which kube-proxy looks at source ranges, in iptables and in nftables mode. */
function isSourceRanges({ chain, owner }: RuleHop): boolean {
  return (
    chain === 'KUBE-PROXY-FIREWALL' || (owner === 'kube-proxy' && chain.startsWith('firewall-'))
  );
}

/** The Service that sent the packet where it went: the last of its rules before the address was rewritten, or its
 * virtual server. */
export function servedBy(
  cluster: Cluster,
  rules: readonly RuleHop[],
  attempt: Attempt,
): Partial<Spot> {
  const dnat = rules.findLastIndex((hop) => hop.effect === 'dnat');
  for (const { rule } of rules.slice(0, dnat + 1).reverse()) {
    const cause = rule === null ? undefined : cluster.cause(rule.origin);
    if (cause?.object.startsWith('Service/')) return { object: cause.object, path: cause.path };
  }
  const met = virtualServerMet(cluster, attempt);
  return met?.effect === 'dnat'
    ? { object: objectOf(met.service), path: `spec.ports[${met.index}]` }
    : {};
}

/** The machine that rewrote the address. */
export function sentBy(
  cluster: Cluster,
  rules: readonly RuleHop[],
  attempt: Attempt,
): string | undefined {
  const met = virtualServerMet(cluster, attempt);
  return rules.findLast((hop) => hop.effect === 'dnat')?.at ?? met?.at;
}
