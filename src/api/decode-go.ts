// The Go type of a field as the JSON decoder prints it: "int32", "[]v1.ServicePort", "v1.Protocol". The field table
// knows shapes only, so string types with a name of their own are listed here (k8s.io/api core/v1/types.go and others).

const named: Readonly<Record<string, string>> = {
  'ServiceSpec.type': 'v1.ServiceType',
  'ServiceSpec.sessionAffinity': 'v1.ServiceAffinity',
  'ServiceSpec.externalTrafficPolicy': 'v1.ServiceExternalTrafficPolicy',
  'ServiceSpec.internalTrafficPolicy': 'v1.ServiceInternalTrafficPolicy',
  'ServiceSpec.ipFamilies': '[]v1.IPFamily',
  'ServiceSpec.ipFamilyPolicy': 'v1.IPFamilyPolicy',
  'ServicePort.protocol': 'v1.Protocol',
  'ContainerPort.protocol': 'v1.Protocol',
  'EndpointPort.protocol': 'v1.Protocol',
  'NetworkPolicyPort.protocol': 'v1.Protocol',
  'NetworkPolicySpec.policyTypes': '[]v1.PolicyType',
  'EndpointSlice.addressType': 'v1.AddressType',
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Toleration.effect': 'v1.TaintEffect',
  'Toleration.operator': 'v1.TolerationOperator',
  'Taint.effect': 'v1.TaintEffect',
  'ObjectMeta.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'ResourceRequirements.limits': 'v1.ResourceList',
  'ResourceRequirements.requests': 'v1.ResourceList',
  'Secret.type': 'v1.SecretType',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'StatefulSetSpec.podManagementPolicy': 'v1.PodManagementPolicyType',
};

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  int32: 'int32',
  int64: 'int64',
  bool: 'bool',
  double: 'float64',
  byte: '[]uint8',
  time: 'v1.Time',
  quantity: 'resource.Quantity',
  intstr: 'intstr.IntOrString',
  any: 'interface {}',
};

/** The type of field `key` of struct `model`, whose code in the field table is `code`. */
export function goTypeOf(model: string, key: string, code: string): string {
  return named[`${model}.${key}`] ?? typeOfCode(code);
}

function typeOfCode(code: string): string {
  if (code.startsWith('[]')) return `[]${typeOfCode(code.slice(2))}`;
  if (code.startsWith('{}')) return `map[string]${typeOfCode(code.slice(2))}`;
  return scalars[code] ?? `v1.${code}`;
}
