import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { kubectl } from './kubectl.ts';
import { words } from './words.ts';

const text = `
apiVersion: v1
kind: Pod
metadata: { name: one, namespace: demo }
spec: { containers: [{ name: c, image: busybox }, { name: side, image: busybox }] }
`;
const { clusterSpec, manifests } = loadTexts([{ file: 'all.yaml', text }]);
const cluster = createSimulated({ spec: clusterSpec, manifests });
const printed = (line: string): string => kubectl(cluster, words(line)).stdout;

const rows = [
  { line: 'get pod -n demo -o name', want: 'pod/one\n' },
  { line: 'get pod -ndemo -oname', want: 'pod/one\n' },
  { line: 'get pod --namespace=demo -o=name', want: 'pod/one\n' },
  { line: 'get pod --namespace demo --output name', want: 'pod/one\n' },
  { line: '-n demo get pod -o name', want: 'pod/one\n' },
  { line: '-ndemo --output=name get pod', want: 'pod/one\n' },
  { line: '--namespace demo exec one -- hostname', want: 'one\n' },
  { line: 'exec -it -n demo one -- hostname', want: 'one\n' },
  { line: 'exec -n demo pod/one -c c -- hostname', want: 'one\n' },
];
for (const { line, want } of rows) {
  test(`kubectl ${line}`, () => assert.equal(printed(line), want));
}

const failing = [
  { line: '-n get zzzzz', stderr: 'error: unknown command "zzzzz" for "kubectl"' },
  { line: 'get pod --sort-by=x', stderr: '' },
  { line: 'exec svc/one -- env', stderr: 'Error from server (NotFound): services "one" not found' },
  {
    line: 'exec -n demo one',
    stderr: 'error: you must specify at least one command for the container',
  },
  {
    line: 'exec -n demo one env',
    stderr:
      "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
  },
  {
    line: 'exec -n demo one -- false',
    stderr:
      'Defaulted container "c" out of: c, side\nsh: false: not found\nbuilt-in commands: cat, curl, dig, env, getent, host, hostname, ip, nslookup, ping, ps, wget\ncommand terminated with exit code 127',
  },
  {
    line: 'create configmap a --from-file=k=no/such',
    stderr: 'error: error reading no/such: no such file or directory',
  },
  {
    line: 'create secret generic a --from-env-file=nosuch',
    stderr: 'error: error reading nosuch: no such file or directory',
  },
  {
    line: 'create secret tls a --cert=no.crt --key=no.key',
    stderr: 'error: Cannot read file no.crt, open no.crt: no such file or directory',
  },
  {
    line: 'create secret',
    stderr:
      'Available Commands:\n  docker-registry\n  generic\n  tls\n\nUsage:\n  kubectl create secret SUBCOMMAND [options]',
  },
  { line: 'get -f nosuch.yaml', stderr: 'error: the path "nosuch.yaml" does not exist' },
  {
    line: 'get -f src',
    stderr: 'error: error reading [src]: recognized file extensions are [.json .yaml .yml]',
  },
];
for (const { line, stderr } of failing) {
  test(`fails as kubectl does: kubectl ${line}`, () => {
    const got = kubectl(cluster, words(line));
    assert.equal(got.stdout, '');
    if (stderr !== '') assert.equal(got.stderr, `${stderr}\n`);
  });
}

const refused = [
  { line: '-w -n demo get pod', want: /kubectl get --watch is not modelled/ },
  { line: 'get pod --as=me', want: /kubectl --as is not modelled/ },
  { line: '-n demo', want: /kubectl needs a verb/ },
  { line: 'diff -f x.yaml', want: /kubectl diff is not modelled/ },
  { line: 'diff -f x.yaml --server-side', want: /kubectl diff is not modelled/ },
  { line: 'config get-contexts', want: /kubectl config is not modelled/ },
  { line: 'config view --minify', want: /kubectl config view is not modelled/ },
  { line: 'auth', want: /kubectl auth is not modelled/ },
  { line: 'cp -c side a b', want: /kubectl cp is not modelled/ },
  { line: 'options', want: /kubectl options is not modelled/ },
  { line: 'alpha', want: /kubectl alpha is not modelled/ },
  { line: 'cluster-info dump', want: /kubectl cluster-info dump is not modelled/ },
  { line: 'get pod --context=x', want: /kubectl --context is not modelled/ },
  { line: '--kubeconfig x get pod', want: /kubectl --kubeconfig is not modelled/ },
  { line: 'get pod --cluster=x', want: /kubectl --cluster is not modelled/ },
  { line: 'get pod --user=x', want: /kubectl --user is not modelled/ },
  { line: 'apply -f x.yaml --server-side', want: /--server-side is not modelled/ },
  { line: 'logs one --since=5s', want: /kubectl logs --since is not modelled/ },
  { line: 'get -f https://x/y.yaml', want: /kubectl -f https:.* is not modelled/ },
  { line: 'get svc -k x', want: /kubectl -k is not modelled/ },
  { line: 'exec -n demo one -c side -- env', want: /kubectl exec -c side cannot be run/ },
];
for (const { line, want } of refused) {
  test(`refused and not ignored: kubectl ${line}`, () => assert.throws(() => printed(line), want));
}

const braces = [
  { type: 'strategic', want: '' },
  { type: 'merge', want: 'error decoding patch: ' },
  { type: 'json', want: 'error decoding patch: ' },
];
for (const { type, want } of braces) {
  test(`a patch that begins with a brace is JSON: ${type}`, () => {
    const fork = cluster.fork();
    const patch = (text: string) =>
      kubectl(fork, ['patch', '-n', 'demo', 'pod', 'one', `--type=${type}`, '-p', text]).stderr;
    const why = `invalid character 'm' looking for beginning of object key string`;
    assert.equal(
      patch('{metadata: {labels: {a: b}}}'),
      `Error from server (BadRequest): ${want}${why}\n`,
    );
    if (type !== 'json') assert.equal(patch(' {"metadata":{"labels":{"a":"b"}}}'), '');
  });
}

test('custom kinds that no definition serves are found once one is stored', () => {
  const route = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: demo }
`;
  const { manifests: routes } = loadTexts([{ file: 'route.yaml', text: route }]);
  const fork = cluster.fork();
  const get = () => kubectl(fork, words('get httproute -n demo'));
  assert.equal(get().stderr, `error: the server doesn't have a resource type "httproute"\n`);
  fork.apply(routes);
  assert.equal(get().stdout, 'NAME   AGE\nr      0s\n');
  const described = kubectl(fork, words('describe httproutes r -n demo')).stdout;
  assert.match(described, /^Name: +r\nNamespace: +demo\n/);
});

test('--help says what options a verb takes, and what there is below a group', () => {
  assert.match(
    printed('scale --help'),
    /^Usage:\n {2}kubectl scale \[options\]\n[\s\S]*--replicas int/,
  );
  assert.match(printed('get -n demo -h'), /^Usage:\n {2}kubectl get /);
  assert.match(printed('rollout --help'), /^Available Commands:\n {2}history\n/);
  assert.doesNotMatch(printed('exec -n demo one -- curl --help'), /kubectl exec/);
});

test('the scale of a workload has a table of its own', () => {
  const fork = cluster.fork();
  kubectl(fork, words('create deployment web --image=nginx --replicas=2'));
  fork.settle();
  assert.equal(
    kubectl(fork, words('get deploy web --subresource=scale')).stdout,
    'NAME   DESIRED   AVAILABLE   AGE\nweb    2         2           0s\n',
  );
});
