// The Cluster document (svcspec.dev/v1alpha1): what plain manifests cannot say about a cluster, in kubeadm's words.
// This file is the decoded form with every default filled in; reading and checking it is src/manifest's work.
import type { Addr } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import type { Proto } from '../net/packet.ts';
import type { BalancerChecks, CloudName } from './cloud-providers.table.ts';
import type { Position } from './input-error.ts';
import type { KeepalivedConf } from './keepalived.ts';
import type { Timing } from './timing.table.ts';

export interface NodeSpec {
  readonly name: string;
  readonly internalIP: Addr;
  /** Further addresses (dual stack, ExternalIP ...). */
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly roles: readonly string[];
  readonly zone: string | null;
  /** Given by the document, or null: node IPAM allocates one. */
  readonly podCIDR: Cidr | null;
  /** Its range of the cluster's other family, where the document gives one. */
  readonly secondaryPodCIDR?: Cidr;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly {
    readonly key: string;
    readonly value?: string;
    readonly effect: string;
  }[];
  /** Of cpu, memory, pods ...: what the scheduler may give away; absent: a machine with room for all. */
  readonly capacity?: Readonly<Record<string, string>>;
  /** Kernel modules that cannot be loaded; absent: all can. */
  readonly missingModules?: readonly string[];
  /** Kernel settings by name (node-sysctls.table.ts); absent: the kernel's own. */
  readonly sysctls?: Readonly<Record<string, number>>;
  /** The kernel counts for nfacct, so iptables mode writes its two counting rules (since 1.31). Absent: it does not. */
  readonly nfacct?: boolean;
  /** The node's own /etc/resolv.conf; default: nameserver 8.8.8.8. */
  readonly resolvConf: string;
}

export interface HostSpec {
  readonly name: string;
  readonly ip: Addr;
  readonly listen: readonly { readonly port: number; readonly proto: Proto }[];
  /** Routes of this host into the cluster beyond node and load-balancer addresses. `via` is a node name. */
  readonly routes: readonly { readonly to: Cidr; readonly via: string }[];
  /** Kernel settings by name (node-sysctls.table.ts); absent: the kernel's own. */
  readonly sysctls?: Readonly<Record<string, number>>;
  /** What iptables-restore loads there. */
  readonly iptables?: HostRules;
  /** It runs keepalived. */
  readonly keepalived?: KeepalivedConf;
}

/** Rules as text: who composes the cluster reads them. */
export interface HostRules {
  readonly text: string;
  /** Of each line of the text, in the document; null: nothing is known of it. */
  readonly lines: readonly { readonly position: Position | null; readonly text: string }[];
}

/** What a real cluster drew at random, fixed so that a documented picture can be reproduced. */
export interface Pin {
  /** "Service/demo/web", "Pod/demo/client", "Deployment/demo/web". */
  readonly object: string;
  readonly clusterIP: Addr | null;
  /** Service port name ("" when unnamed) -> node port. */
  readonly nodePorts: Readonly<Record<string, number>>;
  readonly loadBalancerIP: Addr | null;
  readonly ip: Addr | null;
  readonly node: string | null;
  /** pod-template-hash of a Deployment. */
  readonly hash: string | null;
  /** Pods of a workload, in order of creation. */
  readonly pods: readonly {
    readonly suffix: string;
    readonly ip: Addr | null;
    readonly node: string | null;
  }[];
  readonly position: Position | null;
}

export interface ClusterSpec {
  readonly name: string;
  /** "1.34". */
  readonly kubernetesVersion: string;
  readonly minor: number;
  /** Of every node, "4.19.0"; absent: that of Debian 12. */
  readonly kernelVersion?: string;
  readonly podSubnet: Cidr;
  readonly serviceSubnet: Cidr;
  /** The ranges of the other family on a dual-stack cluster (kubeadm's "10.244.0.0/16,fd00:10:244::/56"). */
  readonly secondary?: { readonly podSubnet?: Cidr; readonly serviceSubnet?: Cidr };
  readonly dnsDomain: string;
  readonly nodePortRange: { readonly low: number; readonly high: number };
  readonly nodes: readonly NodeSpec[];
  readonly apiServer: { readonly address: Addr; readonly port: number };
  readonly cniProfile: string;
  readonly cloudProvider: {
    /** Null: the document names none. */
    readonly name: CloudName | null;
    readonly loadBalancerPool: Cidr;
    readonly ipMode: 'VIP' | 'Proxy';
    readonly checks: BalancerChecks;
    readonly whenNoneHealthy: 'all' | 'none';
  } | null;
  readonly hosts: readonly HostSpec[];
  /** Of a KubeletConfiguration: the name servers of Pods; absent: the kube-dns Service's address. */
  readonly clusterDNS?: readonly Addr[];
  /** Of a KubeletConfiguration: the domain that kubelets write into files; absent: dnsDomain. */
  readonly clusterDomain?: string;
  /** Of a KubeletConfiguration with resolvConf: "": Pods get nothing of the nodes' resolv.conf. */
  readonly withoutResolvConf?: boolean;
  /** Zone-file lines that every DNS server outside answers. */
  readonly upstreamDNS: string;
  readonly timing: Timing;
  readonly pins: readonly Pin[];
  /** The KubeProxyConfiguration document as read, or null. */
  readonly kubeProxyConfiguration: Readonly<Record<string, unknown>> | null;
  readonly proxyMode: 'iptables' | 'ipvs' | 'nftables' | 'userspace';
}

/** Debian 12's. */
const usualKernel = '6.1.0';

export function kernelVersionOf({
  kernelVersion = usualKernel,
}: Pick<ClusterSpec, 'kernelVersion'>): string {
  return kernelVersion;
}

/** Whether the nodes' kernel is older than a release: "5.7". */
export function isKernelBefore(spec: Pick<ClusterSpec, 'kernelVersion'>, release: string): boolean {
  const [major = 0, minor = 0] = kernelVersionOf(spec).split('.').map(Number);
  const [thenMajor = 0, thenMinor = 0] = release.split('.').map(Number);
  return major < thenMajor || (major === thenMajor && minor < thenMinor);
}

/** The ranges of Services, primary first: one, or one of each family. */
export function serviceSubnets({ serviceSubnet, secondary }: ClusterSpec): readonly Cidr[] {
  return secondary?.serviceSubnet === undefined
    ? [serviceSubnet]
    : [serviceSubnet, secondary.serviceSubnet];
}

/** The ranges of Pods, primary first: one, or one of each family. */
export function podSubnets({ podSubnet, secondary }: ClusterSpec): readonly Cidr[] {
  return secondary?.podSubnet === undefined ? [podSubnet] : [podSubnet, secondary.podSubnet];
}

/** The domain that kubelets write into resolv.conf and hosts files. */
export function kubeletDomain({ clusterDomain, dnsDomain }: ClusterSpec): string {
  return clusterDomain ?? dnsDomain;
}
