import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSelector, selects } from '../../api/label-selector.ts';
import type { AnyObject } from '../../api/types.ts';
import { humanDuration, unixSeconds } from './age.ts';
import { type GetOptions, kubectlGet, type Objects } from './get.ts';
import { toYaml } from './print-yaml.ts';

const created = '2026-01-01T00:00:00Z';

function object(kind: string, key: string, rest: Readonly<Record<string, unknown>>): AnyObject {
  const [namespace = '', name = ''] = key.split('/');
  const { labels, ...fields } = rest;
  const metadata = {
    namespace,
    name,
    creationTimestamp: created,
    ...(labels === undefined ? {} : { labels: labels as Record<string, string> }),
  };
  return { apiVersion: 'v1', kind, metadata, ...fields };
}

const stored: readonly AnyObject[] = [
  object('Ingress', 'demo/front', {}),
  object('Proxy', 'demo/custom', {}),
  object('Service', 'demo/nginx-prod-svc-demo', {
    spec: {
      type: 'ClusterIP',
      clusterIPs: ['10.111.193.186'],
      ports: [{ port: 80, protocol: 'TCP' }],
      selector: { env: 'prod', app: 'nginx' },
    },
  }),
  object('Service', 'demo/nginx-prod-demo-headless-svc', {
    spec: { type: 'ClusterIP', clusterIPs: ['None'], ports: [{ port: 80, protocol: 'TCP' }] },
  }),
  object('Service', 'default/lb', {
    labels: { app: 'lb' },
    spec: {
      type: 'LoadBalancer',
      clusterIPs: ['10.96.0.9'],
      ports: [{ port: 80, nodePort: 32567, protocol: 'TCP' }],
    },
  }),
  object('Endpoints', 'demo/four', {
    subsets: [
      {
        addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map((ip) => ({ ip })),
        ports: [{ port: 80 }],
      },
    ],
  }),
  object('Endpoints', 'demo/not-ready', {
    subsets: [{ notReadyAddresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }],
  }),
  object('Endpoints', 'demo/none', {}),
  object('Pod', 'demo/web-1', {
    spec: { containers: [{ name: 'web' }], nodeName: 'docker-desktop' },
    status: {
      phase: 'Running',
      podIP: '10.1.0.29',
      containerStatuses: [
        {
          name: 'web',
          ready: true,
          restartCount: 0,
          state: { running: {} },
          image: '',
          imageID: '',
        },
      ],
    },
  }),
];

const objects: Objects = {
  nowMs: 6000,
  raw: (kind, key) =>
    stored.find((o) => o.kind === kind && `${o.metadata.namespace}/${o.metadata.name}` === key),
  rawList: (kind, namespace) =>
    stored.filter(
      (o) => o.kind === kind && (namespace === undefined || o.metadata.namespace === namespace),
    ),
  kinds: () => [...new Set(stored.map((o) => o.kind))],
};

const defaults: GetOptions = {
  resources: 'svc',
  names: [],
  namespace: 'demo',
  allNamespaces: false,
  selector: '',
  output: 'table',
  noHeaders: false,
};

