// The Node object that a kubelet registers, from the Cluster document. Capacity is one roomy machine unless the document
// declares it, all of it allocatable. pkg/kubelet/kubelet_node_status.go; labels and taints as
// kubeadm sets them.
import { type ClusterSpec, kernelVersionOf, type NodeSpec } from '../api/cluster-spec.ts';
import type { Node, NodeCondition, Taint } from '../api/types.ts';
import { formatAddr } from '../net/addr.ts';
import { formatCidr } from '../net/cidr.ts';

const machine = { cpu: '64', 'ephemeral-storage': '1Ti', memory: '256Gi', pods: '110' };
const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** `now`: the instant its conditions begin, RFC 3339. */
export function nodeObject(node: NodeSpec, cluster: ClusterSpec, now: string): Node {
  const isControlPlane = node.roles.includes('control-plane');
  const taints: readonly Taint[] = node.taints;
  const podCIDRs = [node.podCIDR, node.secondaryPodCIDR ?? null].flatMap((range) =>
    range === null ? [] : [formatCidr(range)],
  );
  const [podCIDR] = podCIDRs;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, labels: labelsOf(node, isControlPlane) },
    spec: {
      ...(podCIDR === undefined ? {} : { podCIDR, podCIDRs }),
      ...(taints.length === 0 ? {} : { taints }),
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: formatAddr(node.internalIP) },
        ...node.addresses,
        { type: 'Hostname', address: node.name },
      ],
      allocatable: { ...machine, ...node.capacity },
      capacity: { ...machine, ...node.capacity },
      conditions: conditions(now),
      nodeInfo: nodeInfo(cluster),
    },
  };
}

function labelsOf(node: NodeSpec, isControlPlane: boolean): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': node.name,
    'kubernetes.io/os': 'linux',
  };
  for (const role of node.roles) labels[`node-role.kubernetes.io/${role}`] = '';
  if (isControlPlane) labels[excludeLabel] = '';
  if (node.zone !== null) labels['topology.kubernetes.io/zone'] = node.zone;
  return { ...labels, ...node.labels };
}

/** Order and words of kubelet's setters. */
const healthy: readonly (readonly [string, string, string, string])[] = [
  [
    'MemoryPressure',
    'False',
    'KubeletHasSufficientMemory',
    'kubelet has sufficient memory available',
  ],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

/** The conditions of a node that works. */
export function conditions(now: string): readonly NodeCondition[] {
  return healthy.map(([type, status, reason, message]) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }));
}

function nodeInfo(cluster: ClusterSpec) {
  const version = `v${cluster.kubernetesVersion}${cluster.kubernetesVersion.split('.').length < 3 ? '.0' : ''}`;
  return {
    architecture: 'amd64',
    bootID: '',
    containerRuntimeVersion: 'containerd://2.1.0',
    kernelVersion: kernelVersionOf(cluster),
    kubeProxyVersion: '',
    kubeletVersion: version,
    machineID: '',
    operatingSystem: 'linux',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    systemUUID: '',
  };
}
