// Random requests to the API server: valid manifests of many kinds, damaged in random places, sent by random verbs.
import fc from 'fast-check';

type Json = unknown;

const labels = { app: 'web' };
const container = { name: 'web', image: 'nginx', ports: [{ containerPort: 80, name: 'http' }] };
const template = { metadata: { labels }, spec: { containers: [container] } };
const selector = { matchLabels: labels };
const workload = { selector, template };

/** One valid object of each kind, without a name. */
export const manifests: readonly Readonly<Record<string, Json>>[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    spec: {
      type: 'NodePort',
      selector: labels,
      ports: [
        { name: 'a', port: 53, protocol: 'UDP' },
        { name: 'b', port: 53, protocol: 'TCP' },
        { name: 'c', port: 80, nodePort: 30080 },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ports: [{ port: 443 }],
      loadBalancerSourceRanges: ['203.0.113.0/24'],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    spec: { type: 'ExternalName', externalName: 'example.com' },
  },
  { apiVersion: 'v1', kind: 'Service', spec: { clusterIP: '10.96.0.9', ports: [{ port: 1 }] } },
  { apiVersion: 'v1', kind: 'Pod', spec: template.spec },
  { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' }, binaryData: { b: 'eA==' } },
  { apiVersion: 'v1', kind: 'Secret', stringData: { a: '1' }, data: { b: 'eA==' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', secrets: [{ name: 's' }] },
  { apiVersion: 'v1', kind: 'Namespace' },
  { apiVersion: 'v1', kind: 'Node', spec: { podCIDR: '10.1.0.0/24' } },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }],
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ port: 80 }],
  },
  { apiVersion: 'apps/v1', kind: 'Deployment', spec: { ...workload, replicas: 2 } },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', spec: workload },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { ...workload, serviceName: 'web' } },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', spec: workload },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    spec: { podSelector: selector, ingress: [{ ports: [{ port: 80 }] }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
  },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec: { minAvailable: 1, selector } },
  { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { pods: 10 } } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
];

/** What is done at the n-th place of a value. */
export interface Damage {
  readonly place: number;
  readonly how: number;
}

function deep(levels: number): Json {
  let value: Json = 1;
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

const values: readonly Json[] = [
  null,
  '',
  'x',
  'Not A Name!',
  'a'.repeat(300),
  '\ud800',
  '\u0000',
  '😀',
  '10.96.0.1',
  'None',
  -1,
  0,
  1.5,
  30_080,
  65_536,
  2 ** 31,
  -(2 ** 63),
  2 ** 64,
  1e308,
  true,
  [],
  {},
  [null],
  [{}],
  { a: 1 },
  deep(30),
  deep(700),
];
const names = ['', 'x', 'name', 'port', 'spec', '$patch', '$setElementOrder/ports', 'a.b/c', '0'];

/** Every place below a value, as paths. */
function places(value: Json, path: readonly (string | number)[] = []): (string | number)[][] {
  if (path.length > 12 || typeof value !== 'object' || value === null) return [[...path]];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const below = keys.flatMap((key) =>
    places((value as Record<string | number, Json>)[key], [...path, key]),
  );
  return [[...path], ...below];
}

/** The value with one place removed, replaced, renamed or doubled. */
export function damaged(value: Json, { place, how }: Damage): Json {
  const all = places(value).filter((path) => path.length > 0);
  const path = all[place % Math.max(1, all.length)];
  if (path === undefined) return value;
  const root = structuredClone(value);
  let holder = root as Record<string | number, Json>;
  for (const step of path.slice(0, -1)) holder = holder[step] as typeof holder;
  const key = path.at(-1) ?? '';
  const kinds = values.length + names.length + 2;
  const choice = how % kinds;
  if (choice < values.length) holder[key] = values[choice];
  else if (choice < values.length + names.length) {
    const name = names[choice - values.length] ?? '';
    if (Array.isArray(holder)) holder.push(name);
    else {
      holder[name] = holder[key];
      delete holder[key];
    }
  } else if (choice === kinds - 2) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  } else if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
  else holder[`${key}`] = [holder[key], holder[key]];
  return root;
}

export const verbs = [
  'create',
  'apply',
  'update',
  'strategic',
  'merge',
  'json',
  'delete',
  'evict',
  'scale',
  'status',
  'collection',
] as const;

export interface Request {
  readonly verb: (typeof verbs)[number];
  readonly manifest: number;
  /** Few, so that requests meet: "n0", "n1" ... */
  readonly name: number;
  readonly damages: readonly Damage[];
  readonly dryRun: boolean;
  readonly validation: 'Strict' | 'Warn' | 'Ignore';
  /** Sent as text, with the first field twice. */
  readonly twice: boolean;
  readonly value: number;
}

const damage = fc.record({ place: fc.nat(200), how: fc.nat(200) });

export const anyRequest: fc.Arbitrary<Request> = fc.record({
  verb: fc.constantFrom(...verbs),
  manifest: fc.nat(manifests.length - 1),
  name: fc.nat(2),
  damages: fc.array(damage, { maxLength: 3 }),
  dryRun: fc.boolean(),
  validation: fc.constantFrom('Strict', 'Warn', 'Ignore'),
  twice: fc.boolean(),
  value: fc.nat(200),
});

/** One of the odd values. */
export function valueAt(index: number): Json {
  return values[index % values.length];
}
