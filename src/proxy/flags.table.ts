// The flags of kube-proxy that change where packets go, with the field of KubeProxyConfiguration that each sets
// (cmd/kube-proxy/app/options.go AddFlags). Where --config is given, kube-proxy ignores them all.

export const proxyFlags: Readonly<Record<string, string>> = {
  '--proxy-mode': 'mode',
  '--cluster-cidr': 'clusterCIDR',
  '--detect-local-mode': 'detectLocalMode',
  '--pod-bridge-interface': 'detectLocal.bridgeInterface',
  '--pod-interface-name-prefix': 'detectLocal.interfaceNamePrefix',
  '--nodeport-addresses': 'nodePortAddresses',
  '--masquerade-all': 'iptables.masqueradeAll',
  '--iptables-masquerade-bit': 'iptables.masqueradeBit',
  '--iptables-localhost-nodeports': 'iptables.localhostNodePorts',
  '--ipvs-scheduler': 'ipvs.scheduler',
  '--ipvs-strict-arp': 'ipvs.strictARP',
  '--ipvs-exclude-cidrs': 'ipvs.excludeCIDRs',
  '--bind-address': 'bindAddress',
  '--feature-gates': 'featureGates',
};
