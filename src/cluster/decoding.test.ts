// What a test applies or sets later is decoded as strictly as what a cluster starts with, in the API server's words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifests } from '../manifest/parse.ts';
import { clusterDocument, clusterOf, podText } from './fixture.test.ts';

const start = clusterOf(`${clusterDocument(1)}---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: a }, ports: [ { port: 80 } ] }
${podText('a')}`);

const service = (spec: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: other }\nspec: ${spec}\n`;

const applied = [
  {
    name: 'unknown fields, all of them',
    text: service('{ prots: [], ports: [ { port: 80, prot: TCP } ] }'),
    want: {
      reason: 'BadRequest',
      message:
        'Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.prots", unknown field "spec.ports[0].prot"',
    },
  },
  {
    name: 'a wrong type',
    text: service('{ ports: [ { port: "http" } ] }'),
    want: {
      reason: 'BadRequest',
      message:
        'Service in version "v1" cannot be handled as a Service: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32',
    },
  },
  {
    name: 'an object without metadata has no name',
    text: 'apiVersion: v1\nkind: ConfigMap\n',
    want: {
      reason: 'Invalid',
      message:
        'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    },
  },
  {
    name: 'a kind that does not exist',
    text: 'apiVersion: apps/v1\nkind: Service\nmetadata: { name: x }\n',
    want: {
      code: 'unknown-kind',
      message: 'no matches for kind "Service" in version "apps/v1"',
      hint: 'Service is in apiVersion v1, not apps/v1',
    },
  },
  {
    name: 'a second Cluster document',
    text: clusterDocument(2),
    want: {
      code: 'cluster-document',
      message: 'a Cluster document cannot be applied to a running cluster',
    },
  },
];
for (const { name, text, want } of applied) {
  test(`apply refuses ${name}`, () => {
    const { documents } = parseManifests(text, 'later.yaml');
    const cluster = start.fork();
    assert.throws(() => cluster.apply(documents), want);
    assert.equal(cluster.objects.raw('Service', 'default/other'), undefined);
  });
}

const patched = [
  {
    name: 'a path that is no field',
    path: 'spec.selecter',
    value: 'x',
    want: { code: 'unknown-field', hint: 'did you mean "selector"?' },
  },
  {
    name: 'a value of the wrong type',
    path: 'spec.ports[0].port',
    value: 'http',
    want: { reason: 'BadRequest' },
  },
  {
    name: 'a value that validation refuses',
    path: 'spec.internalTrafficPolicy',
    value: 'Near',
    want: { reason: 'Invalid' },
  },
];
for (const { name, path, value, want } of patched) {
  test(`set refuses ${name}`, () => {
    assert.throws(() => start.fork().set('Service', 'default/web', path, value), want);
  });
}

test('set changes what it names', () => {
  const cluster = start.fork();
  cluster.set('Service', 'default/web', 'spec.internalTrafficPolicy', 'Local');
  const service = cluster.objects.get('Service', 'default/web');
  assert.equal(service?.spec.internalTrafficPolicy, 'Local');
});

test('resources may be bare numbers and fractions, and are stored in canonical form', () => {
  const cluster = clusterOf(`${clusterDocument(1)}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: c, image: nginx, resources: { limits: { cpu: 1.5, memory: 1.5Gi }, requests: { cpu: 1 } } }
`);
  const [pod] = cluster.objects.list('Pod', 'default');
  assert.deepEqual(pod?.spec.containers[0]?.resources, {
    limits: { cpu: '1500m', memory: '1536Mi' },
    requests: { cpu: '1', memory: '1536Mi' },
  });
  assert.equal(pod?.status?.phase, 'Running');
});
