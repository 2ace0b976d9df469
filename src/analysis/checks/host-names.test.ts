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
const headless = `${service('data/db', 'clusterIP: None, selector: { app: db }, ports: [{ port: 5432, targetPort: 15432 }]')}apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: data }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: db, ports: [{ containerPort: 15432 }] }] }
---
`;
const udp = `${service('data/statsd', 'selector: { app: statsd }, ports: [{ port: 8125, protocol: UDP }]')}apiVersion: v1
kind: Pod
metadata: { name: statsd, namespace: data, labels: { app: statsd } }
spec: { containers: [{ name: s, image: statsd, ports: [{ containerPort: 8125, protocol: UDP }] }] }
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
      want: ['error host-unresolved: write postgres.data.svc.cluster.local'],
    },
    {
      name: 'F9: a wrong cluster domain',
      yaml: client('DB_URL', 'postgres://postgres.data.svc.cluster.lcoal/x'),
      want: ['error host-unresolved: write postgres.data.svc.cluster.local'],
    },
    {
      name: 'F9: a misspelt namespace',
      yaml: client('DB_HOST', 'postgres.dta'),
      want: ['error host-unresolved: write postgres.data'],
    },
    {
      name: 'F9: a Pod of a StatefulSet under another Service than its serviceName',
      yaml: headless + client('PEER_URL', 'http://db-0.db-svc.data:15432'),
      want: ['error host-unresolved: write db-0.db.data: serviceName of StatefulSet data/db is db'],
    },
    {
      name: 'F9: a Pod that the StatefulSet does not have',
      yaml: headless + client('PEER_URL', 'http://db-3.db.data:15432'),
      want: [
        'error host-unresolved: StatefulSet data/db has the Pods db-0: name one of them, or raise its replicas',
      ],
    },
    {
      name: 'no Service maps ports of a headless one',
      yaml: headless + client('PEER_URL', 'http://db-0.db.data:5432'),
      want: [
        'error host-refused: write db-0.db.data:15432: Service data/db is headless, so nothing maps its port 5432 to targetPort 15432',
      ],
    },
    {
      name: 'a UDP port is asked over UDP',
      yaml: udp + client('STATSD_ADDR', 'statsd.data:8125'),
      want: [],
    },
    {
      name: 'a name that differs by a number is another Service perhaps',
      yaml: client('DB_HOST', 'postgres2.data'),
      want: [
        'warning host-unresolved: create the Service, or correct the name; postgres.data would work, if that is what is meant',
      ],
    },
    {
      name: 'the port that the closest Service has',
      yaml: client('DB_ADDR', 'postgres:1433'),
      want: ['error host-unresolved: write postgres.data:5432'],
    },
    {
      name: 'host:port under a key that says nothing, of a Service that is known',
      yaml: client('STORE', 'postgres:5432'),
      want: ['error host-unresolved: write postgres.data'],
    },
    { name: 'and of one that is not', yaml: client('STORE', 'redis:6379'), want: [] },
    { name: 'an image', yaml: client('JOB_IMAGE', 'postgres:5432'), want: [] },
    { name: 'a tag of a service', yaml: client('DD_SERVICE', 'checkout'), want: [] },
    { name: 'a host name of its own', yaml: client('KC_HOSTNAME', 'keycloak'), want: [] },
    { name: 'the kind of a program', yaml: client('SERVER', 'gunicorn'), want: [] },
    { name: 'a host in a domain name', yaml: client('DOMAIN', 'app.svc.cluster.local'), want: [] },
    { name: 'an e-mail address', yaml: client('EMAIL_ADDRESS', 'a@example.com'), want: [] },
    { name: 'a class', yaml: client('DRIVER', 'org.postgresql.Driver'), want: [] },
    {
      name: 'a probe with a host: the kubelet does not ask the cluster DNS',
      yaml: client('A', 'b').replace(
        'image: app',
        'image: app, livenessProbe: { httpGet: { host: postgres.data, port: 5432 } }',
      ),
      want: [
        "error host-unresolved: leave host out: the kubelet of node/node01 connects, to the Pod's own address without host, and does not ask the cluster's DNS",
      ],
    },
    {
      name: 'a script of an init container',
      yaml: client(
        'A',
        'b',
        `initContainers: [{ name: wait, image: busybox:1.28, command: [sh, -c, "until nc -z postgres 5432; do sleep 1; done"] }]`,
      ),
      want: ['error host-unresolved: write postgres.data'],
    },
    {
      name: 'a Secret with a connection string',
      yaml: `${client('A', 'b').replace('image: app', 'image: app, envFrom: [{ secretRef: { name: db } }]')}---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: app }
