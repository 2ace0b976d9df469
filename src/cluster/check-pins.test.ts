// Pins that a manifest or a node's range contradicts: each row is refused, at its place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterDocument, clusterOf, podText } from './fixture.test.ts';

const web = (pin: string) => `  pins: [ { object: Service/default/web, ${pin} } ]`;
const pod = (pin: string) => `  pins: [ { object: Pod/default/a, ${pin} } ]`;
const service = (spec: string) =>
  `---\napiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: ${spec}\n`;

const rows: readonly {
  name: string;
  pin: string;
  manifest: string;
  code: string;
  message: RegExp;
  line: number;
}[] = [
  {
    name: 'a manifest with another cluster IP',
    pin: web('clusterIP: 10.96.0.50'),
    manifest: service('{ clusterIP: 10.96.0.51, ports: [ { port: 80 } ] }'),
    code: 'pin-taken',
    message:
      /^Service\/default\/web asks for cluster IP 10\.96\.0\.51, but its pin \(lab\.yaml:\d+\) is cluster IP 10\.96\.0\.50$/,
    line: 14,
  },
  {
    name: 'a headless Service with a pinned cluster IP',
    pin: web('clusterIP: 10.96.0.50'),
    manifest: service('{ clusterIP: None, ports: [ { port: 80 } ] }'),
    code: 'pin-taken',
    message: /asks for cluster IP None/,
    line: 14,
  },
  {
    name: 'an ExternalName Service with a pinned cluster IP',
    pin: web('clusterIP: 10.96.0.50'),
    manifest: service('{ type: ExternalName, externalName: a.b }'),
    code: 'pin-taken',
    message: /has no cluster IP/,
    line: 14,
  },
  {
    name: 'a manifest with another node port',
    pin: web('nodePorts: { "": 30080 }'),
    manifest: service('{ type: NodePort, ports: [ { port: 80, nodePort: 30081 } ] }'),
    code: 'pin-taken',
    message: /asks for node port 30081, but its pin .* is node port 30080/,
    line: 14,
  },
  {
    name: 'a pinned node port of a port that is not there',
    pin: web('nodePorts: { http: 30080 }'),
    manifest: service('{ type: NodePort, ports: [ { port: 80 } ] }'),
    code: 'pin-taken',
    message: /has no port "http"/,
    line: 14,
  },
  {
    name: 'a Pod that asks for another node',
    pin: pod('node: node01'),
    manifest: podText('a', { spec: 'nodeName: node02' }),
    code: 'pin-taken',
    message: /asks for node "node02", but its pin .* is node "node01"/,
    line: 15,
  },
  {
    name: 'an address of another node',
    pin: pod('node: node01, ip: 10.244.1.9'),
    manifest: podText('a'),
    code: 'pin-out-of-range',
    message: /10\.244\.1\.9 belongs to node "node02", not to "node01"/,
    line: 9,
  },
  {
    name: "a node's gateway",
    pin: pod('ip: 10.244.0.1'),
    manifest: podText('a'),
    code: 'pin-taken',
    message: /10\.244\.0\.1 is the gateway of node "node01"/,
    line: 9,
  },
  {
    name: 'an unknown node',
    pin: pod('node: node09'),
    manifest: podText('a'),
    code: 'cluster-document',
    message: /there is no node "node09"/,
    line: 9,
  },
  {
    name: 'an address outside the pod subnet',
    pin: pod('ip: 10.9.0.4'),
    manifest: podText('a'),
    code: 'pin-out-of-range',
    message: /10\.9\.0\.4 is outside podSubnet/,
    line: 9,
  },
  {
    name: 'one address for two Pods',
    pin: '  pins: [ { object: Pod/default/a, ip: 10.244.0.9 }, { object: Pod/default/b, ip: 10.244.0.9 } ]',
    manifest: podText('a'),
    code: 'pin-taken',
    message: /10\.244\.0\.9 for Pod\/default\/b is taken by Pod\/default\/a/,
    line: 9,
  },
];
for (const { name, pin, manifest, code, message, line } of rows) {
  test(`a pin is refused: ${name}`, () => {
    assert.throws(
      () => clusterOf(clusterDocument(2, pin) + manifest),
      (error: { code: string; message: string; position: { line: number } | null }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.equal(error.position?.line, line);
        return true;
      },
    );
  });
}

test('a Pod with a pinned address runs on the node whose range holds it', () => {
  const cluster = clusterOf(clusterDocument(2, pod('ip: 10.244.1.9')) + podText('a'));
  const { spec, status } = cluster.objects.get('Pod', 'default/a') ?? {};
  assert.deepEqual([spec?.nodeName, status?.podIP], ['node02', '10.244.1.9']);
});
