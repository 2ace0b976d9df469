// What is to blame when a rule dropped or rejected a connection: kube-proxy's rules say why by the chain they stand in.
// Which rule it was, the walk has said.
import type { Service } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import type { BlameReason } from './blame.table.ts';
import { endpointsDetail } from './blame-endpoints.ts';
import { type Finding, type Spot, serviceOf } from './blame-finding.ts';
import type { RuleHop } from './hops.ts';

/** A rule dropped or rejected the packet: kube-proxy's say why by where they stand. */
export function ruleFinding(
  cluster: Cluster,
  hop: RuleHop | undefined,
  otherwise: BlameReason,
  attempt: Attempt,
): Finding {
  if (hop === undefined || hop.rule === null) {
    return { reason: otherwise, where: hop?.at ?? attempt.from };
  }
  const cause = cluster.cause(hop.rule.origin);
  const object = cause?.object === '' ? undefined : cause?.object;
  const where = hop.at;
  const service = serviceOf(cluster, object);
  if (service === undefined || object === undefined) {
    const detail = hop.rule.comment || `rule of ${hop.owner} in chain ${hop.chain}`;
    return { reason: otherwise, object, path: cause?.path, where, detail };
  }
  if (hop.chain === 'KUBE-PROXY-FIREWALL') return { reason: 'sourceRanges', object, where };
  if (hop.effect === 'reject') {
    const { detail, at } = endpointsDetail(cluster, service);
    return { reason: 'noEndpoints', object, at, where, ...(detail === '' ? {} : { detail }) };
  }
  return { reason: 'noLocalEndpoints', object, where, path: policyPath(hop, service) };
}

/** Rules for traffic from outside stand in KUBE-EXTERNAL-SERVICES, those for cluster IPs in KUBE-SERVICES. */
function policyPath(hop: RuleHop, service: Service): string {
  if (hop.chain === 'KUBE-EXTERNAL-SERVICES') return 'spec.externalTrafficPolicy';
  return service.spec?.internalTrafficPolicy === 'Local'
    ? 'spec.internalTrafficPolicy'
    : 'spec.externalTrafficPolicy';
}

/** The Service whose rules sent the packet where it went: the last of them before the address was rewritten. */
export function servedBy(cluster: Cluster, rules: readonly RuleHop[]): Partial<Spot> {
  const dnat = rules.findLastIndex((hop) => hop.effect === 'dnat');
  for (const { rule } of rules.slice(0, dnat + 1).reverse()) {
    const cause = rule === null ? undefined : cluster.cause(rule.origin);
    if (cause?.object.startsWith('Service/')) return { object: cause.object, path: cause.path };
  }
  return {};
}
