Feature: Pods leave the cluster with the address of their node

  This is the work of the CNI, not of kube-proxy: among themselves Pods keep their addresses, to everywhere else they go
  out as their node. The rule of document 004 leaves out 10.0.0.0/16 only, which holds no Pod of 10.244.0.0/16.

  Background:
    Given the cluster "two-nodes"

  @doc-004 @case-33
  Scenario Outline: outside the cluster <client> is seen as <source>
    When <client> connects to "93.184.216.34:80"
    Then the connection is answered by host "example"
    And the server sees <source>
    And the client sees "93.184.216.34:80"

    Examples:
      | client                      | source                       |
      | Pod "demo/client-on-node01" | the address of Node "node01" |
      | Pod "demo/client-on-node02" | the address of Node "node02" |
      | Node "node02"               | the address of Node "node02" |

  @doc-004 @case-33
  Scenario: Pods keep their addresses among themselves, on other nodes too
    Given I apply "web-on-both.yaml"
    When Pod "demo/client-on-node01" connects to port 8080 of Pod "demo/web-on-node02"
    Then the connection is answered by Pod "demo/web-on-node02"
    And the server sees the address of Pod "demo/client-on-node01"

  @doc-004 @case-33
  Scenario: behind a cluster IP they keep them as well
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Cluster"
    When Pod "demo/client-on-node02" connects to port 80 of Service "demo/web"
    Then the connection is answered by Deployment "demo/web"
    And the server sees the address of Pod "demo/client-on-node02"

  @doc-004 @case-33
  Scenario: the answer finds the Pod through the node's connection table
    When Pod "demo/client-on-node02" connects to "93.184.216.34:80"
    Then the trace passes:
      | at          | stage           | chain         | effect |
      | node/node02 | nat/POSTROUTING | POSTROUTING   | jump   |
      | node/node02 | nat/POSTROUTING | IP-MASQ-AGENT | snat   |
    And the client sees the address of host "example"

  @doc-004 @case-33
  Scenario: the rule excepts the Pods' own range
    Then iptables-save on Node "node02" prints:
      """
      -A IP-MASQ-AGENT -d 10.244.0.0/16 -m comment --comment "ip-masq-agent: local traffic is not subject to MASQUERADE" -j RETURN
      -A IP-MASQ-AGENT -m comment --comment "ip-masq-agent: outbound traffic is subject to MASQUERADE (must be last in chain)" -j MASQUERADE
      """
    And every connection from Pod "demo/client-on-node02" to "93.184.216.34:80" is answered by host "example"
