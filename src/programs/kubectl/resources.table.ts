// The resource names kubectl's users type, and the kind each stands for (api-resources' NAME, SHORTNAMES, APIVERSION's
// group and NAMESPACED columns). Kinds that the API serves and nothing simulates follow from the published schema;
// custom resources are named as their definition says, or by the usual plural.

import { resources as served } from '../../api/fields.gen.ts';
import type { AnyObject } from '../../api/types.ts';

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

const own: readonly Resource[] = [
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

const shortNames: Readonly<Record<string, readonly string[]>> = {
  CertificateSigningRequest: ['csr'],
  CronJob: ['cj'],
  CustomResourceDefinition: ['crd', 'crds'],
  HorizontalPodAutoscaler: ['hpa'],
  Ingress: ['ing'],
  LimitRange: ['limits'],
  PersistentVolume: ['pv'],
  PersistentVolumeClaim: ['pvc'],
  PodDisruptionBudget: ['pdb'],
  PriorityClass: ['pc'],
  ReplicationController: ['rc'],
  ResourceQuota: ['quota'],
  StorageClass: ['sc'],
};

export const resources: readonly Resource[] = [
  ...own,
  ...served
    .filter(({ kind, version }) => version.startsWith('v') && !own.some((o) => o.kind === kind))
    .filter(({ kind }, i, all) => all.findIndex((one) => one.kind === kind) === i)
    .map(({ kind, plural, group, namespaced }) =>
      row(kind, plural, shortNames[kind] ?? [], group, namespaced),
    ),
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

/** What is asked for the kinds that are stored without being known. */
export interface Stored {
  kinds(): readonly string[];
  rawList(kind: string): readonly AnyObject[];
}

/** "svc", "services", "deployment.apps", "Service", also of custom resources that are stored -> its row. */
export function resourceNamed(text: string, stored?: Stored): Resource | undefined {
  const lower = text.toLowerCase();
  const isNamed = (resource: Resource): boolean =>
    [resource.plural, resource.singular, ...resource.short].includes(lower) ||
    (resource.group !== '' &&
      (lower === `${resource.plural}.${resource.group}` ||
        lower === `${resource.singular}.${resource.group}`));
  return resources.find(isNamed) ?? customResources(stored).find(isNamed);
}

function customResources(stored: Stored | undefined): readonly Resource[] {
  const definitions = (stored?.rawList('CustomResourceDefinition') ?? []).flatMap(defined);
  const custom = (stored?.kinds() ?? [])
    .map((name) => name.replace(/\..*/, ''))
    .filter((kind) => ![...resources, ...definitions].some((one) => one.kind === kind));
  return [
    ...definitions,
    ...custom.map((kind) => {
      const [first] = stored?.rawList(kind) ?? [];
      const group = first?.apiVersion.split('/')[0] ?? '';
      return row(kind, pluralOf(kind), [], group, first?.metadata.namespace !== undefined);
    }),
  ];
}

interface Definition {
  readonly group?: string;
  readonly scope?: string;
  readonly names?: { readonly kind?: string; readonly plural?: string; readonly shortNames?: [] };
}

function defined(definition: AnyObject): readonly Resource[] {
  const { group = '', scope, names = {} } = (definition['spec'] ?? {}) as Definition;
  const { kind, plural, shortNames: short = [] } = names;
  return kind === undefined || plural === undefined
    ? []
    : [row(kind, plural, short, group, scope !== 'Cluster')];
}

/** As most custom resources are named: "gateways", "proxies", "ingresses". */
function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`;
}
