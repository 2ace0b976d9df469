// The policies of upstream's Netpol suite and who they let reach whom: nine Pods, a to c in the namespaces x to z, each
// behind a Service of its own. Names and expectations as in test/e2e/network/netpol/network_policy.go, which is the same
// from 1.32 to 1.36; loopback, which upstream leaves out, is expected to work. Spec as JSON of networking.k8s.io/v1.

/** What happens before the next look. */
export type NetpolChange =
  | {
      readonly kind: 'policy';
      readonly namespace: string;
      readonly name: string;
      readonly spec: object;
    }
  | {
      readonly kind: 'label';
      readonly object: string;
      readonly key: string;
      readonly value: string;
    }
  | { readonly kind: 'delete'; readonly policy: string };

export interface NetpolLook {
  readonly changes: readonly NetpolChange[];
  readonly port: 80 | 81;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  /** [from, to, reaches]: the last that matches says it; nothing said: reaches. `*` stands for all. */
  readonly expect: readonly (readonly [from: string, to: string, reaches: boolean])[];
}

export interface NetpolRow {
  readonly name: string;
  readonly looks: readonly NetpolLook[];
}

const own = 'kubernetes.io/metadata.name';
const named = (namespace: string) => ({ matchLabels: { [own]: namespace } });
const not = (namespace: string) => ({
  matchExpressions: [{ key: own, operator: 'NotIn', values: [namespace] }],
});
const pod = (name: string) => ({ matchLabels: { pod: name } });
const a = pod('a');

type Expect = NetpolLook['expect'];

/** A policy of upstream's generator: lists that are given make the types. */
function policy(
  name: string,
  podSelector: object,
  rules: { readonly ingress?: readonly object[]; readonly egress?: readonly object[] },
  namespace = 'x',
): NetpolChange {
  const policyTypes = [
    ...(rules.ingress === undefined ? [] : ['Ingress']),
    ...(rules.egress === undefined ? [] : ['Egress']),
  ];
  return { kind: 'policy', namespace, name, spec: { podSelector, ...rules, policyTypes } };
}

function look(
  changes: readonly NetpolChange[],
  expect: Expect,
  port: 80 | 81 = 80,
  protocol: NetpolLook['protocol'] = 'TCP',
): NetpolLook {
  return { changes, port, protocol, expect };
}

/** Rows of one look: policies in x for the Pods a, seen on TCP port 80. */
function ingressToA(name: string, from: readonly object[], expect: Expect): NetpolRow {
  return { name, looks: [look([policy('p', a, { ingress: [{ from }] })], expect)] };
}

function egressFromA(name: string, to: readonly object[], expect: Expect): NetpolRow {
  return { name, looks: [look([policy('p', a, { egress: [{ to }] })], expect)] };
}

const ofYAlone: Expect = [
  ['x/*', 'x/a', false],
  ['z/*', 'x/a', false],
];
const intoX: Expect = [['*', 'x/*', false]];
const outOfX: Expect = [['x/*', '*', false]];
const intoXA: Expect = [['*', 'x/a', false]];

/** The Pods' addresses, which upstream reads from the cluster: `IP:y/b` stands for it, `AROUND:x/b` for a large range. */
const block = (cidr: string, except?: readonly string[]) => ({
  ipBlock: { cidr, ...(except === undefined ? {} : { except }) },
});

const fromY81 = (protocol: string) => [
  { from: [{ namespaceSelector: named('y') }], ports: [{ port: 81, protocol }] },
];