stringData: { url: "postgres://u:p@postgres/x" }
`,
      want: ['error host-unresolved: write postgres.data'],
    },
    {
      name: '$(VAR) of a Service that the kubelet names',
      yaml: client('A_URL', 'http://$(KUBERNETES_SERVICE_HOST):$(KUBERNETES_SERVICE_PORT)/'),
      want: [],
    },
    {
      name: 'a CronJob, of which no Pod runs',
      yaml: `${postgres}apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: app }
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: c, image: curl, command: [curl, "http://postgres:5432"] }]
`,
      want: ['error host-unresolved: write postgres.data'],
    },
    {
      name: 'a policy that keeps look-ups back is told once, not for each name',
      yaml: `${client('DB_HOST', 'postgres,postgres.data')}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: app }
spec: { podSelector: {}, policyTypes: [Egress] }
`,
      want: ['error dns-unanswered: see the reason; then check again'],
    },
    {
      name: 'a CoreDNS scaled to 0 answers nobody, and the check says so',
      yaml: `${client('DB_HOST', 'postgres,postgres.data')}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, namespace: kube-system }
spec: { replicas: 0 }
`,
      want: [
        'error dns-unanswered: give Deployment kube-system/coredns at least 1 replica; then check again',
      ],
    },
    {
      name: 'a CoreDNS that never gets ready answers nobody, and the check says why',
      yaml: `${client('DB_HOST', 'postgres,postgres.data')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data: { Corefile: ".:53 {\\n health\\n kubernetes cluster.local\\n}\\n" }
`,
      want: [
        'error dns-unanswered: write ready into a server block of its Corefile, or correct the readinessProbe; then check again',
        'error corefile-probe: write ready into a server block',
      ],
    },
    {
      name: 'a ConfigMap that two workloads read is told once',
      yaml: `${client('A', 'b').replace('image: app', 'image: app, envFrom: [{ configMapRef: { name: db } }]')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: db, namespace: app }
data: { DB_HOST: postgres }
---
apiVersion: v1
kind: Pod
metadata: { name: web2, namespace: app }
spec:
  containers: [{ name: web, image: app, envFrom: [{ configMapRef: { name: db } }] }]
`,
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
        'error external-name: make it a Service without selector, with an EndpointSlice of that address',
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
    {
      name: 'a name of the world outside, of which one label is a Service',
      yaml: client('CA_URL', 'https://acme-v02.postgres.letsencrypt.org').replaceAll(
        'app }',
        'data }',
      ),
      want: [
        'info host-outside: say in spec.upstreamDNS of the Cluster document what the world answers for acme-v02.postgres.letsencrypt.org, if it matters',
      ],
    },
    {
      name: 'a whole name that no Service has',
      yaml: client('CACHE_HOST', 'memcached.app.svc.cluster.local'),
      want: ['warning host-unresolved: create the Service, or correct the name'],
    },
    {
      name: 'a port that the Service of a whole name does not have',
      yaml: client('DB_ADDR', 'postgres.data.svc.cluster.local:5433'),
      want: [
        'error host-timeout: write postgres.data.svc.cluster.local:5432: Service data/postgres has no port 5433',
      ],
    },
    {
      name: 'variables that are called as what every object has',
      yaml: `${client('__proto__', 'x').replace('env: [', 'env: [{ name: constructor, valueFrom: { secretKeyRef: { name: none, key: a, optional: true } } }, ')}`,
      want: [],
    },
    {
      name: 'a namespace that no name of the world ends in may only be lacking',
      yaml: client('OTLP_ENDPOINT', 'http://otel-collector.observability:4317'),
      want: ['warning host-unresolved: create the Service, or correct the name'],
    },
    {
      name: 'so may a Pod in such a namespace',
      yaml: client('A_URL', 'http://node-0.node.monitoring:9100'),
      want: ['warning host-unresolved: create the Service, or correct the name'],
    },
    {
      name: 'two labels of the world outside',
      yaml: client('A_URL', 'https://github.com,https://ghcr.io,https://web.dev'),
      want: ['github.com', 'ghcr.io', 'web.dev'].map(
        (host) =>
          `info host-outside: say in spec.upstreamDNS of the Cluster document what the world answers for ${host}, if it matters`,
      ),
    },
    {
      name: 'a Service without a selector: a program in the cluster may feed it',
      yaml: service('app/main', 'ports: [{ port: 5432 }]') + client('DB_ADDR', 'main:5432'),
      want: [
        'warning host-refused: give Service app/main an EndpointSlice; if a program in the cluster writes it, mute host-refused',
      ],
    },
    { name: 'an address of people', yaml: client('OFFICE_ADDRESS', '1 Main Street'), want: [] },
    { name: 'a path of one word', yaml: client('HEALTH_ENDPOINT', 'health'), want: [] },
    { name: 'a bare word under another key', yaml: client('MODE', 'postgres'), want: [] },
    { name: 'the name of the program itself', yaml: client('SERVICE_NAME', 'shop'), want: [] },
  ];
  for (const { name, yaml, want } of rows) it(name, () => assert.deepEqual(told(yaml), want));
});

describe('check: what is shown of a host name', () => {
  const of = (yaml: string) => {
    const { manifests, clusterSpec: spec } = loadTexts([{ file: 'a.yaml', text: yaml }]);
    const [finding] = runChecks({
      manifests,
      spec,
      cluster: createSimulated({ spec, manifests }),
    }).findings;
    return finding;
  };
  it('the host itself, and no password', () => {
    const finding = of(client('DB_URL', 'postgres://me:secret@postgres/x'));
    const line = finding?.sourceLine ?? '';
    assert.ok(line.includes('postgres://me:******@postgres/x'));
    assert.equal(line.slice((finding?.position?.column ?? 0) - 1).slice(0, 10), 'postgres/x');
    assert.ok(!JSON.stringify(finding).includes('secret'));
  });
  it('a port of its own variable, and what to write there', () => {
    const yaml = client('DB_HOST', 'postgres.data').replace(
      'env: [',
      'env: [{ name: DB_PORT, value: "5433" }, ',
    );
    const finding = of(yaml);
    assert.equal(finding?.fix, 'write 5432 as DB_PORT: Service data/postgres has no port 5433');
    assert.match(finding?.message ?? '', /^DB_PORT of container web: 5433 with postgres\.data: /);
    const { column = 0 } = finding?.position ?? {};
    assert.equal(finding?.sourceLine?.slice(column - 1).slice(0, 4), '5433');
    const other = of(yaml.replace('postgres.data"', 'postgres"'));
    assert.equal(other?.fix, 'write postgres.data, and 5432 as DB_PORT');
  });
  it('no line of a Secret', () => {
    const finding =
      of(`${client('A', 'b').replace('image: app', 'image: app, envFrom: [{ secretRef: { name: db } }]')}---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: app }
