// The usual slips in a NetworkPolicy that let nothing through, told from the rules that came close to allowing a dropped
// packet: a podSelector that means the policy's own namespace alone, two selectors in one item where either was meant,
// look-ups that no egress rule names.
import { formatSelector } from '../api/label-selector.ts';
import { selects } from '../api/selects.ts';
import { keyOf, type NetworkPolicy, type NetworkPolicyPeer, type Pod } from '../api/types.ts';
import { isEmpty } from '../api/workload/template.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import type { Spot } from './blame-finding.ts';
import { endAt, meansPort, type PolicyRule, spot } from './policy-rule.ts';

/** A remark about a value of a policy. */
export interface Hint {
  readonly text: string;
  readonly at: Spot;
}

/** F6: the other Pod fits one half of what an item asks for. */
export function peerHint(
  cluster: Cluster,
  { dial, from, proto }: Attempt,
  candidates: readonly PolicyRule[],
): Hint | null {
  const to = dial?.destination ?? dial?.dialled;
  if (to === undefined) return null;
  const server = endAt(cluster, to.addr).pod;
  const client = from.startsWith('pod/') ? cluster.objects.get('Pod', from.slice(4)) : undefined;
  for (const rule of candidates) {
    const pod = rule.direction === 'ingress' ? client : server;
    if (pod === undefined || !meansPort(rule, proto, to.port, server)) continue;
    for (const [i, peer] of rule.peers.entries()) {
      const text = halfFits(cluster, rule, peer, pod);
      if (text !== null) return { text, at: spot(rule, `${rule.side}[${i}]`) };
    }
  }
  return null;
}

/** F5: a query that no rule of egress names. */
export function dnsHint(
  { dial, proto }: Attempt,
  policies: readonly NetworkPolicy[],
  candidates: readonly PolicyRule[],
): Hint | null {
  const [policy] = policies;
  const isNamed = candidates.some((rule) => meansPort(rule, proto, 53, undefined));
  if (policy === undefined || isNamed || dial?.dialled.port !== 53) return null;
  const rule = '{ ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }] }';
  const text = `look-ups need an egress rule, too: - ${rule}`;
  return { text, at: { object: `NetworkPolicy/${keyOf(policy)}`, path: 'spec.egress' } };
}

function halfFits(
  cluster: Cluster,
  { policy }: PolicyRule,
  { podSelector, namespaceSelector }: NetworkPolicyPeer,
  pod: Pod,
): string | null {
  if (podSelector === undefined) return null;
  const { namespace = 'default', labels } = pod.metadata;
  const podFits = selects(podSelector, labels);
  const name = `Pod ${keyOf(pod)}`;
  const own = policy.metadata.namespace ?? 'default';
  if (namespaceSelector === undefined) {
    if (!podFits || namespace === own) return null;
    return `a podSelector alone means Pods of namespace "${own}", and ${name} is in another one: add a namespaceSelector to the same item`;
  }
  const there = cluster.objects.get('Namespace', namespace)?.metadata.labels;
  const namespaceFits = selects(namespaceSelector, there);
  if (podFits === namespaceFits) return null;
  // A podSelector of its own would mean the policy's namespace, and a namespaceSelector that selects all is no slip.
  if (podFits && namespace !== own) {
    return `namespaceSelector and podSelector in one item must both fit, and namespace "${namespace}" has not ${formatSelector(namespaceSelector)}`;
  }
  if (isEmpty(namespaceSelector)) return null;
  const lacks = podFits
    ? `namespace "${namespace}" has not ${formatSelector(namespaceSelector)}`
    : `${name} has not ${formatSelector(podSelector)}`;
  return `namespaceSelector and podSelector in one item must both fit, and ${lacks}; as two items ("- ") either would do`;
}
