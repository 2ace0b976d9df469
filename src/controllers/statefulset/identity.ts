// What makes a Pod of a StatefulSet the one it is: its ordinal, names, labels and volumes.
// Modelled after pkg/controller/statefulset/stateful_set_utils.go.
import type { Pod, PodTemplateSpec, StatefulSet, Volume } from '../../api/types.ts';
import { podFromTemplate } from '../pods.ts';

export const revisionLabel = 'controller-revision-hash';
const nameLabel = 'statefulset.kubernetes.io/pod-name';
const indexLabel = 'apps.kubernetes.io/pod-index';

/** Minor since which Pods carry their index (PodIndexLabel, beta). */
const indexSince = 28;

/** The name of the StatefulSet that a Pod's name tells; undefined when it tells none. */
export function parentOf(pod: Pod): string | undefined {
  return /^(.*)-\d+$/.exec(pod.metadata.name)?.[1];
}

/** The number at the end of a Pod's name; -1 without one. */
export function ordinalOf(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
}

export function startOf(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

/** Whether the set is to have a Pod of this ordinal. */
export function inRange(set: StatefulSet, ordinal: number): boolean {
  return ordinal >= startOf(set) && ordinal < startOf(set) + (set.spec.replicas ?? 1);
}

/** "data-web-0". */
export function claimName(template: string, set: StatefulSet, ordinal: number): string {
  return `${template}-${set.metadata.name}-${ordinal}`;
}

export function revisionOfPod(pod: Pod): string {
  return pod.metadata.labels?.[revisionLabel] ?? '';
}

/** Whether names and labels are the set's. */
export function identityMatches(set: StatefulSet, pod: Pod): boolean {
  const { name, labels } = pod.metadata;
  return parentOf(pod) === set.metadata.name && labels?.[nameLabel] === name;
}

/** Whether every claim template has its volume. */
export function storageMatches(set: StatefulSet, pod: Pod): boolean {
  return (set.spec.volumeClaimTemplates ?? []).every(({ metadata }) => {
    const volume = pod.spec.volumes?.find((one) => one.name === metadata?.name);
    const claim = volume?.persistentVolumeClaim?.claimName;
    return claim === claimName(metadata?.name ?? '', set, ordinalOf(pod));
  });
}

/** The Pod with the labels that it should have. */
export function withIdentity(pod: Pod, minor: number): Pod {
  const { name, labels: before } = pod.metadata;
  const labels = { ...before, ...identityLabels(name, ordinalOf(pod), minor) };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

function identityLabels(
  name: string,
  ordinal: number,
  minor: number,
): Readonly<Record<string, string>> {
  const index = { [indexLabel]: String(ordinal) };
  return { [nameLabel]: name, ...(minor < indexSince ? {} : index) };
}

/** The Pod with the volumes of its claims first; they replace volumes of the same name. */
export function withStorage(set: StatefulSet, pod: Pod): Pod {
  const templates = set.spec.volumeClaimTemplates ?? [];
  if (templates.length === 0) return pod;
  const names = templates.map(({ metadata }) => metadata?.name ?? '');
  const claims = names.map((name): Volume => {
    return { name, persistentVolumeClaim: { claimName: claimName(name, set, ordinalOf(pod)) } };
  });
  const others = (pod.spec.volumes ?? []).filter(({ name }) => !names.includes(name));
  return { ...pod, spec: { ...pod.spec, volumes: [...claims, ...others] } };
}

/** A new Pod of the set from a revision's template (newVersionedStatefulSetPod). */
export function newPod(
  set: StatefulSet,
  ordinal: number,
  template: PodTemplateSpec,
  revision: string,
  minor: number,
): Pod {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podFromTemplate(template, set, name, {
    ...identityLabels(name, ordinal, minor),
    [revisionLabel]: revision,
  });
  const subdomain = set.spec.serviceName ?? '';
  const spec = { ...pod.spec, hostname: name, ...(subdomain === '' ? {} : { subdomain }) };
  return withStorage(set, { ...pod, spec });
}
