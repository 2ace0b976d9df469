// validateService: every check of a Service, in the order upstream emits the errors (A6). Rule numbers of the
// table below are those of the test rows. Models pkg/apis/core/validation/validation.go.
import type { Cause } from '../error.ts';
import {
  forbiddenField,
  invalid,
  invalidShown,
  invalids,
  oneOf,
  required,
  shownPointer,
  unsupported,
} from '../field/errors.ts';
import { nonSpecialIP, validIP } from '../field/ips.ts';
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  portNumber,
  qualifiedName,
} from '../field/names.ts';
import type { RuleContext } from '../kind-rules.ts';
import { labelCauses, metadataCauses } from '../metadata/validation.ts';
import type { Service, ServiceSpec } from '../types.ts';
import { isUnset } from '../values.ts';
import { clusterIPCauses } from './cluster-ips.ts';
import { externallyAccessible, internalTypes, isHeadless, needsHealthCheck } from './defaults.ts';
import {
  clusterIPTypeNodePorts,
  duplicateNodePorts,
  duplicatePorts,
  portsCauses,
} from './ports.ts';
import { sourceRangeCauses } from './source-ranges.ts';

type Check = (service: Service, context: RuleContext, old: Service | undefined) => Cause[];

const ONLY_LB = "may only be used when `type` is 'LoadBalancer'";
const types: readonly string[] = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const affinities: readonly string[] = ['ClientIP', 'None'];
const trafficPolicies: readonly string[] = ['Cluster', 'Local'];
const KUBELET_PORT = 10250;
const AFFINITY_SECONDS_MAX = 86400;

const topologyHints: Check = ({ metadata }) => {
  const mode = metadata.annotations?.['service.kubernetes.io/topology-mode'];
  const hints = metadata.annotations?.['service.kubernetes.io/topology-aware-hints'];
  if (mode === undefined || hints === undefined || mode === hints) return [];
  return [
    invalid(
      'metadata.annotations[service.kubernetes.io/topology-mode]',
      mode,
      'must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
    ),
  ];
};

const portsGiven: Check = ({ spec }) => {
  if ((spec.ports ?? []).length > 0 || isHeadless(spec) || spec.type === 'ExternalName') return [];
  return [required('spec.ports')];
};

const typeSpecific: Check = ({ spec }, { minor }) => {
  if (spec.type === 'ExternalName') return externalNameCauses(spec);
  const causes: Cause[] = [];
  if (spec.type === 'LoadBalancer' && minor <= 32) {
    for (const [i, port] of (spec.ports ?? []).entries()) {
      if (port.port !== KUBELET_PORT) continue;
      const detail = 'may not expose port 10250 externally since it is used by kubelet';
      causes.push(invalid(`spec.ports[${i}]`, port.port, detail));
    }
  }
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    const detail = `may not be set to 'None' for ${spec.type} services`;
    causes.push(invalid('spec.clusterIPs[0]', 'None', detail));
  }
  return causes;
};

function externalNameCauses(spec: ServiceSpec): Cause[] {
  const causes: Cause[] = [];
  const unused = 'may not be set for ExternalName services';
  if ((spec.clusterIPs ?? []).length > 0) causes.push(forbiddenField('spec.clusterIPs', unused));
  if ((spec.ipFamilies ?? []).length > 0) causes.push(forbiddenField('spec.ipFamilies', unused));
  if (spec.ipFamilyPolicy !== undefined) {
    causes.push(forbiddenField('spec.ipFamilyPolicy', unused));
  }
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') causes.push(required('spec.externalName'));
  else causes.push(...invalids('spec.externalName', name, dns1123Subdomain(name)));
  return causes;
}

const affinity: Check = ({ spec }) => {
  const causes = oneOf('spec.sessionAffinity', spec.sessionAffinity, affinities);
  const at = 'spec.sessionAffinityConfig';
  const config = spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    const given = 'when session affinity type is ClientIP';
    const seconds = config?.clientIP?.timeoutSeconds;
    if (config === undefined) causes.push(required(at, given));
    else if (config.clientIP === undefined) causes.push(required(`${at}.clientIP`, given));
    else if (seconds === undefined) causes.push(required(`${at}.clientIP.timeoutSeconds`, given));
    else if (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX) {
      const detail = `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`;
      causes.push(invalid(`${at}.clientIP.timeoutSeconds`, seconds, detail));
    }
  } else if (spec.sessionAffinity === 'None' && config !== undefined) {
    causes.push(forbiddenField(at, 'must not be set when session affinity is None'));
  }
  return causes;
};

