Feature: externalTrafficPolicy says which Pods clients outside the cluster reach

  Background:
    Given the cluster "two-nodes"

  @doc-003 @case-38
  Scenario: Local policy drops traffic
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    And no endpoint of Service "demo/web" is on Node "node02"
    When host "laptop" connects to port 30080 of Node "node02"
    Then the connection times out
    And the trace blames "no-local-endpoints"

  @doc-003 @case-38
  Scenario: Local keeps the client's address
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    When host "laptop" connects to port 30080 of Node "node01"
    Then the connection is answered by Deployment "demo/web"
    And the server sees the address of host "laptop"
    And the client sees "192.168.66.101:30080"

  @doc-003 @case-38
  Scenario: Cluster answers on any node and masks the client's address
    Given 2 endpoints of Service "demo/web" are on Node "node01"
    When host "laptop" connects to port 30080 of Node "node02"
    Then the connection is answered by Deployment "demo/web"
    And the server sees the address of Node "node02"
    And the client sees "192.168.66.102:30080"

  @doc-003 @case-38
  Scenario: Local is no obstacle to Pods and nodes of the cluster
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    Then the reachability is:
      | who                         | port 30080 of Node "node01" | port 30080 of Node "node02" | web:80   |
      | host "laptop"               | answered                    | timeout                     | nxdomain |
      | Pod "demo/client-on-node02" | answered                    | answered                    | answered |

  @doc-003 @case-38
  Scenario: it cannot be set on a plain ClusterIP Service
    When I set "spec.externalTrafficPolicy" of Service "default/my-service" to "Local"
    Then the API server refuses it:
      """
      spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services
      """

  @doc-003 @case-38
  Scenario: Local balances over the node's own Pods only
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    When I apply "web-on-both.yaml"
    Then every connection from host "laptop" to "192.168.66.102:30080" is answered by Pod "demo/web-on-node02"
    And connections from host "laptop" to "192.168.66.101:30080" spread evenly over 2 Pods
    And Service "demo/web" has 3 endpoints
