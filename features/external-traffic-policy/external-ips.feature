Feature: externalTrafficPolicy at an external IP

  An external IP is translated by the first node that sees the packet: the client's own node for Pods and nodes, the
  node that the network routes it to for everybody else. Every Pod of demo/web stands on node01.

  Background:
    Given the cluster "two-nodes"
    And I apply "web-external-ip.yaml"

  @doc-003 @doc-004 @case-38
  Scenario Outline: the external IP under Cluster: <client> is seen as <source>
    When <client> connects to "203.0.113.10:80"
    Then the connection is answered by Deployment "demo/web"
    And the server sees <source>
    And the client sees "203.0.113.10:80"

    Examples:
      | client                      | source                       |
      | host "behind-node01"        | the gateway of Node "node01" |
      | host "behind-node02"        | the address of Node "node02" |
      | Pod "demo/client-on-node01" | the gateway of Node "node01" |
      | Pod "demo/client-on-node02" | the address of Node "node02" |
      | Node "node01"               | the gateway of Node "node01" |
      | Node "node02"               | the address of Node "node02" |

  @doc-003 @doc-004 @case-38
  Scenario Outline: the external IP under Local: <client> is seen as <source>
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    When <client> connects to "203.0.113.10:80"
    Then the connection is answered by Deployment "demo/web"
    And the server sees <source>

    Examples:
      | client                      | source                                     |
      | host "behind-node01"        | the address of host "behind-node01"        |
      | Pod "demo/client-on-node01" | the address of Pod "demo/client-on-node01" |
      | Pod "demo/client-on-node02" | the address of Pod "demo/client-on-node02" |

    @mode-iptables @mode-nftables
    Examples: the nodes themselves
      | client        | source                       |
      | Node "node01" | the gateway of Node "node01" |
      | Node "node02" | the address of Node "node02" |

  @doc-003 @doc-004 @case-38
  Scenario: Local drops what the network routes to a node without a Pod
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    And no endpoint of Service "demo/web" is on Node "node02"
    When host "behind-node02" connects to "203.0.113.10:80"
    Then the connection times out
    And the trace blames "no-local-endpoints"

  @doc-003 @doc-004 @case-38
  Scenario: without endpoints the external IP is refused
    Given I scale Deployment "demo/web" to 0 replicas
    When host "behind-node02" connects to "203.0.113.10:80"
    Then the connection is refused
    And the trace blames "no-endpoints"
