// What blame says of a packet that a policy dropped: the policies, the mistake behind it, and the manifest's line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulated } from '../cluster/simulated.ts';
import { loadTexts } from '../input/load.ts';
import { blameOf } from './blame.ts';

const labOf = (cni: string) => `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
metadata: { name: lab }
spec:
  cni: { profile: ${cni} }
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
metadata: { name: db, labels: { role: db, tier: data } }
spec: { nodeName: node02, containers: [{ name: c, image: db, ports: [{ name: sql, containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { type: NodePort, clusterIP: 10.96.0.80, selector: { role: db }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
`;

const policy = (name: string, spec: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name} }
spec:
${spec}
`;

/** Egress of app, by one rule. */
const out = (rule: string) =>
  policy(
    'out',
    `  podSelector: { matchLabels: { role: app } }\n  policyTypes: [Egress]\n  egress:\n    - ${rule}`,
  );
const into = (rule: string) =>
  policy('in', `  podSelector: { matchLabels: { role: db } }\n  ingress:\n    - ${rule}`);
const byService = { from: 'pod/default/app', to: 'svc/default/db:80' } as const;
const blamed = (says: RegExp, line: number, object: string) =>
  ({
    id: 'network-policy',
    object: `NetworkPolicy/default/${object}`,
    file: 'policy-0.yaml',
    line,
    says,
  }) as const;

interface Row {
  readonly name: string;
  readonly policies: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly cni?: string;
  readonly want: {
    readonly id: string;
    readonly object: string;
    readonly file: string;
    readonly line: number;
    readonly says: string | RegExp;
  };
}

const rows: readonly Row[] = [
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
      says: /^no DNS server answered the look-up of "db" in time: NetworkPolicy\/default\/deny dropped the query \(egress from pod\/default\/app to 10\.244\.\S+:53\/UDP on node\/node01: no egress rule of default\/deny allows it; look-ups need an egress rule, too: - \{ ports: \[\{ port: 53, protocol: UDP \}, \{ port: 53, protocol: TCP \}\] \}\)$/,
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
    name: "F6 a podSelector alone means the policy's own namespace",
    policies: [
      policy(
        'in',
        '  podSelector: { matchLabels: { role: db } }\n  ingress:\n    - from:\n        - podSelector: { matchLabels: { role: app } }',
      ),
      `apiVersion: v1\nkind: Pod\nmetadata: { name: app, namespace: other, labels: { role: app } }\nspec: { containers: [{ name: c, image: nginx }] }\n`,
    ],
    from: 'pod/other/app',
    to: 'svc/default/db:80',
    want: {
      id: 'network-policy',
      object: 'NetworkPolicy/default/in',
      file: 'policy-0.yaml',
      line: 8,
      says: /allows it; a podSelector alone means Pods of namespace "default", and Pod other\/app is in another one: add a namespaceSelector to the same item$/,
    },
  },
  {
    name: 'F6 two selectors in one item, where either was meant',
    policies: [
      policy(
        'in',
        '  podSelector: { matchLabels: { role: db } }\n  ingress:\n    - from:\n        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: default } }\n          podSelector: { matchLabels: { role: web } }',
      ),
    ],
    from: 'pod/default/app',
    to: 'svc/default/db:80',
    want: {
      id: 'network-policy',
      object: 'NetworkPolicy/default/in',
      file: 'policy-0.yaml',
      line: 8,
      says: /allows it; namespaceSelector and podSelector in one item must both fit, and Pod default\/app has not role=web; as two items \("- "\) either would do$/,
    },
  },
  {
    name: 'two selectors in one item: two items would not do, as the Pod is in another namespace',
    policies: [
      into(
        'from: [{ namespaceSelector: { matchLabels: { team: a } }, podSelector: { matchLabels: { role: app } } }]',
      ),
      `apiVersion: v1
