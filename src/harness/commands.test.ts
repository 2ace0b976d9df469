import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prints, runs } from './commands.ts';
import { appliesText, isRefused } from './manifests.ts';
import { hasValues } from './objects.ts';
import { objectRef } from './refs.ts';
import { worldOf } from './world.fixture.ts';
import type { SvcWorld } from './world.ts';

const text = `
apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
`;

/** The step `I run "LINE"`, with what the feature says next. */
function run(line: string, ...upcoming: readonly string[]): SvcWorld {
  const world = worldOf(text);
  world.upcoming = upcoming;
  runs(world, line);
  return world;
}

const affinity = `kubectl patch svc web -p '{"spec":{"sessionAffinity":"Foo"}}'`;
const failing = [
  { line: 'kubectl scale deploy wbe --replicas=2', want: /deployments.apps "wbe" not found/ },
  { line: 'kubectl delet deploy web', want: /unknown command "delet"/ },
  { line: affinity, want: /The Service "web" is invalid: spec[\s\S]*exit status 1/ },
  { line: 'kubectl exec web -- curl http://10.96.0.80', want: /\(exit status 7\)/ },
  { line: 'kubectl exec web -- false', want: /exit status 127/ },
];
for (const { line, want } of failing) {
  test(`fails the scenario: ${line}`, () => {
    const nothing = 'Service "web" exists';
    const another = 'I run "kubectl get svc"';
    assert.throws(() => run(line), want);
    assert.throws(() => run(line, nothing), want);
    assert.throws(() => run(line, another, 'it prints:'), want);
    assert.throws(() => run(line, nothing, 'the API server refuses it:'), want);
  });
  test(`is met by a step that compares what it prints: ${line}`, () => {
    const world = run(line, 'Service "web" exists', 'it prints:');
    const { stdout = '', stderr = '' } = world.printed ?? {};
    prints(world, `${stdout}${stderr}`);
    assert.throws(() => prints(world, 'something else'), /expectation not met/);
  });
}

test('the API server refuses what kubectl asked for', () => {
  const world = run(affinity, 'the API server refuses it:');
  isRefused(
    world,
    'Service "web" is invalid\nspec.sessionAffinity: Unsupported value: "Foo": supported values: "ClientIP", "None"',
  );
  assert.throws(() => isRefused(world, 'spec.type'), /expected: spec.type/);
});

test('what kubectl itself refuses is no answer of the API server', () => {
  const world = run('kubectl delet svc web', 'the API server refuses it:');
  assert.throws(() => isRefused(world, 'x'), /refused nothing; kubectl says:\n.*unknown command/);
});

test('a refusal of an earlier command is not that of the last change', () => {
  const world = run(affinity, 'it prints:');
  appliesText(world, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: later }\n');
  assert.throws(() => isRefused(world, 'Service "web" is invalid'), /it was accepted/);
});

test('a print that differs says which lines do', () => {
  const world = run('kubectl get svc -o name');
  const want =
    /actual:\n {2}service\/kubernetes\n {2}service\/web\n.*\n {2}- service\/wbe\n {2}\+ service\/web\n/;
  assert.throws(() => prints(world, 'service/kubernetes\nservice/wbe'), want);
  assert.throws(() => prints(world, 'service/web\nservice/kubernetes'), /another order/);
});

test('words of a shell are no words of kubectl', () => {
  assert.throws(() => run('kubectl get svc | grep web'), /there is no shell here/);
  assert.throws(() => run('kubectl get svc > file'), /there is no shell here/);
});

test('values that differ are all said at once', () => {
  const service = objectRef('Service "web"');
  const rows = [
    ['spec.type', 'NodePort'],
    ['spec.sessionAffinity', 'None'],
    ['spec.ports[0].port', '81'],
  ];
  assert.throws(
    () => hasValues(worldOf(text), service, { header: ['path', 'value'], rows }),
    /spec.type: NodePort\n +spec.ports\[0\].port: 81\nactual:\n +spec.type: ClusterIP\n +spec.ports\[0\].port: 80\n/,
  );
});
