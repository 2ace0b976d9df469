// What is to blame where a policy is judged before the Service's translation (the profile aws-vpc): it sees the Service's
// address and port. Rules without peers and ipBlocks mean those, podSelectors the Pods' port (src/cni/policy/services.ts).
import { formatSelector } from '../api/label-selector.ts';
import { selects } from '../api/selects.ts';
import type { Pod, Service, ServicePort } from '../api/types.ts';
import { matchesLabels } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { formatAddr, parseAddr } from '../net/addr.ts';
import { type Proto, parseProto } from '../net/packet.ts';
import { clusterIPOwner } from './blame-finding.ts';
import { holds, isPort, meansPort, type PolicyRule, portOf, spot } from './policy-rule.ts';
import type { Hint } from './policy-slips.ts';

/** What the packet was for when the policy saw it. */
interface Dialled {
  readonly service: Service;
  readonly proto: Proto;
  readonly port: number;
  readonly address: string;
  /** Behind the Service, with the port that they are sent. */
  readonly pods: readonly { readonly pod: Pod; readonly port: number }[];
}

const seen = 'policies see the Service here, before its translation';

/** Null: the packet was for no Service, or had been translated. */
export function beforeDnatHint(
  cluster: Cluster,
  attempt: Attempt,
  candidates: readonly PolicyRule[],
): Hint | null {
  const dialled = dialledOf(cluster, attempt);
  if (dialled === null) return null;
  for (const rule of candidates) {
    if (rule.direction !== 'egress') continue;
    const hint = hintOf(rule, dialled);
    if (hint !== null) return hint;
  }
  return null;
}

function dialledOf(cluster: Cluster, { dial, proto }: Attempt): Dialled | null {
  if (dial === null) return null;
  const { addr, port } = dial.dialled;
  const to = dial.destination ?? dial.dialled;
  if (to.addr !== addr || to.port !== port) return null;
  const service = clusterIPOwner(cluster, addr);
  const entry = service?.spec.ports?.find(
    (one) => one.port === port && parseProto(one.protocol ?? 'TCP') === proto,
  );
  if (service === undefined || entry === undefined) return null;
  const { selector = {} } = service.spec;
  const pods = cluster.objects
    .list('Pod', service.metadata.namespace ?? 'default')
    .filter(
      ({ metadata }) =>
        Object.keys(selector).length > 0 && matchesLabels(selector, metadata.labels),
    )
    .flatMap((pod) => targetIn(pod, entry).map((target) => ({ pod, port: target })));
  return { service, proto, port, address: formatAddr(addr), pods };
}

/** The Pod's port that a Service's port means. */
function targetIn(pod: Pod, { port, protocol = 'TCP', targetPort = port }: ServicePort) {
  if (typeof targetPort === 'number') return [targetPort];
  return pod.spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ name, containerPort, protocol: own = 'TCP' }) =>
      name === targetPort && own === protocol ? [containerPort] : [],
    ),
  );
}

function hintOf(rule: PolicyRule, dialled: Dialled): Hint | null {
  const { proto, port, pods, address, service } = dialled;
  const [first] = pods;
  if (first === undefined) return null;
  const value = parseAddr(address);
  const isMeant =
    rule.peers.length === 0 ||
    rule.peers.some(
      ({ ipBlock }) => ipBlock !== undefined && value !== undefined && holds(ipBlock, value),
    );
  const i = rule.ports.findIndex((one) => isPort(one, proto, first.port, first.pod));
  if (isMeant && i >= 0 && !meansPort(rule, proto, port, undefined)) {
    const text = `it allows port ${rule.ports[i]?.port}, which is the Pod's: ${seen}, so name the Service's port, ${port}`;
    return { text, at: spot(rule, `ports[${i}]`) };
  }
  return peerHint(rule, dialled, first) ?? selectedPortHint(rule, dialled, first, service);
}

/** A block or a selector that means the Pods behind the Service and not the Service. */
function peerHint(
  rule: PolicyRule,
  { proto, address, service }: Dialled,
  { pod, port }: { readonly pod: Pod; readonly port: number },
): Hint | null {
  const own = parseAddr(pod.status?.podIP ?? '');
  for (const [i, { ipBlock, podSelector }] of rule.peers.entries()) {
    const at = spot(rule, `to[${i}]`);
    if (ipBlock !== undefined && own !== undefined && holds(ipBlock, own)) {
      return { text: `its ipBlock means the Pods: ${seen}, so name ${address}`, at };
    }
    const labels = service.spec.selector ?? {};
    if (podSelector === undefined || !meansPort(rule, proto, port, pod)) continue;
    if (!selects(podSelector, pod.metadata.labels) || selects(podSelector, labels)) continue;
    const text = `it means the Pods by ${formatSelector(podSelector)}: ${seen}, and its selector ${formatSelector(labels)} does not say that`;
    return { text, at };
  }
  return null;
}

/** With a podSelector the Pods' port counts, before DNAT too. */
function selectedPortHint(
  rule: PolicyRule,
  { proto, port }: Dialled,
  behind: { readonly pod: Pod; readonly port: number },
  service: Service,
): Hint | null {
  const isSelected = rule.peers.some(
    ({ podSelector }) => podSelector !== undefined && selects(podSelector, service.spec.selector),
  );
  const i = rule.ports.findIndex((one) => isPort(one, proto, port, undefined));
  if (!isSelected || i < 0 || meansPort(rule, proto, behind.port, behind.pod)) return null;
  const text = `it allows ${portOf(proto, port)}, which is the Service's: with a podSelector the Pod's port counts, ${behind.port}`;
  return { text, at: spot(rule, `ports[${i}]`) };
}
