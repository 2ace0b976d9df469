// How strategic merge patch treats a field: the patchStrategy and patchMergeKey tags of k8s.io/api and
// k8s.io/apimachinery v0.34, the same in 1.32 to 1.36. Lists without a row are replaced, maps are merged.

export interface PatchKey {
  /** merge: item by item; replace: as a whole; absent: what is usual for the field's type. */
  readonly strategy?: 'merge' | 'replace';
  /** A patch lists which fields of the object stay ($retainKeys). */
  readonly retainKeys?: boolean;
  /** The field that identifies an item; absent for lists of scalars. */
  readonly mergeKey?: string;
}

const by = (mergeKey: string): PatchKey => ({ strategy: 'merge', mergeKey });
const retaining = (mergeKey: string): PatchKey => ({
  strategy: 'merge',
  retainKeys: true,
  mergeKey,
});
const scalars: PatchKey = { strategy: 'merge' };

/** "Struct.field", structs as in fields.gen.ts. */
export const patchKeys: Readonly<Record<string, PatchKey>> = {
  'CSINodeSpec.drivers': by('name'),
  'Container.env': by('name'),
  'Container.ports': by('containerPort'),
  'Container.volumeDevices': by('devicePath'),
  'Container.volumeMounts': by('mountPath'),
  'ContainerStatus.allocatedResourcesStatus': by('name'),
  'ContainerStatus.volumeMounts': by('mountPath'),
  'DaemonSetStatus.conditions': by('type'),
  'DeploymentSpec.strategy': { retainKeys: true },
  'DeploymentStatus.conditions': by('type'),
  'EphemeralContainer.env': by('name'),
  'EphemeralContainer.ports': by('containerPort'),
  'EphemeralContainer.volumeDevices': by('devicePath'),
  'EphemeralContainer.volumeMounts': by('mountPath'),
  'FlowSchemaStatus.conditions': by('type'),
  'HorizontalPodAutoscalerStatus.conditions': by('type'),
  'JobStatus.conditions': by('type'),
  'MutatingWebhook.matchConditions': by('name'),
  'MutatingWebhookConfiguration.webhooks': by('name'),
  'NamespaceStatus.conditions': by('type'),
  'NodeSpec.podCIDRs': scalars,
  'NodeStatus.addresses': by('type'),
  'NodeStatus.conditions': by('type'),
  'ObjectMeta.finalizers': scalars,
  'ObjectMeta.ownerReferences': by('uid'),
  'PersistentVolumeClaimStatus.conditions': by('type'),
  'PodDisruptionBudgetSpec.selector': { strategy: 'replace' },
  'PodDisruptionBudgetStatus.conditions': by('type'),
  'PodSpec.containers': by('name'),
  'PodSpec.ephemeralContainers': by('name'),
  'PodSpec.hostAliases': by('ip'),
  'PodSpec.imagePullSecrets': by('name'),
  'PodSpec.initContainers': by('name'),
  'PodSpec.resourceClaims': retaining('name'),
  'PodSpec.schedulingGates': by('name'),
  'PodSpec.topologySpreadConstraints': by('topologyKey'),
  'PodSpec.volumes': retaining('name'),
  'PodStatus.conditions': by('type'),
  'PodStatus.hostIPs': by('ip'),
  'PodStatus.podIPs': by('ip'),
  'PodStatus.resourceClaimStatuses': retaining('name'),
  'PriorityLevelConfigurationStatus.conditions': by('type'),
  'ReplicaSetStatus.conditions': by('type'),
  'ReplicationControllerStatus.conditions': by('type'),
  'ResourceClaimStatus.reservedFor': by('uid'),
  'ServiceAccount.secrets': by('name'),
  'ServiceCIDRStatus.conditions': by('type'),
  'ServiceSpec.ports': by('port'),
  'ServiceStatus.conditions': by('type'),
  'StatefulSetStatus.conditions': by('type'),
  'ValidatingAdmissionPolicySpec.matchConditions': by('name'),
  'ValidatingAdmissionPolicySpec.variables': by('name'),
  'ValidatingWebhook.matchConditions': by('name'),
  'ValidatingWebhookConfiguration.webhooks': by('name'),
};
