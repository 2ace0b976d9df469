// Random command lines of kubectl for the fuzz test, and the cluster and files that they are about: verbs and options
// are those that kubectl's table declares, so a new one is tried without a line here.
import fc from 'fast-check';
import type { Flag } from '../../src/programs/kubectl/flags.ts';
import { globalFlags, type Verb } from '../../src/programs/kubectl/verb.ts';
import { verbs } from '../../src/programs/kubectl/verbs.table.ts';

export const start = `
apiVersion: svcspec.dev/v1alpha1
kind: Cluster
spec: { nodes: [{ name: n1, internalIP: 192.168.0.1 }, { name: n2, internalIP: 192.168.0.2 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web, constructor: x } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }, { name: side, image: busybox }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: one, finalizers: [example.com/held] }
spec: { containers: [{ name: c, image: nginx, volumeMounts: [] }], volumes: [{ name: v, emptyDir: {} }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, annotations: { toString: t } }
data: { __proto__: v, constructor: b, toString: c }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template: { metadata: { labels: { app: agent } }, spec: { containers: [{ name: c, image: nginx }] } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: c, image: nginx }] } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: nginx }] } } }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, shortNames: [wd] }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
---
apiVersion: example.com/v1
kind: Widget
metadata: { name: gear }
spec: { __proto__: { a: 1 }, constructor: { b: 2 } }
`;

export const files: Readonly<Record<string, string>> = {
  'svc.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort, ports: [{port: 80}, {name: b, port: 81}]}\n',
  'new.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: new}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n',
  'many.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {ports: [{port: 0}]}\n---\nkind: Pod\n',
  'list.json':
    '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"__proto__":"z","constructor":null}},{"kind":"Nope"},null,1]}',
  'deploy.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {constructor: z}}\nspec: {replicas: 3, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: nginx}]}}}\n',
  'gear.yaml':
    'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: gear}\nspec: {__proto__: {c: 1}, constructor: [1], hasOwnProperty: null}\n',
  'odd.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: odd, labels: {constructor: a}, constructor: {a: 1}}\nspec: {__proto__: {x: 1}, constructor: {y: 2}, containers: [{name: c, image: x, toString: {z: 1}}]}\n',
  'broken.yaml': 'a: [1\n',
  'scalar.yaml': '42\n',
  'empty.yaml': '\n',
  'a.env': 'A=1\nconstructor=2\n__proto__=3\n',
};

const kinds = [
  'pod pods po svc service deploy deployments.apps rs sts ds job cm node no ns secret ',
  'ep endpointslices pdb ing netpol events crd widget wd widgets.example.com all zzz ',
  'constructor __proto__ pod,svc svc,  sc hpa',
]
  .join('')
  .split(' ');
const names = [
  'web one db db-0 agent once settings gear n1 n2 default new constructor __proto__ ',
  'UPPER a.b  kubernetes',
]
  .join('')
  .split(' ');
const pairs = [
  'a=b a- constructor=x constructor- __proto__=1 __proto__- toString= app=web ',
  'c=nginx:2 *=x A=1 A- k=v:NoSchedule k:NoExecute- k- = x=y=z é=1',
]
  .join('')
  .split(' ');
const templates = [
  '{.metadata.name}|{.items[*].metadata.name}|{range .items[*]}{.spec}{"\\n"}{end}|{|',
  '{}|{.}|{.__proto__}|{.constructor.name}|{..toString}|',
  '{.spec.ports[?(@.port==80)].name}|{.a[-1:0:0]}|{.items[0:9:2]}|{end}|{range .x}|',
  '{.data.__proto__}|{.spec["a"|{.items[?(@.x.y>"1")]}',
]
  .join('')
  .split('|');
const patches = [
  '{"spec":{"replicas":1}}',
  '{"metadata":{"labels":{"constructor":"x","__proto__":"y"}}}',
  '{"metadata":{"annotations":{"__proto__":"y","toString":null}}}',
  '{"data":{"__proto__":null,"constructor":"q","toString":"r"}}',
  '{"spec":{"constructor":{"a":1},"__proto__":{"b":[1]}}}',
  '{"spec":{"ports":[{"port":80,"nodePort":30001,"constructor":{"a":{}}}]}}',
  '{"spec":{"ports":[{"$patch":"delete","port":80}]}}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '[{"op":"add","path":"/__proto__/polluted","value":1}]',
  '[{"op":"add","path":"/metadata/constructor/prototype/polluted","value":1}]',
  '[{"op":"replace","path":"/spec/replicas","value":1}]',
  '[{"op":"remove","path":"/spec/ports/0"},{"op":"test","path":"/toString","value":null}]',
  '[{"op":"copy","from":"/__proto__","path":"/metadata/labels"}]',
  '[]',
  '{}',
  'null',
  '1',
  '{',
  'spec: {type: ClusterIP}',
  '{"spec":{"externalName":"a.b","type":"ExternalName"}}',
  '{"spec":{"clusterIP":"10.96.0.9"}}',
  '{"metadata":{"finalizers":null}}',
  '{"status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"}]}}}',
  '{"spec":{"replicas":1e400}}',
  '{"spec":{"replicas":99999999999999999999}}',
];
const outputs = [
  'yaml json name wide jsonpath={.metadata.name} jsonpath={.constructor} jsonpath={ ',
  'custom-columns=A:.metadata.name custom-columns=A:.constructor,B:.__proto__ ',
  'custom-columns=A zzz  jsonpath-as-json={.items} jsonpath-file=scalar.yaml ',
  'go-template={{.}} jsonpath plaintext',
]
  .join('')
  .split(' ');
