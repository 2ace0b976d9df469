// What the Corefile asks of a CoreDNS beside its answers: the ports it opens, and so whether it gets ready at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterDocument, clusterOf, podText } from './fixture.test.ts';

const withCorefile = (corefile: string, more = '') =>
  clusterOf(`${clusterDocument(2)}${podText('client')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data: { Corefile: "${corefile}" }
${more}`);

const kubernetes = 'kubernetes cluster.local\\n';
const rows = [
  {
    name: 'health and ready as kubeadm has them',
    corefile: `.:53 {\\nhealth\\nready\\n${kubernetes}}`,
    want: 'True',
  },
  {
    name: 'no ready: the readiness probe fails for ever',
    corefile: `.:53 {\\nhealth\\n${kubernetes}}`,
    want: 'False',
  },
  {
    name: 'ready elsewhere than the probe asks',
    corefile: `.:53 {\\nhealth\\nready :8282\\n${kubernetes}}`,
    want: 'False',
  },
  {
    name: 'ready on the loopback address only',
    corefile: `.:53 {\\nhealth\\nready localhost:8181\\n${kubernetes}}`,
    want: 'False',
  },
];
for (const { name, corefile, want } of rows) {
  test(`corefile: ${name}`, () => {
    const cluster = withCorefile(corefile);
    const pods = cluster.objects.list('Pod', 'kube-system');
    const ready = pods.map(
      (pod) => pod.status?.conditions?.find((c) => c.type === 'Ready')?.status,
    );
    assert.deepEqual(ready, [want, want]);
    const { outcome } = cluster.resolve('pod/default/client', 'kubernetes.default');
    assert.equal(outcome === 'answered', want === 'True');
  });
}

test('corefile: a server block is found by the port that the query came to', () => {
  const cluster = withCorefile(`.:5353 {\\nhealth\\nready\\n${kubernetes}}`);
  cluster.set('Service', 'kube-system/kube-dns', 'spec.ports[0].targetPort', 5353);
  assert.equal(cluster.resolve('pod/default/client', 'kubernetes.default').outcome, 'answered');
});

const own = (image: string, corefile: string, more = '') => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: own, namespace: default }
data:
  Corefile: |
${corefile.replace(/^(?=.)/gm, '    ')}
  extra: "errors\\n"
---
apiVersion: v1
kind: Pod
metadata: { name: dns, namespace: default }
spec:
  containers:
    - name: dns
      image: ${image}
      args: [-conf, /conf/Corefile, -dns.port, "5300"]
      env: [{ name: ZONE, value: a.org }]
      volumeMounts: [{ name: conf, mountPath: /conf }]
  volumes: [{ name: conf, configMap: { name: own } }]
${more}`;

test('corefile: variables, -conf, -dns.port and imports are those of the container', () => {
  const corefile = '{$ZONE} {\n  import extra\n}\n';
  const cluster = clusterOf(clusterDocument(2) + own('coredns/coredns:1.12.1', corefile));
  assert.match(cluster.logs('default/dns'), /^a\.org\.:5300\nCoreDNS-1\.12\.1\n/m);
});

test('corefile: the release is that of the image, and what it cannot read ends it', () => {
  const nomad = '. {\n  nomad\n}\n';
  const started = (image: string) => clusterOf(clusterDocument(2) + own(image, nomad));
  const [failure] = started('coredns/coredns:1.12.4').dnsFailures;
  assert.match(failure?.message ?? '', /^\/conf\/Corefile:2 - .*Unknown directive 'nomad'$/);
  const { line, column } = failure?.position ?? {};
  const text = (clusterDocument(2) + own('', nomad)).split('\n')[(line ?? 0) - 1];
  assert.deepEqual([text, column], ['      nomad', 7]);
  assert.throws(() => started('coredns/coredns:v1.13.1'), /plugin\/nomad: .* is not modelled/);
});
