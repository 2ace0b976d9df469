import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../api/input-error.ts';
import { parseSelector, selects } from '../../api/label-selector.ts';
import { rowOf, scheme } from '../../api/scheme.ts';
import type { AnyObject } from '../../api/types.ts';
import { humanDuration, unixSeconds } from './age.ts';
import { fakeRequests, silentHost } from './host.fixture.ts';
import type { KubectlHost } from './host.ts';
import { runKubectl } from './kubectl.ts';
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
  object('Ingress', 'demo/front', { apiVersion: 'networking.k8s.io/v1' }),
  object('Proxy', 'demo/custom', { apiVersion: 'acme.example/v1' }),
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

const proxy = {
  ...rowOf({ apiVersion: 'acme.example/v1', kind: 'Proxy', metadata: { namespace: 'demo' } }),
  resource: 'proxies',
};
const rows = [...scheme, proxy];

const host: KubectlHost = { ...silentHost, requests: fakeRequests(stored, rows), nowMs: 6000 };

const cases: readonly {
  readonly name: string;
  readonly args: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}[] = [
  {
    name: 'F1 services in the words of document 002',
    args: 'svc nginx-prod-svc-demo -n demo',
    stdout:
      'NAME                  TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)   AGE\n' +
      'nginx-prod-svc-demo   ClusterIP   10.111.193.186   <none>        80/TCP    6s\n',
  },
  {
    name: 'F1 wide adds the selector, sorted',
    args: 'svc nginx-prod-svc-demo -n demo -owide',
    stdout:
      'NAME                  TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)   AGE   SELECTOR\n' +
      'nginx-prod-svc-demo   ClusterIP   10.111.193.186   <none>        80/TCP    6s    app=nginx,env=prod\n',
  },
  {
    name: 'F1 a load balancer without ingress is pending',
    args: 'svc',
    stdout:
      'NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE\n' +
      'lb     LoadBalancer   10.96.0.9    <pending>     80:32567/TCP   6s\n',
  },
  {
    name: 'F1 endpoints: at most three, blank when nothing is ready, <none> without subsets',
    args: 'ep -n=demo',
    stdout:
      'NAME        ENDPOINTS                                         AGE\n' +
      'four        10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...   6s\n' +
      'not-ready                                                     6s\n' +
      'none        <none>                                            6s\n',
  },
  {
    name: 'F1 pods wide',
    args: 'pods --namespace demo --output=wide',
    stdout:
      'NAME    READY   STATUS    RESTARTS   AGE   IP          NODE             NOMINATED NODE   READINESS GATES\n' +
      'web-1   1/1     Running   0          6s    10.1.0.29   docker-desktop   <none>           <none>\n',
  },
  {
    name: 'several kinds have a table each and the kind before the name',
    args: 'po,ep,deploy -n demo -l !x',
    stdout:
      'NAME        READY   STATUS    RESTARTS   AGE\n' +
      'pod/web-1   1/1     Running   0          6s\n' +
      '\n' +
      'NAME                  ENDPOINTS                                         AGE\n' +
      'endpoints/four        10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...   6s\n' +
      'endpoints/not-ready                                                     6s\n' +
      'endpoints/none        <none>                                            6s\n',
  },
  {
    name: 'two kinds and a name are TYPE/NAME of both',
    args: 'svc,pod web-1 -n demo --no-headers',
    stdout: 'web-1   1/1   Running   0     6s\n',
    stderr: 'Error from server (NotFound): services "web-1" not found\n',
    exitCode: 1,
  },
  {
    name: '-A puts the namespace first and -l selects',
    args: 'svc -A -l app=lb --show-labels -L app,x/y',
    stdout:
      'NAMESPACE   NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE   APP   Y     LABELS\n' +
      'default     lb     LoadBalancer   10.96.0.9    <pending>     80:32567/TCP   6s    lb          app=lb\n',
  },
  {
    name: '-o name',
    args: 'svc -A -l=app=lb -oname',
    stdout: 'service/lb\n',
  },
  {
    name: 'F1 nothing found is no error',
    args: 'deploy -n demo',
    stderr: 'No resources found in demo namespace.\n',
  },
  {
    name: 'F1 a missing name is NotFound with its group',
    args: 'deployments x -n demo',
    stderr: 'Error from server (NotFound): deployments.apps "x" not found\n',
    exitCode: 1,
  },
  {
    name: 'a missing name is ignored on demand',
    args: 'deployments x --ignore-not-found',
  },
  {
    name: 'a missing name as JSON is the error alone',
    args: 'svc x -o json -n demo',
    stderr: 'Error from server (NotFound): services "x" not found\n',
    exitCode: 1,
  },
  {
    name: 'nothing found with -o name is silent',
    args: 'deploy -o name',
  },
  {
    name: 'nothing found as JSON is an empty List',
    args: 'deploy -o json',
    stdout: `{
    "apiVersion": "v1",
    "items": [],
    "kind": "List",
    "metadata": {
        "resourceVersion": ""
    }
}
`,
  },
  {
    name: 'a name and a selector exclude each other',
    args: 'svc x -l a=b',
    stderr: 'error: name cannot be provided when a selector is specified\n',
    exitCode: 1,
  },
  {
    name: 'TYPE/NAME and a selector exclude each other',
    args: 'svc/x -l a=b',
    stderr:
      'error: selectors and the all flag cannot be used when passing resource/name arguments\n',
    exitCode: 1,
  },
  {
    name: 'a name over all namespaces is refused',
    args: 'svc x -A',
    stderr: 'error: a resource cannot be retrieved by name across all namespaces\n',
    exitCode: 1,
  },
  {
    name: 'TYPE NAME and TYPE/NAME do not mix',
    args: 'svc web pod/x',
    stderr:
      "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'\n",
    exitCode: 1,
  },
  {
    name: 'an unknown option',
    args: 'svc --foo',
    stderr: "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n",
    exitCode: 1,
  },
  {
    name: 'an unknown letter among short options',
    args: 'svc -Ax',
    stderr: "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage.\n",
    exitCode: 1,
  },
  {
    name: 'a short option without its value',
    args: 'svc -o',
    stderr: "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.\n",
    exitCode: 1,
  },
  {
    name: 'a value that is no bool',
    args: 'svc -A=maybe',
    stderr:
      'error: invalid argument "maybe" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "maybe": invalid syntax\n' +
      "See 'kubectl get --help' for usage.\n",
    exitCode: 1,
  },
  {
    name: 'a format that there is not',
    args: 'svc -o xml',
    stderr:
      'error: unable to match a printer suitable for the output format "xml", allowed formats are: ' +
      'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml\n',
    exitCode: 1,
  },
  {
    name: 'jsonpath over a list',
    args: 'ep -n demo -o jsonpath={range.items[*]}{.metadata.name}{"\\t"}{.subsets[*].addresses[0].ip}{"\\n"}{end}',
    stdout: 'four\t10.0.0.1\nnot-ready\t\nnone\t\n',
  },
  {
    name: 'custom columns, sorted by name',
    args: 'ep -n demo -o custom-columns=NAME:.metadata.name,IP:.subsets[0].addresses[*].ip --sort-by=.metadata.name',
    stdout:
      'NAME        IP\n' +
      'four        10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4\n' +
      'none        <none>\n' +
      'not-ready   <none>\n',
  },
  ...['ingress', 'ingresses', 'ing', 'ingresses.networking.k8s.io', 'ingress.v1.networking'].map(
    (resource) => ({
      name: `a kind that is only stored: ${resource}`,
      args: `${resource} -n demo -o name`,
      stdout: 'ingress.networking.k8s.io/front\n',
    }),
  ),
  {
    name: 'a custom resource by its plural',
    args: 'proxies custom -n demo',
    stdout: 'NAME     AGE\ncustom   6s\n',
  },
  {
    name: 'a kind that the API serves and nobody stored',
    args: 'pvc -n demo',
    stderr: 'No resources found in demo namespace.\n',
  },
  {
    name: 'F1 an unknown type is refused',
    args: 'foo',
    stderr: 'error: the server doesn\'t have a resource type "foo"\n',
    exitCode: 1,
  },
  {
    name: 'no type at all',
    args: '',
    stderr:
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n' +
      '\n' +
      'error: Required resource not specified.\n' +
      'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n' +
      "See 'kubectl get -h' for help and examples\n",
    exitCode: 1,
  },
];
for (const row of cases) {
  test(`kubectl get: ${row.name}`, () => {
    const { stdout = '', stderr = '', exitCode = 0 } = row;
    const args = ['get', ...row.args.split(' ').filter((word) => word !== '')];
    const { refusals, ...printed } = runKubectl(host, args);
    assert.deepEqual(printed, { stdout, stderr, exitCode });
    assert.equal(refusals.length > 0, stderr.startsWith('Error from server'));
  });
}

test('kubectl get: what is not modelled is a mistake of the command', () => {
  assert.throws(() => runKubectl(host, ['get', 'svc', '-w']), InputError);
  assert.throws(() => runKubectl(host, ['get', 'svc', '-o', 'go-template={{.x}}']), InputError);
});

const unknown: readonly (readonly [string, string])[] = [
  ['gte pods', 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n'],
  ['-n demo zzzz', 'error: unknown command "zzzz" for "kubectl"\n'],
];
for (const [args, stderr] of unknown) {
  test(`kubectl ${args}: no such command`, () => {
    const want = { stdout: '', stderr, exitCode: 1, refusals: [] };
    assert.deepEqual(runKubectl(host, args.split(' ')), want);
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
