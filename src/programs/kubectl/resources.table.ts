// The resource names kubectl's users type, and the kind each stands for (api-resources' NAME, SHORTNAMES, APIVERSION's
// group and NAMESPACED columns). Kinds that are missing here are no resource of this cluster.

export interface Resource {
  readonly kind: string;
  /** Plural, as error texts and `-o name` (singular form) are made from. */
  readonly plural: string;
  readonly singular: string;
  readonly short: readonly string[];
  /** "" is the core group. */
  readonly group: string;
  readonly namespaced: boolean;
}

function row(
  kind: string,
  plural: string,
  short: readonly string[],
  group: string,
  namespaced = true,
): Resource {
  return { kind, plural, singular: kind.toLowerCase(), short, group, namespaced };
}

export const resources: readonly Resource[] = [
  row('ConfigMap', 'configmaps', ['cm'], ''),
  row('Endpoints', 'endpoints', ['ep'], ''),
  row('Event', 'events', ['ev'], ''),
  row('Namespace', 'namespaces', ['ns'], '', false),
  row('Node', 'nodes', ['no'], '', false),
  row('Pod', 'pods', ['po'], ''),
  row('Secret', 'secrets', [], ''),
  row('ServiceAccount', 'serviceaccounts', ['sa'], ''),
  row('Service', 'services', ['svc'], ''),
  row('DaemonSet', 'daemonsets', ['ds'], 'apps'),
  row('Deployment', 'deployments', ['deploy'], 'apps'),
  row('ReplicaSet', 'replicasets', ['rs'], 'apps'),
  row('StatefulSet', 'statefulsets', ['sts'], 'apps'),
  row('Job', 'jobs', [], 'batch'),
  row('Lease', 'leases', [], 'coordination.k8s.io'),
  row('EndpointSlice', 'endpointslices', [], 'discovery.k8s.io'),
  row('NetworkPolicy', 'networkpolicies', ['netpol'], 'networking.k8s.io'),
];

/** What `kubectl get all` lists, in its order. */
export const categoryAll: readonly string[] = [
  'pods',
  'services',
  'daemonsets',
  'deployments',
  'replicasets',
  'statefulsets',
  'jobs',
];

/** "svc", "services", "deployment.apps", "Service" -> its row. */
export function resourceNamed(text: string): Resource | undefined {
  const lower = text.toLowerCase();
  return resources.find(
    (resource) =>
      [resource.plural, resource.singular, ...resource.short].includes(lower) ||
      (resource.group !== '' &&
        (lower === `${resource.plural}.${resource.group}` ||
          lower === `${resource.singular}.${resource.group}`)),
  );
}

export function resourceOfKind(kind: string): Resource | undefined {
  return resources.find((resource) => resource.kind === kind);
}
