import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service, ServicePort, ServiceSpec } from '../types.ts';
import { defaultService } from './defaults.ts';
import { serviceCauses, serviceStatusCauses } from './validation.ts';
import { serviceUpdateCauses } from './validation-update.ts';
import { serviceWarnings } from './warnings.ts';

interface Row {
  readonly name: string;
  readonly service?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: ServiceSpec;
  readonly minor?: number;
  readonly want: readonly string[];
}

const port: ServicePort = { port: 80 };
const ports = [port];
const balancer: ServiceSpec = { type: 'LoadBalancer', ports };
const family = { clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5'] };
const LABEL_1123 =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const DNS_1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const ONLY_LB = "Forbidden: may only be used when `type` is 'LoadBalancer'";
const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

const rows: readonly Row[] = [
  { name: 'A6 a plain Service has no causes', want: [] },
  {
    name: 'A6.1 a name must start with a letter',
    service: '1web',
    want: [`metadata.name: Invalid value: "1web": ${DNS_1035}`],
  },
  {
    name: 'A6.1 a name has at most 63 characters',
    service: 'a'.repeat(64),
    want: [`metadata.name: Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters`],
  },
  {
    name: 'A6.1 a name is required',
    service: '',
    want: ['metadata.name: Required value: name or generateName is required'],
  },
  {
    name: 'A6.2 both topology annotations must agree',
    annotations: {
      'service.kubernetes.io/topology-mode': 'Auto',
      'service.kubernetes.io/topology-aware-hints': 'Disabled',
    },
    want: [
      'metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
    ],
  },
  { name: 'A6.3 ports are required', spec: {}, want: ['spec.ports: Required value'] },
  {
    name: 'A6.3 headless needs no ports',
    spec: { clusterIP: 'None', clusterIPs: ['None'] },
    want: [],
  },
  {
    name: 'A6.4 NodePort cannot be headless',
    spec: { type: 'NodePort', clusterIP: 'None', clusterIPs: ['None'], ports },
    want: [
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`,
    ],
  },
  {
    name: 'A6.4 up to 1.32 a load balancer may not expose port 10250',
    minor: 32,
    spec: { type: 'LoadBalancer', ports: [{ port: 10250 }] },
    want: [
      'spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet',
    ],
  },
  {
    name: 'A6.4 since 1.33 it may',
    spec: { type: 'LoadBalancer', ports: [{ port: 10250 }] },
    want: [],
  },
  {
    name: 'A6.5 ExternalName has no addresses and needs a name',
    spec: { type: 'ExternalName', ...family, ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    want: [
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
      'spec.ipFamilies: Forbidden: may not be set for ExternalName services',
      'spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services',
      'spec.externalName: Required value',
    ],
  },
  {
    name: 'A6.5 externalName is a lower-case subdomain',
    spec: { type: 'ExternalName', externalName: 'My_DB' },
    want: [`spec.externalName: Invalid value: "My_DB": ${SUBDOMAIN}`],
  },
  {
    name: 'A6.5 a trailing dot and an IP-looking name pass',
    spec: { type: 'ExternalName', externalName: '10.0.0.1.' },
    want: [],
  },
  {
    name: 'A6.6 several ports need names, which differ',
    spec: { ports: [port, { name: 'a', port: 81 }, { name: 'a', port: 82 }] },
    want: ['spec.ports[0].name: Required value', 'spec.ports[2].name: Duplicate value: "a"'],
  },
  {
    name: 'A6.6 a port name with dots only',
    spec: { ports: [{ name: 'a.b', port: 80 }] },
    want: ['spec.ports[0].name: Invalid value: "a.b": must not contain dots'],
  },
  {
    name: 'A6.6 a port name in upper case',
    spec: { ports: [{ name: 'HTTP', port: 80 }] },
    want: [`spec.ports[0].name: Invalid value: "HTTP": ${LABEL_1123}`],
  },
  {
    name: 'A6.6 port, protocol and target port of one port, in this order',
    spec: { ports: [{ port: 70000, protocol: 'HTTP', targetPort: 'no--letters-here-' }] },
    want: [
      'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
      'spec.ports[0].targetPort: Invalid value: "no--letters-here-": must be no more than 15 characters',
      'spec.ports[0].targetPort: Invalid value: "no--letters-here-": must not contain consecutive hyphens',
      'spec.ports[0].targetPort: Invalid value: "no--letters-here-": must not begin or end with a hyphen',
    ],
  },
  {
    name: 'A6.7 selector values are labels',
    spec: { ports, selector: { app: 'a b' } },
    want: [`spec.selector: Invalid value: "a b": ${LABEL_VALUE}`],
  },
  {
    name: 'A6.8 affinity is one of two',
    spec: { ports, sessionAffinity: 'Cookie' },
    want: [
      'spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"',
    ],
  },
  {
    name: 'A6.8 affinity lasts at most a day',
    spec: {
      ports,
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } },
    },
    want: [
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
    ],
  },
  {
    name: 'A6.9 clusterIP must lead clusterIPs',
    spec: { ports, clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.6'] },
    want: ['spec.clusterIPs: Invalid value: ["10.96.0.6"]: first value must match `clusterIP`'],
  },
  {
    name: 'A6.9 up to 1.33 lists are shown in Go syntax',
    minor: 33,
    spec: { ports, clusterIPs: ['10.96.0.6'] },
    want: [
      'spec.clusterIPs: Invalid value: []string{"10.96.0.6"}: must be empty when `clusterIP` is not specified',
    ],
  },
  {
    name: 'A6.9 families, policy and addresses in upstream order',
    spec: {
      ports,
      clusterIP: 'x',
      clusterIPs: ['x'],
      ipFamilies: ['IPv5', 'IPv5'],
      ipFamilyPolicy: 'Both',
    },
    want: [
      'spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
      'spec.ipFamilies[1]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
      'spec.ipFamilies[1]: Duplicate value: "IPv5"',
      'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
      `spec.clusterIPs[0]: Invalid value: "x": ${IP}`,
    ],
  },
  {
    name: 'A6.9 None stands alone',
    spec: { ports, clusterIP: 'None', clusterIPs: ['None', '10.96.0.5'] },
    want: [
      `spec.clusterIPs: Invalid value: ["None","10.96.0.5"]: 'None' must be the first and only value`,
    ],
  },
  {
    name: 'A6.9 an address must fit its family',
    spec: { ports, ...family, ipFamilies: ['IPv6'] },
    want: [
      'spec.clusterIPs[0]: Invalid value: "10.96.0.5": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
  },
  {
    name: 'A6.10 external IPs that nobody can own',
    spec: { ports, externalIPs: ['x', '0.0.0.0', '127.0.0.1', '169.254.1.1', '224.0.0.1'] },
    want: [
      `spec.externalIPs[0]: Invalid value: "x": ${IP}`,
      'spec.externalIPs[1]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
      'spec.externalIPs[2]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'spec.externalIPs[3]: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'spec.externalIPs[4]: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    ],
  },
  {
    name: 'A6.11 the type is one of four',
    spec: { ports, type: 'Nodeport', internalTrafficPolicy: 'Cluster' },
    want: [
      'spec.type: Unsupported value: "Nodeport": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  },
  {
    name: 'A6.12 ClusterIP has no node ports',
    spec: { ports: [{ port: 80, nodePort: 30080 }] },
    want: ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  },
  {
    name: 'A6.13 equal node ports come before equal ports',
    spec: {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30080 },
        { name: 'b', port: 80, nodePort: 30080 },
      ],
    },
    want: [
      'spec.ports[1].nodePort: Duplicate value: 30080',
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  },
  {
    name: 'A6.13 up to 1.33 in Go syntax',
    minor: 33,
    spec: {
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
    },
    want: [
      'spec.ports[1]: Duplicate value: core.ServicePort{Name:"", Protocol:"TCP", AppProtocol:(*string)(nil), Port:80, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}',
    ],
  },
  {
    name: 'A6.14 source ranges only for load balancers',
    spec: { ports, loadBalancerSourceRanges: ['10.0.0.0'] },
    want: [
      `spec.LoadBalancerSourceRanges: ${ONLY_LB}`,
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  },
  {
    name: 'A6.14 the annotation is checked alike',
    annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' },
    want: [
      `metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: ${ONLY_LB}`,
    ],
  },
  {
    name: 'A6.15 and A6.16 load-balancer fields of other types',
    spec: { ports, allocateLoadBalancerNodePorts: true, loadBalancerClass: 'example.com/x' },
    want: [`spec.allocateLoadBalancerNodePorts: ${ONLY_LB}`, `spec.loadBalancerClass: ${ONLY_LB}`],
  },
  {
    name: 'A6.17 external policy of an internal Service',
    spec: { ports, externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 },
    want: [
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
      "spec.healthCheckNodePort: Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
  },
  {
    name: 'A6.17 a local load balancer needs its health-check port',
    spec: { ...balancer, externalTrafficPolicy: 'Local' },
    want: ['spec.healthCheckNodePort: Required value'],
  },
  {
    name: 'A6.17 the external policy is one of two',
    spec: { ...balancer, externalTrafficPolicy: 'local' },
    want: [
      'spec.externalTrafficPolicy: Unsupported value: "local": supported values: "Cluster", "Local"',
    ],
  },
  {
    name: 'A6.18 the internal policy is one of two',
    spec: { ports, internalTrafficPolicy: 'Node' },
    want: [
      'spec.internalTrafficPolicy: Unsupported value: "Node": supported values: "Cluster", "Local"',
    ],
  },
  {
    name: 'A6.19 traffic distribution of 1.33',
    minor: 33,
    spec: { ports, trafficDistribution: 'PreferSameZone' },
    want: [
      'spec.trafficDistribution: Unsupported value: "PreferSameZone": supported values: "PreferClose"',
    ],
  },
  {
    name: 'A6.19 traffic distribution of 1.34',
    spec: { ports, trafficDistribution: 'PreferSame' },
    want: [
      'spec.trafficDistribution: Unsupported value: "PreferSame": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
    ],
  },
];

function make(spec: ServiceSpec, name = 'web', annotations = {}): Service {
  const metadata = { name, namespace: 'default', annotations };
  return defaultService({ apiVersion: 'v1', kind: 'Service', metadata, spec });
}

function texts(causes: readonly { readonly field: string; readonly text: string }[]): string[] {
  return causes.map(({ field, text }) => `${field}: ${text}`);
}

for (const row of rows) {
  test(row.name, () => {
    const service = make(row.spec ?? { ports }, row.service, row.annotations);
    assert.deepEqual(texts(serviceCauses(service, { minor: row.minor ?? 34 })), row.want);
  });
}

test('A6 every rule from 1 to 19 has a row', () => {
  const covered = new Set(rows.flatMap((row) => row.name.match(/A6\.\d+/g) ?? []));
  const missing = Array.from({ length: 19 }, (_, i) => `A6.${i + 1}`).filter(
    (n) => !covered.has(n),
  );
  assert.deepEqual(missing, []);
});

const old = make({ ports, ...family, ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
const updates: readonly { name: string; spec: ServiceSpec; minor?: number; want: string[] }[] = [
  {
    name: 'a cluster IP may not change',
    spec: { ...old.spec, clusterIP: '10.96.0.6', clusterIPs: ['10.96.0.6'] },
    want: ['spec.clusterIPs[0]: Invalid value: ["10.96.0.6"]: may not change once set'],
  },
  {
    name: 'nor become headless (1.33 syntax)',
    minor: 33,
    spec: { ...old.spec, clusterIP: 'None', clusterIPs: ['None'] },
    want: ['spec.clusterIPs[0]: Invalid value: []string{"None"}: may not change once set'],
  },
  { name: 'ExternalName is exempt', spec: { type: 'ExternalName', externalName: 'a.b' }, want: [] },
];
for (const row of updates) {
  test(`A6 update: ${row.name}`, () => {
    const causes = serviceUpdateCauses(make(row.spec), old, { minor: row.minor ?? 34 });
    assert.deepEqual(texts(causes), row.want);
  });
}

test('A6 status: ingress only on load balancers', () => {
  const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } };
  assert.deepEqual(texts(serviceStatusCauses({ ...make({ ports }), status })), [
    "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
  ]);
  assert.deepEqual(texts(serviceStatusCauses({ ...make(balancer), status })), [
    'status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set',
  ]);
});

const warned: readonly { name: string; spec: ServiceSpec; want: string[] }[] = [
  {
    name: 'headless Services ignore three fields',
    spec: {
      clusterIP: 'None',
      clusterIPs: ['None'],
      loadBalancerIP: '1.2.3.4',
      externalIPs: ['1.2.3.4'],
      sessionAffinity: 'ClientIP',
    },
    want: [
      'spec.loadBalancerIP is ignored for headless services',
      'spec.externalIPs is ignored for headless services',
      'spec.SessionAffinity is ignored for headless services',
    ],
  },
  {
    name: 'odd spellings of addresses and ranges',
    spec: {
      ...balancer,
      externalIPs: ['010.0.0.1', '2001:DB8::1'],
      loadBalancerSourceRanges: ['10.1.2.3/8'],
    },
    want: [
      'spec.externalIPs[0]: non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
      'spec.externalIPs[1]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
      'spec.loadBalancerSourceRanges[0]: CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)',
    ],
  },
  {
    name: 'fields of the other type',
    spec: { ports, externalName: 'x.y' },
    want: ['spec.externalName is ignored when spec.type is not "ExternalName"'],
  },
];
for (const row of warned) {
  test(`A9 ${row.name}`, () => assert.deepEqual(serviceWarnings(make(row.spec)), row.want));
}

test('A6.7 an empty selector is none: what is stored cannot tell them apart', () => {
  assert.equal('selector' in (make({ selector: {} }).spec ?? {}), false);
  assert.deepEqual(make({ selector: { app: 'web' } }).spec?.selector, { app: 'web' });
});
