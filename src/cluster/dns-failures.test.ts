// DNS processes that do not start: what they print, what the kubelet makes of it, and what is said to the user.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookupBlame } from '../analysis/resolve-document.ts';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, loaded, podText } from './fixture.test.ts';

const configMap = (lines: readonly string[], key = 'Corefile') => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  ${key}: |
${lines.map((line) => `    ${line}`).join('\n')}
`;
const good = ['.:53 {', '  health', '  ready', '  kubernetes cluster.local', '}'];
const bad = ['.:53 {', '  health', '  ready', '  kuberntes cluster.local', '}'];
const text = clusterDocument(2) + podText('client');
const unknown = "/etc/coredns/Corefile:4 - Error during parsing: Unknown directive 'kuberntes'";
const cluster = clusterOf(text + configMap(bad));

function podsOf(from: Cluster) {
  return from.objects.list('Pod', 'kube-system');
}

const keyOf = (from: Cluster) => `kube-system/${podsOf(from)[0]?.metadata.name}`;

const starts: readonly {
  name: string;
  lines: readonly string[];
  version?: string;
  want: string;
}[] = [
  {
    name: 'A17: a Corefile that does not parse',
    lines: bad,
    want: `maxprocs: Leaving GOMAXPROCS=64: CPU quota undefined\n${unknown}\n`,
  },
  {
    name: "A17: a plugin's setup, in a release without automaxprocs",
    lines: ['.:53 {', '  kubernetes cluster.local {', '    foo', '  }', '}'],
    version: '1.31',
    want:
      'plugin/kubernetes: /etc/coredns/Corefile:3 - Error during parsing: ' +
      "unknown property 'foo'\n",
  },
  {
    name: "A15: an address that is not the Pod's",
    lines: ['.:53 {', '  bind 10.9.9.9', '  whoami', '}'],
    version: '1.31',
    want: 'Listen: listen tcp 10.9.9.9:53: bind: cannot assign requested address\n',
  },
];
for (const { name, lines, version = '1.34', want } of starts) {
  test(`${name} ends CoreDNS with its own words`, () => {
    const one = clusterOf((text + configMap(lines)).replace('"1.34"', `"${version}"`));
    assert.equal(one.logs(keyOf(one)), want);
  });
}

test('a CoreDNS that does not start is in CrashLoopBackOff, and tried again as the kubelet does', () => {
  const fork = cluster.fork();
  const statusOf = () => podsOf(fork)[0]?.status?.containerStatuses?.[0];
  assert.equal(statusOf()?.state?.waiting?.reason, 'CrashLoopBackOff');
  assert.equal(statusOf()?.lastState?.terminated?.exitCode, 1);
  assert.equal(statusOf()?.restartCount, 1);
  fork.advance(11_000);
  assert.equal(statusOf()?.restartCount, 2);
  fork.advance(15_000);
  assert.equal(statusOf()?.restartCount, 2);
  const events = fork.objects.rawList('Event', 'kube-system').map((one) => one['reason']);
  assert.ok(events.includes('BackOff'));
});

test('a Corefile that was mended is read when the back-off is over', () => {
  const fork = cluster.fork();
  fork.apply(loaded(configMap(good)).manifests);
  assert.equal(fork.resolve('pod/default/client', 'kubernetes.default').outcome, 'timeout');
  fork.advance(11_000);
  assert.equal(fork.resolve('pod/default/client', 'kubernetes.default').outcome, 'answered');
  assert.deepEqual(fork.dnsFailures, []);
});

test('the notice says once, with the line of the manifest, what CoreDNS said twice', () => {
  const line = (text + configMap(bad)).split('\n').findIndex((one) => /kuberntes/.test(one)) + 1;
  assert.deepEqual(
    cluster.notices.filter((notice) => /does not start/.test(notice)),
    [`lab.yaml:${line}: CoreDNS does not start: ${unknown}`],
  );
});

test('a look-up that nobody answers blames the line of the Corefile', () => {
  const lookup = cluster.resolve('pod/default/client', 'kubernetes.default');
  const blame = lookupBlame(cluster, 'pod/default/client', lookup);
  assert.equal(blame?.id, 'dns-timeout');
  assert.match(blame.message, /container of Pod "kube-system\/coredns-.*" does not start: /);
  assert.ok(blame.message.includes(unknown));
  const written = (text + configMap(bad)).split('\n')[(blame.line ?? 0) - 1];
  assert.equal(written?.trim(), 'kuberntes cluster.local');
});

test('replicas that run go on while a new one does not start, and nobody blames it', () => {
  const fork = clusterOf(text + configMap(good));
  fork.apply(loaded(configMap(bad)).manifests);
  fork.scale('Deployment', 'kube-system/coredns', 3);
  const states = podsOf(fork).map((pod) => pod.status?.containerStatuses?.[0]?.ready);
  assert.deepEqual(states.sort(), [false, true, true]);
  assert.equal(fork.resolve('pod/default/client', 'kubernetes.default').outcome, 'answered');
  const lookup = fork.resolve('pod/default/client', 'nope.default');
  const blame = lookupBlame(fork, 'pod/default/client', lookup);
  assert.doesNotMatch(blame?.message ?? '', /does not start/);
});

test('a key that the volume names and the ConfigMap lacks keeps the Pod from its network', () => {
  const items = 'items: [{ key: Corefil, path: Corefile }]';
  const volumes = `volumes: [{ name: v, configMap: { name: coredns, ${items} } }]`;
  const pod = podText('dns', { spec: volumes }).replace(
    'name: dns',
    'name: dns, namespace: kube-system',
  );
  const one = clusterOf(text + pod);
  assert.equal(one.objects.get('Pod', 'kube-system/dns')?.status?.podIP, undefined);
  const messages = one.objects.rawList('Event', 'kube-system').map((event) => event['message']);
  const failed = 'MountVolume.SetUp failed for volume "v" : ';
  assert.ok(
    messages.includes(`${failed}configmap references non-existent config key: Corefil`),
    messages.join('\n'),
  );
});

test('-conf names a file that no volume brings: CoreDNS says so', () => {
  const pod = `---