kind: Namespace
metadata: { name: a, labels: { team: a } }
---
apiVersion: v1
kind: Pod
metadata: { name: app, namespace: other, labels: { role: app } }
spec: { containers: [{ name: c, image: nginx }] }
`,
    ],
    from: 'pod/other/app',
    to: '10.96.0.80:80',
    want: blamed(/both fit, and namespace "other" has not team=a$/, 7, 'in'),
  },
  {
    name: 'a namespaceSelector that selects all beside a podSelector is no slip',
    policies: [
      into('from: [{ namespaceSelector: {}, podSelector: { matchLabels: { role: web } } }]'),
    ],
    ...byService,
    want: blamed(/^(?!.*must both fit).*no ingress rule of default\/in allows it/, 7, 'in'),
  },
  {
    name: 'an item that fits by half, of a rule for another port, is not the mistake',
    policies: [
      policy(
        'in',
        '  podSelector: { matchLabels: { role: db } }\n  ingress:\n    - ports: [{ port: 9090 }]\n      from: [{ namespaceSelector: {}, podSelector: { matchLabels: { role: web } } }]',
      ),
    ],
    from: 'pod/default/app',
    to: 'svc/default/db:80',
    want: {
      id: 'network-policy',
      object: 'NetworkPolicy/default/in',
      file: 'policy-0.yaml',
      line: 8,
      says: /^(?!.*must both fit).*no ingress rule of default\/in allows it/,
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
  {
    name: 'a rule for this client and another port',
    policies: [
      into('{ from: [{ podSelector: {} }], ports: [{ port: 9090 }, { port: 53, protocol: UDP }] }'),
    ],
    ...byService,
    want: blamed(
      /allows it; spec\.ingress\[0\] of default\/in allows it at 9090\/TCP, 53\/UDP only$/,
      7,
      'in',
    ),
  },
  {
    name: 'a rule for this port and somebody else, where another policy has none',
    policies: [
      into('{ from: [{ podSelector: { matchLabels: { role: web } } }], ports: [{ port: sql }] }'),
      policy('a', '  podSelector: {}'),
    ],
    ...byService,
    want: blamed(
      /no ingress rule of default\/a, default\/in allows it; spec\.ingress\[0\] of default\/in allows 8080\/TCP for Pods with role=web in default \(there are none\) only$/,
      7,
      'in',
    ),
  },
  {
    name: 'of two rules the one for this client',
    policies: [
      into(
        '{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.244.0.0/16] } }] }\n    - { from: [{ namespaceSelector: {} }], ports: [{ port: 1, endPort: 9 }] }',
      ),
    ],
    ...byService,
    want: blamed(/; spec\.ingress\[1\] of default\/in allows it at 1-9\/TCP only$/, 8, 'in'),
  },
  {
    name: 'a rule for nothing of it',
    policies: [
      out(
        '{ to: [{ podSelector: { matchLabels: { role: web } } }, { ipBlock: { cidr: 10.0.0.0/8, except: [10.244.0.0/16] } }], ports: [{ protocol: UDP }] }',
      ),
    ],
    ...byService,
    want: blamed(
      /; spec\.egress\[0\] of default\/out allows all of UDP to Pods with role=web in default \(there are none\), or 10\.0\.0\.0\/8 without 10\.244\.0\.0\/16 only$/,
      8,
      'out',
    ),
  },
  {
    name: "F4 before DNAT: the Pod's port where the Service's counts",
    policies: [out('{ ports: [{ port: 8080 }] }')],
    ...byService,
    cni: 'aws-vpc',
    want: blamed(
      /; it allows port 8080, which is the Pod's: policies see the Service here, before its translation, so name the Service's port, 80$/,
      8,
      'out',
    ),
  },
  {
    name: "F4 before DNAT: the Pod's port towards the Service's address",
    policies: [out('{ to: [{ ipBlock: { cidr: 10.96.0.0/12 } }], ports: [{ port: 8080 }] }')],
    ...byService,
    cni: 'aws-vpc',
    want: blamed(
      /; it allows port 8080, which is the Pod's: .* name the Service's port, 80$/,
      8,
      'out',
    ),
  },
  {
    name: "before DNAT: a block of the Pods' addresses",
    policies: [out('{ to: [{ ipBlock: { cidr: 10.244.0.0/16 } }] }')],
    ...byService,
    cni: 'aws-vpc',
    want: blamed(/; its ipBlock means the Pods: .*, so name 10\.96\.0\.80$/, 8, 'out'),
  },
  {
    name: "before DNAT: a label that the Service's selector does not say",
    policies: [out('{ to: [{ podSelector: { matchLabels: { tier: data } } }] }')],
    ...byService,
    cni: 'aws-vpc',
    want: blamed(
      /; it means the Pods by tier=data: .*, and its selector role=db does not say that$/,
      8,
      'out',
    ),
  },
  {
    name: "F4 before DNAT: with a podSelector the Pod's port counts all the same",
    policies: [
      out('{ to: [{ podSelector: { matchLabels: { role: db } } }], ports: [{ port: 80 }] }'),
    ],
    ...byService,
    cni: 'aws-vpc',
    want: blamed(
      /; it allows 80\/TCP, which is the Service's: with a podSelector the Pod's port counts, 8080$/,
      8,
      'out',
    ),
  },
];

for (const { name, policies, from, to, cni = 'bridge', want } of rows) {
  test(`blame: ${name}`, () => {
    const files = policies.map((text, i) => ({ file: `policy-${i}.yaml`, text }));
    const { clusterSpec: spec, manifests } = loadTexts([
      { file: 'lab.yaml', text: labOf(cni) },
      ...files,
    ]);
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

test('blame: F8 over the second family of a dual-stack cluster', () => {
  const lab = labOf('bridge')
    .replaceAll(/internalIP: 192\.168\.4\.(\d+)/g, 'internalIP: "192.168.4.$1,fd00:192:168:4::$1"')
    .replace(
      '  nodes:',
      '  networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: "10.96.0.0/16,fd00:10:96::/112" }\n  nodes:',
    )
    .replace('clusterIP: 10.96.0.80', 'ipFamilyPolicy: RequireDualStack');
  const office = policy(
    'office',
    '  podSelector: { matchLabels: { role: db } }\n  ingress: [{ from: [{ ipBlock: { cidr: "fd00:10:244::/56" } }] }]',
  );
  const { clusterSpec: spec, manifests } = loadTexts([
    { file: 'lab.yaml', text: lab },
    { file: 'policy-0.yaml', text: office },
  ]);
  const cluster = createSimulated({ spec, manifests });
  const blame = blameOf(cluster, cluster.connect('pod/default/app', '[fd00:192:168:4::101]:30080'));
  assert.match(
    blame?.message ?? '',
    /; fd00:10:244:\S+ was masqueraded on node\/node01 .*, so the ipBlock sees the node's address$/,
  );
});
