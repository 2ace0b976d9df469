// What a kubelet refuses though the Pod is bound to its node (somebody wrote spec.nodeName), and the deadline of a Pod.
// Room is asked for those Pods only, not for what the scheduler has placed; required node affinity is not weighed. pkg/kubelet/lifecycle/predicate.go, active_deadline.go.
import { amountsOf, requestsOf, wantedBy } from '../api/pod/requests.ts';
import type { Container, Node, Pod } from '../api/types.ts';
import { keyOf, matchesLabels } from '../api/types.ts';
import type { KubeletContext } from './context.ts';

export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

const predicates: readonly {
  readonly reason: string;
  readonly text: string;
  readonly fits: (pod: Pod, node: Node, context: KubeletContext) => boolean;
}[] = [
  {
    reason: 'NodeAffinity',
    text: "node(s) didn't match Pod's node affinity/selector",
    fits: (pod, node) => matchesLabels(pod.spec.nodeSelector ?? {}, node.metadata.labels),
  },
  {
    reason: 'NodePorts',
    text: "node(s) didn't have free ports for the requested pod ports",
    fits: (pod, node, context) => hasFreePorts(pod, node, context),
  },
];

/** The first predicate that fails; undefined: the kubelet takes the pod. */
export function refusalOf(pod: Pod, node: Node, context: KubeletContext): Refusal | undefined {
  const lacking = lackOf(pod, node, context);
  if (lacking !== undefined) return lacking;
  const failed = predicates.find(({ fits }) => !fits(pod, node, context));
  if (failed === undefined) return undefined;
  const { reason, text } = failed;
  return { reason, message: `Predicate ${reason} failed: ${text}` };
}

/** The first resource that the node has too little of. The scheduler has said PodScheduled of those that it has weighed. */
function lackOf(pod: Pod, node: Node, { client, state }: KubeletContext): Refusal | undefined {
  const isPlaced = pod.status?.conditions?.some(
    (one) => one.type === 'PodScheduled' && one.status === 'True',
  );
  const { allocatable } = node.status ?? {};
  if (isPlaced === true || allocatable === undefined) return undefined;
  const room = amountsOf(allocatable);
  const used = new Map<string, number>();
  const use = (name: string, value: number) => used.set(name, (used.get(name) ?? 0) + value);
  for (const [key, run] of state.pods.entries()) {
    if (run.node !== node.metadata.name || key === keyOf(pod)) continue;
    const other = client.get('Pod', key);
    if (other === undefined || isOver(other)) continue;
    use('pods', 1);
    for (const [name, value] of requestsOf(other)) use(name, value);
  }
  for (const [name, value] of [['pods', 1] as const, ...wantedBy(pod)]) {
    // A kubelet takes no offence at resources of devices that its node does not have.
    if (name.includes('/') && !room.has(name)) continue;
    const [capacity, before] = [room.get(name) ?? 0, used.get(name) ?? 0];
    if (value <= capacity - before) continue;
    const message = `Node didn't have enough resource: ${name}, requested: ${value}, used: ${before}, capacity: ${capacity}`;
    return { reason: `OutOf${name}`, message };
  }
  return undefined;
}

/** The pod fails without a container having started. */
export function reject(pod: Pod, { reason, message }: Refusal, { client }: KubeletContext): void {
  client.event(pod, 'Warning', reason, message);
  const { qosClass } = pod.status ?? {};
  const status = { phase: 'Failed', reason, message: `Pod was rejected: ${message}` };
  const kept = qosClass === undefined ? {} : { qosClass };
  client.updateStatus({ ...pod, status: { ...kept, ...status } });
}

interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

function hostPortsOf({ spec }: Pod): readonly HostPort[] {
  const lasting = (c: Container) => c.restartPolicy === 'Always';
  const containers = [...spec.containers, ...(spec.initContainers ?? []).filter(lasting)];
  return containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort = 0, hostIP = '', protocol = 'TCP' }) =>
      hostPort === 0 ? [] : [{ ip: hostIP === '' ? '0.0.0.0' : hostIP, protocol, port: hostPort }],
    ),
  );
}

function hasFreePorts(pod: Pod, node: Node, { client, state }: KubeletContext): boolean {
  const wanted = hostPortsOf(pod);
  if (wanted.length === 0) return true;
  for (const [key, run] of state.pods.entries()) {
    if (run.node !== node.metadata.name || key === keyOf(pod)) continue;
    const other = client.get('Pod', key);
    if (other === undefined || isOver(other)) continue;
    if (hostPortsOf(other).some((one) => wanted.some((mine) => clash(one, mine)))) return false;
  }
  return true;
}

function clash(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
}

/** Whether the pod has come to its end: nothing starts in it any more. */
export function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

export const deadlineExceeded: Refusal = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

/** Milliseconds until the pod's deadline; undefined: it has none. */
export function deadlineIn(pod: Pod, sinceMs: number, nowMs: number): number | undefined {
  const { activeDeadlineSeconds } = pod.spec;
  if (activeDeadlineSeconds === undefined) return undefined;
  return sinceMs + activeDeadlineSeconds * 1000 - nowMs;
}
