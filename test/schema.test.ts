// The published schemas against what is really printed and read: every fate of a connection and a look-up over the
// scenarios, every Cluster document, and for each promise of a schema an output or a document that must break it.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parseFlows, runFlows } from '../src/analysis/flows.ts';
import { outcomes, traceDocument } from '../src/analysis/trace-document.ts';
import { check } from '../src/cli/commands/check.ts';
import { resolve } from '../src/cli/commands/resolve.ts';
import { trace } from '../src/cli/commands/trace.ts';
import type { Io } from '../src/cli/options.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { loadTexts } from '../src/input/load.ts';
import { clusterFields } from '../src/manifest/cluster-fields.table.ts';
import { parseValues } from '../src/manifest/parse.ts';
import { formatEndpoint } from '../src/net/addr.ts';
import { root, scenarioCluster, scenarioNames } from './pictures.ts';

type Json = Record<string, unknown>;

const ajv = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
  allErrors: true,
});
const schemaOf = (name: string): Json =>
  JSON.parse(readFileSync(join(root, 'schema', `${name}.schema.json`), 'utf8'));
const traceSchema = ajv.compile(schemaOf('trace'));
const resolveSchema = ajv.compile(schemaOf('resolve'));
const checkSchema = ajv.compile(schemaOf('check'));
const clusterSchema = ajv.compile(schemaOf('cluster'));

function assertValid(schema: ValidateFunction, value: unknown, what: string): void {
  assert.ok(schema(value), `${what}: ${ajv.errorsText(schema.errors)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'svcspec-schema-'));
after(() => rmSync(folder, { recursive: true, force: true }));
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const common = {
  recursive: false,
  seed: 1,
  color: false,
  quiet: true,
  verbose: false,
  maxInput: 2 ** 20,
};

/** What a command prints on standard output, as JSON. */
async function printed(command: (io: Io) => Promise<number>): Promise<unknown> {
  let text = '';
  const out = (part: string) => {
    text += part;
  };
  await command({ out, err: () => {}, columns: null, color: false, errColor: false });
  return JSON.parse(text);
}

const usual = { fresh: false, exhaustive: false, output: 'json' };
const traced = (options: Json) =>
  printed((io) => trace({ ...common, ...usual, filename: [], ...options }, io)) as Promise<{
    flows: { attempts: Json[]; possible?: Json[] }[];
  }>;

const nginx = [join(root, 'scenarios/nginx-demo')];
const local = file(
  'local.yaml',
  `apiVersion: v1
kind: Service
metadata: { name: near, namespace: demo }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }], internalTrafficPolicy: Local }
---
apiVersion: v1
kind: Service
metadata: { name: empty, namespace: demo }
spec: { selector: { app: nobody }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: outside, namespace: demo }
spec: { type: ExternalName, externalName: www.example.com }
---
apiVersion: v1
kind: Service
metadata: { name: announced, namespace: demo }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }], externalIPs: [198.51.100.7] }
---
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: demo }
spec: { selector: { app: echo }, ports: [{ port: 9000, protocol: UDP }] }
---
apiVersion: v1
kind: Pod
metadata: { name: echo, namespace: demo, labels: { app: echo } }
spec:
  containers: [{ name: echo, image: alpine, ports: [{ containerPort: 9000, protocol: UDP }] }]
`,
);
const two = [join(root, 'scenarios/two-nodes'), local];
const layers = [
  file(
    'layers.yaml',
    ['http://backend:8080', 'http://nobody', 'http://front']
      .map(
        (url, i) => `apiVersion: v1
kind: Pod
metadata:
  name: ${['front', 'vain', 'circle'][i]}
  labels: { app: front-${i} }
  annotations: { svcspec.dev/proxy-to: "${url}" }
