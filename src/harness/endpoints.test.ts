// What failures about endpoints say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasEndpoints } from './endpoints.ts';
import { bound, objectRef } from './refs.ts';
import { worldOf } from './world.fixture.ts';

const pod = (name: string) => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: web } }
spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }] }
`;
const service = (ports: string) => `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [${ports}] }
`;
const two = '{ name: a, port: 80 }, { name: b, port: 81 }';
const rows = [
  {
    name: 'two ports of three Pods are three endpoints',
    manifests: [pod('a'), pod('b'), pod('c'), service(two)],
    want: /actual:\n {2}3 ready endpoints \(2 ports each\):\n {2}[\d.]+ port 80, 81 \(ready, Pod \w on \S+\)\n/,
  },
  {
    name: 'one port of one Pod',
    manifests: [pod('a'), service('{ port: 80 }')],
    want: /actual:\n {2}1 ready endpoint:\n {2}[\d.]+ port 80 \(ready, Pod a on/,
  },
  { name: 'none', manifests: [service('{ port: 80 }')], want: /actual: {3}no endpoints$/m },
];
for (const { name, manifests, want } of rows) {
  test(`endpoints: ${name}`, () => {
    const world = worldOf(manifests.join(''));
    const act = () => hasEndpoints(world, objectRef('Service "web"'), bound('4'));
    assert.throws(act, { message: want });
  });
}
