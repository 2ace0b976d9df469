// Which DNS servers there are outside the cluster, and that they answer the Cluster document's zone text: the public
// resolvers, the nodes' own, and hosts of the document that listen on port 53.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from './cluster.ts';
import { clusterDocument, clusterOf, fate, podText } from './fixture.test.ts';

function corefile(text: string): string {
  const lines = text.split('\n').map((line) => `    ${line}\n`);
  return `---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
${lines.join('')}`;
}

const kubernetes = 'kubernetes cluster.local\nready\nhealth';

function world(blocks: string, listen = '[53/UDP, 53/TCP]'): Cluster {
  const document = clusterDocument(
    2,
    `  hosts:
    - { name: corp-dns, ip: 10.150.0.1, listen: ${listen} }
    - { name: other, ip: 10.150.0.2, listen: [5353/UDP] }
  upstreamDNS: |
    example.com. 300 IN A 93.184.216.34
    wiki.corp.local. 300 IN A 10.150.0.9`,
  );
  return clusterOf(document + podText('a') + corefile(blocks));
}

function found(cluster: Cluster, name: string): string {
  const { outcome, addresses } = cluster.resolve('pod/default/a', name);
  return outcome === 'answered' ? addresses.join(' ') : outcome;
}

describe('DNS servers outside', () => {
  const resolvers = ['8.8.8.8', '8.8.4.4', '1.1.1.1', '1.0.0.1', '9.9.9.9', '149.112.112.112'];
  for (const ip of [...resolvers, '208.67.222.222', '208.67.220.220']) {
    it(`forward . ${ip}: a public resolver knows what the world knows`, () => {
      const cluster = world(`.:53 {\n${kubernetes}\nforward . ${ip}\n}`);
      assert.equal(found(cluster, 'example.com.'), '93.184.216.34');
      cluster.setComponent({ kind: 'upstream-dns' }, 'stops');
      assert.equal(found(cluster, 'example.com.'), 'servfail');
    });
  }

  const stub = (more = '') =>
    `.:53 {\n${kubernetes}\nforward . 1.1.1.1\n}\ncorp.local:53 {\nforward . 10.150.0.1 ${more}\n}`;
  const rows = [
    { name: 'a host that listens on 53/UDP', text: stub(), listen: '[53/UDP]' },
    { name: 'and on 53/TCP', text: stub('{\nforce_tcp\n}'), listen: '[53/TCP]' },
  ];
  for (const { name, text, listen } of rows) {
    it(`${name} answers names, and stays when upstream DNS stops`, () => {
      const cluster = world(text, listen);
      assert.equal(found(cluster, 'wiki.corp.local.'), '10.150.0.9');
      cluster.setComponent({ kind: 'upstream-dns' }, 'stops');
      assert.equal(found(cluster, 'wiki.corp.local.'), '10.150.0.9');
    });
  }

  it('a client that speaks another protocol is answered all the same', () => {
    const cluster = world(stub());
    assert.equal(fate(cluster, 'pod/default/a', '10.150.0.1:53'), 'answered host/corp-dns');
  });

  it('a host of the document may have the address of a resolver', () => {
    const document = clusterDocument(1, '  hosts: [{ name: mine, ip: 1.1.1.1, listen: ["80"] }]');
    const cluster = clusterOf(document + podText('a'));
    assert.equal(fate(cluster, 'pod/default/a', '1.1.1.1:80'), 'answered host/mine');
    assert.equal(fate(cluster, 'pod/default/a', '1.1.1.1:53'), 'refused rst');
  });

  it('a dual-stack cluster reaches them by IPv6', () => {
    const document = `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: dual }
spec:
  networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: "10.96.0.0/16,fd00:10:96::/112" }
  nodes: [{ name: node01, internalIP: "10.0.0.11,fd00::11" }]
  upstreamDNS: example.com. 300 IN A 93.184.216.34
`;
    const text = corefile(`.:53 {\n${kubernetes}\nforward . 2606:4700:4700::1111\n}`);
    const cluster = clusterOf(document + podText('a') + text);
    assert.equal(found(cluster, 'example.com.'), '93.184.216.34');
  });

  it('a host that listens elsewhere answers nothing at 53', () => {
    const cluster = world(`.:53 {\n${kubernetes}\nforward . 10.150.0.2\n}`);
    assert.equal(found(cluster, 'example.com.'), 'servfail');
  });
});
