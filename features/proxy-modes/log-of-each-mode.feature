@mode-iptables @mode-ipvs @mode-nftables @mode-userspace
Feature: The log of kube-proxy names the mode that it runs in

  @doc-004 @case-36
  Scenario Outline: Kubernetes <version> in <mode> mode
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        kubernetesVersion: "<version>"
        nodes:
          - { name: node01, internalIP: 192.168.66.101 }
      """
    And kube-proxy runs in <mode> mode
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: kube-proxy-node01, namespace: kube-system }
      spec:
        nodeName: node01
        hostNetwork: true
        containers: [{ name: kube-proxy, image: "registry.k8s.io/kube-proxy:v<version>.0" }]
      """
    When I run "kubectl logs -n kube-system kube-proxy-node01"
    Then it prints:
      """
      I0101 00:00:00.000000 1 server_others.go:<line>] "Using <mode> Proxier"
      """

    Examples:
      | mode     | version | line |
      | iptables | 1.25    | 208  |
      | ipvs     | 1.25    | 271  |

  @doc-003 @doc-004 @case-27 @case-36
  Scenario: Kubernetes 1.25 in userspace mode says that it will go
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        kubernetesVersion: "1.25"
        nodes:
          - { name: node01, internalIP: 192.168.66.101 }
      """
    And kube-proxy runs in userspace mode
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: kube-proxy-node01, namespace: kube-system }
      spec:
        nodeName: node01
        hostNetwork: true
        containers: [{ name: kube-proxy, image: "registry.k8s.io/kube-proxy:v1.25.0" }]
      """
    When I run "kubectl logs -n kube-system kube-proxy-node01"
    Then it prints:
      """
      I0101 00:00:00.000000 1 server_others.go:345] "Using userspace Proxier"
      I0101 00:00:00.000000 1 server_others.go:346] "The userspace proxier is now deprecated and will be removed in a future release, please use 'iptables' or 'ipvs' instead"
      """

  @doc-004 @case-31 @case-36
  Scenario: Kubernetes 1.34 in nftables mode
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        kubernetesVersion: "1.34"
        nodes:
          - { name: node01, internalIP: 192.168.66.101 }
      """
    And kube-proxy runs in nftables mode
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
    When I run "kubectl logs -n kube-system kube-proxy-node01 --tail=7"
    Then it prints:
      """
      I0101 00:00:00.000000 1 server_linux.go:246] "Using nftables Proxier"
      I0101 00:00:00.000000 1 server.go:527] "Version info" version="v1.34.0"
      I0101 00:00:00.000000 1 server.go:529] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""
      I0101 00:00:00.000000 1 config.go:200] "Starting service config controller"
      I0101 00:00:00.000000 1 config.go:106] "Starting endpoint slice config controller"
      I0101 00:00:00.000000 1 config.go:403] "Starting serviceCIDR config controller"
      I0101 00:00:00.000000 1 config.go:309] "Starting node config controller"
      """

  @doc-004 @case-29 @case-36
  Scenario: Kubernetes 1.35 in IPVS mode says that it is deprecated
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        kubernetesVersion: "1.35"
        nodes:
          - { name: node01, internalIP: 192.168.66.101 }
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
        containers: [{ name: kube-proxy, image: "registry.k8s.io/kube-proxy:v1.35.0" }]
      """
    When I run "kubectl logs -n kube-system kube-proxy-node01 --tail=8"
    Then it prints:
      """
      I0101 00:00:00.000000 1 server_linux.go:193] "Using ipvs Proxier"
      E0101 00:00:00.000000 1 server_linux.go:195] "The ipvs proxier is now deprecated and may be removed in a future release. Please use 'nftables' instead."
      I0101 00:00:00.000000 1 server.go:529] "Version info" version="v1.35.0"
      I0101 00:00:00.000000 1 server.go:531] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""
      I0101 00:00:00.000000 1 config.go:200] "Starting service config controller"
      I0101 00:00:00.000000 1 config.go:106] "Starting endpoint slice config controller"
      I0101 00:00:00.000000 1 config.go:403] "Starting serviceCIDR config controller"
      I0101 00:00:00.000000 1 config.go:309] "Starting node config controller"
      """
