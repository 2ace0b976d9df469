// A cluster as CoreDNS may find it, with everything that its kubernetes plugin treats by a rule of its own: plain objects, also
// such as an API server would not make (a Service whose namespace is gone, slices without ports, odd addresses).

const meta = (key: string, more: object = {}) => {
  const [namespace, name] = key.split('/');
  return { namespace, name, ...more };
};

const namespace = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

type Labels = Readonly<Record<string, string>>;
type Port = readonly [name: string, port: number, protocol?: string];

const ports = (list: readonly Port[]) =>
  list.map(([name, port, protocol = 'TCP']) => ({
    ...(name === '' ? {} : { name }),
    port,
    protocol,
  }));

/** `ips` "None" is headless, '' has no address yet. */
function service(
  key: string,
  ips: string,
  list: readonly Port[],
  more: object = {},
  labels?: Labels,
) {
  const clusterIPs = ips.split(' ');
  const spec = {
    type: 'ClusterIP',
    clusterIP: clusterIPs[0],
    clusterIPs,
    ports: ports(list),
    ...more,
  };
  const metadata = meta(key, labels === undefined ? {} : { labels });
  return { apiVersion: 'v1', kind: 'Service', metadata, spec };
}

function external(key: string, externalName: string) {
  const spec = { type: 'ExternalName', externalName };
  return { apiVersion: 'v1', kind: 'Service', metadata: meta(key), spec };
}

interface Ep {
  readonly at: string;
  readonly host?: string;
  readonly pod?: string;
  readonly zone?: string;
  readonly conditions?: object;
}

/** Of each endpoint: its addresses, separated by blanks. */
function slice(
  key: string,
  suffix: string,
  list: readonly (string | Ep)[],
  of: readonly Port[] | null,
  labels: Labels = {},
) {
  const [ns, name = ''] = key.split('/');
  const endpoints = list.map((one) => {
    const { at, host, pod, zone, conditions } = typeof one === 'string' ? ({ at: one } as Ep) : one;
    return {
      addresses: at.split(' '),
      conditions: conditions ?? { ready: true, serving: true, terminating: false },
      ...(host === undefined ? {} : { hostname: host }),
      ...(pod === undefined ? {} : { targetRef: { kind: 'Pod', name: pod, namespace: ns } }),
      ...(zone === undefined ? {} : { zone }),
    };
  });
  const own = { 'kubernetes.io/service-name': name, ...labels };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: meta(`${ns}/${name}-${suffix}`, { labels: own }),
    addressType: 'IPv4',
    endpoints,
    ports: of === null ? [] : ports(of),
  };
}

function pod(key: string, podIP: string, phase = 'Running', more: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(key, more),
    spec: { containers: [] },
    status: { phase, ...(podIP === '' ? {} : { podIP, podIPs: [{ ip: podIP }] }) },
  };
}

const http: readonly Port[] = [['http', 80]];
const many: readonly Port[] = [
  ['http', 80],
  ['https', 443],
  ['dns', 53, 'UDP'],
  ['dns-tcp', 53],
  ['sig', 5000, 'SCTP'],
];
const unready = { ready: false, serving: false, terminating: false };
const leaving = { ready: false, serving: true, terminating: true };
const longPod = `${'long-'.repeat(13)}pod`;

export const namespaces = [
  namespace('default'),
  namespace('kube-system', { team: 'infra' }),
  namespace('demo', { team: 'a' }),
  namespace('prod', { team: 'b', tier: 'gold' }),
  namespace('bare', { team: 'a' }),
  namespace('svc'),
  namespace('pod'),
];

