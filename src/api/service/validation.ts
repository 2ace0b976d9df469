// validateService: every check of a Service, in the order upstream emits the errors (A6). Rule numbers of the
// table below are those of the test rows. Models pkg/apis/core/validation/validation.go.
import type { Cause } from '../error.ts';
import {
  forbiddenField,
  invalid,
  invalids,
  oneOf,
  required,
  unsupported,
} from '../field/errors.ts';
import { nonSpecialIP, validIP } from '../field/ips.ts';
import { dns1035Label, dns1123Subdomain, portNumber, qualifiedName } from '../field/names.ts';
import type { RuleContext } from '../kind-rules.ts';
import { labelCauses, metadataCauses } from '../metadata/validation.ts';
import type { Service, ServiceSpec } from '../types.ts';
import { isUnset } from '../values.ts';
import { clusterIPCauses } from './cluster-ips.ts';
import { externallyAccessible, isHeadless, needsHealthCheck } from './defaults.ts';
import {
  clusterIPTypeNodePorts,
  duplicateNodePorts,
  duplicatePorts,
  portsCauses,
} from './ports.ts';
import { sourceRangeCauses } from './source-ranges.ts';

type Check = (service: Service, context: RuleContext) => Cause[];

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
  if ((spec.clusterIPs ?? []).length > 0 || !isUnset(spec.clusterIP)) {
    causes.push(forbiddenField('spec.clusterIPs', unused));
  }
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

const externalIPs: Check = ({ spec }) =>
  (spec.externalIPs ?? []).flatMap((ip, i) => {
    const at = `spec.externalIPs[${i}]`;
    const causes = validIP(at, ip);
    return causes.length > 0 ? causes : nonSpecialIP(at, ip);
  });

const loadBalancerFields: Check = ({ spec }) => {
  const causes: Cause[] = [];
  const balanced = spec.type === 'LoadBalancer';
  const allocates = spec.allocateLoadBalancerNodePorts;
  if (balanced && allocates === undefined) causes.push(required('allocateLoadBalancerNodePorts'));
  if (!balanced && allocates !== undefined) {
    causes.push(forbiddenField('spec.allocateLoadBalancerNodePorts', ONLY_LB));
  }
  const at = 'spec.loadBalancerClass';
  const name = spec.loadBalancerClass;
  if (name !== undefined) {
    causes.push(...invalids(at, name, qualifiedName(name)));
    if (!balanced) causes.push(forbiddenField(at, ONLY_LB));
  }
  return causes;
};

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

const internalTraffic: Check = ({ spec }) =>
  spec.type === 'ExternalName'
    ? []
    : oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, trafficPolicies);

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
  loadBalancerFields, // 15, 16
  externalTraffic, // 17
  internalTraffic, // 18
  trafficDistribution, // 19
];

/** Rules 2 to 19. */
export function serviceSpecCauses(service: Service, context: RuleContext): Cause[] {
  return checks.flatMap((check) => check(service, context));
}

/** ValidateServiceCreate: metadata, then the spec. */
export function serviceCauses(service: Service, context: RuleContext): Cause[] {
  return [
    ...metadataCauses(service.metadata, true, dns1035Label),
    ...serviceSpecCauses(service, context),
  ];
}

const ipModes: readonly string[] = ['Proxy', 'VIP'];

/** ValidateServiceStatusUpdate: the load balancer's ingress points. */
export function serviceStatusCauses(service: Service): Cause[] {
  const list = service.status?.loadBalancer?.ingress ?? [];
  const field = 'status.loadBalancer.ingress';
  if (list.length > 0 && service.spec.type !== 'LoadBalancer') {
    return [forbiddenField(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  const causes: Cause[] = [];
  for (const [i, { ip, ipMode, hostname }] of list.entries()) {
    const at = `${field}[${i}]`;
    if (!isUnset(ip)) causes.push(...validIP(`${at}.ip`, ip));
    if (!isUnset(ip) && ipMode === undefined) {
      causes.push(required(`${at}.ipMode`, 'must be specified when `ip` is set'));
    } else if (isUnset(ip) && ipMode !== undefined) {
      causes.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    } else if (ipMode !== undefined && !ipModes.includes(ipMode)) {
      causes.push(unsupported(`${at}.ipMode`, ipMode, ipModes));
    }
    if (isUnset(hostname)) continue;
    causes.push(...invalids(`${at}.hostname`, hostname, dns1123Subdomain(hostname)));
    if (validIP('', hostname).length === 0) {
      causes.push(invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
    }
  }
  return causes;
}
