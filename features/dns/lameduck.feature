@mode-iptables @mode-nftables
Feature: lameduck keeps a CoreDNS answering until nobody asks it any more

  A Pod that is deleted is told to end at the same moment as the endpoint controllers and kube-proxies hear of it. `health {
  lameduck 5s }` makes CoreDNS go on for that long; without it, queries that kube-proxy still sends its way are refused.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { timing: realistic, nodes: [{ name: node01, internalIP: 10.0.0.11 }, { name: node02, internalIP: 10.0.0.12 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { nodeName: node02, containers: [{ name: shell, image: "alpine:3.20" }] }
      """

  Scenario: kubeadm's Corefile has 5 seconds: a rollout loses no query
    Given 1 minute passes
    And kube-proxy lags by 3 seconds
    And Pod "client" keeps connecting to "kubernetes:443" every 50 milliseconds
    When I run "kubectl rollout restart -n kube-system deploy/coredns"
    And 2 minutes pass
    Then Deployment "kube-system/coredns" has:
      | path                   | value |
      | status.updatedReplicas | 2     |
      | status.readyReplicas   | 2     |
    And no request is lost
    And no request fails to resolve

  Scenario: without lameduck it loses those that a slow kube-proxy sends to a Pod that is gone
    Given CoreDNS is configured with:
      """
      . {
          ready
          reload
      }
      """
    And 4 minutes pass
    And kube-proxy lags by 3 seconds
    And Pod "client" keeps connecting to "kubernetes:443" every 50 milliseconds
    When I run "kubectl rollout restart -n kube-system deploy/coredns"
    And 2 minutes pass
    Then Deployment "kube-system/coredns" has:
      | path                   | value |
      | status.updatedReplicas | 2     |
    And at least 10 requests fail to resolve

  Scenario: a lameduck shorter than kube-proxy is slow loses some as well
    Given CoreDNS is configured with:
      """
      . {
          health {
              lameduck 1s
          }
          ready
          reload
      }
      """
    And 4 minutes pass
    And kube-proxy lags by 3 seconds
    And Pod "client" keeps connecting to "kubernetes:443" every 50 milliseconds
    When I run "kubectl delete pod -n kube-system --all --wait=false"
    And 2 minutes pass
    Then at least 10 requests fail to resolve