const clusterIPs = [
  service('default/kubernetes', '10.96.0.1', [['https', 443]]),
  slice('default/kubernetes', 'a', ['172.20.0.3'], [['https', 6443]]),
  service('kube-system/kube-dns', '10.96.0.10', [
    ['dns', 53, 'UDP'],
    ['dns-tcp', 53],
    ['metrics', 9153],
  ]),
  slice(
    'kube-system/kube-dns',
    'a',
    ['10.244.0.2', '10.244.0.3'],
    [
      ['dns', 53, 'UDP'],
      ['dns-tcp', 53],
      ['metrics', 9153],
    ],
  ),
  service('demo/web', '10.96.7.7', http, {}, { app: 'web' }),
  slice(
    'demo/web',
    'a',
    [
      { at: '10.1.0.29', pod: 'web-6d4b-x1' },
      { at: '10.1.0.30', host: 'web-0', pod: 'web-0' },
      { at: '10.1.0.31', conditions: unready },
      { at: '10.1.0.28', conditions: leaving },
    ],
    [['http', 8080]],
    { app: 'web' },
  ),
  service('demo/many', '10.96.7.8', many),
  slice('demo/many', 'a', ['10.1.1.1', '10.1.1.2'], many),
  service('demo/unnamed', '10.96.7.9', [['', 8080]]),
  slice('demo/unnamed', 'a', ['10.1.1.3'], [['', 8080]]),
  service('demo/unported', '10.96.7.10', []),
  slice('demo/unported', 'a', ['10.1.1.4'], null),
  service('demo/dual', '10.96.7.11 fd00:96::11', http),
  slice('demo/dual', 'a', ['10.1.1.5'], http),
  slice('demo/dual', 'b', ['fd00:1::5'], http),
  service('demo/six', 'fd00:96::12', http),
  service('demo/six-first', 'fd00:96::13 10.96.7.13', [
    ['http', 80],
    ['', 81, 'UDP'],
  ]),
  service('demo/empty', '10.96.7.14', http),
  service('demo/asleep', '10.96.7.15', http),
  slice('demo/asleep', 'a', [{ at: '10.1.1.6', conditions: unready }], http),
  service('demo/pending', '', http),
  service('demo/upper', '10.96.7.16', [['HTTP', 80]]),
  service('demo/node-port', '10.96.7.17', http, { type: 'NodePort' }),
  {
    ...service(
      'demo/balanced',
      '10.96.7.18',
      [
        ['http', 80],
        ['tls', 443],
      ],
      { type: 'LoadBalancer' },
    ),
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }, { hostname: 'lb.example.net' }] } },
  },
  service('demo/outside', '10.96.7.19', http, { externalIPs: ['198.51.100.9', '2001:db8::9'] }),
  {
    ...service('demo/edge', '10.96.7.25', many, { type: 'LoadBalancer' }),
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.8' }, { ip: '2001:db8::8' }] } },
  },
  slice('demo/edge', 'a', ['10.1.1.8'], many),
  {
    ...service('demo/gate', '10.96.7.26', http, { type: 'LoadBalancer' }),
    status: { loadBalancer: { ingress: [{ hostname: 'db.example.org' }] } },
  },
  service('demo/by-hand', '10.96.7.20', http),
  slice('demo/by-hand', 'hand', ['192.0.2.40'], [['http', 9376]]),
  service('demo/svc', '10.96.7.21', http),
  service('svc/pod', '10.96.7.22', http),
  service('pod/svc', '10.96.7.23', http),
  service('pod/10-1-0-29', '10.96.7.24', http),
  service('prod/web', '10.96.8.7', http, {}, { app: 'web', tier: 'front' }),
  slice('prod/web', 'a', [{ at: '10.2.0.1', pod: 'web-prod' }], http, { app: 'web' }),
  service('gone/web', '10.96.9.7', http),
  slice('gone/web', 'a', ['10.3.0.1'], http),
];

