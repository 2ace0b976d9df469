Feature: a CoreDNS whose Corefile is wrong does not start

  It prints its own words and ends, the kubelet starts it again after a back-off, and who looks a name up is told the
  line of the ConfigMap. A CoreDNS that runs goes on.

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: "alpine:3.20" }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, ports: [{ port: 80 }] }
      """

  @case-43
  Scenario: all replicas crash, and the log says why
    Given I run "kubectl scale -n kube-system deploy/coredns --replicas=0"
    And 5 seconds pass
    And CoreDNS is configured with:
      """
      .:53 {
          kuberntes cluster.local
      }
      """
    And I run "kubectl scale -n kube-system deploy/coredns --replicas=2"
    When I run "kubectl logs -n kube-system deploy/coredns"
    Then it prints:
      """
      maxprocs: Leaving * CPU quota undefined
      /etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'kuberntes'
      Found 2 pods, using *
      """

  @case-43
  Scenario: a rollout stops at the first new replica, and the old one answers
    Given CoreDNS is configured with:
      """
      .:53 {
          kuberntes cluster.local
      }
      """
    When I run "kubectl rollout restart -n kube-system deploy/coredns"
    Then Service "kube-system/kube-dns" has 1 endpoint
    And every connection from Pod "client" to "kubernetes:443" is answered

  @case-43
  Scenario: a look-up blames what keeps CoreDNS from starting
    Given I run "kubectl scale -n kube-system deploy/coredns --replicas=0"
    And 5 seconds pass
    And CoreDNS is configured with:
      """
      .:53 {
          kuberntes cluster.local
      }
      """
    And I run "kubectl scale -n kube-system deploy/coredns --replicas=1"
    When Pod "client" connects to "web:80"
    Then the connection fails to resolve
    And the trace blames "dns-timeout"

  @case-43
  Scenario: one that was mended starts when its back-off is over
    Given I run "kubectl scale -n kube-system deploy/coredns --replicas=0"
    And 5 seconds pass
    And CoreDNS is configured with:
      """
      kubernetes cluster.local
      . {
      """
    And I run "kubectl scale -n kube-system deploy/coredns --replicas=1"
    And CoreDNS is configured with:
      """
      . {
          ready
          kubernetes cluster.local
      }
      """
    When 11 seconds pass
    And Pod "client" looks up "web"
    Then the answer is:
      """
      web.default.svc.cluster.local. 5 IN A 10.96.0.80
      """
