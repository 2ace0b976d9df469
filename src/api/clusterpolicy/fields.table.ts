// The fields of policy.networking.k8s.io, in the codes of fields.gen.ts. Values that the schema words itself are `any`.
import type { Resource } from '../fields.gen.ts';

const peer = { namespaces: 'LabelSelector', pods: 'ClusterPolicyNamespacedPod' };
const outside = { networks: 'any', nodes: 'LabelSelector' };
const rule = { action: 'any', name: 'any' };
const object = { apiVersion: 'string', kind: 'string', metadata: 'ObjectMeta' };
const status = 'ClusterPolicyStatus';

export const policyFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AdminNetworkPolicy: { ...object, spec: 'AdminNetworkPolicySpec', status },
  AdminNetworkPolicySpec: {
    egress: '[]AdminNetworkPolicyEgressRule',
    ingress: '[]AdminNetworkPolicyIngressRule',
    priority: 'any',
    subject: 'ClusterPolicySubject',
  },
  AdminNetworkPolicyEgressRule: {
    ...rule,
    ports: '[]AdminNetworkPolicyPort',
    to: '[]ClusterPolicyEgressPeer',
  },
  AdminNetworkPolicyIngressRule: {
    ...rule,
    from: '[]ClusterPolicySubject',
    ports: '[]AdminNetworkPolicyPort',
  },
  AdminNetworkPolicyPort: {
    namedPort: 'any',
    portNumber: 'AdminNetworkPolicyPortNumber',
    portRange: 'AdminNetworkPolicyPortRange',
  },
  AdminNetworkPolicyPortNumber: { port: 'any', protocol: 'any' },
  AdminNetworkPolicyPortRange: { end: 'any', protocol: 'any', start: 'any' },
  BaselineAdminNetworkPolicy: { ...object, spec: 'BaselineAdminNetworkPolicySpec', status },
  BaselineAdminNetworkPolicySpec: {
    egress: '[]BaselineAdminNetworkPolicyEgressRule',
    ingress: '[]AdminNetworkPolicyIngressRule',
    subject: 'ClusterPolicySubject',
  },
  BaselineAdminNetworkPolicyEgressRule: {
    ...rule,
    ports: '[]AdminNetworkPolicyPort',
    to: '[]BaselineAdminNetworkPolicyEgressPeer',
  },
  BaselineAdminNetworkPolicyEgressPeer: { ...peer, ...outside },
  ClusterNetworkPolicy: { ...object, spec: 'ClusterNetworkPolicySpec', status },
  ClusterNetworkPolicySpec: {
    egress: '[]ClusterNetworkPolicyEgressRule',
    ingress: '[]ClusterNetworkPolicyIngressRule',
    priority: 'any',
    subject: 'ClusterPolicySubject',
    tier: 'any',
  },
  ClusterNetworkPolicyEgressRule: {
    ...rule,
    protocols: '[]ClusterNetworkPolicyProtocol',
    to: '[]ClusterPolicyEgressPeer',
  },
  ClusterNetworkPolicyIngressRule: {
    ...rule,
    from: '[]ClusterPolicySubject',
    protocols: '[]ClusterNetworkPolicyProtocol',
  },
  ClusterNetworkPolicyProtocol: {
    destinationNamedPort: 'any',
    sctp: 'ClusterNetworkPolicyPorts',
    tcp: 'ClusterNetworkPolicyPorts',
    udp: 'ClusterNetworkPolicyPorts',
  },
  ClusterNetworkPolicyPorts: { destinationPort: 'ClusterNetworkPolicyPort' },
  ClusterNetworkPolicyPort: { number: 'any', range: 'ClusterNetworkPolicyPortRange' },
  ClusterNetworkPolicyPortRange: { end: 'any', start: 'any' },
  ClusterPolicyEgressPeer: { ...peer, ...outside, domainNames: 'any' },
  ClusterPolicyNamespacedPod: { namespaceSelector: 'LabelSelector', podSelector: 'LabelSelector' },
  ClusterPolicyStatus: { conditions: '[]Condition' },
  ClusterPolicySubject: peer,
};

const group = 'policy.networking.k8s.io';

export const policyResources: readonly Resource[] = [
  ['v1alpha1', 'AdminNetworkPolicy', 'adminnetworkpolicies'] as const,
  ['v1alpha1', 'BaselineAdminNetworkPolicy', 'baselineadminnetworkpolicies'] as const,
  ['v1alpha2', 'ClusterNetworkPolicy', 'clusternetworkpolicies'] as const,
].map(([version, kind, plural]) => {
  return { group, version, kind, plural, namespaced: false, model: kind };
});
