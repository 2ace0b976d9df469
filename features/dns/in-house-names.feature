Feature: Names of one's own in the Corefile

  The plugin `hosts` stands before `kubernetes` in the chain: what it knows nobody else is asked for.

  Background:
    Given a cluster:
      """
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
              hosts {
                  10.0.0.5 Git.Example.COM db.example.com
                  fallthrough cluster.local
              }
              kubernetes cluster.local { ttl 30 }
              reload
          }
      """

  @doc-003 @case-41
  Scenario Outline: a name of a line of `hosts`: <asked>
    When Pod "client" looks up "<asked>"
    Then the answer is:
      """
      <owner> 3600 IN A 10.0.0.5
      """

    Examples:
      | asked            | owner            |
      | db.example.com.  | db.example.com.  |
      | git.example.com. | git.example.com. |
      | GIT.example.com. | git.example.com. |

  @doc-003 @case-41
  Scenario: what falls through is the cluster's
    When Pod "client" looks up "kubernetes.default"
    Then the answer is:
      """
      kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1
      """

  @doc-003 @case-41
  Scenario: a name that nobody has, and that may not fall through, is SERVFAIL
    When Pod "client" looks up "nosuch.example.com."
    Then the answer is SERVFAIL

  @doc-003 @case-41
  Scenario: the lines answer for their addresses too
    When I run "kubectl exec client -- dig +short -x 10.0.0.5"
    Then it prints:
      """
      git.example.com.
      db.example.com.
      """

  @doc-003 @case-41
  Scenario: the container's own hosts file counts, so localhost has an address
    When I run "kubectl exec client -- dig +short localhost"
    Then it prints:
      """
      127.0.0.1
      """
