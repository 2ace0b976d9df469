@mode-ipvs @mode-nftables
Feature: What kube-proxy needs of its node's kernel

  A mode that the kernel cannot carry out keeps kube-proxy from starting; it names what is missing. Up to 1.25 IPVS mode
  gave way to iptables mode instead. What the kernel's release decides beyond that is a sysctl of IPVS.

  @doc-003 @doc-004 @case-29
  Scenario Outline: on a node without <module> IPVS mode does not start, on others it does
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.66.101, missingModules: [<module>] }
          - { name: node02, internalIP: 192.168.66.102 }
      ---
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      mode: ipvs
      ipvs: { scheduler: wlc }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        nodeName: node02
        containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.77, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And kube-proxy runs in ipvs mode
    Then no connection from Node "node01" to "10.96.0.77:80" is answered
    And every connection from Node "node02" to "10.96.0.77:80" is answered by Pod "web"
    And the rules on Node "node01" do not mention Service "web"

    Examples:
      | module    |
      | ip_vs     |
      | ip_vs_wlc |

  @doc-003 @doc-004 @case-29 @case-36
  Scenario: it says so in its log
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.66.101, missingModules: [ip_vs] }
      ---
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      mode: ipvs
      """
    And kube-proxy runs in ipvs mode
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: kube-proxy-node01, namespace: kube-system }
      spec:
        nodeName: node01
        hostNetwork: true
        containers: [{ name: kube-proxy, image: "registry.k8s.io/kube-proxy:v1.34.0" }]
      """
    When I run "kubectl logs -n kube-system kube-proxy-node01 --tail=2"
    Then it prints:
      """
      I0101 *       1 proxier.go:644] "Dummy VS not created" scheduler="rr"
      E0101 *       1 run.go:72] "command failed" err="can't use the IPVS proxier: Ipvs not supported"
      """
    And Pod "kube-system/kube-proxy-node01" is CrashLoopBackOff

  @doc-004 @case-29
  Scenario: Kubernetes 1.25 runs in iptables mode instead
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        kubernetesVersion: "1.25"
        nodes:
          - { name: node01, internalIP: 192.168.66.101, missingModules: [ip_vs] }
          - { name: node02, internalIP: 192.168.66.102 }
      ---
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      mode: ipvs
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        nodeName: node02
        containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.77, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And kube-proxy runs in ipvs mode
    Then every connection from Node "node01" to "10.96.0.77:80" is answered by Pod "web"
    And iptables-save on Node "node01" prints:
      """
      *nat
      -A KUBE-SERVICES -d 10.96.0.77/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
      """
    And ipvsadm -Ln on Node "node02" prints:
      """
      TCP  10.96.0.77:80 rr
      """

  Scenario Outline: a client's port that is used again, on Linux <kernel>
    Before Linux 5.9 kube-proxy sets conn_reuse_mode to 0: the new connection goes where the old one went.

    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        kernelVersion: "<kernel>"
        nodes:
          - { name: node01, internalIP: 192.168.66.101 }
          - { name: node02, internalIP: 192.168.66.102 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web-a, labels: { app: web } }
      spec:
        nodeName: node01
        containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web-b, labels: { app: web } }
      spec:
        nodeName: node02
        containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec:
        nodeName: node01
        containers: [{ name: client, image: busybox }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.77, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And kube-proxy runs in ipvs mode
    When Pod "client" keeps connecting to "10.96.0.77:80" from port 5000 every 1 second
    And 3 seconds pass
    Then <a> requests are answered by Pod "web-a"
    And <b> requests are answered by Pod "web-b"

    Examples:
      | kernel | a | b |
      | 5.8.18 | 0 | 4 |
      | 5.9.0  | 2 | 2 |

  @case-31
  Scenario Outline: nftables mode on Linux <kernel>, Kubernetes <version>
    kube-proxy looks at the release of the kernel as nft before 1.0.1 cannot be trusted with its table; in 1.32 the
    condition was upside down.

    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        kubernetesVersion: "<version>"
        kernelVersion: "<kernel>"
        nodes:
          - { name: node01, internalIP: 192.168.66.101 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.77, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And kube-proxy runs in nftables mode
    Then <every> connection from Node "node01" to "10.96.0.77:80" is answered

    Examples:
      | kernel | version | every |
      | 5.12.0 | 1.32    | every |
      | 5.12.0 | 1.34    | no    |
      | 5.13.0 | 1.34    | every |
