Feature: A ClusterIP Service has a virtual address inside the cluster

  Background:
    Given the cluster "three-nodes"

  @doc-001 @doc-002 @doc-004 @case-10
  Scenario: every Pod and every node reaches it, nobody outside does
    Then the reachability is:
      | who                                   | 10.98.182.100:80 | nginx-deployment-service:80 |
      | Node "master"                         | answered         | nxdomain                    |
      | Node "node01"                         | answered         | nxdomain                    |
      | Node "node02"                         | answered         | nxdomain                    |
      | Deployment "default/nginx-deployment" | answered         | answered                    |
      | host "laptop"                         | timeout          | nxdomain                    |

  @doc-001 @doc-003 @doc-004 @case-10
  Scenario: a client outside has no route, so no rule is to blame
    When host "laptop" connects to "10.98.182.100:80"
    Then the connection times out
    And the trace blames "no-route"
    And the connection walks no rules

  @doc-004 @case-10
  Scenario: only the missing route keeps it inside: whoever sends to a node is served, and masked
    Given Pod "default/nginx-deployment-9957b6647-j5c45" stops being ready
    When host "neighbour" connects to "10.98.182.100:80"
    Then the connection is answered by Pod "default/nginx-deployment-9957b6647-5v2nl"
    And the server sees the address of Node "node01"
    And the client sees "10.98.182.100:80"

  @doc-003 @doc-004 @case-10 @mode-iptables
  Scenario: the address is translated where the client sits, and the reply back again
    Given I apply "my-internal-service.yaml"
    When Pod "default/nginx-deployment-9957b6647-5v2nl" connects to "my-internal-service:80"
    Then the connection is answered by Pod "default/my-app"
    And the trace passes:
      | stage          | effect  | rule  |
      | nat/PREROUTING | dnat    | :8080 |
    And the server sees the address of Pod "default/nginx-deployment-9957b6647-5v2nl"
    And the client sees the address of Service "default/my-internal-service"

  @doc-004 @case-10
  Scenario Outline: a node's own connections are masked with the address of the way out
    Given Pod "default/nginx-deployment-9957b6647-j5c45" stops being ready
    When Node "<node>" connects to "10.98.182.100:80"
    Then the connection is answered by Pod "default/nginx-deployment-9957b6647-5v2nl"
    And the server sees <source>

    Examples:
      | node   | source                       |
      | master | the address of Node "master" |
      | node01 | the address of Node "node01" |
      | node02 | the gateway of Node "node02" |

  @doc-004 @case-10 @mode-iptables
  Scenario: the address answers on the Service's ports only
    When Node "master" connects to "10.98.182.100:8080"
    Then the connection times out
    And every connection from Node "master" to "10.98.182.100:80" is answered

  @doc-003 @case-10
  Scenario: the address outlives every Pod behind it
    When I scale Deployment "default/nginx-deployment" to 0 replicas
    Then Service "default/nginx-deployment-service" has:
      | path           | value         |
      | spec.clusterIP | 10.98.182.100 |
    And every connection from Node "node01" to "10.98.182.100:80" is refused
    And Service "default/nginx-deployment-service" has no endpoints

  @doc-004 @case-10
  Scenario: a deleted Service leaves nothing behind
    When I delete Service "default/nginx-deployment-service"
    Then no connection from Node "node01" to "10.98.182.100:80" is answered
    And the rules on Node "node01" do not mention Service "default/nginx-deployment-service"
    And every connection from Node "node01" to "10.244.140.69:80" is answered
