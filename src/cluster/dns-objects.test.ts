// What manifests say of kubeadm's DNS objects holds from the start: no Pod that they do not want has ever run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, podText } from './fixture.test.ts';

const head = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, namespace: kube-system }
`;
const map = (name: string, text: string) => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: kube-system }
data: { Corefile: "${text}", zone: "@ IN SOA a. b. 1 2 3 4 5\\nwww IN A 192.0.2.9\\n" }
`;

function containers(image: string): string {
  return `containers: [{ name: coredns, image: "${image}" }]`;
}

function pods(cluster: Cluster): readonly string[] {
  return cluster.objects.list('Pod', 'kube-system').map(({ spec, metadata, status }) => {
    const state = metadata.deletionTimestamp === undefined ? status?.phase : 'Terminating';
    return `${state} ${spec.containers[0]?.image?.replace(/^.*\//, '')}`;
  });
}

const full = (volumes: string) => `${head}spec:
  template:
    spec:
      ${containers('registry.k8s.io/coredns/coredns:v1.12.1')}
      volumes: ${volumes}
`;

const rows = [
  {
    name: 'replicas: 0',
    text: `${head}spec: { replicas: 0 }`,
    pods: [],
    lookup: 'timeout ',
  },
  {
    name: 'one replica with an image of its own',
    text: `${head}spec: { replicas: 1, template: { spec: { ${containers('coredns/coredns:1.11.1')} } } }`,
    pods: ['Running coredns:1.11.1'],
    lookup: 'answered 93.184.216.34',
  },
  {
    name: 'a Corefile in a ConfigMap of its own, after the Deployment',
    text:
      full(
        '[{ name: config-volume, configMap: { name: mine, items: [{ key: Corefile, path: Corefile }, { key: zone, path: zone }] } }]',
      ) + map('mine', '.:53 {\\n ready\\n health\\n file /etc/coredns/zone example.com\\n}\\n'),
    pods: ['Running coredns:v1.12.1', 'Running coredns:v1.12.1'],
    name2: 'www.example.com.',
    lookup: 'answered 192.0.2.9',
  },
];

describe("the manifests' own CoreDNS", () => {
  for (const { name, text, pods: want, lookup, name2 = 'example.com.' } of rows) {
    for (const timing of ['instant', 'realistic']) {
      it(`${name} (${timing})`, () => {
        const more = `  timing: ${timing}\n  upstreamDNS: example.com. 300 IN A 93.184.216.34`;
        const cluster = clusterOf(clusterDocument(2, more) + podText('a') + text);
        assert.deepEqual(pods(cluster), want);
        const { outcome, addresses } = cluster.resolve('pod/default/a', name2);
        assert.equal(`${outcome} ${addresses.join(' ')}`, lookup);
      });
    }
  }

  it('a Corefile as binaryData stands beside the data of kubeadm, and the refusal explains that', () => {
    const text = map('coredns', '').replace(/^data: .*/m, 'binaryData: { Corefile: LjpTMyB7Cn0K }');
    assert.throws(() => clusterOf(clusterDocument(1) + text), {
      hint: 'the cluster has ConfigMap kube-system/coredns already, with data.Corefile, and apply keeps it beside binaryData.Corefile: write the text as data.Corefile instead',
    });
  });

  it('a Deployment that the API server refuses is told as before', () => {
    const text = `${head}spec: { selector: { matchLabels: { app: other } }, replicas: 0 }`;
    assert.throws(() => clusterOf(clusterDocument(1) + text), /field is immutable/);
  });
});
