// What all controllers ask about pods, and how a workload makes one from its template.
// pkg/api/v1/pod and pkg/controller/controller_utils.go.
import type {
  Lister,
  ObjectMeta,
  OwnerReference,
  Pod,
  PodCondition,
  PodTemplateSpec,
} from '../api/types.ts';

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** metav1.NewControllerRef. */
export function controllerRef(owner: Owner): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The owner that manages an object; undefined when nobody does. */
export function controllerOf(object: {
  readonly metadata: ObjectMeta;
}): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Metadata without `owner` among the owners. */
export function released(metadata: ObjectMeta, owner: Owner): ObjectMeta {
  const { ownerReferences = [], ...rest } = metadata;
  const left = ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid);
  return left.length === 0 ? rest : { ...rest, ownerReferences: left };
}

export function conditionOf(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True';
}

/** Phase Succeeded or Failed: it will never run again. */
export function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Neither terminal nor being deleted: it counts as a replica. */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Whether the namespace is being deleted: it takes no new objects. */
export function isTerminating(namespace: string | undefined, client: Lister): boolean {
  const found = client.get('Namespace', namespace ?? 'default');
  return found?.metadata.deletionTimestamp !== undefined;
}

/** A new Pod from a template, owned by `owner`; extra labels win. */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: Owner,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Pod {
  const { annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...template.metadata?.labels, ...labels },
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerRef(owner)],
    },
    spec: template.spec ?? { containers: [] },
  };
}
