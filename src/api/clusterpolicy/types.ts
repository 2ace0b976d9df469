// The kinds of policy.networking.k8s.io as they are stored: policies of a whole cluster, in tiers. Models apis/v1alpha1 and
// apis/v1alpha2 of sigs.k8s.io/network-policy-api, experimental fields among them.
import type { LabelSelector, ObjectMeta } from '../types.ts';

export interface NamespacedPod {
  readonly namespaceSelector: LabelSelector;
  readonly podSelector: LabelSelector;
}

/** Exactly one field is set. */
export interface PolicySubject {
  readonly namespaces?: LabelSelector;
  readonly pods?: NamespacedPod;
}

/** Exactly one field is set; the last three only for egress. */
export interface ClusterPeer extends PolicySubject {
  readonly nodes?: LabelSelector;
  readonly networks?: readonly string[];
  readonly domainNames?: readonly string[];
}

export interface AdminPort {
  readonly portNumber?: { readonly protocol: string; readonly port: number };
  readonly portRange?: {
    readonly protocol?: string;
    readonly start: number;
    readonly end: number;
  };
  readonly namedPort?: string;
}

/** v1alpha2: by protocol. */
export interface ProtocolMatch {
  readonly destinationPort?: {
    readonly number?: number;
    readonly range?: { readonly start: number; readonly end: number };
  };
}

export interface ClusterPolicyProtocol {
  readonly tcp?: ProtocolMatch;
  readonly udp?: ProtocolMatch;
  readonly sctp?: ProtocolMatch;
  readonly destinationNamedPort?: string;
}

export interface ClusterRule {
  readonly name?: string;
  /** "Allow" of v1alpha1 is "Accept" of v1alpha2. */
  readonly action: 'Accept' | 'Allow' | 'Deny' | 'Pass';
  readonly from?: readonly ClusterPeer[];
  readonly to?: readonly ClusterPeer[];
  readonly ports?: readonly AdminPort[];
  readonly protocols?: readonly ClusterPolicyProtocol[];
}

/** AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy. */
export interface ClusterPolicy {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: {
    /** ClusterNetworkPolicy alone. */
    readonly tier?: 'Admin' | 'Baseline';
    /** Not of a BaselineAdminNetworkPolicy. */
    readonly priority?: number;
    readonly subject: PolicySubject;
    readonly ingress?: readonly ClusterRule[];
    readonly egress?: readonly ClusterRule[];
  };
}