const rows: readonly {
  readonly name: string;
  readonly options: Partial<GetOptions>;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}[] = [
  {
    name: 'F1 services in the words of document 002',
    options: { names: ['nginx-prod-svc-demo'] },
    stdout:
      'NAME                  TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)   AGE\n' +
      'nginx-prod-svc-demo   ClusterIP   10.111.193.186   <none>        80/TCP    6s\n',
  },
  {
    name: 'F1 wide adds the selector, sorted',
    options: { names: ['nginx-prod-svc-demo'], output: 'wide' },
    stdout:
      'NAME                  TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)   AGE   SELECTOR\n' +
      'nginx-prod-svc-demo   ClusterIP   10.111.193.186   <none>        80/TCP    6s    app=nginx,env=prod\n',
  },
  {
    name: 'F1 a load balancer without ingress is pending',
    options: { namespace: 'default' },
    stdout:
      'NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE\n' +
      'lb     LoadBalancer   10.96.0.9    <pending>     80:32567/TCP   6s\n',
  },
  {
    name: 'F1 endpoints: at most three, blank when nothing is ready, <none> without subsets',
    options: { resources: 'ep' },
    stdout:
      'NAME        ENDPOINTS                                         AGE\n' +
      'four        10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...   6s\n' +
      'not-ready                                                     6s\n' +
      'none        <none>                                            6s\n',
  },
  {
    name: 'F1 pods wide',
    options: { resources: 'pods', output: 'wide' },
    stdout:
      'NAME    READY   STATUS    RESTARTS   AGE   IP          NODE             NOMINATED NODE   READINESS GATES\n' +
      'web-1   1/1     Running   0          6s    10.1.0.29   docker-desktop   <none>           <none>\n',
  },
  {
    name: '-A puts the namespace first and -l selects',
    options: { allNamespaces: true, selector: 'app in (lb)', output: 'name' },
    stdout: 'service/lb\n',
  },
  {
    name: 'F1 nothing found is no error',
    options: { resources: 'deploy' },
    stderr: 'No resources found in demo namespace.\n',
  },
  {
    name: 'F1 a missing name is NotFound with its group',
    options: { resources: 'deployments', names: ['x'] },
    stderr: 'Error from server (NotFound): deployments.apps "x" not found\n',
    exitCode: 1,
  },
  {
    name: 'a missing name as JSON is the error alone',
    options: { names: ['x'], output: 'json' },
    stderr: 'Error from server (NotFound): services "x" not found\n',
    exitCode: 1,
  },
  {
    name: 'nothing found with -o name is silent',
    options: { resources: 'deploy', output: 'name' },
  },
  {
    name: 'a name and a selector exclude each other',
    options: { names: ['x'], selector: 'a=b' },
    stderr: 'error: name cannot be provided when a selector is specified\n',
    exitCode: 1,
  },
  {
    name: 'TYPE/NAME and a selector exclude each other',
    options: { resources: 'svc/x', selector: 'a=b' },
    stderr:
      'error: selectors and the all flag cannot be used when passing resource/name arguments\n',
    exitCode: 1,
  },
  {
    name: 'a name over all namespaces is refused',
    options: { names: ['x'], allNamespaces: true },
    stderr: 'error: a resource cannot be retrieved by name across all namespaces\n',
    exitCode: 1,
  },
  ...['ingress', 'ingresses', 'ing', 'ingresses.networking.k8s.io'].map((resources) => ({
    name: `a kind that is only stored: ${resources}`,
    options: { resources },
    stdout: 'NAME    AGE\nfront   6s\n',
  })),
  {
    name: 'a custom resource by its plural',
    options: { resources: 'proxies', names: ['custom'] },
    stdout: 'NAME     AGE\ncustom   6s\n',
  },
  {
    name: 'a kind that the API serves and nobody stored',
    options: { resources: 'pvc' },
    stderr: 'No resources found in demo namespace.\n',
  },
  {
    name: 'F1 an unknown type is refused',
    options: { resources: 'foo' },
    stderr: 'error: the server doesn\'t have a resource type "foo"\n',
    exitCode: 1,
  },
];
for (const row of rows) {
  test(`kubectl get: ${row.name}`, () => {
    const { stdout = '', stderr = '', exitCode = 0 } = row;
    assert.deepEqual(kubectlGet(objects, { ...defaults, ...row.options }), {
      stdout,
      stderr,
      exitCode,
    });
  });
}

const durations: readonly (readonly [number, string])[] = [
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [599, '9m59s'],
  [10_799, '179m'],
  [28_740, '7h59m'],
  [172_799, '47h'],
  [172_800, '2d'],
  [687_600, '7d23h'],
  [86_400 * 729, '729d'],
  [86_400 * 730, '2y'],
  [-2, '<invalid>'],
];
for (const [seconds, want] of durations) {
  test(`F1 AGE of ${seconds} s is ${want}`, () => assert.equal(humanDuration(seconds), want));
}

test('time stamps are read without a Date', () => {
  for (const text of ['2026-01-01T00:00:00Z', '2024-02-29T23:59:59Z', '1970-01-01T00:00:00Z']) {
    assert.equal(unixSeconds(text), Date.parse(text) / 1000);
  }
  assert.equal(unixSeconds('yesterday'), undefined);
});

test('yaml is printed as sigs.k8s.io/yaml prints it', () => {
  const value = {
    b: { c: [] },
    a: [{ port: 80, name: 'http' }, 'x: y', '80', 'true', ''],
    text: 'one\ntwo\n',
    glob: '*x',
  };
  assert.equal(
    toYaml(value),
    [
      'a:',
      '- name: http',
      '  port: 80',
      "- 'x: y'",
      '- "80"',
      '- "true"',
      '- ""',
      'b:',
      '  c: []',
      "glob: '*x'",
      'text: |',
      '  one',
      '  two',
      '',
    ].join('\n'),
  );
});

test('selectors of -l', () => {
  const labels = { app: 'web', tier: 'front' };
  const match = (text: string): boolean => {
    const requirements = parseSelector(text);
    assert.ok(typeof requirements !== 'string', text);
    return selects(requirements, labels);
  };
  for (const text of ['app=web', 'app==web,tier', 'tier in (front, back)', '!old', 'old!=x', ''])
    assert.equal(match(text), true, text);
  for (const text of ['app=db', '!app', 'tier notin (front)', 'old']) {
    assert.equal(match(text), false, text);
  }
  assert.equal(parseSelector('app=web=x'), "found '=', expected: ',' or 'end of string'");
});