const headless = [
  service('demo/db', 'None', [['pg', 5432]], {}, { app: 'db' }),
  slice(
    'demo/db',
    'a',
    [0, 1, 2].map((i) => ({ at: `10.1.2.${i}`, host: `db-${i}`, pod: `db-${i}` })),
    [['pg', 5432]],
    { app: 'db' },
  ),
  service('demo/peers', 'None', many),
  slice('demo/peers', 'a', ['10.1.3.1', { at: '10.1.3.2', pod: 'Peer.two' }], many),
  slice(
    'demo/peers',
    'b',
    ['10.1.3.3'],
    [
      ['http', 8081],
      ['other', 90],
    ],
  ),
  service('demo/none', 'None', http),
  service('demo/sleepers', 'None', http),
  slice('demo/sleepers', 'a', [{ at: '10.1.3.4', conditions: leaving }], http),
  service('demo/early', 'None', http, { publishNotReadyAddresses: true }),
  slice(
    'demo/early',
    'a',
    [{ at: '10.1.3.5', conditions: { ready: true, serving: false, terminating: false } }],
    http,
  ),
  service('demo/untold', 'None', http),
  slice('demo/untold', 'a', [{ at: '10.1.3.6', conditions: {} }], http),
  service('demo/portless', 'None', []),
  slice('demo/portless', 'a', ['10.1.3.7', '10.1.3.8'], null),
  service('demo/named', 'None', [['', 80]]),
  slice('demo/named', 'a', [{ at: '10.1.3.9', host: 'Alpha', pod: longPod }], [['', 80]]),
  service('demo/v6', 'None', http),
  slice('demo/v6', 'a', ['fd00:1::', 'fd00:1::7', '2001:db8:0:0:1::1', 'FD00:1::A'], http),
  service('demo/both', 'None', http),
  slice('demo/both', 'a', [{ at: '10.1.4.1', host: 'x' }], http),
  slice('demo/both', 'b', [{ at: 'fd00:1::4:1', host: 'x' }], http),
  service('demo/fqdn', 'None', http),
  slice('demo/fqdn', 'a', ['db.example.org', 'gone.example.org'], http),
  service('demo/pair', 'None', http),
  slice('demo/pair', 'a', [{ at: '10.1.4.2 10.1.4.3', host: 'pair', zone: 'Eu-1.A' }], http),
  service('demo/twice', 'None', http),
  slice(
    'demo/twice',
    'a',
    ['10.1.4.4', '10.1.4.4'],
    [
      ['http', 80],
      ['http', 81],
    ],
  ),
  service('demo/zoned', 'None', http),
  slice(
    'demo/zoned',
    'a',
    [
      { at: '10.1.5.1', zone: 'eu-1a', host: 'z1' },
      { at: '10.1.5.2', zone: 'eu-1b' },
      { at: '10.1.5.3', zone: 'eu.1c' },
      { at: '10.1.5.4', zone: 'eu-1d', conditions: unready },
    ],
    http,
  ),
  service('demo/mapped', 'None', http),
  slice('demo/mapped', 'a', ['::ffff:10.1.4.9'], http),
  service('prod/db', 'None', [['pg', 5432]]),
  slice('prod/db', 'a', [{ at: '10.2.0.9', host: 'db-0', pod: 'db-0' }], [['pg', 5432]]),
  service('demo/big', 'None', http),
  slice(
    'demo/big',
    'a',
    Array.from({ length: 60 }, (_, i) => `10.1.9.${i + 1}`),
    http,
  ),
];

const externalNames = [
  external('demo/ext', 'db.example.org'),
  external('demo/ext-upper', 'DB.Example.ORG'),
  external('demo/ext-dot', 'db.example.org.'),
  external('demo/ext-alias', 'alias.example.org'),
  external('demo/ext-gone', 'gone.example.org'),
  external('demo/ext-six', 'six.example.org'),
  external('demo/ext-ip', '192.0.2.1'),
  external('demo/ext-ip6', '2001:db8::1'),
  external('demo/ext-in', 'web.demo.svc.cluster.local'),
  external('demo/ext-in-upper', 'Web.Demo.svc.Cluster.local'),
  external('demo/ext-db', 'db.demo.svc.cluster.local'),
  external('demo/ext-pod', '10-1-0-29.demo.pod.cluster.local'),
  external('demo/ext-missing', 'nosuch.demo.svc.cluster.local'),
  external('demo/ext-self', 'ext-self.demo.svc.cluster.local'),
  external('demo/ext-ping', 'ext-pong.demo.svc.cluster.local'),
  external('demo/ext-pong', 'ext-ping.demo.svc.cluster.local'),
  external('demo/ext-short', 'web'),
  external('demo/ext-empty', ''),
  external('demo/ext-apex', 'cluster.local'),
  ...Array.from({ length: 14 }, (_, i) =>
    external(`demo/hop-${i}`, `${i === 13 ? 'web' : `hop-${i + 1}`}.demo.svc.cluster.local`),
  ),
  external('demo/ext-out-in', 'back.example.org'),
];