stringData:
  DB_URL: postgres://me:secret@postgres/x
`);
    assert.equal(finding?.sourceLine, null);
    assert.equal(finding?.position?.line, 22);
  });
  it('the host of a line in a block scalar, not another word with it', () => {
    const yaml = client('A', 'b').replace(
      'containers: [{ name: web, image: app,',
      'initContainers:\n    - name: w\n      image: busybox:1.28\n      command: &c\n        - sh\n        - -c\n        - |\n          # redis\n          until redis-cli -h redis -p 1 ping; do sleep 1; done\n  containers: [{ name: web, image: app,',
    );
    for (const text of [yaml, yaml.replaceAll('\n', '\r\n')]) {
      const { sourceLine, position } = of(text) ?? {};
      assert.equal(sourceLine?.slice((position?.column ?? 0) - 1).slice(0, 8), 'redis -p');
    }
  });
  it('the line of a script in a block scalar', () => {
    const yaml = client('A', 'b').replace(
      'containers: [{ name: web, image: app,',
      'initContainers:\n    - name: w\n      image: busybox:1.28\n      command: [sh, -c]\n      args:\n        - |\n          # wait\n          until nc -z postgres 5432; do sleep 1; done\n  containers: [{ name: web, image: app,',
    );
    assert.match(of(yaml)?.sourceLine ?? '', /until nc -z postgres 5432/);
  });
  it('a namespace that is not there', () => {
    const message = (host: string) => of(client('A_URL', `http://${host}:80`))?.message ?? '';
    assert.match(message('otel.observability'), /there is no namespace "observability"; valid/);
    assert.match(message('mc-0.mc'), /neither a namespace "mc" nor a Service of that name/);
  });
  it('a name outside says what the search list costs', () => {
    assert.match(
      of(client('A_URL', 'https://api.example.com'))?.effect ?? '',
      /first asks 6 queries in vain \(ndots:5/,
    );
  });
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
    ['PGHOST', 'db', 'db:-'],
    ['X', 'jdbc:sqlserver://db:1433;databaseName=x', 'db:1433'],
    ['X', 'jdbc:oracle:thin:@//db:1521/x', 'db:1521'],
    ['X', 'u:p@tcp(db:3306)/x', 'db:3306'],
    ['X', 'host=db port=5433 user=u', 'db:5433'],
    ['X', 'Server=tcp:db,1434;Database=x', 'db:1434'],
    ['X', 'amqp://a:1,amqp://b:2', 'a:1 b:2'],
    ['X', 'postgres://${USER}:${PW}@db/x', 'db:5432'],
    ['X', 'mongodb+srv://cluster.example.com/x', ''],
    ['X', 'redis:6379,ssl=False', 'redis:6379'],
    ['X', 'look at web.demo.svc:80 first', 'web.demo.svc:80'],
    ['NO_PROXY', '.svc,.cluster.local,10.0.0.0/8', ''],
    ['ZOOKEEPER_CONNECT', 'zk:2181/kafka', 'zk:2181'],
    [
      'KAFKA_ADVERTISED_LISTENERS',
      'IN://kafka:9092,OUT://k.example.com:9094',
      'kafka:9092 k.example.com:9094',
    ],
    ['KAFKA_LISTENERS', 'PLAINTEXT://:9092', ''],
    ['DD_SERVICE', 'checkout', ''],
    ['BASE_IMAGE', 'nginx:1234', ''],
    ['DB_CLASS', 'org.postgresql.Driver', ''],
    ['EMAIL_ADDRESS', 'a@example.com', ''],
    ['GHOST', 'x', ''],
    ['QUORUM_VOTERS', '0@k-0.k:9093,1@k-1.k:9093', 'k-0.k:9093 k-1.k:9093'],
    ['CONFIG', '{"host":"db","port":5432}', 'db:5432'],
    ['CONFIG', '{"name":"db","port":5432}', ''],
    ['CONFIG', '{"server":{"port":8080},"db":{"host":"db","port":5432}}', 'db:5432'],
    ['DB_HOST', 'db.data.svc.cluster.local', 'db.data.svc.cluster.local:-'],
    [
      'ETCD_INITIAL_CLUSTER',
      'e-0=http://e-0.e:2380,e-1=http://e-1.e:2380',
      'e-0.e:2380 e-1.e:2380',
    ],
    ['BACKEND_TARGET', 'dns:///web.demo:50051', 'web.demo:50051'],
    ['JAVA_OPTS', '-Ddb.host=oracle.db -Dq.host=mq -Dq.port=1 -Xmx512m', 'oracle.db:- mq:1'],
    ['JAVA_OPTS', '-Dfile.encoding=UTF-8 -Duser.name=web', ''],
    ['MAIL', 'smtp://u:p@mail', 'mail:25'],
    ['X', 'constructor://db', ''],
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
