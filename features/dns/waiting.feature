@mode-iptables @mode-nftables @mode-ipvs
Feature: The cluster goes on while a resolver waits

  A query that nobody answers is sent again after five seconds. What happens in the cluster meanwhile decides over the
  second one: kube-proxies catch up, Pods come back.

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { nodeName: node02, containers: [{ name: shell, image: "debian:12" }] }
      """
    And kube-proxy lags by 3 seconds

  Scenario: the second query finds the rules of the new CoreDNS
    Given I run "kubectl delete pods -n kube-system --all --force --grace-period=0"
    When Pod "client" looks up "kubernetes.default" A
    Then the answer is:
      """
      kubernetes.default.svc.cluster.local. A 10.96.0.1
      """
    And the queries are:
      | name                                          | rcode    |
      | kubernetes.default.default.svc.cluster.local. | TIMEOUT  |
      | kubernetes.default.default.svc.cluster.local. | NXDOMAIN |
      | kubernetes.default.svc.cluster.local.         | NOERROR  |

  Scenario: a program of a Pod waits in the same way
    Given I run "kubectl delete pods -n kube-system --all --force --grace-period=0"
    When I run "kubectl exec client -- getent hosts kubernetes.default"
    Then it prints:
      """
      10.96.0.1       kubernetes.default.svc.cluster.local
      """