const tcp: readonly NetpolRow[] = [
  {
    name: "should support a 'default-deny-ingress' policy",
    looks: [look([policy('deny-ingress', {}, { ingress: [] })], intoX)],
  },
  {
    name: "should support a 'default-deny-all' policy",
    looks: [look([policy('deny-all', {}, { ingress: [], egress: [] })], [...intoX, ...outOfX])],
  },
  ingressToA(
    'should enforce policy to allow traffic from pods within server namespace based on PodSelector',
    [{ podSelector: pod('b') }],
    [...intoXA, ['x/b', 'x/a', true]],
  ),
  {
    name: 'should enforce policy to allow ingress traffic for a target',
    looks: [
      look(
        [
          policy('deny-all', {}, { ingress: [] }),
          policy('allow-all-to-a', a, {
            ingress: [{ from: [{ podSelector: {}, namespaceSelector: {} }] }],
          }),
        ],
        [
          ['*', 'x/b', false],
          ['*', 'x/c', false],
        ],
      ),
    ],
  },
  ingressToA(
    'should enforce policy to allow ingress traffic from pods in all namespaces',
    [{ namespaceSelector: { matchLabels: {} } }],
    [],
  ),
  ingressToA(
    'should enforce policy to allow traffic only from a different namespace, based on NamespaceSelector',
    [{ namespaceSelector: named('y') }],
    ofYAlone,
  ),
  ingressToA(
    'should enforce policy based on PodSelector with MatchExpressions',
    [{ podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b'] }] } }],
    [...intoXA, ['x/b', 'x/a', true]],
  ),
  ingressToA(
    'should enforce policy based on NamespaceSelector with MatchExpressions',
    [{ namespaceSelector: { matchExpressions: [{ key: own, operator: 'In', values: ['y'] }] } }],
    ofYAlone,
  ),
  ingressToA(
    'should enforce policy based on PodSelector or NamespaceSelector',
    [{ namespaceSelector: not('x') }, { podSelector: pod('b') }],
    [['x/c', 'x/a', false]],
  ),
  ingressToA(
    'should enforce policy based on PodSelector and NamespaceSelector',
    [{ namespaceSelector: not('x'), podSelector: pod('b') }],
    [...intoXA, ['y/b', 'x/a', true], ['z/b', 'x/a', true]],
  ),
  ingressToA(
    'should enforce policy based on Multiple PodSelectors and NamespaceSelectors',
    [
      {
        namespaceSelector: not('x'),
        podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b', 'c'] }] },
      },
    ],
    [
      ['x/*', 'x/a', false],
      ['y/a', 'x/a', false],
      ['z/a', 'x/a', false],
    ],
  ),
  ingressToA(
    'should enforce policy based on any PodSelectors',
    [{ podSelector: pod('b') }, { podSelector: pod('c') }],
    [...intoXA, ['x/b', 'x/a', true], ['x/c', 'x/a', true]],
  ),
  ingressToA(
    'should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector',
    [{ namespaceSelector: named('y'), podSelector: a }],
    [...intoXA, ['y/a', 'x/a', true]],
  ),
  {
    name: 'should enforce policy based on Ports',
    looks: [look([policy('p', a, { ingress: fromY81('TCP') })], ofYAlone, 81)],
  },
  {
    name: 'should enforce multiple, stacked policies with overlapping podSelectors',
    looks: [
      look([policy('p81', a, { ingress: fromY81('TCP') })], ofYAlone, 81),
      look([], intoXA),
      look(
        [
          policy('p80', a, {
            ingress: [
              {
                from: [{ namespaceSelector: named('y') }],
                ports: [{ port: 80, protocol: 'TCP' }],
              },
            ],
          }),
        ],
        ofYAlone,
      ),
    ],
  },
  {
    name: 'should support allow-all policy',
    looks: [look([policy('allow-all', {}, { ingress: [{}] })], []), look([], [], 81)],
  },
  {
    name: 'should allow ingress access on one named port',
    looks: [
      look([policy('p', {}, { ingress: [{ ports: [{ port: 'serve-81-tcp' }] }] })], [], 81),
      look([], intoX),
    ],
  },
  {
    name: 'should allow ingress access from namespace on one named port',
    looks: [
      look(
        [
          policy('p', a, {
            ingress: [
              {
                from: [{ namespaceSelector: named('y') }],
                ports: [{ port: 'serve-80-tcp', protocol: 'TCP' }],
              },
            ],
          }),
        ],
        ofYAlone,
      ),
      look([], intoXA, 81),
    ],
  },
  {
    name: 'should allow egress access on one named port',
    looks: [
      look([policy('p', {}, { egress: [{ ports: [{ port: 'serve-80-tcp' }] }] })], []),
      look([], outOfX, 81),
    ],
  },
  {
    name: 'should enforce updated policy',
    looks: [
      look([policy('mutates', {}, { ingress: [{}] })], [], 81),
      look([policy('mutates', {}, { ingress: [] })], intoX, 81),
    ],
  },
  {
    name: 'should allow ingress access from updated namespace',
    looks: [
      look(
        [
          policy('p', a, {
            ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns2: 'updated' } } }] }],
          }),
        ],
        intoXA,
      ),
      look(
        [{ kind: 'label', object: 'Namespace/y', key: 'ns2', value: 'updated' }],
        [...intoXA, ['y/*', 'x/a', true]],
      ),
    ],
  },
  {
    name: 'should allow ingress access from updated pod',
    looks: [
      look(
        [
          policy('p', a, {
            ingress: [{ from: [{ podSelector: { matchLabels: { pod: 'b', pod2: 'updated' } } }] }],
          }),
        ],
        intoXA,
      ),
      look(
        [{ kind: 'label', object: 'Pod/x/b', key: 'pod2', value: 'updated' }],
        [...intoXA, ['x/b', 'x/a', true]],
      ),
    ],
  },
  {
    name: 'should deny ingress from pods on other namespaces',
    looks: [
      look(
        [policy('p', {}, { ingress: [{ from: [{ podSelector: { matchLabels: {} } }] }] })],
        [
          ['y/*', 'x/*', false],
          ['z/*', 'x/*', false],
        ],
      ),
    ],
  },
  {
    name: 'should deny ingress access to updated pod',
    looks: [
      look([policy('p', { matchLabels: { target: 'isolated' } }, { ingress: [] })], []),
      look([{ kind: 'label', object: 'Pod/x/a', key: 'target', value: 'isolated' }], intoXA),
    ],
  },
  {
    name: 'should deny egress from pods based on PodSelector',
    looks: [look([policy('p', a, { egress: [] })], [['x/a', '*', false]])],
  },
  {
    name: 'should deny egress from all pods in a namespace',
    looks: [look([policy('p', {}, { egress: [] })], outOfX)],
  },
  {
    name: 'should work with Ingress, Egress specified together',
    looks: [
      look(
        [
          policy('p', a, {
            ingress: [{ from: [{ podSelector: pod('b') }] }],
            egress: [{ ports: [{ port: 80 }] }],
          }),
        ],
        [...intoXA, ['x/b', 'x/a', true]],
      ),
      look([], [...intoXA, ['x/a', '*', false], ['x/b', 'x/a', true]], 81),
    ],
  },
  {
    name: 'should support denying of egress traffic on the client side (even if the server explicitly allows this traffic)',
    looks: [
      look(
        [
          policy('to-ya', a, {
            egress: [{ to: [{ namespaceSelector: named('y'), podSelector: a }] }],
          }),
          ...['a', 'b'].map((name) =>
            policy(
              `from-xa-on-y${name}`,
              pod(name),
              { ingress: [{ from: [{ namespaceSelector: named('x'), podSelector: a }] }] },
              'y',
            ),
          ),
        ],
        [
          ['x/a', '*', false],
          ['*', 'y/a', false],
          ['x/a', 'y/a', true],
          ['*', 'y/b', false],
        ],
      ),
    ],
  },
  egressFromA(
    'should enforce egress policy allowing traffic to a server in a different namespace based on PodSelector and NamespaceSelector',
    [{ namespaceSelector: named('y'), podSelector: a }],
    [
      ['x/a', '*', false],
      ['x/a', 'y/a', true],
    ],
  ),
  {
    name: 'should enforce ingress policy allowing any port traffic to a server on a specific protocol',
    looks: [
      look([policy('p', a, { ingress: [{ ports: [{ protocol: 'TCP' }] }] })], []),
      look([], intoXA, 80, 'UDP'),
    ],
  },
  {
    name: 'should enforce multiple ingress policies with ingress allow-all policy taking precedence',
    looks: [
      look([policy('p80', {}, { ingress: [{ ports: [{ port: 80 }] }] })], intoX, 81),
      look([policy('allow', {}, { ingress: [{}] })], [], 81),
    ],
  },
  {
    name: 'should enforce multiple egress policies with egress allow-all policy taking precedence',
    looks: [
      look([policy('p80', {}, { egress: [{ ports: [{ port: 80 }] }] })], outOfX, 81),
      look([policy('allow', {}, { egress: [{}] })], [], 81),
    ],
  },
  {
    name: 'should stop enforcing policies after they are deleted',
    looks: [
      look([policy('deny-all', {}, { ingress: [], egress: [] })], [...intoX, ...outOfX]),
      look([{ kind: 'delete', policy: 'x/deny-all' }], []),
    ],
  },
  egressFromA(
    'should allow egress access to server in CIDR block',
    [block('IP:y/b')],
    [
      ['x/a', '*', false],
      ['x/a', 'y/b', true],
    ],
  ),
  egressFromA(
    'should enforce except clause while egress access to server in CIDR block',
    [block('AROUND:x/b', ['IP:x/b'])],
    [['x/a', 'x/b', false]],
  ),
  {
    name: 'should ensure an IP overlapping both IPBlock.CIDR and IPBlock.Except is allowed',
    looks: [
      look(
        [policy('p', a, { egress: [{ to: [block('AROUND:x/b', ['IP:x/b'])] }] })],
        [['x/a', 'x/b', false]],
      ),
      look(
        [policy('p', a, { egress: [{ to: [block('IP:x/b')] }] })],
        [
          ['x/a', '*', false],
          ['x/a', 'x/b', true],
        ],
      ),
    ],
  },
  {
    name: 'should enforce policies to check ingress and egress policies can be controlled independently based on PodSelector',
    looks: [
      look([policy('egress', a, { egress: [{}] })], []),
      look([policy('deny-ingress', a, { ingress: [] })], intoXA),
    ],
  },
  {
    name: "should not mistakenly treat 'protocol: SCTP' as 'protocol: TCP', even if the plugin doesn't support SCTP",
    looks: [
      look(
        [
          policy('deny-ingress', {}, { ingress: [] }),
          policy('sctp', a, { ingress: [{ ports: [{ port: 81, protocol: 'SCTP' }] }] }),
        ],
        intoX,
        81,
      ),
    ],
  },
  {
    name: "should properly isolate pods that are selected by a policy allowing SCTP, even if the plugin doesn't support SCTP",
    looks: [
      look(
        [policy('sctp', a, { ingress: [{ ports: [{ port: 80, protocol: 'SCTP' }] }] })],
        intoXA,
        81,
      ),
    ],
  },
  {
    name: 'should not allow access by TCP when a policy specifies only UDP',
    looks: [
      look(
        [policy('udp', a, { ingress: [{ ports: [{ port: 81, protocol: 'UDP' }] }] })],
        intoXA,
        81,
      ),
    ],
  },
  ingressToA(
    'should enforce policy to allow traffic based on NamespaceSelector with MatchLabels using default ns label',
    [{ namespaceSelector: named('y') }],
    ofYAlone,
  ),
  egressFromA(
    'should enforce policy based on NamespaceSelector with MatchExpressions using default ns label',
    [{ namespaceSelector: not('y') }],
    [['x/a', 'y/*', false]],
  ),
];

/** The three rows that upstream has again for UDP and for SCTP. */
const datagrams: readonly NetpolRow[] = (['UDP', 'SCTP'] as const).flatMap((protocol) => [
  {
    name: `${protocol}: should support a 'default-deny-ingress' policy`,
    looks: [look([policy('deny-all', {}, { ingress: [] })], intoX, 80, protocol)],
  },
  {
    name: `${protocol}: should enforce policy based on Ports`,
    looks: [look([policy('p', a, { ingress: fromY81(protocol) })], ofYAlone, 81, protocol)],
  },
  {
    name: `${protocol}: should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector`,
    looks: [
      look(
        [
          policy('p', a, {
            ingress: [{ from: [{ namespaceSelector: named('y'), podSelector: a }] }],
          }),
        ],
        [...intoXA, ['y/a', 'x/a', true]],
        80,
        protocol,
      ),
    ],
  },
]);

export const netpolRows: readonly NetpolRow[] = [...tcp, ...datagrams];
