// The files a pod's containers share (resolv.conf, hosts) and the DNS settings of the kubelet that writes them.
import { kubeletDomain } from '../api/cluster-spec.ts';
import type { Pod } from '../api/types.ts';
import { clusterDnsAddress } from '../dns/kubeadm/coredns.ts';
import { type DnsFacts, filesOf } from '../kubelet/files.ts';
import type { PodFiles } from '../kubelet/runtime.ts';
import type { State } from './state.ts';

export function podFiles(state: State, pod: Pod): PodFiles {
  const ips = (pod.status?.podIPs ?? []).map(({ ip }) => ip);
  return filesOf(pod, ips, dnsFacts(state, pod));
}

/** What the kubelet of the pod's node knows of DNS. */
export function dnsFacts(state: State, pod: Pod): DnsFacts {
  const { spec } = state.parts;
  const node = spec.nodes.find((n) => n.name === pod.spec.nodeName);
  return {
    clusterDNS: spec.clusterDNS ?? [clusterDnsAddress(spec.serviceSubnet)],
    dnsDomain: kubeletDomain(spec),
    nodeResolvConf: spec.withoutResolvConf === true ? null : (node?.resolvConf ?? ''),
    minor: spec.minor,
  };
}
