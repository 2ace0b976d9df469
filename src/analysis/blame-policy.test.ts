// What blame says of a packet that a policy dropped: the policies, the mistake behind it, and the manifest's line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { blameOf } from './blame.ts';

const lab = `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec:
  nodes:
    - { name: node01, internalIP: 192.168.4.101 }
    - { name: node02, internalIP: 192.168.4.102 }
  hosts: [{ name: office, ip: 203.0.113.9 }]
---
apiVersion: v1
kind: Pod
metadata: { name: app, labels: { role: app } }
spec: { nodeName: node01, containers: [{ name: c, image: nginx }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db, labels: { role: db } }
spec: { nodeName: node02, containers: [{ name: c, image: db, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { type: NodePort, selector: { role: db }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
`;

const policy = (name: string, spec: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name} }
spec:
${spec}
`;

const rows = [
  {
    name: 'no rule at all: the policies that isolate the Pod',
    policies: [
      policy('a', '  podSelector: {}'),
      policy('b', '  podSelector: { matchLabels: { role: db } }'),
    ],
    from: 'pod/default/app',
    to: 'svc/default/db:80',
    want: {
      id: 'network-policy',
      object: 'NetworkPolicy/default/a',
      file: 'policy-0.yaml',
      line: 4,
      says: 'NetworkPolicy/default/a does not allow this connection: ingress from pod/default/app to 10.244.1.3:8080/TCP on node/node02: no ingress rule of default/a, default/b allows it',
    },
  },
  {
    name: "F4 the Service's port instead of the Pod's, on the way out",
    policies: [
      policy(
        'out',
        '  podSelector: { matchLabels: { role: app } }\n  policyTypes: [Egress]\n  egress:\n    - to: [{ podSelector: {} }]\n      ports: [{ port: 80 }]',
      ),
    ],
    from: 'pod/default/app',
    to: 'svc/default/db:80',
    want: {
      id: 'network-policy',
      object: 'NetworkPolicy/default/out',
      file: 'policy-0.yaml',
      line: 9,
      says: "NetworkPolicy/default/out does not allow this connection: egress from pod/default/app to 10.244.1.3:8080/TCP on node/node01: no egress rule of default/out allows it; it allows port 80, which is the Service's: policies see the Pod's port, 8080",
    },
  },
  {
    name: 'F5 a query that is dropped is no silent server',
    policies: [policy('deny', '  podSelector: {}\n  policyTypes: [Egress]')],
    from: 'pod/default/app',
    to: 'db:80',
    want: {
      id: 'dns-timeout',
      object: 'NetworkPolicy/default/deny',
      file: 'policy-0.yaml',
      line: 4,
      says: /^no DNS server answered the look-up of "db" in time: NetworkPolicy\/default\/deny dropped the query \(egress from pod\/default\/app to 10\.244\.\S+:53\/UDP on node\/node01: no egress rule of default\/deny allows it\)$/,
    },
  },
  {
    name: 'F5 F6 a selector that no Namespace meets',
    policies: [
      policy(
        'in',
        '  podSelector: { matchLabels: { role: db } }\n  ingress:\n    - from:\n        - namespaceSelector: { matchLabels: { role: app } }',
      ),
    ],
    from: 'pod/default/app',
    to: 'svc/default/db:80',
    want: {
      id: 'network-policy',
      object: 'NetworkPolicy/default/in',
      file: 'policy-0.yaml',
      line: 8,
      says: /allows it; no Namespace has role=app$/,
    },
  },
  {
    name: 'F8 a source that was masqueraded',
    policies: [
      policy(
        'office',
        '  podSelector: { matchLabels: { role: db } }\n  ingress: [{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }] }]',
      ),
    ],
    from: 'host/office',
    to: '192.168.4.101:30080',
    want: {
      id: 'network-policy',
      object: 'NetworkPolicy/default/office',
      file: 'policy-0.yaml',
      line: 6,
      says: /; 203\.0\.113\.9 was masqueraded on node\/node01 \(externalTrafficPolicy Cluster\), so the ipBlock sees the node's address$/,
    },
  },
] as const;

for (const { name, policies, from, to, want } of rows) {
  test(`blame: ${name}`, () => {
    const files = policies.map((text, i) => ({ file: `policy-${i}.yaml`, text }));
    const { clusterSpec: spec, manifests } = loadTexts([{ file: 'lab.yaml', text: lab }, ...files]);
    const cluster = createSimulated({ spec, manifests });
    const blame = blameOf(cluster, cluster.connect(from, to));
    assert.ok(blame !== null);
    const { says, ...rest } = want;
    const { message, ...found } = blame;
    assert.deepEqual(found, rest);
    if (typeof says === 'string') assert.equal(message, says);
    else assert.match(message, says);
  });
}