const pods = [
  pod('demo/web-6d4b-x1', '10.1.0.29', 'Running', { labels: { app: 'web' } }),
  pod('demo/client', '10.1.0.99'),
  pod('demo/done', '10.1.0.98', 'Succeeded'),
  pod('demo/broken', '10.1.0.97', 'Failed'),
  pod('demo/lost', '10.1.0.96', 'Unknown'),
  pod('demo/waiting', '', 'Pending'),
  pod('demo/pending', '10.1.0.95', 'Pending'),
  pod('demo/leaving', '10.1.0.94', 'Running', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  pod('demo/host-a', '172.20.0.3'),
  pod('demo/host-b', '172.20.0.3'),
  pod('prod/host-c', '172.20.0.3'),
  pod('demo/six', 'fd00:1::7'),
  pod('gone/left', '10.3.0.1'),
];

const imports = [
  {
    apiVersion: 'multicluster.x-k8s.io/v1alpha1',
    kind: 'ServiceImport',
    metadata: meta('demo/shared'),
    spec: { type: 'ClusterSetIP', ips: ['10.97.0.1', 'fd00:97::1'], ports: ports(http) },
  },
  {
    apiVersion: 'multicluster.x-k8s.io/v1alpha1',
    kind: 'ServiceImport',
    metadata: meta('demo/far'),
    spec: { type: 'Headless', ports: ports(http) },
  },
  {
    apiVersion: 'multicluster.x-k8s.io/v1alpha1',
    kind: 'ServiceImport',
    metadata: meta('demo/idle'),
    spec: { type: 'ClusterSetIP', ports: ports(http) },
  },
  {
    apiVersion: 'multicluster.x-k8s.io/v1alpha1',
    kind: 'ServiceImport',
    metadata: meta('demo/dry'),
    spec: { type: 'ClusterSetIP', ips: ['10.97.0.2'] },
  },
  ...[1, 2].map((i) => {
    const labels = {
      'multicluster.kubernetes.io/service-name': 'far',
      'multicluster.kubernetes.io/source-cluster': `east-${i}`,
    };
    const made = slice(
      'demo/far',
      `c${i}`,
      [{ at: `10.9.${i}.1`, host: 'one' }, `10.9.${i}.2`],
      http,
    );
    return { ...made, metadata: { ...made.metadata, labels } };
  }),
  {
    ...slice('demo/shared', 'c1', ['10.9.3.1'], http),
    metadata: meta('demo/shared-c1', {
      labels: {
        'multicluster.kubernetes.io/service-name': 'shared',
        'multicluster.kubernetes.io/source-cluster': 'east-1',
      },
    }),
  },
];

/** Everything of the picture. */
export const picture: readonly object[] = [
  ...namespaces,
  ...clusterIPs,
  ...headless,
  ...externalNames,
  ...pods,
  ...imports,
];

/** What the world outside answers. */
export const worldOutside = `
db.example.org. 300 A 198.51.100.1
db.example.org. 300 A 198.51.100.2
six.example.org. 300 AAAA 2001:db8::6
alias.example.org. 300 CNAME db.example.org.
back.example.org. 300 CNAME web.demo.svc.cluster.local.
example.org. 300 TXT "hello"
1.2.0.192.in-addr.arpa. 300 PTR one.example.org.
web. 300 A 198.51.100.7
`;