const selectors = [
  'app=web|app!=web|app in (web,db)|!constructor|constructor|__proto__|',
  'toString notin (a)|app in (|a=b=c|,||x>1|app,app=web|é',
]
  .join('')
  .split('|');
const numbers = ['0 1 3 -1 80 30001 70000 1e3 0x10 x  99999999999999999999'].join('').split(' ');
const durations = ['0', '0s', '1s', '10s', '-1s', '5', '1h', 'x', '1m30s'];
const conditions = [
  'condition=Ready condition=Available=true delete create ',
  'jsonpath={.status.phase}=Running jsonpath={.x jsonpath={.constructor}=x condition= ',
  'condition=constructor nope ',
]
  .join('')
  .split(' ');
const words = [
  'nginx|c|side|TCP|http|NoSchedule|web:80|80:8080|get|Always|cascade|background|',
  'orphan|client|server|none|strict|warn|scale|status|strategic|merge|json|',
  'LoadBalancer|NodePort|10.96.0.7|cpu=1,memory=1Gi|a=b|/=web:80|* * * * *|1|default|',
  'kube-system|nowhere|constructor|__proto__||deploy/web|pod/one|.metadata.name',
]
  .join('')
  .split('|');

const pick = (from: readonly string[]) => fc.constantFrom(...from);
const anyFile = pick([...Object.keys(files), '.', '-', 'nosuch', '']);

/** Values that fit an option by its name, else by its type; now and then any word. */
function wordFor({ name, type }: Flag): fc.Arbitrary<string> {
  const fits: Readonly<Record<string, fc.Arbitrary<string>>> = {
    filename: anyFile,
    'from-file': fc.oneof(
      anyFile,
      fc.tuple(pick(names), anyFile).map((two) => two.join('=')),
    ),
    'from-env-file': anyFile,
    'patch-file': anyFile,
    'from-literal': pick(pairs),
    output: pick(outputs),
    template: pick(templates),
    selector: pick(selectors),
    'field-selector': pick([
      'metadata.name=web',
      'status.phase!=Running',
      'constructor=x',
      'a',
      '=',
    ]),
    patch: pick(patches),
    type: pick(['strategic', 'merge', 'json', 'NodePort', 'ClusterIP', 'LoadBalancer', 'x']),
    for: pick(conditions),
    'sort-by': pick([
      '.metadata.name',
      '{.constructor}',
      '.spec.__proto__',
      '{',
      'x',
      '.status.phase',
    ]),
    'dry-run': pick(['client', 'server', 'none', 'true', 'x']),
    namespace: pick(['default', 'kube-system', 'nowhere', 'constructor']),
    'label-columns': pick(['app', 'constructor', '__proto__,app']),
  };
  const byType =
    type === 'int' ? pick(numbers) : type === 'duration' ? pick(durations) : pick(words);
  return fc.oneof({ weight: 9, arbitrary: fits[name] ?? byType }, pick(words));
}

function anyOption(flags: readonly Flag[]): fc.Arbitrary<readonly string[]> {
  return fc.constantFrom(...flags).chain((flag) => {
    const { name, short = '', type } = flag;
    if (type === 'bool') return fc.constantFrom([`--${name}`], [`--${name}=false`], [`--${name}`]);
    const value = wordFor(flag);
    const forms: fc.Arbitrary<readonly string[]>[] = [value.map((text) => [`--${name}=${text}`])];
    if (flag.bare === undefined) forms.push(value.map((text) => [`--${name}`, text]));
    if (short !== '') forms.push(value.map((text) => [`-${short}`, text]));
    return fc.oneof(...forms);
  });
}

const anyArgument: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.tuple(pick(kinds), pick(names)),
  fc.tuple(pick(kinds), pick(names)).map((two) => [two.join('/')]),
  pick(kinds).map((kind) => [kind]),
  pick(names).map((name) => [name]),
  pick(pairs).map((pair) => [pair]),
  pick(['pods.spec', 'svc.spec.ports', 'deploy.spec.constructor', '__proto__.a']).map((path) => [
    path,
  ]),
  pick(['--', '-', '--zzz', '-z', '-', 'get', 'hostname']).map((word) => [word]),
);

/** Options that a verb seldom does anything without. */
function needed({ words: [first = ''], flags }: Verb): fc.Arbitrary<readonly string[]> {
  const often = ['filename', 'patch', 'for', 'image', 'port', 'replicas', 'tcp', 'output', 'type'];
  const own = flags.filter(({ name }) => often.includes(name));
  if (own.length === 0 || first === 'completion') return fc.constant([]);
  return fc.oneof(
    fc.constant([]),
    fc
      .subarray([...own])
      .chain((some) => fc.tuple(...some.map((flag) => anyOption([flag]))).map((all) => all.flat())),
  );
}

export const anyCommand: fc.Arbitrary<readonly string[]> = fc
  .constantFrom(...verbs)
  .chain((verb) => {
    const flags = [...verb.flags, ...globalFlags.slice(0, 1)];
    return fc
      .tuple(
        fc.array(anyArgument, { maxLength: 3 }),
        needed(verb),
        fc.array(anyOption(flags), { maxLength: 3 }),
      )
      .map(([args, some, options]) => [...verb.words, ...args.flat(), ...some, ...options.flat()]);
  });
