// What is to blame when a policy dropped a packet: the policies that isolate the Pod and let nothing of the kind through,
// or the rule that denies it; and the mistake behind it where it is one of the usual ones (F4-F6, F8): the Service's port
// instead of the Pod's, a selector of namespaces that no Namespace meets, a source that was masqueraded on the way.
import { formatSelector } from '../api/label-selector.ts';
import { selects } from '../api/selects.ts';
import type { NetworkPolicy } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { type Addr, familyOf, formatAddr, formatEndpoint } from '../net/addr.ts';
import { parseProto, protoName } from '../net/packet.ts';
import { beforeDnatHint } from './blame-before-dnat.ts';
import type { Finding } from './blame-finding.ts';
import type { RuleHop } from './hops.ts';
import {
  type Direction,
  endAt,
  holds,
  meansEnd,
  meansPort,
  nameOf,
  type PolicyRule,
  peersText,
  portOf,
  portsText,
  rulesOf,
  spot,
} from './policy-rule.ts';
import { dnsHint, type Hint, peerHint } from './policy-slips.ts';

const name = (proto: Attempt['proto']): string => protoName(proto).toUpperCase();

/** Null: the drop is no policy's. */
export function policyFinding(
  cluster: Cluster,
  rules: readonly RuleHop[],
  hop: RuleHop | undefined,
  attempt: Attempt,
): Finding | null {
  const cause = hop?.rule == null ? undefined : cluster.cause(hop.rule.origin);
  if (hop === undefined || cause === undefined || cause.owner !== 'network-policy') return null;
  const direction: Direction = cause.path.startsWith('spec.egress') ? 'egress' : 'ingress';
  const what = packetText(attempt, direction, hop.at);
  const said = `${what}: ${hop.rule?.comment ?? ''}`;
  const found = { reason: 'networkPolicy', object: cause.object, where: hop.at } as const;
  const policies = isolating(cluster, rules, hop);
  const candidates = rulesOf(policies, direction);
  const hint =
    portHint(attempt, candidates) ??
    beforeDnatHint(cluster, attempt, candidates) ??
    maskHint(cluster, rules, hop, attempt, candidates) ??
    selectorHint(cluster, candidates) ??
    (direction === 'egress' ? dnsHint(attempt, policies, candidates) : null) ??
    peerHint(cluster, attempt, candidates) ??
    nearHint(cluster, rules, hop, attempt, candidates);
  if (hint === null) return { ...found, path: cause.path, detail: said };
  return { ...found, object: hint.at.object, at: hint.at, detail: `${said}; ${hint.text}` };
}

/** "ingress from pod/demo/a to 10.244.2.2:6379/TCP on node/n1". */
function packetText({ dial, proto, from }: Attempt, direction: Direction, at: string): string {
  const to = dial?.destination ?? dial?.dialled;
  const where = to === undefined ? '' : `${formatEndpoint(to.addr, to.port)}/${name(proto)}`;
  return `${direction} from ${from} to ${where} on ${at}`;
}

/** The NetworkPolicies that the Pod's chain asked in vain, by the jumps of that chain. */
function isolating(
  cluster: Cluster,
  rules: readonly RuleHop[],
  hop: RuleHop,
): readonly NetworkPolicy[] {
  const keys = new Set<string>();
  for (const { chain, at, effect, rule } of rules) {
    if (chain !== hop.chain || at !== hop.at || effect !== 'jump' || rule === null) continue;
    const object = cluster.cause(rule.origin)?.object ?? '';
    if (object.startsWith('NetworkPolicy/')) keys.add(object.slice('NetworkPolicy/'.length));
  }
  return [...keys].flatMap((key) => cluster.objects.get('NetworkPolicy', key) ?? []);
}

/** F4: the port that was dialled is allowed, but a Service leads to another one. */
function portHint({ dial, proto }: Attempt, candidates: readonly PolicyRule[]): Hint | null {
  const to = dial?.destination;
  if (dial === null || to === null || to === undefined || to.port === dial.dialled.port)
    return null;
  for (const rule of candidates) {
    for (const [i, { port, endPort, protocol = 'TCP' }] of rule.ports.entries()) {
      if (typeof port !== 'number' || parseProto(protocol) !== proto) continue;
      const allows = (value: number) => port <= value && value <= (endPort ?? port);
      if (!allows(dial.dialled.port) || allows(to.port)) continue;
      const text = `it allows port ${dial.dialled.port}, which is the Service's: policies see the Pod's port, ${to.port}`;
      return { text, at: spot(rule, `ports[${i}]`) };
    }
  }
  return null;
}

