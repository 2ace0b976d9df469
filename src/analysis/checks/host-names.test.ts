// The audit of host names, row by row (F9 of the failure modes): what a Pod is configured with, and what is told of it. The
// rows of host-values are forms of values and the hosts in them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSimulated } from '../../cluster/simulated.ts';
import { loadTexts } from '../../input/load.ts';
import { runChecks } from './checks.ts';
import { targetsOf } from './host-values.ts';

const service = (key: string, spec: string) => {
  const [namespace, name] = key.split('/');
  return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ${spec} }\n---\n`;
};
const postgres = `${service('data/postgres', 'selector: { app: pg }, ports: [{ port: 5432 }]')}apiVersion: v1
kind: Pod
metadata: { name: pg, namespace: data, labels: { app: pg } }
spec: { containers: [{ name: pg, image: postgres, ports: [{ containerPort: 5432 }] }] }
---
`;
const client = (key: string, value: string, spec = '') => `${postgres}apiVersion: v1
kind: Pod
metadata: { name: web, namespace: app }
spec:
  ${spec}
  containers: [{ name: web, image: app, env: [{ name: ${key}, value: "${value}" }] }]
`;

/** "severity id: fix" of what is told. */
function told(yaml: string): readonly string[] {
  const { manifests, clusterSpec: spec } = loadTexts([{ file: 'a.yaml', text: yaml }]);
  const cluster = createSimulated({ spec, manifests });
  const { findings } = runChecks({ manifests, spec, cluster });
  return findings.map(({ severity, id, fix }) => `${severity} ${id}: ${fix}`);
}

describe('check: host names', () => {
  const rows: readonly { name: string; yaml: string; want: readonly string[] }[] = [
    {
      name: 'F9: a Service of another namespace',
      yaml: client('DB_HOST', 'postgres'),
      want: ['error host-unresolved: write postgres.data'],
    },
    { name: 'its name with the namespace', yaml: client('DB_HOST', 'postgres.data'), want: [] },
    {
      name: 'F9: a wrong namespace in a whole name',
      yaml: client('DB_URL', 'postgres://u:p@postgres.app.svc.cluster.local/x'),
      want: ['error host-unresolved: write postgres.data'],
    },
    {
      name: 'a near spelling',
      yaml: client('DB_HOST', 'postgers.data'),
      want: ['error host-unresolved: write postgres.data'],
    },
    {
      name: 'a Service that the manifests may only lack',
      yaml: client('CACHE_ADDR', 'memcached:11211'),
      want: ['warning host-unresolved: create the Service, or correct the name'],
    },
    {
      name: 'a port that the Service does not have',
      yaml: client('DB_ADDR', 'postgres.data:5433'),
      want: [
        'error host-timeout: write postgres.data:5432: Service data/postgres has no port 5433',
      ],
    },
    {
      name: 'F9: dnsPolicy Default asks servers outside',
      yaml: client('DB_HOST', 'postgres.data', 'dnsPolicy: Default'),
      want: ['error host-unresolved: dnsPolicy: ClusterFirst'],
    },
    {
      name: 'F9: a stale entry of hostAliases goes before DNS',
      yaml: client(
        'DB_ADDR',
        'postgres.data:5432',
        'hostAliases: [{ ip: 10.96.99.99, hostnames: [postgres.data] }]',
      ),
      want: [
        'error host-timeout: hostAliases of the Pod give postgres.data the address 10.96.99.99, before any DNS: correct the address or leave the alias out',
      ],
    },
    {
      name: 'F9: an ExternalName that is an IP address',
      yaml:
        service('app/legacy', 'type: ExternalName, externalName: 192.0.2.1') +
        client('LEGACY_HOST', 'legacy'),
      want: [
        'error host-unresolved: externalName of Service app/legacy is an IP address, which DNS takes for a name: make it a Service without selector, with an EndpointSlice of that address',
      ],
    },
    {
      name: 'a name of the world outside is only noted',
      yaml: client('API_URL', 'https://api.example.com/v1'),
      want: [
        'info host-outside: say in spec.upstreamDNS of the Cluster document what the world answers for api.example.com, if it matters',
      ],
    },
    { name: 'a bare word under another key', yaml: client('MODE', 'postgres'), want: [] },
    { name: 'the name of the program itself', yaml: client('SERVICE_NAME', 'shop'), want: [] },
  ];
  for (const { name, yaml, want } of rows) it(name, () => assert.deepEqual(told(yaml), want));
});

describe('host values', () => {
  const rows: readonly (readonly [key: string, value: string, want: string])[] = [
    ['DB_HOST', 'db', 'db:-'],
    ['DB_HOST', 'db:5432', 'db:5432'],
    ['DB_DSN', 'postgres://u:p@db/x?sslmode=off', 'db:5432'],
    ['DB', 'jdbc:postgresql://db:5433/x', 'db:5433'],
    ['MONGO', 'mongodb://a,b:27018/x', 'a:27017 b:27018'],
    [
      'KAFKA_BROKERS',
      'kafka-0.kafka:9092, kafka-1.kafka:9092',
      'kafka-0.kafka:9092 kafka-1.kafka:9092',
    ],
    ['AMQP', 'amqp://guest:guest@mq', 'mq:5672'],
    ['A_URL', 'http://web/$(X)', 'web:80'],
    ['A_URL', 'http://10.0.0.1:80/', ''],
    ['A_URL', 'http://localhost:80/', ''],
    ['A_URL', 'http://{{ host }}/', ''],
    ['LISTEN_ADDR', 'web:80', ''],
    ['SERVER_ADDR', ':8080', ''],
    ['IMAGE', 'nginx:1', ''],
    ['DB_HOST', 'true', ''],
    ['DB_HOST', '$(OTHER)', ''],
    ['db.serverHost', 'db', 'db:-'],
  ];
  for (const [key, value, want] of rows) {
    it(`${key}=${value}`, () => {
      const found = targetsOf({ key, value }, new Map());
      assert.equal(found.map(({ host, port }) => `${host}:${port ?? '-'}`).join(' '), want);
    });
  }
  it('X_PORT beside X_HOST', () => {
    const all = new Map([['DB_PORT', '5433']]);
    assert.equal(targetsOf({ key: 'DB_HOST', value: 'db' }, all)[0]?.port, 5433);
  });
});
