// What the published schema does not say of built-in kinds: generation, status, short names, categories, what is
// simulated. From pkg/registry/*/{strategy,storage}.go (ShortNames, Categories, PrepareForCreate) of Kubernetes 1.34.

export interface KindTraits {
  /** Kubernetes minor since which metadata.generation follows the spec; absent: never. */
  readonly generationSince?: number;
  /** Has a status subresource. */
  readonly status?: true;
  /** Has a scale subresource. */
  readonly scale?: true;
  /** A delete request that says nothing of dependents orphans them (DefaultGarbageCollectionPolicy). */
  readonly orphans?: true;
  /** PUT must name the resourceVersion that it replaces (AllowUnconditionalUpdate is false). */
  readonly conditional?: true;
  /** PUT to a missing name creates it (AllowCreateOnUpdate). */
  readonly createOnUpdate?: true;
  /** Behaviour is simulated, not only storage. */
  readonly simulated?: true;
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
}

const all = ['all'] as const;
const extensions = ['api-extensions'] as const;

/** "Kind" of the core group, "Kind.group" of others. Kinds without a row have none of this. */
export const traits: Readonly<Record<string, KindTraits>> = {
  ConfigMap: { simulated: true, short: ['cm'] },
  Endpoints: { createOnUpdate: true, simulated: true, short: ['ep'] },
  Event: { createOnUpdate: true, simulated: true, short: ['ev'] },
  LimitRange: { createOnUpdate: true, short: ['limits'] },
  Namespace: { status: true, simulated: true, short: ['ns'] },
  Node: { status: true, simulated: true, short: ['no'] },
  PersistentVolume: { status: true, short: ['pv'] },
  PersistentVolumeClaim: { status: true, short: ['pvc'] },
  Pod: { generationSince: 33, status: true, simulated: true, short: ['po'], categories: all },
  PodTemplate: { generationSince: 0 },
  ReplicationController: {
    generationSince: 0,
    status: true,
    scale: true,
    orphans: true,
    short: ['rc'],
    categories: all,
  },
  ResourceQuota: { status: true, short: ['quota'] },
  Secret: { simulated: true },
  Service: { status: true, createOnUpdate: true, simulated: true, short: ['svc'], categories: all },
  ServiceAccount: { simulated: true, short: ['sa'] },
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': {
    conditional: true,
    generationSince: 0,
    categories: extensions,
  },
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io': {
    conditional: true,
    generationSince: 0,
    status: true,
    categories: extensions,
  },
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io': {
    conditional: true,
    generationSince: 0,
    categories: extensions,
  },
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': {
    conditional: true,
    generationSince: 0,
    categories: extensions,
  },
  'CustomResourceDefinition.apiextensions.k8s.io': {
    conditional: true,
    generationSince: 0,
    status: true,
    short: ['crd', 'crds'],
    categories: extensions,
  },
  'APIService.apiregistration.k8s.io': { status: true, categories: extensions },
  'ControllerRevision.apps': { simulated: true },
  'DaemonSet.apps': {
    generationSince: 0,
    status: true,
    simulated: true,
    short: ['ds'],
    categories: all,
  },
  'Deployment.apps': {
    generationSince: 0,
    status: true,
    scale: true,
    simulated: true,
    short: ['deploy'],
    categories: all,
  },
  'ReplicaSet.apps': {
    generationSince: 0,
    status: true,
    scale: true,
    simulated: true,
    short: ['rs'],
    categories: all,
  },
  'StatefulSet.apps': {
    generationSince: 0,
    status: true,
    scale: true,
    simulated: true,
    short: ['sts'],
    categories: all,
  },
  'HorizontalPodAutoscaler.autoscaling': { status: true, short: ['hpa'], categories: all },
  'CronJob.batch': { generationSince: 0, status: true, short: ['cj'], categories: all },
  'Job.batch': {
    generationSince: 0,
    status: true,
    orphans: true,
    simulated: true,
    categories: all,
  },
  'CertificateSigningRequest.certificates.k8s.io': { status: true, short: ['csr'] },
  'Lease.coordination.k8s.io': { conditional: true, createOnUpdate: true, simulated: true },
  'EndpointSlice.discovery.k8s.io': { generationSince: 0, simulated: true },
  'Event.events.k8s.io': { createOnUpdate: true, short: ['ev'] },
  'FlowSchema.flowcontrol.apiserver.k8s.io': { generationSince: 0, status: true },
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io': { generationSince: 0, status: true },
  'IPAddress.networking.k8s.io': { simulated: true, short: ['ip'] },
  'Ingress.networking.k8s.io': { generationSince: 0, status: true, short: ['ing'] },
  'IngressClass.networking.k8s.io': { generationSince: 0 },
  'NetworkPolicy.networking.k8s.io': { generationSince: 0, simulated: true, short: ['netpol'] },
  'ServiceCIDR.networking.k8s.io': { status: true, simulated: true },
  'PodDisruptionBudget.policy': {
    conditional: true,
    generationSince: 0,
    status: true,
    simulated: true,
    short: ['pdb'],
  },
  'AdminNetworkPolicy.policy.networking.k8s.io': {
    conditional: true,
    generationSince: 0,
    status: true,
    simulated: true,
    short: ['anp'],
  },
  'BaselineAdminNetworkPolicy.policy.networking.k8s.io': {
    conditional: true,
    generationSince: 0,
    status: true,
    simulated: true,
    short: ['banp'],
  },
  'ClusterNetworkPolicy.policy.networking.k8s.io': {
    conditional: true,
    generationSince: 0,
    status: true,
    simulated: true,
    short: ['cnp'],
  },
  'RuntimeClass.node.k8s.io': { conditional: true, createOnUpdate: true },
  'ClusterRole.rbac.authorization.k8s.io': { createOnUpdate: true },
  'ClusterRoleBinding.rbac.authorization.k8s.io': { createOnUpdate: true },
  'Role.rbac.authorization.k8s.io': { createOnUpdate: true },
  'RoleBinding.rbac.authorization.k8s.io': { createOnUpdate: true },
  'PriorityClass.scheduling.k8s.io': { generationSince: 0, short: ['pc'] },
  'CSIDriver.storage.k8s.io': { conditional: true },
  'CSINode.storage.k8s.io': { conditional: true },
  'CSIStorageCapacity.storage.k8s.io': { conditional: true },
  'StorageClass.storage.k8s.io': { short: ['sc'] },
  'VolumeAttachment.storage.k8s.io': { status: true, conditional: true },
  'VolumeAttributesClass.storage.k8s.io': { short: ['vac'] },
};

/** In which order a client finds the groups (genericapiserver's group priorities); others follow by name. */
export const groupOrder: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'resource.k8s.io',
];
