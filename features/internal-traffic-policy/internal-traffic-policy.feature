Feature: internalTrafficPolicy says which Pods clients inside the cluster reach

  Background:
    Given the cluster "two-nodes"

  @doc-003 @case-37
  Scenario: Local policy drops traffic
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    And no endpoint of Service "demo/web" is on Node "node02"
    When Pod "demo/client-on-node02" connects to "web:80"
    Then the connection times out
    And the trace blames "no-local-endpoints"

  @doc-003 @case-37
  Scenario: Local keeps to the client's node
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    And I apply "web-on-both.yaml"
    Then every connection from Pod "demo/client-on-node02" to "web:80" is answered by Pod "demo/web-on-node02"
    And connections from Pod "demo/client-on-node01" to "web:80" spread evenly over 2 Pods
    And 1 endpoint of Service "demo/web" is on Node "node02"

  @doc-003 @case-37
  Scenario: Cluster, the default, reaches Pods on any node
    Given Service "demo/web" has:
      | path                       | value   |
      | spec.internalTrafficPolicy | Cluster |
    And 2 endpoints of Service "demo/web" are on Node "node01"
    When Pod "demo/client-on-node02" connects to "web:80"
    Then the connection is answered by Deployment "demo/web"
    And the server sees the address of Pod "demo/client-on-node02"

  @doc-003 @case-37
  Scenario: Local says nothing about node ports
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    Then every connection from host "laptop" to "192.168.66.102:30080" is answered

  @doc-003 @case-37 @mode-iptables
  Scenario: the rule that drops stands on the node without an endpoint
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    When Pod "demo/client-on-node02" connects to port 80 of Service "demo/web"
    Then the trace passes:
      | at          | stage          | chain         | effect | detail                               |
      | node/node02 | filter/FORWARD | KUBE-SERVICES | drop   | demo/web:http has no local endpoints |
