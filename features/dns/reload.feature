Feature: CoreDNS reads a changed Corefile while it runs

  Where its Corefile has `reload`. The kubelet takes a while to write the file anew, and the plugin to look at it.

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: "alpine:3.20" }] }
      """

  @case-43
  Scenario: another time to live, at once with the default timing
    When I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: coredns, namespace: kube-system }
      data:
        Corefile: |
          .:53 {
              kubernetes cluster.local { ttl 7 }
              reload
          }
      """
    And Pod "client" looks up "kubernetes.default"
    Then the answer is:
      """
      kubernetes.default.svc.cluster.local. 7 IN A 10.96.0.1
      """

  @case-43
  Scenario: a Corefile that is wrong changes nothing
    When I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: coredns, namespace: kube-system }
      data:
        Corefile: |
          .:53 {
              kubernets cluster.local
              reload
          }
      """
    And Pod "client" looks up "kubernetes.default"
    Then the answer is:
      """
      kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1
      """

  @case-43
  Scenario Outline: with delays it takes about two minutes: <what>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { timing: realistic }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: "alpine:3.20" }] }
      """
    And I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: coredns, namespace: kube-system }
      data:
        Corefile: |
          .:53 {
              health
              ready
              kubernetes cluster.local { ttl 7 }
              reload
          }
      """
    When <time> seconds pass
    And Pod "client" looks up "kubernetes.default"
    Then the answer is:
      """
      kubernetes.default.svc.cluster.local. <ttl> IN A 10.96.0.1
      """

    Examples:
      | what        | time | ttl |
      | not yet     | 89   | 30  |
      | and by then | 128  | 7   |
