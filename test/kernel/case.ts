// A random cluster for the comparison with the real kernel as a plain value: a CNI profile, every kind of Service that a
// kernel can be shown, with endpoints in every state, Pods with host ports, policies, and flows. draw.ts draws them,
// flows.ts knows what can be dialled, manifests.ts makes clusters of them.
import type { CniProfileName } from '../../src/api/cni-profiles.table.ts';
import type { CaseHostPod } from './host-ports.ts';
import type { CasePolicy } from './policies.ts';

export type EndpointState = 'ready' | 'unready' | 'closed' | 'terminating' | 'terminating-unready';

export interface CaseEndpoint {
  /** From 1. */
  readonly node: number;
  readonly state: EndpointState;
  readonly hostNetwork: boolean;
}

/** SCTP only where the running kernel has it. */
export type CaseProtocol = 'TCP' | 'UDP' | 'SCTP';

export interface CasePort {
  readonly protocol: CaseProtocol;
  readonly port: number;
}

export interface CaseService {
  /** Its number: all its addresses follow from it. */
  readonly id: number;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'headless';
  readonly internal: 'Cluster' | 'Local';
  readonly external: 'Cluster' | 'Local';
  /** Seconds, or null. */
  readonly affinity: number | null;
  readonly externalIP: boolean;
  /** Null: none given. */
  readonly sourceRanges: readonly string[] | null;
  readonly nodePorts: boolean;
  readonly publishNotReady: boolean;
  readonly preferClose: boolean;
  readonly ports: readonly CasePort[];
  /** Null: no selector, an Endpoints object names outside hosts. */
  readonly endpoints: readonly CaseEndpoint[] | null;
}

export interface CaseFlow {
  readonly from: string;
  readonly to: string;
  readonly protocol: CaseProtocol;
  /** Null: the next free one. */
  readonly sourcePort: number | null;
}

export interface Case {
  readonly nodes: number;
  /** Default: today's Kubernetes. */
  readonly version?: string;
  readonly profile: CniProfileName;
  /** A second family, IPv6, for nodes, Pods and Services. */
  readonly dual: boolean;
  readonly ipMode: 'VIP' | 'Proxy';
  /** Fields of KubeProxyConfiguration. */
  readonly proxy: Readonly<Record<string, unknown>>;
  readonly services: readonly CaseService[];
  readonly hostPods: readonly CaseHostPod[];
  readonly policies: readonly CasePolicy[];
  readonly flows: readonly CaseFlow[];
}

export function hasNodePorts({ type, nodePorts }: CaseService): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && nodePorts);
}