spec: { containers: [{ name: nginx, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${['front', 'vain', 'circle'][i]} }
spec: { selector: { app: front-${i} }, ports: [{ port: 80 }] }
---
`,
      )
      .join('')
      .replace('http://front', 'http://circle')
      .concat(`apiVersion: v1
kind: Pod
metadata: { name: backend, labels: { app: backend } }
spec: { containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: backend }
spec: { selector: { app: backend }, ports: [{ port: 8080 }] }
`),
  ),
];

const fates: readonly {
  readonly name: string;
  readonly filename: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly more?: Json;
  readonly want: Json;
}[] = [
  {
    name: 'answered through a Service, by name',
    filename: nginx,
    from: 'pod/demo/client',
    to: 'nginx-prod-svc-demo:80',
    more: { exhaustive: true, count: 5 },
    want: { phase: 'reply', outcome: 'answered', via: null, blame: null },
  },
  {
    name: 'answered without DNS, marked and masqueraded',
    filename: two,
    from: 'host/laptop',
    to: 'http://192.168.66.102:30080/',
    more: { exhaustive: true },
    want: { phase: 'reply', outcome: 'answered', dns: null, dialled: '192.168.66.102:30080' },
  },
  {
    name: 'answered by a host outside',
    filename: two,
    from: 'pod/demo/client-on-node01',
    to: 'outside:80',
    want: { outcome: 'answered', backend: 'host/example' },
  },
  {
    name: 'refused by the backend',
    filename: nginx,
    from: 'pod/demo/client',
    to: '10.1.0.31:81',
    want: { phase: 'connect', outcome: 'refused', via: 'rst' },
  },
  {
    name: 'rejected by a rule',
    filename: two,
    from: 'pod/demo/client-on-node02',
    to: 'svc/demo/empty:80',
    more: { exhaustive: true },
    want: { phase: 'connect', outcome: 'refused', via: 'icmp', backend: null },
  },
  {
    name: 'dropped by a rule',
    filename: two,
    from: 'pod/demo/client-on-node02',
    to: 'near:80',
    more: { exhaustive: true },
    want: { phase: 'connect', outcome: 'timeout', via: 'drop', sourceSeen: null },
  },
  {
    name: 'lost on the way',
    filename: nginx,
    from: 'host/laptop',
    to: '10.1.0.31:80',
    want: { phase: 'connect', outcome: 'timeout', via: 'noreply' },
  },
  {
    name: 'without a way',
    filename: two,
    from: 'pod/demo/client-on-node01',
    to: '[fd00::1]:80',
    want: { phase: 'connect', outcome: 'unreachable', via: 'noroute', destination: null },
  },
  {
    name: 'NXDOMAIN',
    filename: nginx,
    from: 'pod/demo/client',
    to: 'nope:80',
    more: { exhaustive: true },
    want: { phase: 'dns', outcome: 'nxdomain', via: null, client: null, dialled: null, hops: [] },
  },
  {
    name: 'a datagram answered',
    filename: two,
    from: 'pod/demo/client-on-node01',
    to: 'echo:9000',
    more: { protocol: 'udp' },
    want: { phase: 'reply', outcome: 'answered', backend: 'pod/demo/echo' },
  },
  {
    name: 'passed on',
    filename: layers,
    from: 'pod/default/backend',
    to: 'front:80',
    more: { exhaustive: true },
    want: { outcome: 'answered', backend: 'pod/default/front', blame: null },
  },
  {
    name: 'passed on to nobody',
    filename: layers,
    from: 'pod/default/backend',
    to: 'vain:80',
    more: { exhaustive: true },
    want: { outcome: 'answered', backend: 'pod/default/vain' },
  },
  {
    name: 'passed on in a circle',
    filename: layers,
    from: 'pod/default/backend',
    to: 'circle:80',
    more: { exhaustive: true },
    want: { outcome: 'answered', backend: 'pod/default/circle' },
  },
];

const seen = { stages: new Set<unknown>(), effects: new Set<unknown>(), vias: new Set<unknown>() };
for (const { name, filename, from, to, more, want } of fates) {
  test(`schema: trace, ${name}`, async () => {
    const document = await traced({ filename, from, to, ...more });
    assertValid(traceSchema, document, name);
    const [attempt = {}] = document.flows[0]?.attempts ?? [];
    for (const [key, value] of Object.entries(want)) assert.deepEqual(attempt[key], value, key);
    seen.vias.add(attempt['via']);
    for (const hop of attempt['hops'] as Json[]) {
      seen.stages.add(hop['stage']);
      seen.effects.add(hop['effect']);
    }
  });
}

test('schema: the rows above meet every effect and the stages that iptables mode has', () => {
  const effects = ['accept', 'deliver', 'dnat', 'drop', 'jump', 'mark', 'reject', 'snat'];
  assert.deepEqual([...seen.effects].sort(), effects);
  for (const stage of ['nat/PREROUTING', 'filter/FORWARD', 'nat/POSTROUTING', 'route', 'socket']) {
    assert.ok(seen.stages.has(stage), stage);
  }
  for (const via of ['rst', 'icmp', 'drop', 'noroute', 'noreply', null]) {
    assert.ok(seen.vias.has(via), String(via));
  }
});

test('schema: trace --flows', async () => {
  const flows = file(
    'flows.yaml',
    `- { id: a, from: pod/demo/client, to: "nginx-prod-svc-demo:80", count: 3, sourcePort: 40000 }
- { id: b, from: host/laptop, to: "10.1.0.31:80" }
- { from: pod/demo/client, to: "10.96.0.10:53", protocol: udp }
`,
  );
  const document = await traced({ filename: nginx, flows, exhaustive: true });
  assertValid(traceSchema, document, 'flows');
  assert.equal(document.flows.length, 3);
});

/** Everybody to every port of every Service, by name, by cluster IP and by node port, as one flows file. */
function everyFlow(cluster: Cluster): readonly Json[] {
  const from = [
    ...cluster.objects
      .list('Pod')
      .filter(({ status }) => status?.phase === 'Running')
      .map(({ metadata: m }) => `pod/${m.namespace}/${m.name}`),
    ...cluster.nodeNames.map((name) => `node/${name}`),
    ...cluster.hostNames.map((name) => `host/${name}`),
  ];
  const to = cluster.objects.list('Service').flatMap(({ metadata, spec }) =>
    (spec?.ports ?? []).flatMap(({ port, nodePort, protocol = 'TCP' }) => {
      const [node] = cluster.addressesOf(`node/${cluster.nodeNames.at(-1)}`);
      const names = [`${metadata.name}.${metadata.namespace}.svc.cluster.local:${port}`];
      if (spec?.clusterIP !== undefined && spec.clusterIP !== 'None') {
        names.push(`${spec.clusterIP}:${port}`);
      }
      if (nodePort !== undefined && node !== undefined) {
        names.push(formatEndpoint(node, nodePort));
      }
      return names.map((name) => ({ to: name, protocol: protocol.toLowerCase() }));
    }),
  );
  return from.flatMap((who) => to.map((where) => ({ from: who, ...where })));
}

for (const name of scenarioNames()) {
  test(`schema: trace, everybody to every Service port of ${name}`, () => {
    const cluster = scenarioCluster(name);
    const flows = parseFlows(everyFlow(cluster), name);
    const document = traceDocument(cluster, runFlows(cluster, flows, { fresh: true }));
    assertValid(traceSchema, JSON.parse(JSON.stringify(document)), name);
  });
}

const lookups: readonly (readonly [
  readonly string[],
  string,
  string,
  string | undefined,
  string,
])[] = [
  [nginx, 'pod/demo/client', 'nginx-prod-svc-demo', undefined, 'answered'],
  [nginx, 'pod/demo/client', 'nope', undefined, 'nxdomain'],
  [nginx, 'pod/demo/client', 'kubernetes.default', 'AAAA', 'nodata'],
  [nginx, 'pod/demo/client', '_http._tcp.nginx-prod-svc-demo', 'srv', 'answered'],
  [two, 'pod/demo/client-on-node01', 'outside', 'A', 'answered'],
  [two, 'host/laptop', 'www.example.com', undefined, 'answered'],
  [two, 'node/node01', 'my-service', undefined, 'nxdomain'],
];
for (const [filename, from, name, type, want] of lookups) {
  test(`schema: resolve ${name} ${type ?? ''} from ${from}`, async () => {
    const options = { ...common, filename, from, output: 'json' };
    const document = await printed((io) => resolve(name, type, options, io));
    assertValid(resolveSchema, document, name);
    assert.equal((document as Json)['outcome'], want);
  });
}

const faulty = file(
  'faulty.yaml',
  `apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
      erors
      health
      forward . 127.0.0.1
    }
`,
);
const hosts = file(
  'hosts.yaml',
  `apiVersion: v1
kind: Service
metadata: { name: db, namespace: data }
spec: { ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: old }
spec: { type: ExternalName, externalName: 192.0.2.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: app
      env:
        - { name: DB_HOST, value: db }
        - { name: CACHE_ADDR, value: "memcached:11211" }
        - { name: API_URL, value: "https://api.example.com" }
`,
);
const checks: readonly (readonly [string, string, Json])[] = [
  ['nothing wrong', nginx[0] ?? '', { errors: 0, warnings: 0, infos: 0, muted: 0 }],
  ['host names', hosts, { errors: 2, warnings: 1, infos: 1, muted: 0 }],
  ['an unknown directive', faulty, { errors: 1, warnings: 0, infos: 0, muted: 0 }],
];
const checked = (path: string) =>
  printed((io) => check({ ...common, filename: [path], failOn: 'error', output: 'json' }, io));
for (const [name, path, summary] of checks) {
  test(`schema: check, ${name}`, async () => {
    const document = await checked(path);
    assertValid(checkSchema, document, name);
    assert.deepEqual((document as Json)['summary'], summary);
  });
}

test('schema: a wrong finding is caught', async () => {
  const good = await checked(faulty);
  const wrong: readonly (readonly [string, unknown])[] = [
    ['kind', 'Trace'],
    ['summary.muted', undefined],
    ['findings.0.id', 'Corefile Invalid'],
    ['findings.0.severity', 'note'],
    ['findings.0.line', 0],
    ['findings.0.fix', ''],
    ['findings.0.object', 'coredns'],
  ];
  for (const [path, value] of wrong) {
    assert.ok(!checkSchema(mutated(good, path, value)), `${path}: ${JSON.stringify(value)}`);
  }
});

/** A copy with one path set, or removed for undefined. */
function mutated(value: unknown, path: string, to: unknown): unknown {
  const copy = structuredClone(value);
  const keys = path.split('.');
  let at = copy as Json;
  for (const key of keys.slice(0, -1)) at = at[key] as Json;
  const last = keys.at(-1) ?? '';
  if (to === undefined) delete at[last];
  else at[last] = to;
  return copy;
}

const wrongTraces: readonly (readonly [string, unknown])[] = [
  ['kind', 'Traces'],
  ['seed', undefined],
  ['seed', -1],
  ['proxyMode', 'ebpf'],
  ['extra', 1],
  ['flows.0.extra', 1],
  ['flows.0.distribution', { 'pod/demo/x': 0 }],
  ['flows.0.sources', { laptop: 1 }],
  ['flows.0.possible.0.probability', 1.5],
  ['flows.0.attempts.0.blame', undefined],
  ['flows.0.attempts.0.phase', 'syn'],
  ['flows.0.attempts.0.phase', 'dns'],
  ['flows.0.attempts.0.outcome', 'lost'],
  ['flows.0.attempts.0.outcome', 'nxdomain'],
  ['flows.0.attempts.0.outcome', 'timeout'],
  ['flows.0.attempts.0.via', 'reset'],
  ['flows.0.attempts.0.via', 'rst'],
  ['flows.0.attempts.0.client', null],
  ['flows.0.attempts.0.dialled', '10.0.0.1'],
  ['flows.0.attempts.0.sourcePortSeen', '80'],
  ['flows.0.attempts.0.backend', 'demo/web'],
  ['flows.0.attempts.0.hops.0.at', 'lan'],
  ['flows.0.attempts.0.hops.0.stage', 'machine'],
  ['flows.0.attempts.0.hops.0.effect', 'out'],
  ['flows.0.attempts.0.hops.0.source', 'web.yaml'],
  ['flows.0.attempts.0.dns.queries.0.rcode', 3],
  ['flows.0.attempts.0.dns.queries.0.flags', ['QR']],
  ['flows.0.attempts.0.dns.outcome', 'unreachable'],
];
test('schema: a wrong trace is caught, whatever is wrong', async () => {
  const to = 'nginx-prod-svc-demo:80';
  const good = await traced({ filename: nginx, from: 'pod/demo/client', to, exhaustive: true });
  assertValid(traceSchema, good, 'unchanged');
  for (const [path, value] of wrongTraces) {
    assert.ok(!traceSchema(mutated(good, path, value)), `${path}: ${JSON.stringify(value)}`);
  }
});

const wrongUpstreams: readonly (readonly [string, unknown])[] = [
  ['flows.0.attempts.0.upstream.from', 'node/a'],
  ['flows.0.attempts.0.upstream.url', 'backend'],
  ['flows.0.attempts.0.upstream.status', 42],
  ['flows.0.attempts.0.upstream.status', undefined],
  ['flows.0.attempts.0.upstream.failure', 'sad'],
  ['flows.0.attempts.0.upstream.attempt', {}],
  ['flows.0.attempts.0.upstream.attempt.outcome', 'lost'],
  ['flows.0.attempts.0.upstream.attempt.blame', 'x'],
  ['flows.0.attempts.0.upstream.extra', 1],
  ['flows.0.possible.0.upstreams', ['backend']],
  ['flows.0.possible.0.status', 200],
];
test('schema: a wrong upstream is caught', async () => {
  const ask = { filename: layers, from: 'pod/default/backend', exhaustive: true };
  const good = await traced({ ...ask, to: 'front:80' });
  assertValid(traceSchema, good, 'unchanged');
  for (const [path, value] of wrongUpstreams) {
    assert.ok(!traceSchema(mutated(good, path, value)), `${path}: ${JSON.stringify(value)}`);
  }
  // Whoever asks nobody and has answered is to blame for nothing.
  const failed = await traced({ ...ask, to: 'vain:80' });
  assert.deepEqual(failed.flows[0]?.possible?.[0]?.['status'], 502);
  assert.ok(!traceSchema(mutated(failed, 'flows.0.attempts.0.upstream', undefined)));
});

const nobody = file(
  'nobody.yaml',
  [
    ['icmp', '192.168.4.102', '[]'],
    ['no-route', '2001:db8::1', '[]'],
    ['reset', '192.168.4.102', '[{ name: use-vc }]'],
  ]
    .map(
      ([name, server, options]) => `apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  nodeName: node01
  dnsPolicy: None
  dnsConfig: { nameservers: ["${server}"], options: ${options} }
  containers: [{ name: shell, image: "debian:12" }]
`,
    )
    .join('---\n'),
);
for (const [pod, want] of [
  ['icmp', 'PORT-UNREACHABLE'],
  ['no-route', 'UNREACHABLE'],
  ['reset', 'CONNECTION-REFUSED'],
] as const) {
  test(`schema: resolve where the network says ${want}`, async () => {
    const from = `pod/default/${pod}`;
    const options = { ...common, filename: [nobody], from, output: 'json' };
    const document = await printed((io) => resolve('web.', 'A', options, io));
    assertValid(resolveSchema, document, want);
    const { queries = [] } = document as { queries?: readonly { rcode: string }[] };
    assert.equal(queries[0]?.rcode, want);
  });
}

test('schema: a wrong look-up is caught', async () => {
  const options = { ...common, filename: nginx, from: 'pod/demo/client', output: 'json' };
  const good = await printed((io) => resolve('nginx-prod-svc-demo', 'A', options, io));
  const wrong: readonly (readonly [string, unknown])[] = [
    ['from', undefined],
    ['outcome', 'unreachable'],
    ['resolver', 'bind'],
    ['elapsedMs', 0],
    ['addresses', ['web']],
    ['queries.0.name', 'nginx-prod-svc-demo'],
    ['queries.0.transport', 'tls'],
    ['queries.0.rcode', 'NO-ROUTE'],
    ['queries.0.answers.0.ttl', '30'],
  ];
  for (const [path, value] of wrong) {
    assert.ok(!resolveSchema(mutated(good, path, value)), `${path}: ${JSON.stringify(value)}`);
  }
});

test('schema: the outcomes are those of the code', () => {
  const definitions = schemaOf('trace')['$defs'] as Record<string, { enum: unknown }>;
  assert.deepEqual(definitions['outcome']?.enum, outcomes);
});

test('schema: Cluster has the fields that are read, type by type', () => {
  const schema = schemaOf('cluster');
  const definitions = schema['$defs'] as Record<string, { properties?: Json }>;
  const { Cluster: top = {}, ...types } = clusterFields;
  assert.deepEqual(Object.keys(schema['properties'] as Json).sort(), Object.keys(top).sort());
  const keys = (fields: Json | undefined) => Object.keys(fields ?? {}).sort();
  for (const [type, fields] of Object.entries(types)) {
    assert.deepEqual(keys(definitions[type]?.properties), keys(fields), type);
  }
});

/** The Cluster documents below scenarios/, with the file each is in. */
function clusterDocuments(): readonly (readonly [string, unknown])[] {
  const below = join(root, 'scenarios');
  return readdirSync(below, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ya?ml|json)$/.test(path))
    .flatMap((path) => {
      const values = parseValues(readFileSync(join(below, path), 'utf8'), path);
      return values
        .filter(({ value }) => (value as Json | null)?.['kind'] === 'Cluster')
        .map(({ value }) => [path, value] as const);
    });
}

test('schema: every Cluster document of the scenarios is valid', () => {
  const documents = clusterDocuments();
  assert.ok(documents.length >= scenarioNames().length);
  for (const [path, value] of documents) assertValid(clusterSchema, value, path);
});

const lab = {
  apiVersion: 'svcspec.dev/v1alpha1',
  kind: 'Cluster',
  metadata: { name: 'lab' },
  spec: {
    kubernetesVersion: '1.34',
    networking: {
      podSubnet: '10.244.0.0/16',
      serviceSubnet: '10.96.0.0/12',
      dnsDomain: 'cluster.local',
      serviceNodePortRange: '30000-32767',
    },
    apiServer: { address: '192.168.4.101', port: 6443 },
    nodes: [
      { name: 'master', internalIP: '192.168.4.101', roles: ['control-plane'] },
      {
        name: 'node01',
        internalIP: '192.168.4.102',
        zone: 'zone-a',
        podCIDR: '10.244.196.0/24',
        labels: { disk: 'ssd' },
        taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }],
        addresses: [{ type: 'ExternalIP', address: '198.51.100.2' }],
        resolvConf: 'nameserver 8.8.8.8\n',
        missingModules: ['ip_vs'],
        sysctls: { 'net.ipv4.icmp_ratelimit': 1000, 'net.netfilter.nf_conntrack_max': '4' },
        nfacct: true,
      },
    ],
    cni: { profile: 'bridge' },
    kubeProxyConfiguration: { iptables: { masqueradeBit: 15 } },
    cloudProvider: {
      name: 'gce',
      loadBalancerPool: '52.15.34.0/24',
      ipMode: 'VIP',
      healthCheck: {
        intervalSeconds: 10,
        unhealthyThreshold: 2,
        healthyThreshold: 1,
        asks: 'node-port',
        whenNoneHealthy: 'all',
      },
    },
    hosts: [
      { name: 'legacy-db', ip: '192.0.2.42', listen: ['9376/TCP'] },
      { name: 'laptop', ip: '203.0.113.50', routes: [{ to: '203.0.113.10/32', via: 'node01' }] },
      {
        name: 'lb1',
        ip: '192.168.4.201',
        sysctls: { 'net.ipv4.ip_forward': 1, 'net.ipv4.vs.conntrack': '1' },
        iptables: '*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n',
        keepalived: 'global_defs {\n  router_id lb1\n}\n',
      },
    ],
    upstreamDNS: 'example.com. 300 IN A 93.184.216.34\n',
    kernelVersion: '5.4',
    timing: { watch: '10ms', controller: '0', proxySync: '1m30s', podStart: '1.5s' },
    pins: [
      { object: 'Service/demo/a', clusterIP: '10.111.193.186', nodePorts: { '': 32567 } },
      { object: 'Service/demo/b', loadBalancerIP: '52.15.34.21' },
      { object: 'Pod/demo/client', ip: '10.244.1.40', node: 'node01' },
      {
        object: 'Deployment/demo/c',
        hash: '6fb6fbb77d',
        pods: [{ suffix: 'r78k9', ip: '10.244.1.29', node: 'node01' }],
      },
    ],
  },
};
const read = (value: unknown) =>
  loadTexts([{ file: 'cluster.yaml', text: JSON.stringify(value, null, 2) }]);

test('schema: a Cluster document with every field is valid and read', () => {
  assertValid(clusterSchema, lab, 'lab');
  read(lab);
});

const wrongClusters: readonly (readonly [string, unknown])[] = [
  ['apiVersion', 'svcspec.dev/v1'],
  ['status', {}],
  ['spec.kubernetesVersion', '1.8'],
  ['spec.kubernetesVersion', '1.12'],
  ['spec.kubernetesVersion', '1.15'],
  ['spec.kubernetesVersion', 1.34],
  ['spec.networking.podSubnet', '10.244.0.0'],
  ['spec.networking.serviceNodePortRange', '30000'],
  ['spec.networking.podSubnets', []],
  ['spec.nodes', []],
  ['spec.nodes.0.name', undefined],
  ['spec.nodes.0.internalIP', 'node'],
  ['spec.nodes.1.taints.0.effect', 'Never'],
  ['spec.nodes.1.addresses.0.type', undefined],
  ['spec.apiServer.port', 0],
  ['spec.cloudProvider.ipMode', 'Virtual'],
  ['spec.cloudProvider.loadBalancerPool', undefined],
  ['spec.cloudProvider.name', 'GCE'],
  ['spec.cloudProvider.healthCheck.intervalSeconds', 0],
  ['spec.cloudProvider.healthCheck.asks', 'tcp'],
  ['spec.cloudProvider.healthCheck.whenNoneHealthy', 'some'],
  ['spec.hosts.0.listen', ['http']],
  ['spec.hosts.1.routes.0.via', undefined],
  ['spec.hosts.2.keepalived', 51],
  ['spec.hosts.2.sysctls', { 'net.ipv4.ip_forward': true }],
  ['spec.kernelVersion', 'six'],
  ['spec.timing', 'slow'],
  ['spec.timing', { watch: '10 ms' }],
  ['spec.timing', { dns: '10ms' }],
  ['spec.pins.0.object', 'Service/a'],
  ['spec.pins.0.nodePorts', { '': '32567' }],
  ['spec.pins.3.pods.0.suffix', undefined],
];
test('schema: a wrong Cluster document is caught by the schema, and refused when it is read', () => {
  for (const [path, value] of wrongClusters) {
    const wrong = mutated(lab, path, value);
    assert.ok(!clusterSchema(wrong), `${path}: ${JSON.stringify(value)}`);
    assert.throws(() => read(wrong), { name: 'InputError' }, `${path}: ${JSON.stringify(value)}`);
  }
});
