// What failed probes say, as pkg/probe words it: the message of the Unhealthy event and of what the command printed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runnable } from './command.ts';
import { clusterDocument, clusterOf } from './fixture.test.ts';

/** A Pod "p" that listens on 80 alone, with this probe; the messages of its Unhealthy events. */
function messages(probe: string): readonly string[] {
  const cluster = clusterOf(`${clusterDocument(1)}---
apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  containers: [ { name: c, image: nginx, ports: [ { name: http, containerPort: 80 } ], readinessProbe: ${probe} } ]
`);
  const ip = cluster.objects.get('Pod', 'default/p')?.status?.podIP ?? '';
  return cluster.objects
    .rawList('Event', 'default')
    .filter((event) => event['reason'] === 'Unhealthy')
    .map((event) => String(event['message']).replaceAll(ip, 'POD'));
}

const rows: readonly { readonly probe: string; readonly want: string | null }[] = [
  { probe: '{ httpGet: { port: 80 } }', want: null },
  { probe: '{ httpGet: { port: http, path: /healthz } }', want: null },
  {
    probe: '{ httpGet: { port: 81, path: /healthz } }',
    want: 'Readiness probe failed: Get "http://POD:81/healthz": dial tcp POD:81: connect: connection refused',
  },
  {
    probe: '{ httpGet: { port: 81, scheme: HTTPS } }',
    want: 'Readiness probe failed: Get "https://POD:81/": dial tcp POD:81: connect: connection refused',
  },
  {
    probe: '{ httpGet: { host: 10.0.0.99, port: 80 } }',
    want: 'Readiness probe failed: Get "http://10.0.0.99:80/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  },
  {
    probe: '{ httpGet: { host: none.example.com, port: 80 } }',
    want: 'Readiness probe failed: Get "http://none.example.com:80/": dial tcp: lookup none.example.com: no such host',
  },
  {
    probe: '{ httpGet: { port: web } }',
    want: 'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax',
  },
  { probe: '{ tcpSocket: { port: 80 } }', want: null },
  {
    probe: '{ tcpSocket: { port: 81 } }',
    want: 'Readiness probe failed: dial tcp POD:81: connect: connection refused',
  },
  {
    probe: '{ tcpSocket: { host: 10.0.0.99, port: 81 } }',
    want: 'Readiness probe failed: dial tcp 10.0.0.99:81: i/o timeout',
  },
  { probe: '{ grpc: { port: 80 } }', want: null },
  {
    probe: '{ grpc: { port: 81 }, timeoutSeconds: 3 }',
    want: 'Readiness probe failed: timeout: failed to connect service "POD:81" within 3s: context deadline exceeded',
  },
  { probe: '{ exec: { command: ["cat", "/etc/hostname"] } }', want: null },
  { probe: '{ exec: { command: ["redis-cli", "ping"] } }', want: null },
  { probe: '{ exec: { command: ["false"] } }', want: 'Readiness probe failed: ' },
  {
    probe: '{ exec: { command: ["sh", "-c", "nc -z nobody 80"] } }',
    want: "Readiness probe failed: nc: bad address 'nobody'\n",
  },
];

for (const { probe, want } of rows) {
  test(`probe: ${probe}`, () => assert.deepEqual(messages(probe), want === null ? [] : [want]));
}

const commands: readonly (readonly [readonly string[], string])[] = [
  [['true'], 'status 0'],
  [['/bin/false'], 'status 1'],
  [['sh', '-c', 'exit 3'], 'status 3'],
  [['/bin/sh', '-c', ' exit '], 'status 0'],
  [['nc', '-zv', 'db', '5432'], 'connect db 5432'],
  [['nc', 'db', '5432'], 'unknown'],
  [['curl', '-f', 'http://localhost/'], 'program curl'],
  [['sh', '-c', 'curl -f localhost'], 'program curl'],
  [['sh', '-c', 'curl -f localhost || exit 1'], 'unknown'],
  [['sh', '-c', 'exit $?'], 'unknown'],
  [['cat', '/tmp/healthy'], 'unknown'],
  [['cat', '/etc/hosts'], 'program cat'],
  [['mysqladmin', 'ping'], 'unknown'],
  [[], 'unknown'],
];

for (const [command, want] of commands) {
  test(`command: ${command.join(' ')}`, () => {
    const known = runnable(command);
    const got =
      known === undefined
        ? 'unknown'
        : known.kind === 'status'
          ? `status ${known.exitCode}`
          : known.kind === 'connect'
            ? `connect ${known.host} ${known.port}`
            : `program ${known.argv[0]}`;
    assert.equal(got, want);
  });
}
