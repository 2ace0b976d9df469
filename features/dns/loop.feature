Feature: CoreDNS finds out that it forwards to itself

  @doc-003 @case-40 @case-43
  Scenario: the stub resolver of a node is nobody's in a Pod
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { nodes: [{ name: node01, internalIP: 192.168.1.11, resolvConf: "nameserver 127.0.0.53" }] }
      """
    When I run "kubectl logs -n kube-system deploy/coredns"
    Then it prints:
      """
      maxprocs: Leaving * CPU quota undefined
      .:53
      [INFO] plugin/reload: Running configuration SHA512 = *
      CoreDNS-1.12.1
      linux/amd64, * *
      [FATAL] plugin/loop: Loop * -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO *
      Found 2 pods, using *
      """
    And Pod "kube-system/coredns-66bc5c9577-c52fm" is CrashLoopBackOff