const externalIPs: Check = ({ spec }, { minor }, old) =>
  (spec.externalIPs ?? []).flatMap((ip, i) => {
    const at = `spec.externalIPs[${i}]`;
    const causes = validIP(at, ip, { minor, known: old?.spec.externalIPs });
    return causes.length > 0 ? causes : nonSpecialIP(at, ip);
  });

const nodePortAllocation: Check = ({ spec }) => {
  const given = spec.allocateLoadBalancerNodePorts !== undefined;
  if (spec.type === 'LoadBalancer') return given ? [] : [required('allocateLoadBalancerNodePorts')];
  return given ? [forbiddenField('spec.allocateLoadBalancerNodePorts', ONLY_LB)] : [];
};

/** Rule 16; `old` is given in the update extras only, where the class may not change. */
export function loadBalancerClassCauses(
  { spec }: Service,
  { minor }: RuleContext,
  old?: Service,
): Cause[] {
  const at = 'spec.loadBalancerClass';
  const name = spec.loadBalancerClass;
  if (spec.type !== 'LoadBalancer') {
    return name === undefined ? [] : [forbiddenField(at, ONLY_LB)];
  }
  const causes: Cause[] = [];
  if (old?.spec.type === 'LoadBalancer' && old.spec.loadBalancerClass !== name) {
    causes.push(invalidShown(at, shownPointer(name, minor), 'may not change once set'));
  }
  if (name !== undefined) causes.push(...invalids(at, name, qualifiedName(name)));
  return causes;
}

const externalTraffic: Check = ({ spec }) => {
  const causes: Cause[] = [];
  const at = 'spec.externalTrafficPolicy';
  if (externallyAccessible(spec)) {
    causes.push(...oneOf(at, spec.externalTrafficPolicy, trafficPolicies));
  } else if (!isUnset(spec.externalTrafficPolicy)) {
    const detail = 'may only be set for externally-accessible services';
    causes.push(invalid(at, spec.externalTrafficPolicy, detail));
  }
  const port = spec.healthCheckNodePort;
  const portAt = 'spec.healthCheckNodePort';
  if (needsHealthCheck(spec)) {
    if (isUnset(port)) causes.push(required(portAt));
    else causes.push(...invalids(portAt, port, portNumber(port)));
  } else if (!isUnset(port)) {
    const detail =
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    causes.push(invalid(portAt, port, detail));
  }
  return causes;
};

const internalTraffic: Check = ({ spec }) => {
  const at = 'spec.internalTrafficPolicy';
  const value = spec.internalTrafficPolicy;
  if (value === undefined) return internalTypes.includes(spec.type ?? '') ? [required(at)] : [];
  return trafficPolicies.includes(value) ? [] : [unsupported(at, value, trafficPolicies)];
};

const trafficDistribution: Check = ({ spec }, { minor }) => {
  const value = spec.trafficDistribution;
  if (value === undefined) return [];
  const valid = minor >= 34 ? ['PreferClose', 'PreferSameZone', 'PreferSameNode'] : ['PreferClose'];
  return valid.includes(value) ? [] : [unsupported('spec.trafficDistribution', value, valid)];
};

/** Everything but metadata, in upstream's order. */
const checks: readonly Check[] = [
  topologyHints, // 2
  portsGiven, // 3
  typeSpecific, // 4, 5
  portsCauses, // 6
  ({ spec }) => labelCauses(spec.selector, 'spec.selector'), // 7
  affinity, // 8
  clusterIPCauses, // 9
  externalIPs, // 10
  ({ spec }) => oneOf('spec.type', spec.type, types), // 11
  clusterIPTypeNodePorts, // 12
  duplicateNodePorts, // 13
  duplicatePorts, // 13
  sourceRangeCauses, // 14
  nodePortAllocation, // 15
  (service, context) => loadBalancerClassCauses(service, context), // 16
  externalTraffic, // 17
  internalTraffic, // 18
  trafficDistribution, // 19
];

/** Rules 2 to 19; `old` when the Service is updated. */
export function serviceSpecCauses(
  service: Service,
  context: RuleContext,
  old: Service | undefined,
): Cause[] {
  return checks.flatMap((check) => check(service, context, old));
}

/** Since then a Service's name may begin with a digit (gate RelaxedServiceNameValidation). */
const RELAXED_NAMES_SINCE = 36;

/** ValidateServiceCreate: metadata, then the spec. */
export function serviceCauses(service: Service, context: RuleContext, old?: Service): Cause[] {
  const name = context.minor >= RELAXED_NAMES_SINCE ? dns1123Label : dns1035Label;
  return [
    ...metadataCauses(service.metadata, true, name),
    ...serviceSpecCauses(service, context, old),
  ];
}
