// The Pod that a DaemonSet makes for a node, and whether a node should have one.
// Modelled after pkg/controller/daemon/util and NodeShouldRunDaemonPod in pkg/controller/daemon/daemon_controller.go.
import type { DaemonSet, Node, Pod, PodSpec, Toleration } from '../../api/types.ts';
import { podFromTemplate } from '../pods.ts';
import { selectsNode, tolerates } from '../scheduler/node-match.ts';

export const revisionLabel = 'controller-revision-hash';
const generationLabel = 'pod-template-generation';
const generationAnnotation = 'deprecated.daemonset.template.generation';

/** The number of the template, which the API server counts; undefined when somebody has broken it. */
function templateGeneration(set: DaemonSet): string | undefined {
  const text = set.metadata.annotations?.[generationAnnotation] ?? '';
  return /^\d+$/.test(text) ? text : undefined;
}

/** Whether the Pod is of the set's present template. */
export function isUpdated(set: DaemonSet, pod: Pod, hash: string): boolean {
  const { labels } = pod.metadata;
  const generation = templateGeneration(set);
  if (generation !== undefined && labels?.[generationLabel] === generation) return true;
  return labels?.[revisionLabel] === hash;
}

const noExecute = ['not-ready', 'unreachable'];
const noSchedule = ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'];

/** The template's tolerations and those that every daemon Pod gets. */
function tolerations({ tolerations: own = [], hostNetwork }: PodSpec): readonly Toleration[] {
  const more = [
    ...noExecute.map((key) => [key, 'NoExecute'] as const),
    ...noSchedule.map((key) => [key, 'NoSchedule'] as const),
    ...(hostNetwork === true ? [['network-unavailable', 'NoSchedule'] as const] : []),
  ].map(([key, effect]) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }));
  const isSame = (a: Toleration, b: Toleration) =>
    a.key === b.key &&
    a.effect === b.effect &&
    a.operator === b.operator &&
    (a.value ?? '') === (b.value ?? '');
  // One that is there already is replaced in its place: a limit in seconds goes.
  const kept = own.map((one) => more.find((added) => isSame(added, one)) ?? one);
  return [...kept, ...more.filter((added) => !own.some((one) => isSame(added, one)))];
}

/** The set's Pod for one node: the scheduler can bind it nowhere else. */
export function daemonPod(set: DaemonSet, hash: string, name: string, node: string): Pod {
  const generation = templateGeneration(set);
  const pod = podFromTemplate(set.spec.template, set, name, {
    ...(generation === undefined ? {} : { [generationLabel]: generation }),
    [revisionLabel]: hash,
  });
  const field = { key: 'metadata.name', operator: 'In', values: [node] };
  const affinity = {
    ...pod.spec.affinity,
    nodeAffinity: {
      ...pod.spec.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [field] }],
      },
    },
  };
  return { ...pod, spec: { ...pod.spec, affinity, tolerations: tolerations(pod.spec) } };
}

/** The node that a daemon Pod is for: where it runs, or where its affinity sends it. */
export function targetOf(pod: Pod): string | undefined {
  const bound = pod.spec.nodeName ?? '';
  if (bound !== '') return bound;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const fields = (required?.nodeSelectorTerms ?? []).flatMap((term) => term.matchFields ?? []);
  const field = fields.find((one) => one.key === 'metadata.name' && one.operator === 'In');
  return field?.values?.length === 1 ? field.values[0] : undefined;
}

export interface Fit {
  /** A Pod should be made. */
  readonly run: boolean;
  /** One that is there may stay. */
  readonly stay: boolean;
}

/** Answers for each node whether it should have the set's Pod. */
export function eligibility(set: DaemonSet): (node: Node) => Fit {
  const { spec = { containers: [] } } = set.spec.template;
  const pod = {
    ...podFromTemplate(set.spec.template, set, ''),
    spec: { ...spec, tolerations: tolerations(spec) },
  };
  const bound = spec.nodeName ?? '';
  return (node) => {
    if (bound !== '' && bound !== node.metadata.name) return { run: false, stay: false };
    if (!selectsNode(pod, node)) return { run: false, stay: false };
    const refused = (node.spec.taints ?? []).filter((taint) => !tolerates(pod, taint));
    const stay = refused.every((taint) => taint.effect !== 'NoExecute');
    return { run: stay && refused.every((taint) => taint.effect !== 'NoSchedule'), stay };
  };
}