apiVersion: v1
kind: Pod
metadata: { name: dns }
spec: { containers: [{ name: dns, image: "coredns/coredns:1.11.3", args: [-conf, /nope] }] }
`;
  const one = clusterOf(text + pod);
  assert.equal(
    one.logs('default/dns'),
    'loading Caddyfile via flag: open /nope: no such file or directory\n',
  );
});

test('a node-cache that does not start has its device and no rules, and its template is blamed', () => {
  const base = ['.:53 {', '    bind __PILLAR__LOCAL__DNS__', '    forwrd . /etc/resolv.conf', '}'];
  const pod = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: node-local-dns, namespace: kube-system }
data:
  Corefile: |
${base.map((line) => `    ${line}`).join('\n')}
---
apiVersion: v1
kind: Pod
metadata: { name: cache, namespace: kube-system }
spec:
  nodeName: node01
  hostNetwork: true
  containers:
    - name: node-cache
      image: registry.k8s.io/dns/k8s-dns-node-cache:1.26.7
      args: [-localip, 169.254.20.10, -conf, /etc/Corefile]
      volumeMounts: [{ name: conf, mountPath: /etc/coredns }]
  volumes:
    - { name: conf, configMap: { name: node-local-dns, items: [{ key: Corefile, path: Corefile.base }] } }
---
apiVersion: v1
kind: Pod
metadata: { name: asks }
spec:
  nodeName: node01
  dnsPolicy: None
  dnsConfig: { nameservers: [169.254.20.10] }
  containers: [{ name: shell, image: "debian:12" }]
`;
  const one = clusterOf(text + pod);
  assert.match(one.logs('kube-system/cache'), /Corefile:3 - .*Unknown directive 'forwrd'\n$/);
  assert.doesNotMatch(one.rules('node01', { format: 'iptables-save' }), /169\.254\.20\.10/);
  assert.match(one.exec('node/node01', ['ip', 'addr']).stdout, /169\.254\.20\.10/);
  const lookup = one.resolve('pod/default/asks', 'example.org');
  const blame = lookupBlame(one, 'pod/default/asks', lookup);
  const written = (text + pod).split('\n')[(blame?.line ?? 0) - 1];
  assert.equal(written?.trim(), 'forwrd . /etc/resolv.conf', blame?.message);
});
