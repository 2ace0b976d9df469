// The kinds the API server knows, as data: API group and version, resource name, scope, and which kinds count
// metadata.generation or have a status subresource. Kinds that are not here are stored as they are.
// Models kube-apiserver's scheme and REST storage registration (pkg/registry/*/rest).

export interface KindRow {
  readonly kind: string;
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural resource name: "services". */
  readonly resource: string;
  readonly namespaced: boolean;
  /** Kubernetes minor since which metadata.generation follows the spec; 0: always; null: never. */
  readonly generationSince: number | null;
  /** Has a status subresource: create wipes the status, update keeps the old one. */
  readonly status: boolean;
  /** PUT to a missing name creates it. */
  readonly createOnUpdate?: boolean;
  /** Behaviour is simulated, not only storage. */
  readonly simulated: boolean;
}

type Short = readonly [
  kind: string,
  apiVersion: string,
  resource: string,
  scope: 'ns' | 'cluster',
  generationSince: number | null,
  status: boolean,
  simulated: boolean,
];

const rows: readonly Short[] = [
  ['Namespace', 'v1', 'namespaces', 'cluster', null, true, true],
  ['Node', 'v1', 'nodes', 'cluster', null, true, true],
  ['Pod', 'v1', 'pods', 'ns', 33, true, true],
  ['Service', 'v1', 'services', 'ns', null, true, true],
  ['Endpoints', 'v1', 'endpoints', 'ns', null, false, true],
  ['ConfigMap', 'v1', 'configmaps', 'ns', null, false, true],
  ['Secret', 'v1', 'secrets', 'ns', null, false, true],
  ['ServiceAccount', 'v1', 'serviceaccounts', 'ns', null, false, true],
  ['Event', 'v1', 'events', 'ns', null, false, true],
  ['ReplicationController', 'v1', 'replicationcontrollers', 'ns', 0, true, false],
  ['PersistentVolumeClaim', 'v1', 'persistentvolumeclaims', 'ns', null, true, false],
  ['PersistentVolume', 'v1', 'persistentvolumes', 'cluster', null, true, false],
  ['LimitRange', 'v1', 'limitranges', 'ns', null, false, false],
  ['ResourceQuota', 'v1', 'resourcequotas', 'ns', null, true, false],
  ['PodTemplate', 'v1', 'podtemplates', 'ns', 0, false, false],
  ['Deployment', 'apps/v1', 'deployments', 'ns', 0, true, true],
  ['ReplicaSet', 'apps/v1', 'replicasets', 'ns', 0, true, true],
  ['StatefulSet', 'apps/v1', 'statefulsets', 'ns', 0, true, true],
  ['DaemonSet', 'apps/v1', 'daemonsets', 'ns', 0, true, true],
  ['ControllerRevision', 'apps/v1', 'controllerrevisions', 'ns', null, false, true],
  ['Job', 'batch/v1', 'jobs', 'ns', 0, true, true],
  ['CronJob', 'batch/v1', 'cronjobs', 'ns', 0, true, false],
  ['EndpointSlice', 'discovery.k8s.io/v1', 'endpointslices', 'ns', 0, false, true],
  ['NetworkPolicy', 'networking.k8s.io/v1', 'networkpolicies', 'ns', 0, false, false],
  ['Ingress', 'networking.k8s.io/v1', 'ingresses', 'ns', 0, true, false],
  ['IngressClass', 'networking.k8s.io/v1', 'ingressclasses', 'cluster', 0, false, false],
  ['IPAddress', 'networking.k8s.io/v1', 'ipaddresses', 'cluster', null, false, false],
  ['ServiceCIDR', 'networking.k8s.io/v1', 'servicecidrs', 'cluster', null, true, false],
  ['Lease', 'coordination.k8s.io/v1', 'leases', 'ns', null, false, true],
  ['PodDisruptionBudget', 'policy/v1', 'poddisruptionbudgets', 'ns', 0, true, false],
  [
    'HorizontalPodAutoscaler',
    'autoscaling/v2',
    'horizontalpodautoscalers',
    'ns',
    null,
    true,
    false,
  ],
  ['Role', 'rbac.authorization.k8s.io/v1', 'roles', 'ns', null, false, false],
  ['RoleBinding', 'rbac.authorization.k8s.io/v1', 'rolebindings', 'ns', null, false, false],
  ['ClusterRole', 'rbac.authorization.k8s.io/v1', 'clusterroles', 'cluster', null, false, false],
  [
    'ClusterRoleBinding',
    'rbac.authorization.k8s.io/v1',
    'clusterrolebindings',
    'cluster',
    null,
    false,
    false,
  ],
  ['StorageClass', 'storage.k8s.io/v1', 'storageclasses', 'cluster', null, false, false],
  ['PriorityClass', 'scheduling.k8s.io/v1', 'priorityclasses', 'cluster', 0, false, false],
  ['RuntimeClass', 'node.k8s.io/v1', 'runtimeclasses', 'cluster', null, false, false],
  [
    'CustomResourceDefinition',
    'apiextensions.k8s.io/v1',
    'customresourcedefinitions',
    'cluster',
    0,
    true,
    false,
  ],
];

/** "apps/v1" -> { group: "apps", version: "v1" }; "v1" -> the core group "". */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Every known kind, in a fixed order. */
export const scheme: readonly KindRow[] = rows.map(
  ([kind, apiVersion, resource, scope, generationSince, status, simulated]) => ({
    kind,
    ...splitApiVersion(apiVersion),
    resource,
    namespaced: scope === 'ns',
    generationSince,
    status,
    simulated,
    createOnUpdate: kind === 'Service' || kind === 'Endpoints' || kind === 'Event',
  }),
);
const byKind = new Map(scheme.map((row) => [row.kind, row]));

/** The row of a kind; undefined when the API server does not know it. */
export function schemeOf(kind: string): KindRow | undefined {
  return byKind.get(kind);
}

/** The row of a kind, or what can be told about an unknown one from an object of it. */
export function rowOf(object: {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata?: { readonly namespace?: string };
}): KindRow {
  return (
    byKind.get(object.kind) ?? {
      kind: object.kind,
      ...splitApiVersion(object.apiVersion ?? 'v1'),
      resource: `${object.kind.toLowerCase()}s`,
      namespaced: object.metadata?.namespace !== undefined,
      generationSince: 0,
      status: false,
      simulated: false,
    }
  );
}

/** "services", "deployments.apps": how messages name a resource. */
export function qualifiedResource(row: KindRow): string {
  return row.group === '' ? row.resource : `${row.resource}.${row.group}`;
}

/** "service", "deployment.apps": how kubectl names an object's type. */
export function kubectlType(row: KindRow): string {
  const singular = row.kind.toLowerCase();
  return row.group === '' ? singular : `${singular}.${row.group}`;
}
