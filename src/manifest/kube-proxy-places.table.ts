// Where distributions keep the KubeProxyConfiguration that their kube-proxies read with --config: a key of a ConfigMap.
// Read from kubeadm (app/phases/addons/proxy), k0s (pkg/component/controller/kubeproxy.go), the EKS add-on, Gardener's
// chart and OpenShift's cluster-network-operator (bindata/kube-proxy). Others start kube-proxy with flags (AKS, GKE, kops,
// Talos) or inside of their agent (k3s, RKE2): docs/fidelity.md says what becomes of those.

export interface KubeProxyPlace {
  readonly namespace: string;
  /** Of the ConfigMap. */
  readonly name: string;
  readonly key: string;
  /** Who has it there. */
  readonly by: string;
}

export const kubeProxyPlaces: readonly KubeProxyPlace[] = [
  {
    namespace: 'kube-system',
    name: 'kube-proxy',
    key: 'config.conf',
    by: 'kubeadm, kind, minikube, Kubespray, k0s',
  },
  { namespace: 'kube-system', name: 'kube-proxy-config', key: 'config', by: 'EKS' },
  { namespace: 'kube-system', name: 'kube-proxy-config', key: 'config.yaml', by: 'Gardener' },
  {
    namespace: 'openshift-kube-proxy',
    name: 'proxy-config',
    key: 'kube-proxy-config.yaml',
    by: 'OpenShift',
  },
];
