// Node filters of the default scheduler, one row each in plugin order, with the reason each gives. Volumes and dynamic
// resources are not here. pkg/scheduler/framework/plugins.
import type { ContainerPort, Node, Pod, Taint } from '../../api/types.ts';
import { fitFilter } from './fit.ts';
import { interPodFilter } from './inter-pod.ts';
import { repels, selectsNode, tolerates } from './node-match.ts';
import type { Refusal, Snapshot } from './snapshot.ts';
import { spreadFilter } from './spread.ts';

type NodeFilter = (node: Node) => Refusal | undefined;
/** Prepares a filter for one Pod; undefined: it has nothing to say of it. */
type Plugin = (pod: Pod, snapshot: Snapshot) => NodeFilter | undefined;

const final = (text: string): Refusal => ({ reasons: [text], isFinal: true });

/** Since this minor a refusal does not name the taint. */
const hidesTaintSince = 36;

/** In the order of upstream's default plugins: the first refusal is the node's. */
const plugins: readonly Plugin[] = [
  // NodeUnschedulable
  (pod) => (node) =>
    node.spec.unschedulable === true && !tolerates(pod, unschedulableTaint)
      ? final('node(s) were unschedulable')
      : undefined,
  // TaintToleration
  (pod, { context }) =>
    (node) => {
      const taint = repels(pod, node);
      if (taint === undefined) return undefined;
      if (context.minor >= hidesTaintSince) return final('node(s) had untolerated taint(s)');
      return final(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
    },
  // NodeAffinity (nodeSelector and required node affinity)
  (pod) => (node) => (selectsNode(pod, node) ? undefined : final(affinityMismatch)),
  // NodePorts
  (pod, snapshot) => {
    const wanted = hostPorts(pod);
    if (wanted.length === 0) return undefined;
    const text = "node(s) didn't have free ports for the requested pod ports";
    return (node) =>
      portsConflict(wanted, snapshot.podsOn(node))
        ? { reasons: [text], isFinal: false }
        : undefined;
  },
  // NodeResourcesFit
  fitFilter,
  // PodTopologySpread
  spreadFilter,
  // InterPodAffinity
  interPodFilter,
];

export const affinityMismatch = "node(s) didn't match Pod's node affinity/selector";

/** All filters for one Pod as one. */
export function filterFor(pod: Pod, snapshot: Snapshot): NodeFilter {
  const filters = plugins.flatMap((plugin) => plugin(pod, snapshot) ?? []);
  return (node) => {
    for (const filter of filters) {
      const refusal = filter(node);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
}

const unschedulableTaint: Taint = {
  key: 'node.kubernetes.io/unschedulable',
  effect: 'NoSchedule',
};

function hostPorts(pod: Pod): readonly ContainerPort[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .filter((port) => (port.hostPort ?? 0) > 0);
}

function portsConflict(wanted: readonly ContainerPort[], pods: readonly Pod[]): boolean {
  const any = (ip: string | undefined) => (ip ?? '') === '' || ip === '0.0.0.0';
  return pods
    .flatMap(hostPorts)
    .some((used) =>
      wanted.some(
        (want) =>
          want.hostPort === used.hostPort &&
          (want.protocol ?? 'TCP') === (used.protocol ?? 'TCP') &&
          (any(want.hostIP) || any(used.hostIP) || want.hostIP === used.hostIP),
      ),
    );
}