/** F8: the client's address was replaced before the policy saw it. */
function maskHint(
  cluster: Cluster,
  rules: readonly RuleHop[],
  hop: RuleHop,
  { dial }: Attempt,
  candidates: readonly PolicyRule[],
): Hint | null {
  const masked = maskedAt(rules, hop);
  if (masked === undefined || dial === null) return null;
  const own = dial.client.addr;
  const seen = addressLike(cluster, masked.at, own);
  if (seen === undefined) return null;
  for (const rule of candidates) {
    const i = rule.peers.findIndex(
      ({ ipBlock }) => ipBlock !== undefined && holds(ipBlock, own) && !holds(ipBlock, seen),
    );
    if (i < 0) continue;
    const text = `${formatAddr(own)} was masqueraded on ${masked.at} (externalTrafficPolicy Cluster), so the ipBlock sees the node's address`;
    return { text, at: spot(rule, `${rule.side}[${i}].ipBlock`) };
  }
  return null;
}

/** The machine's address of the other's family. */
function addressLike(cluster: Cluster, machine: string, other: Addr): Addr | undefined {
  return cluster.addressesOf(machine).find((one) => familyOf(one) === familyOf(other));
}

/** Where the packet's source was replaced on its way. */
function maskedAt(rules: readonly RuleHop[], hop: RuleHop): RuleHop | undefined {
  const before = rules.slice(0, rules.indexOf(hop));
  return before.findLast(({ effect, at }) => effect === 'snat' && at !== hop.at);
}

/** A selector of namespaces that none meets: often a label of Pods (F5, F6). */
function selectorHint(cluster: Cluster, candidates: readonly PolicyRule[]): Hint | null {
  const namespaces = cluster.objects.list('Namespace');
  for (const rule of candidates) {
    for (const [i, { namespaceSelector }] of rule.peers.entries()) {
      if (namespaceSelector === undefined) continue;
      if (namespaces.some(({ metadata }) => selects(namespaceSelector, metadata.labels))) continue;
      const text = `no Namespace has ${formatSelector(namespaceSelector)}`;
      return { text, at: spot(rule, `${rule.side}[${i}].namespaceSelector`) };
    }
  }
  return null;
}

/** The rule that comes nearest: one for this end and other ports, else one for these ports and others, else the first. */
function nearHint(
  cluster: Cluster,
  rules: readonly RuleHop[],
  hop: RuleHop,
  { dial, proto }: Attempt,
  candidates: readonly PolicyRule[],
): Hint | null {
  const to = dial?.destination ?? dial?.dialled;
  if (dial === null || to === undefined) return null;
  const masked = maskedAt(rules, hop);
  const sender = dial.client.addr;
  const own = (masked && addressLike(cluster, masked.at, sender)) ?? sender;
  const [client, server] = [endAt(cluster, own), endAt(cluster, to.addr)];
  const near = candidates.map((rule) => ({
    rule,
    forEnd: meansEnd(cluster, rule, rule.direction === 'ingress' ? client : server),
    forPort: meansPort(rule, proto, to.port, server.pod),
  }));
  const best = near.find(({ forEnd }) => forEnd) ?? near.find(({ forPort }) => forPort) ?? near[0];
  if (best === undefined) return null;
  const { rule, forEnd, forPort } = best;
  const which = `${rule.path} of ${nameOf(rule.policy)}`;
  const whom = rule.side === 'from' ? 'for' : 'to';
  const peers = peersText(cluster, rule);
  if (forEnd) {
    return { text: `${which} allows it at ${portsText(rule)} only`, at: spot(rule, 'ports') };
  }
  const ports = forPort ? portOf(proto, to.port) : portsText(rule);
  const text = `${which} allows ${ports} ${whom} ${peers} only`;
  return { text, at: spot(rule, rule.side) };
}
