@mode-iptables
Feature: kube-proxy is not in the path of iptables mode

  The kernel translates; kube-proxy only writes the rules. When it stops on one node, that node goes on with the rules it
  has, and what changes afterwards does not arrive there.

  Background:
    Given the cluster "balance"
    And kube-proxy on Node "node02" stops

  @doc-003 @doc-004 @case-27
  Scenario: Services go on working on the node
    Then connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 3 Pods
    And every connection from host "laptop" to port 30080 of Node "node02" is answered by Deployment "my-app"

  @doc-003 @doc-004 @case-27
  Scenario: new Pods get no connections from the node, and get them from the others
    When I scale Deployment "my-app" to 5 replicas
    Then Service "my-service" has 5 endpoints
    And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 5 Pods
    And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-003 @doc-004 @case-27
  Scenario: a Pod that is gone still gets its share from the node
    When I scale Deployment "my-app" to 1 replica
    Then the reachability is:
      | who                    | 10.100.200.1:80         |
      | Pod "client-on-node01" | answered                |
      | Pod "client-on-node02" | answered or unreachable |

  @doc-003 @doc-004 @case-27
  Scenario: a deleted Service is still translated on the node
    When I delete Service "my-service"
    Then every connection from Pod "client-on-node02" to "10.100.200.1:80" is answered by Deployment "my-app"
    And no connection from Pod "client-on-node01" to "10.100.200.1:80" is answered
    And the rules on Node "node01" do not mention Service "my-service"

  @doc-003 @doc-004 @case-27
  Scenario: when it starts again the node catches up
    Given I scale Deployment "my-app" to 5 replicas
    When kube-proxy on Node "node02" starts
    Then connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 5 Pods
    And the rules on Node "node02" lead to exactly the endpoints of Service "my-service"

  @doc-004 @case-27
  Scenario: a kube-proxy that is only late catches up by itself
    Given kube-proxy on Node "node01" lags by 30 seconds
    When I scale Deployment "my-app" to 5 replicas
    And 29 seconds pass
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods
    And connections from Node "control-plane" to "10.100.200.1:80" spread evenly over 5 Pods

  @doc-004 @case-27
  Scenario: after its delay the late one has the new rules too
    Given kube-proxy on Node "node01" lags by 30 seconds
    And I scale Deployment "my-app" to 5 replicas
    When 31 seconds pass
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 5 Pods
    And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 3 Pods
