@mode-iptables
Feature: What document 004 compares between the modes, for iptables mode

  Background:
    Given the cluster "balance"

  @doc-004 @case-35
  Scenario: algorithm: at random, each connection by itself, equal shares
    Given connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-004 @case-35
  Scenario: look-up: rules one by one, so a hundred Services more cost a hundred rules
    Given I scale Deployment "my-app" to 1 replica
    And I apply "hundred-services.yaml"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks 125 rules
    And the connection is answered by Deployment "my-app"

  @doc-004 @case-35
  Scenario: session affinity: it has it
    When I set "spec.sessionAffinity" of Service "my-service" to "ClientIP"
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" stay on one Pod
    And connections from Pod "client-on-node01" to "10.100.200.2:80" spread evenly over 3 Pods

  @doc-004 @case-35
  Scenario: a dead Pod: it has its share until the endpoints change
    Given the endpoint controllers lag by 30 seconds
    And I scale Deployment "my-app" to 1 replica
    And the reachability is:
      | who                    | 10.100.200.1:80         |
      | Pod "client-on-node01" | answered or unreachable |
    When 30 seconds pass
    Then every connection from Pod "client-on-node01" to "10.100.200.1:80" is answered by Deployment "my-app"
    And Service "my-service" has 1 endpoint

  @doc-004 @case-35
  Scenario: a Pod that fails its probe: it is left out as soon as it is not ready
    When Pod "my-app-6d4cf56db6-7qtjl" stops being ready
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 2 Pods
    And no connection from Pod "client-on-node02" to "10.100.200.1:80" is answered by Pod "my-app-6d4cf56db6-7qtjl"

  @doc-004 @case-35
  Scenario Outline: support: Kubernetes <version> runs it, and without being asked
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: version }
      spec: { kubernetesVersion: "<version>" }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: busybox:1.36, command: [sleep, "3600"] }] }
      """
    Then every connection from Pod "client" to "kubernetes:443" is answered
    And iptables-save on Node "node01" prints:
      """
      -A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y
      """

    Examples:
      | version |
      | 1.32    |
      | 1.33    |
      | 1.34    |
      | 1.35    |
      | 1.36    |
