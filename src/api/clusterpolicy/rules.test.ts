// What the API server refuses of policy.networking.k8s.io, in the words that the definitions' schemas and rules come to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../types.ts';
import { clusterPolicyRules } from './rules.ts';
import type { ClusterPolicy } from './types.ts';

const subject = { namespaces: {} };
const rule = { action: 'Deny', from: [{ namespaces: {} }] };
const out = { action: 'Deny', to: [{ namespaces: {} }] };

const anp = (spec: object, name = 'x') => object('v1alpha1', 'AdminNetworkPolicy', spec, name);
const cnp = (spec: object) => object('v1alpha2', 'ClusterNetworkPolicy', spec);

function object(version: string, kind: string, spec: object | undefined, name = 'x'): AnyObject {
  return {
    apiVersion: `policy.networking.k8s.io/${version}`,
    kind,
    metadata: { name },
    ...(spec === undefined ? {} : { spec }),
  };
}

const long = (count: number, item: unknown) => Array.from({ length: count }, () => item);

const rows: readonly {
  readonly name: string;
  readonly object: AnyObject;
  readonly want: readonly string[];
}[] = [
  {
    name: 'a whole AdminNetworkPolicy',
    object: anp({
      priority: 0,
      subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { a: 'b' } } } },
      ingress: [{ ...rule, ports: [{ portNumber: { port: 80 } }, { namedPort: 'web' }] }],
      egress: [{ action: 'Pass', to: [{ networks: ['10.0.0.0/8'] }, { nodes: {} }] }],
    }),
    want: [],
  },
  {
    name: 'a whole ClusterNetworkPolicy; a subject by Pods alone',
    object: cnp({
      tier: 'Baseline',
      priority: 1000,
      subject: { pods: { podSelector: {} } },
      ingress: [
        {
          action: 'Accept',
          from: [{ namespaces: {} }],
          protocols: [{ udp: { destinationPort: { number: 53 } } }],
        },
      ],
    }),
    want: [],
  },
  {
    name: 'no spec',
    object: object('v1alpha1', 'AdminNetworkPolicy', undefined),
    want: ['spec: Required value'],
  },
  {
    name: 'nothing in it',
    object: cnp({}),
    want: [
      'spec.priority: Required value',
      'spec.subject: Required value',
      'spec.tier: Required value',
    ],
  },
  {
    name: 'a priority beyond 1000',
    object: anp({ priority: 1001, subject }),
    want: [
      'spec.priority: Invalid value: 1001: spec.priority in body should be less than or equal to 1000',
    ],
  },
  {
    name: 'a priority below 0',
    object: anp({ priority: -1, subject }),
    want: [
      'spec.priority: Invalid value: -1: spec.priority in body should be greater than or equal to 0',
    ],
  },
  {
    name: 'a priority that is no number',
    object: anp({ priority: 'high', subject }),
    want: [
      'spec.priority: Invalid value: "string": spec.priority in body must be of type integer: "string"',
    ],
  },
  {
    name: 'an unknown tier',
    object: cnp({ tier: 'Middle', priority: 1, subject }),
    want: ['spec.tier: Unsupported value: "Middle": supported values: "Admin", "Baseline"'],
  },
  {
    name: 'an action of the other version',
    object: anp({ priority: 1, subject, ingress: [{ ...rule, action: 'Accept' }] }),
    want: [
      'spec.ingress[0].action: Unsupported value: "Accept": supported values: "Allow", "Deny", "Pass"',
    ],
  },
  {
    name: 'a baseline passes nothing on',
    object: object(
      'v1alpha1',
      'BaselineAdminNetworkPolicy',
      { subject, ingress: [{ ...rule, action: 'Pass' }] },
      'default',
    ),
    want: ['spec.ingress[0].action: Unsupported value: "Pass": supported values: "Allow", "Deny"'],
  },
  {
    name: 'a baseline of another name',
    object: object('v1alpha1', 'BaselineAdminNetworkPolicy', { subject }),
    want: [
      '<nil>: Invalid value: "object": Only one baseline admin network policy with metadata.name="default" can be created in the cluster',
    ],
  },
  {
    name: 'a subject of two fields',
    object: anp({
      priority: 1,
      subject: { ...subject, pods: { namespaceSelector: {}, podSelector: {} } },
    }),
    want: ['spec.subject: Too many: 2: must have at most 1 items'],
  },
  {
    name: 'a subject of none',
    object: anp({ priority: 1, subject: {} }),
    want: [
      'spec.subject: Invalid value: 0: spec.subject in body should have at least 1 properties',
    ],
  },
  {
    name: 'v1alpha1 wants both selectors of Pods',
    object: anp({ priority: 1, subject: { pods: { podSelector: {} } } }),
    want: ['spec.subject.pods.namespaceSelector: Required value'],
  },
  {
    name: 'no peers',
    object: anp({
      priority: 1,
      subject,
      ingress: [{ action: 'Deny', from: [] }, { action: 'Deny' }],
    }),
    want: [
      'spec.ingress[0].from: Invalid value: 0: spec.ingress[0].from in body should have at least 1 items',
      'spec.ingress[1].from: Required value',
    ],
  },
  {
    name: '101 rules, and 26 of v1alpha2',
    object: anp({ priority: 1, subject, egress: long(101, out) }),
    want: ['spec.egress: Too many: 101: must have at most 100 items'],
  },
  {
    name: '26 rules of v1alpha2',
    object: cnp({ tier: 'Admin', priority: 1, subject, ingress: long(26, rule) }),
    want: ['spec.ingress: Too many: 26: must have at most 25 items'],
  },
  {
    name: 'a long name of a rule',
    object: anp({ priority: 1, subject, ingress: [{ ...rule, name: 'n'.repeat(101) }] }),
    want: ['spec.ingress[0].name: Too long: may not be more than 100 bytes'],
  },
  {
    name: 'a bad range of addresses',
    object: anp({
      priority: 1,
      subject,
      egress: [{ ...out, to: [{ networks: ['10.0.0.0/33'] }] }],
    }),
    want: [
      'spec.egress[0].to[0].networks[0]: Invalid value: "string": Invalid CIDR format provided',
    ],
  },
  {
    name: 'a range of addresses twice',
    object: anp({
      priority: 1,
      subject,
      egress: [{ ...out, to: [{ networks: ['1.0.0.0/8', '1.0.0.0/8'] }] }],
    }),
    want: ['spec.egress[0].to[0].networks[1]: Duplicate value: "1.0.0.0/8"'],
  },
  {
    name: 'a port name towards networks',
    object: anp({
      priority: 1,
      subject,
      egress: [{ ...out, to: [{ networks: ['1.0.0.0/8'] }], ports: [{ namedPort: 'web' }] }],
    }),
    want: [
      'spec.egress[0]: Invalid value: "object": networks/nodes/domainNames peer cannot be set with namedPorts since there are no namedPorts for networks/nodes/domainNames',
    ],
  },
  {
    name: 'a range of ports that ends where it begins',
    object: cnp({
      tier: 'Admin',
      priority: 1,
      subject,
      ingress: [
        { ...rule, protocols: [{ tcp: { destinationPort: { range: { start: 80, end: 80 } } } }] },
      ],
    }),
    want: [
      'spec.ingress[0].protocols[0].tcp.destinationPort.range: Invalid value: "object": Start port must be less than End port',
    ],
  },
  {
    name: 'a protocol without anything',
    object: cnp({
      tier: 'Admin',
      priority: 1,
      subject,
      ingress: [{ ...rule, protocols: [{ tcp: {} }] }],
    }),
    want: [
      'spec.ingress[0].protocols[0].tcp: Invalid value: 0: spec.ingress[0].protocols[0].tcp in body should have at least 1 properties',
    ],
  },
  {
    name: 'port 0',
    object: anp({
      priority: 1,
      subject,
      ingress: [{ ...rule, ports: [{ portNumber: { port: 0 } }] }],
    }),
    want: [
      'spec.ingress[0].ports[0].portNumber.port: Invalid value: 0: spec.ingress[0].ports[0].portNumber.port in body should be greater than or equal to 1',
    ],
  },
  {
    name: 'no domain name',
    object: anp({ priority: 1, subject, egress: [{ ...out, to: [{ domainNames: ['web'] }] }] }),
    want: [
      'spec.egress[0].to[0].domainNames[0]: Invalid value: "web": spec.egress[0].to[0].domainNames[0] in body should match \'^(\\*\\.)?([a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.)+[a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.?$\'',
    ],
  },
];

for (const { name, object: given, want } of rows) {
  test(`policy.networking.k8s.io: ${name}`, () => {
    const { defaults, validate } = clusterPolicyRules;
    const policy = defaults?.(given as unknown as ClusterPolicy, { minor: 34 });
    const causes = policy === undefined ? [] : (validate?.(policy, { minor: 34 }) ?? []);
    assert.deepEqual(
      causes.map(({ field, text }) => `${field}: ${text}`),
      want,
    );
  });
}

test('policy.networking.k8s.io: protocols are TCP unless they are said', () => {
  const ports = [
    { portNumber: { port: 80 } },
    { portRange: { start: 1, end: 2, protocol: 'UDP' } },
  ];
  const given = anp({ priority: 1, subject, ingress: [{ ...rule, ports }] });
  const policy = clusterPolicyRules.defaults?.(given as unknown as ClusterPolicy, { minor: 34 });
  assert.deepEqual(policy?.spec.ingress?.[0]?.ports, [
    { portNumber: { port: 80, protocol: 'TCP' } },
    { portRange: { start: 1, end: 2, protocol: 'UDP' } },
  ]);
});
