// Services and the errors they get, rule by rule of validateService: A6.1 to A6.19 (create), the update extras and the
// status update. `minor` is the Kubernetes version; 34 when absent. Every row of 34 was checked against the real code.
import type { ObjectMeta, ServicePort, ServiceSpec, ServiceStatus } from '../types.ts';

export interface Row {
  readonly name: string;
  readonly metadata?: Partial<ObjectMeta>;
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
const QUALIFIED =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const ONLY_LB = "Forbidden: may only be used when `type` is 'LoadBalancer'";
const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export const createRows: readonly Row[] = [
  { name: 'A6 a plain Service has no causes', want: [] },
  {
    name: 'A6.1 a name must start with a letter',
    metadata: { name: '1web' },
    want: [`metadata.name: Invalid value: "1web": ${DNS_1035}`],
  },
  {
    name: 'A6.1 a name has at most 63 characters',
    metadata: { name: 'a'.repeat(64) },
    want: [`metadata.name: Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters`],
  },
  {
    name: 'A6.1 a name is required',
    metadata: { name: '' },
    want: ['metadata.name: Required value: name or generateName is required'],
  },
  {
    name: 'A6.2 both topology annotations must agree',
    metadata: {
      annotations: {
        'service.kubernetes.io/topology-mode': 'Auto',
        'service.kubernetes.io/topology-aware-hints': 'Disabled',
      },
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
    metadata: {
      annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' },
    },
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
  {
    name: 'A6.1 since 1.36 a name may begin with a digit',
    minor: 36,
    metadata: { name: '1web' },
    want: [],
  },
  {
    name: 'A6.1 since 1.36 a name is an RFC 1123 label',
    minor: 36,
    metadata: { name: 'Web' },
    want: [`metadata.name: Invalid value: "Web": ${LABEL_1123}`],
  },
  {
    name: 'A6.1 generateName is checked with its dash masked',
    metadata: { name: 'web-x', generateName: 'Web-' },
    want: [`metadata.generateName: Invalid value: "Web-": ${DNS_1035}`],
  },
  {
    name: 'A6.1 labels: keys and values on one path',
    metadata: { labels: { 'a b': 'c d' } },
    want: [
      `metadata.labels: Invalid value: "a b": name part ${QUALIFIED}`,
      `metadata.labels: Invalid value: "c d": ${LABEL_VALUE}`,
    ],
  },
  {
    name: 'A6.1 annotation keys are checked in lower case',
    metadata: { annotations: { '/b': 'x', 'Example.com/Ok': 'x', 'a/b/c': 'x' } },
    want: [
      `metadata.annotations: Invalid value: "/b": prefix part must be non-empty`,
      `metadata.annotations: Invalid value: "a/b/c": a qualified name ${QUALIFIED} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ],
  },
  {
    name: 'A6.1 annotations hold 262144 bytes',
    metadata: { annotations: { a: 'x'.repeat(262144) } },
    want: ['metadata.annotations: Too long: may not be more than 262144 bytes'],
  },
  {
    name: 'A6.1 owners need version, kind, name and uid, and one of them controls',
    metadata: {
      ownerReferences: [
        { apiVersion: '', kind: '', name: '', uid: '', controller: true },
        { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b', controller: true },
      ],
    },
    want: [
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
      'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
      'metadata.ownerReferences.name: Invalid value: "": must not be empty',
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      'metadata.ownerReferences: Invalid value: [{"apiVersion":"","kind":"","name":"","uid":"","controller":true},{"apiVersion":"v1","kind":"Pod","name":"a","uid":"b","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for / and Pod/a',
    ],
  },
  {
    name: 'A6.1 finalizers are qualified names, and two exclude each other',
    metadata: { finalizers: ['a b', 'orphan', 'foregroundDeletion'] },
    want: [
      `metadata.finalizers: Invalid value: "a b": name part ${QUALIFIED}`,
      'metadata.finalizers: Invalid value: ["a b","orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      'metadata.finalizers[0]: Invalid value: "a b": name is neither a standard finalizer name nor is it fully qualified',
    ],
  },
  {
    name: 'A6.3 an ExternalName needs no ports',
    spec: { type: 'ExternalName', externalName: 'db.example.com' },
    want: [],
  },
  {
    name: 'A6.4 a load balancer cannot be headless',
    spec: { type: 'LoadBalancer', clusterIP: 'None', clusterIPs: ['None'], ports },
    want: [
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services`,
    ],
  },
  {
    name: 'A6.5 an ExternalName with a node port passes',
    spec: { type: 'ExternalName', externalName: 'a.b', ports: [{ port: 80, nodePort: 30080 }] },
    want: [],
  },
  {
    name: 'A6.5 two trailing dots are one too many',
    spec: { type: 'ExternalName', externalName: 'a.b..' },
    want: [`spec.externalName: Invalid value: "a.b.": ${SUBDOMAIN}`],
  },
  {
    name: 'A6.6 a port name may have 63 characters, and the empty name is not compared',
    spec: { ports: [{ name: 'a'.repeat(64), port: 80 }] },
    want: [
      `spec.ports[0].name: Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters`,
    ],
  },
  {
    name: 'A6.6 no port at all, and its target port with it',
    spec: { ports: [{} as ServicePort] },
    want: [
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
  },
  {
    name: 'A6.6 A8 target port names: all that is wrong is said',
    spec: { ports: [{ port: 80, targetPort: '-8--0_' }] },
    want: [
      'spec.ports[0].targetPort: Invalid value: "-8--0_": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.ports[0].targetPort: Invalid value: "-8--0_": must contain at least one letter (a-z)',
      'spec.ports[0].targetPort: Invalid value: "-8--0_": must not contain consecutive hyphens',
      'spec.ports[0].targetPort: Invalid value: "-8--0_": must not begin or end with a hyphen',
    ],
  },
  {
    name: 'A6.6 A8 appProtocol is a qualified name',
    spec: { ports: [{ port: 80, appProtocol: 'example.com/' }] },
    want: [
      'spec.ports[0].appProtocol: Invalid value: "example.com/": name part must be non-empty',
      `spec.ports[0].appProtocol: Invalid value: "example.com/": name part ${QUALIFIED}`,
    ],
  },
  {
    name: 'A6.6 A8 the prefix of a qualified name is a subdomain',
    spec: { ports: [{ port: 80, appProtocol: 'Example/h2c' }] },
    want: [`spec.ports[0].appProtocol: Invalid value: "Example/h2c": prefix part ${SUBDOMAIN}`],
  },
  {
    name: 'A6.7 selector keys are qualified names',
    spec: { ports, selector: { 'a b': 'x' } },
    want: [`spec.selector: Invalid value: "a b": name part ${QUALIFIED}`],
  },
  {
    name: 'A6.8 affinity of 0 seconds',
    spec: {
      ports,
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } },
    },
    want: [
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400',
    ],
  },
  {
    name: 'A6.8 affinity of a whole day',
    spec: {
      ports,
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 86400 } },
    },
    want: [],
  },
  {
    name: 'A6.9 clusterIP without clusterIPs',
    spec: { ports, clusterIP: '10.96.0.5' },
    want: ['spec.clusterIPs: Required value'],
  },
  {
    name: 'A6.9 clusterIPs without clusterIP',
    spec: { ports, clusterIPs: ['10.96.0.5'] },
    want: [
      'spec.clusterIPs: Invalid value: ["10.96.0.5"]: must be empty when `clusterIP` is not specified',
    ],
  },
  {
    name: 'A6.9 None in the second place is no address',
    spec: { ports, clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5', 'None'] },
    want: [`spec.clusterIPs[1]: Invalid value: "None": ${IP}`],
  },
  {
    name: 'A6.9 two addresses of one family',
    spec: { ports, clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5', '10.96.0.6'] },
    want: [
      'spec.clusterIPs: Invalid value: ["10.96.0.5","10.96.0.6"]: may specify no more than one IP for each IP family',
    ],
  },
  {
    name: 'A6.9 three addresses',
    spec: { ports, clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5', 'fd00::5', 'fd00::6'] },
    want: [
      'spec.clusterIPs: Invalid value: ["10.96.0.5","fd00::5","fd00::6"]: may only hold up to 2 values',
    ],
  },
  {
    name: 'A6.9 the second address must fit its family too',
    spec: {
      ports,
      clusterIP: 'fd00::5',
      clusterIPs: ['fd00::5', '10.96.0.5'],
      ipFamilies: ['IPv4', 'IPv6'],
    },
    want: [
      'spec.clusterIPs[0]: Invalid value: "fd00::5": expected an IPv4 value as indicated by `ipFamilies[0]`',
      'spec.clusterIPs[1]: Invalid value: "10.96.0.5": expected an IPv6 value as indicated by `ipFamilies[1]`',
    ],
  },
  {
    name: 'A6.9 leading zeros pass up to 1.35',
    minor: 35,
    spec: { ports, clusterIP: '010.96.0.5', clusterIPs: ['010.96.0.5'] },
    want: [],
  },
  {
    name: 'A6.9 A6.10 since 1.36 addresses are read strictly',
    minor: 36,
    spec: {
      ports,
      clusterIP: '010.96.0.5',
      clusterIPs: ['010.96.0.5'],
      externalIPs: ['::ffff:1.2.3.4'],
    },
    want: [
      'spec.clusterIPs[0]: Invalid value: "010.96.0.5": must not have leading 0s',
      'spec.externalIPs[0]: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address',
    ],
  },
  {
    name: 'A6.10 external IPs of IPv6 that nobody can own',
    spec: { ports, externalIPs: ['::', '::1', 'fe80::1', 'ff02::1'] },
    want: [
      'spec.externalIPs[0]: Invalid value: "::": may not be unspecified (::)',
      'spec.externalIPs[1]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'spec.externalIPs[2]: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'spec.externalIPs[3]: Invalid value: "ff02::1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    ],
  },
  {
    name: 'A6.13 one node port for two protocols passes',
    spec: {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 53, nodePort: 30053 },
        { name: 'b', port: 53, nodePort: 30053, protocol: 'UDP' },
      ],
    },
    want: [],
  },
  {
    name: 'A6.14 ranges may have spaces around',
    spec: { ...balancer, loadBalancerSourceRanges: [' 10.0.0.0/8 ', '10.1.2.3/8'] },
    want: [],
  },
  {
    name: 'A6.14 since 1.36 ranges are read strictly',
    minor: 36,
    spec: {
      ...balancer,
      loadBalancerSourceRanges: ['10.1.2.3/8', '010.0.0.0/8', '::ffff:1.2.3.0/120'],
    },
    want: [
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.1.2.3/8": must not have bits set beyond the prefix length',
      'spec.LoadBalancerSourceRanges[1]: Invalid value: "010.0.0.0/8": must not have leading 0s in IP or prefix length',
      'spec.LoadBalancerSourceRanges[2]: Invalid value: "::ffff:1.2.3.0/120": must not have an IPv4-mapped IPv6 address',
    ],
  },
  {
    name: 'A6.14 each range of the annotation is named by itself',
    metadata: { annotations: { [RANGES]: ' 10.0.0.0/8, x ,,y' } },
    spec: balancer,
    want: ['x', '', 'y'].map(
      (text) =>
        `metadata.annotations[${RANGES}]: Invalid value: "${text}": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
    ),
  },
  {
    name: 'A6.14 an empty annotation says nothing',
    metadata: { annotations: { [RANGES]: ' ' } },
    spec: balancer,
    want: [],
  },
  {
    name: 'A6.16 the class is a qualified name',
    spec: { ...balancer, loadBalancerClass: 'a/b/c' },
    want: [
      `spec.loadBalancerClass: Invalid value: "a/b/c": a qualified name ${QUALIFIED} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ],
  },
  {
    name: 'A6.16 on another type its form does not matter',
    spec: { ports, loadBalancerClass: 'a/b/c' },
    want: [`spec.loadBalancerClass: ${ONLY_LB}`],
  },
  {
    name: 'A6.17 a health-check port is a port',
    spec: { ...balancer, externalTrafficPolicy: 'Local', healthCheckNodePort: 70000 },
    want: [
      'spec.healthCheckNodePort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
  },
  {
    name: 'A6.17 external IPs make a ClusterIP Service external',
    spec: { ports, externalIPs: ['203.0.113.1'], externalTrafficPolicy: 'Local' },
    want: [],
  },
  {
    name: 'A6.18 an ExternalName may have one, which is checked',
    spec: { type: 'ExternalName', externalName: 'a.b', internalTrafficPolicy: 'Node' },
    want: [
      'spec.internalTrafficPolicy: Unsupported value: "Node": supported values: "Cluster", "Local"',
    ],
  },
];

export interface UpdateRow {
  readonly name: string;
  readonly old: ServiceSpec;
  readonly spec: ServiceSpec;
  readonly oldMetadata?: Partial<ObjectMeta>;
  readonly metadata?: Partial<ObjectMeta>;
  readonly minor?: number;
  readonly want: readonly string[];
}

const single: ServiceSpec = {
  ports,
  ...family,
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
};
const dual: ServiceSpec = {
  ports,
  clusterIP: '10.96.0.5',
  clusterIPs: ['10.96.0.5', 'fd00::5'],
  ipFamilies: ['IPv4', 'IPv6'],
  ipFamilyPolicy: 'RequireDualStack',
};
const headless: ServiceSpec = {
  clusterIP: 'None',
  clusterIPs: ['None'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
};
const local: ServiceSpec = {
  ...single,
  type: 'LoadBalancer',
  externalTrafficPolicy: 'Local',
  healthCheckNodePort: 30999,
};
const FIXED = 'may not change once set';

export const updateRows: readonly UpdateRow[] = [
  { name: 'A6 update: nothing changes', old: single, spec: single, want: [] },
  {
    name: 'A6 update: a cluster IP may not change',
    old: single,
    spec: { ...single, clusterIP: '10.96.0.6', clusterIPs: ['10.96.0.6'] },
    want: [`spec.clusterIPs[0]: Invalid value: ["10.96.0.6"]: ${FIXED}`],
  },
  {
    name: 'A6 update: nor become headless (1.33 syntax)',
    minor: 33,
    old: single,
    spec: { ...single, clusterIP: 'None', clusterIPs: ['None'] },
    want: [`spec.clusterIPs[0]: Invalid value: []string{"None"}: ${FIXED}`],
  },
  {
    name: 'A6 update: nor a headless Service get one',
    old: { ...headless, ports },
    spec: single,
    want: [`spec.clusterIPs[0]: Invalid value: ["10.96.0.5"]: ${FIXED}`],
  },
  {
    name: 'A6 update: the second address may not change: the whole list is shown',
    old: dual,
    spec: { ...dual, clusterIPs: ['10.96.0.5', 'fd00::6'] },
    want: [`spec.clusterIPs[1]: Invalid value: ["10.96.0.5","fd00::6"]: ${FIXED}`],
  },
  {
    name: 'A6 update: the primary address cannot be unset',
    old: single,
    spec: { ports, ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    want: ['spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset'],
  },
  {
    name: 'A6 update: the secondary is released with SingleStack only',
    old: dual,
    spec: { ...dual, clusterIPs: ['10.96.0.5'], ipFamilies: ['IPv4'] },
    want: [
      `spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be set to 'SingleStack' when releasing the secondary clusterIP`,
      `spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be set to 'SingleStack' when releasing the secondary ipFamily`,
    ],
  },
  {
    name: 'A6 update: without a policy null is shown',
    old: dual,
    spec: { ports, ...family, ipFamilies: ['IPv4'] },
    want: [
      `spec.ipFamilyPolicy: Invalid value: null: must be set to 'SingleStack' when releasing the secondary clusterIP`,
      `spec.ipFamilyPolicy: Invalid value: null: must be set to 'SingleStack' when releasing the secondary ipFamily`,
    ],
  },
  {
    name: 'A6 update: the secondary is released',
    old: dual,
    spec: single,
    want: [],
  },
  {
    name: 'A6 update: the primary family may not change',
    old: single,
    spec: { ...single, ipFamilies: ['IPv6'] },
    want: [
      `spec.ipFamilies[0]: Invalid value: ["IPv6"]: ${FIXED}`,
      'spec.clusterIPs[0]: Invalid value: "10.96.0.5": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
  },
  {
    name: 'A6 update: families that change places: clusterIPs are shown when one comes',
    old: single,
    spec: { ...dual, ipFamilies: ['IPv6', 'IPv4'] },
    want: [
      `spec.ipFamilies[0]: Invalid value: ["10.96.0.5","fd00::5"]: ${FIXED}`,
      'spec.clusterIPs[0]: Invalid value: "10.96.0.5": expected an IPv6 value as indicated by `ipFamilies[0]`',
      'spec.clusterIPs[1]: Invalid value: "fd00::5": expected an IPv4 value as indicated by `ipFamilies[1]`',
    ],
  },
  {
    name: 'A6 update: headless Services change families freely',
    old: headless,
    spec: { ...headless, ipFamilies: ['IPv6'] },
    want: [],
  },
  {
    name: 'A6 update: ExternalName is exempt',
    old: single,
    spec: { type: 'ExternalName', externalName: 'a.b' },
    want: [],
  },
  {
    name: 'A6 update: a load balancer keeps its class, whose form comes first',
    old: { ...single, type: 'LoadBalancer', loadBalancerClass: 'a/b' },
    spec: { ...single, type: 'LoadBalancer', loadBalancerClass: 'a/b/c', sessionAffinity: 'x' },
    want: [
      `spec.loadBalancerClass: Invalid value: "a/b/c": ${FIXED}`,
      `spec.loadBalancerClass: Invalid value: "a/b/c": a qualified name ${QUALIFIED} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      'spec.sessionAffinity: Unsupported value: "x": supported values: "ClientIP", "None"',
    ],
  },
  {
    name: 'A6 update: the class cannot be taken away',
    old: { ...single, type: 'LoadBalancer', loadBalancerClass: 'a/b' },
    spec: { ...single, type: 'LoadBalancer' },
    want: [`spec.loadBalancerClass: Invalid value: null: ${FIXED}`],
  },
  {
    name: 'A6 update: the class comes with the type',
    old: single,
    spec: { ...single, type: 'LoadBalancer', loadBalancerClass: 'a/b' },
    want: [],
  },
  {
    name: 'A6 update: the health-check port is fixed',
    old: local,
    spec: { ...local, healthCheckNodePort: 31000 },
    want: ['spec.healthCheckNodePort: Forbidden: field is immutable'],
  },
  {
    name: 'A6 update: metadata that is fixed',
    old: single,
    spec: single,
    metadata: { name: 'other', namespace: 'elsewhere', creationTimestamp: '2026-01-02T03:04:05Z' },
    want: [
      'metadata.name: Invalid value: "other": field is immutable',
      'metadata.namespace: Invalid value: "elsewhere": field is immutable',
      'metadata.creationTimestamp: Invalid value: "2026-01-02T03:04:05Z": field is immutable',
    ],
  },
  {
    name: 'A6 update: since 1.34 the name is not checked again',
    old: single,
    spec: single,
    oldMetadata: { name: '1web' },
    metadata: { name: '1web' },
    want: [],
  },
  {
    name: 'A6 update: up to 1.33 it is',
    minor: 33,
    old: single,
    spec: single,
    oldMetadata: { name: '1web' },
    metadata: { name: '1web' },
    want: [`metadata.name: Invalid value: "1web": ${DNS_1035}`],
  },
  {
    name: 'A6 update: no new finalizers on what is going away',
    old: single,
    spec: single,
    oldMetadata: { deletionTimestamp: '2026-01-02T03:04:05Z', finalizers: ['a/b'] },
    metadata: { deletionTimestamp: '2026-01-02T03:04:05Z', finalizers: ['a/b', 'a/d', 'a/c'] },
    want: [
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a/c", "a/d"}',
    ],
  },
  {
    name: 'A6 update: addresses and ranges that were there pass since 1.33',
    minor: 36,
    old: { ...single, type: 'LoadBalancer', externalIPs: ['010.0.0.1'] },
    spec: { ...single, type: 'LoadBalancer', externalIPs: ['010.0.0.1', '010.0.0.2'] },
    want: ['spec.externalIPs[1]: Invalid value: "010.0.0.2": must not have leading 0s'],
  },
];

export interface StatusRow {
  readonly name: string;
  readonly spec: ServiceSpec;
  readonly status: ServiceStatus;
  readonly minor?: number;
  readonly want: readonly string[];
}

const STATUS = 'status.loadBalancer.ingress';
function ingress(...list: NonNullable<NonNullable<ServiceStatus['loadBalancer']>['ingress']>) {
  return { loadBalancer: { ingress: list } };
}

export const statusRows: readonly StatusRow[] = [
  {
    name: 'A6 status: ingress only on load balancers',
    spec: single,
    status: ingress({ ip: '1.2.3.4' }),
    want: [`${STATUS}: Forbidden: may only be used when \`spec.type\` is 'LoadBalancer'`],
  },
  {
    name: 'A6 status: up to 1.28 on any',
    minor: 28,
    spec: single,
    status: ingress({ ip: '1.2.3.4' }),
    want: [],
  },
  {
    name: 'A6 status: the mode is filled in',
    spec: { ...single, type: 'LoadBalancer' },
    status: ingress({ ip: '1.2.3.4' }),
    want: [],
  },
  {
    name: 'A6 status: an address',
    spec: { ...single, type: 'LoadBalancer' },
    status: ingress({ ip: 'x' }),
    want: [`${STATUS}[0].ip: Invalid value: "x": ${IP}`],
  },
  {
    name: 'A6 status: a mode needs an address and is one of two',
    spec: { ...single, type: 'LoadBalancer' },
    status: ingress({ hostname: 'lb.example.com', ipMode: 'VIP' }, { ip: '1.2.3.4', ipMode: 'X' }),
    want: [
      `${STATUS}[0].ipMode: Forbidden: may not be specified when \`ip\` is not set`,
      `${STATUS}[1].ipMode: Unsupported value: "X": supported values: "Proxy", "VIP"`,
    ],
  },
  {
    name: 'A6 status: a host name is a name',
    spec: { ...single, type: 'LoadBalancer' },
    status: ingress({ hostname: '1.2.3.4' }, { hostname: 'LB' }),
    want: [
      `${STATUS}[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address`,
      `${STATUS}[1].hostname: Invalid value: "LB": ${SUBDOMAIN}`,
    ],
  },
];

export interface WarningRow {
  readonly name: string;
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: ServiceSpec;
  readonly minor?: number;
  readonly want: readonly string[];
}

const none: ServiceSpec = { clusterIP: 'None', clusterIPs: ['None'] };

export const warningRows: readonly WarningRow[] = [
  { name: 'A9 a plain Service has none', spec: single, want: [] },
  {
    name: 'A9 the older topology annotation',
    metadata: { annotations: { 'service.kubernetes.io/topology-aware-hints': 'auto' } },
    spec: single,
    want: [
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    ],
  },
  {
    name: 'A9 headless Services ignore three fields',
    spec: {
      ...none,
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
    name: 'A9 1.34 says so of every headless Service, for the default is set',
    spec: none,
    want: ['spec.SessionAffinity is ignored for headless services'],
  },
  { name: 'A9 1.35 only when it is not None', minor: 35, spec: none, want: [] },
  { name: 'A9 1.33 says nothing of headless Services', minor: 33, spec: none, want: [] },
  {
    name: 'A9 odd spellings of addresses and ranges',
    spec: {
      ...balancer,
      clusterIP: '010.96.0.5',
      clusterIPs: ['010.96.0.5'],
      externalIPs: ['::ffff:1.2.3.4', '2001:DB8::1'],
      loadBalancerIP: '2001:db8:0::1',
      loadBalancerSourceRanges: ['10.1.2.3/8', '010.0.0.0/8', '2001:DB8::/32', ' 10.1.2.3/8'],
    },
    want: [
      'spec.clusterIPs[0]: non-standard IP address "010.96.0.5" will be considered invalid in a future Kubernetes release: use "10.96.0.5"',
      'spec.externalIPs[0]: non-standard IP address "::ffff:1.2.3.4" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
      'spec.externalIPs[1]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
      'spec.loadBalancerIP: IPv6 address "2001:db8:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
      'spec.loadBalancerSourceRanges[0]: CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)',
      'spec.loadBalancerSourceRanges[1]: non-standard CIDR value "010.0.0.0/8" will be considered invalid in a future Kubernetes release: use "10.0.0.0/8"',
      'spec.loadBalancerSourceRanges[2]: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")',
    ],
  },
  {
    name: 'A9 the same in 1.32 in other words',
    minor: 32,
    spec: {
      ...balancer,
      externalIPs: ['010.0.0.1', '2001:DB8::1'],
      loadBalancerSourceRanges: ['10.1.2.3/8', '010.0.0.0/8', '2001:DB8::/32'],
    },
    want: [
      'spec.externalIPs[0]: IP address was accepted, but will be invalid in a future Kubernetes release: ParseAddr("010.0.0.1"): IPv4 field has octet with leading zero',
      'spec.externalIPs[1]: IPv6 address "2001:DB8::1" is not in RFC 5952 canonical format ("2001:db8::1"), which may cause controller apply-loops',
      'spec.loadBalancerSourceRanges[1]: IP prefix was accepted, but will be invalid in a future Kubernetes release: netip.ParsePrefix("010.0.0.0/8"): ParseAddr("010.0.0.0"): IPv4 field has octet with leading zero',
      'spec.loadBalancerSourceRanges[2]: IPv6 prefix "2001:DB8::/32" is not in RFC 5952 canonical format ("2001:db8::/32"), which may cause controller apply-loops',
    ],
  },
  {
    name: 'A9 fields of the other type',
    spec: { ...single, externalName: 'x.y' },
    want: ['spec.externalName is ignored when spec.type is not "ExternalName"'],
  },
  {
    name: 'A9 external IPs of an ExternalName',
    spec: { type: 'ExternalName', externalName: 'x.y', externalIPs: ['1.2.3.4'] },
    want: ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
  },
  {
    name: 'A9 external IPs are deprecated since 1.36',
    minor: 36,
    spec: { ...single, externalIPs: ['1.2.3.4'] },
    want: ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'],
  },
  {
    name: 'A9 PreferClose is deprecated since 1.35',
    minor: 35,
    spec: { ...single, trafficDistribution: 'PreferClose' },
    want: ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
  },
  {
    name: 'A9 and not before; loadBalancerIP is not either',
    spec: { ...balancer, trafficDistribution: 'PreferClose', loadBalancerIP: '1.2.3.4' },
    want: [],
  },
];
