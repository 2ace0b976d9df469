// Forwards to servers that are there, and to such as are not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSimulated } from '../../cluster/simulated.ts';
import { loadTexts } from '../../input/load.ts';
import { runChecks } from './checks.ts';

const document = (version: string) => `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec:
  kubernetesVersion: "${version}"
  nodes: [{ name: node01, internalIP: 10.0.0.11 }]
  hosts:
    - { name: corp, ip: 10.150.0.1, listen: [53/UDP] }
    - { name: web, ip: 10.150.0.2, listen: [80/TCP] }
---
apiVersion: v1
kind: Service
metadata: { name: own, namespace: kube-system }
spec: { clusterIP: 10.96.0.53, selector: { app: own }, ports: [{ port: 53, protocol: UDP }] }
---
`;

/** "ID LINE:COLUMN MESSAGE", of forwards alone. */
function findings(version: string, map: string) {
  const { clusterSpec, manifests, notices } = loadTexts([
    { file: 'cluster.yaml', text: document(version) },
    { file: 'dns.yaml', text: map },
  ]);
  const cluster = createSimulated({ spec: clusterSpec, manifests, notices, seed: 0 });
  return runChecks({ manifests, spec: clusterSpec, cluster }).findings.filter(
    ({ id }) => id === 'dns-upstream',
  );
}

const corefile = (forward: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
      health
      ready
      kubernetes cluster.local
      ${forward}
    }
`;
const kubeDns = (data: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: kube-dns, namespace: kube-system }
data:
  ${data}
`;

/** The addon's DaemonSet, whose Corefile names the cluster's DNS by a placeholder. */
const nodeCache = `apiVersion: v1
kind: ConfigMap
metadata: { name: node-local-dns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
      bind __PILLAR__LOCAL__DNS__
      forward . __PILLAR__CLUSTER__DNS__
    }
    a.b:53 {
      bind __PILLAR__LOCAL__DNS__
      forward . 10.9.9.9
    }
`;

const nobody = 'where nothing answers: no machine has that address';
const rows: readonly { name: string; version?: string; map: string; want: readonly string[] }[] = [
  { name: 'a public resolver', map: corefile('forward . 1.1.1.1 2620:fe::fe'), want: [] },
  { name: 'a host that listens on 53', map: corefile('forward . 10.150.0.1'), want: [] },
  { name: 'a Service', map: corefile('forward . 10.96.0.53'), want: [] },
  { name: "the node's own", map: corefile('forward . /etc/resolv.conf'), want: [] },
  {
    name: 'an address of nobody, beside one that answers',
    map: corefile('forward corp.local 8.8.8.8 10.9.9.9 {\n        max_fails 1\n      }'),
    want: [`10:34 forward corp.local sends look-ups to 10.9.9.9, ${nobody}`],
  },
  {
    name: 'a host that listens elsewhere',
    map: corefile('forward . 10.150.0.2'),
    want: [
      '10:17 forward . sends look-ups to 10.150.0.2, where nothing answers: host/web does not listen there',
    ],
  },
  {
    name: 'another port of a host',
    map: corefile('forward . 10.150.0.1:5353'),
    want: [
      '10:17 forward . sends look-ups to 10.150.0.1:5353, where nothing answers: host/corp does not listen there',
    ],
  },
  {
    name: 'kube-dns: stub domains and name servers',
    version: '1.10',
    map: kubeDns(
      `stubDomains: '{"a.b": ["10.150.0.1"], "c.d": ["10.9.9.9"]}'\n  upstreamNameservers: '["1.0.0.1", "10.8.8.8"]'`,
    ),
    want: [
      `5:16 stub domain c.d sends look-ups to 10.9.9.9, ${nobody}`,
      `6:24 kube-dns sends look-ups to 10.8.8.8, ${nobody}`,
    ],
  },
  {
    name: 'a placeholder of NodeLocal DNSCache is not judged, an address is',
    map: nodeCache,
    want: [`12:17 forward . sends look-ups to 10.9.9.9, ${nobody}`],
  },
  {
    name: 'a ConfigMap kube-dns that no kube-dns reads',
    map: kubeDns(`upstreamNameservers: '["10.8.8.8"]'`),
    want: [],
  },
];

describe('check: upstreams', () => {
  for (const { name, version = '1.34', map, want } of rows) {
    it(name, () => {
      const got = findings(version, map).map(
        ({ position, message }) => `${position?.line}:${position?.column} ${message}`,
      );
      assert.deepEqual(got, want);
    });
  }

  it('the fix is the entry to write', () => {
    const [found] = findings('1.34', corefile('forward . 10.9.9.9'));
    assert.match(
      found?.fix ?? '',
      /under spec\.hosts .*\{ name: dns, ip: "10\.9\.9\.9", listen: \[53\/UDP, 53\/TCP\] \}/,
    );
  });
});
