Feature: NodeLocal DNSCache where kube-proxy runs in IPVS mode

  IPVS takes what is for a virtual server before any socket of the node gets it, tracked or not: the address of kube-dns
  stays kube-proxy's. The cache is asked by 169.254.20.10, which the kubelets have to write into the Pods' resolv.conf.

  @mode-ipvs
  Scenario: the address of kube-dns leads past the cache to CoreDNS
    Given the cluster "node-local-dns"
    And kube-proxy runs in ipvs mode
    When Pod "demo/client" connects to "10.96.0.10:53" over UDP
    Then the trace passes:
      | at          | stage          | effect | rule                    |
      | node/node01 | raw/PREROUTING | mark   | -j NOTRACK              |
      | node/node01 | ipvs           | dnat   | -a -u 10.96.0.10:53     |

  @mode-ipvs
  Scenario: the cache answers by its own address
    Given the cluster "node-local-dns"
    And kube-proxy runs in ipvs mode
    When Pod "demo/client" connects to "169.254.20.10:53" over UDP
    Then the trace passes:
      | at                                   | stage          | effect  | rule              |
      | node/node01                          | raw/PREROUTING | mark    | -d 169.254.20.10  |
      | pod/kube-system/node-local-dns-9d4fv | socket         | deliver |                   |

  Scenario: the kubelets name the cache, whatever the mode
    Given a cluster:
      """
      apiVersion: kubelet.config.k8s.io/v1beta1
      kind: KubeletConfiguration
      clusterDNS: [169.254.20.10]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: "debian:12" }] }
      """
    When I run "kubectl exec client -- cat /etc/resolv.conf"
    Then it prints:
      """
      search default.svc.cluster.local svc.cluster.local cluster.local
      nameserver 169.254.20.10
      options ndots:5
      """
