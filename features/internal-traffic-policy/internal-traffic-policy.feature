Feature: internalTrafficPolicy says which Pods clients of the cluster IP reach

  Every Pod of demo/web stands on node01. Cluster, the default, reaches them from everywhere; Local keeps to the Pods on
  the node that translates the connection, and drops what finds none there.

  Background:
    Given the cluster "two-nodes"

  @doc-003 @case-37 @mode-iptables @mode-nftables
  Scenario: Local policy drops traffic
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    And no endpoint of Service "demo/web" is on Node "node02"
    When Pod "demo/client-on-node02" connects to "web:80"
    Then the connection times out
    And the trace blames "no-local-endpoints"

  @doc-003 @case-37
  Scenario: Cluster is the default and reaches Pods on other nodes
    Given Service "demo/web" has:
      | path                       | value   |
      | spec.internalTrafficPolicy | Cluster |
    And 2 endpoints of Service "demo/web" are on Node "node01"
    And no endpoint of Service "demo/web" is on Node "node02"
    Then every connection from Pod "demo/client-on-node02" to "web:80" is answered by Deployment "demo/web"
    And connections from Pod "demo/client-on-node02" to "web:80" spread evenly over 2 Pods

  @doc-003 @case-37
  Scenario: Local keeps to the Pods on the client's own node
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    When I apply "web-on-both.yaml"
    Then 1 endpoint of Service "demo/web" is on Node "node02"
    And every connection from Pod "demo/client-on-node02" to "web:80" is answered by Pod "demo/web-on-node02"
    And connections from Pod "demo/client-on-node01" to "web:80" spread evenly over 2 Pods
    And no connection from Pod "demo/client-on-node01" to "web:80" is answered by Pod "demo/web-on-node02"

  @doc-003 @case-37 @mode-iptables @mode-nftables
  Scenario: a Pod that stops being ready leaves its node without any
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    And I apply "web-on-both.yaml"
    When Pod "demo/web-on-node02" stops being ready
    Then no connection from Pod "demo/client-on-node02" to "web:80" is answered
    And every connection from Pod "demo/client-on-node01" to "web:80" is answered
    And Service "demo/web" has 2 endpoints

  @doc-003 @case-37
  Scenario Outline: who is reached at the cluster IP, and as whom: <client> under <policy>
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "<policy>"
    When <client> connects to port 80 of Service "demo/web"
    Then the connection is answered by Deployment "demo/web"
    And the server sees <source>
    And the client sees "10.100.200.20:80"

    Examples:
      | client                      | policy  | source                                    |
      | Pod "demo/client-on-node01" | Cluster | the address of Pod "demo/client-on-node01" |
      | Pod "demo/client-on-node02" | Cluster | the address of Pod "demo/client-on-node02" |
      | Node "node01"               | Cluster | the gateway of Node "node01"              |
      | Node "node02"               | Cluster | the address of Node "node02"              |
      | host "behind-node01"        | Cluster | the gateway of Node "node01"              |
      | host "behind-node02"        | Cluster | the address of Node "node02"              |
      | Pod "demo/client-on-node01" | Local   | the address of Pod "demo/client-on-node01" |
      | Node "node01"               | Local   | the gateway of Node "node01"              |
      | host "behind-node01"        | Local   | the gateway of Node "node01"              |

  @doc-003 @case-37
  Scenario Outline: a Pod that reaches itself through the cluster IP meets its gateway, under <policy>
    Given I scale Deployment "demo/web" to 1 replica
    And I set "spec.internalTrafficPolicy" of Service "demo/web" to "<policy>"
    When Deployment "demo/web" connects to port 80 of Service "demo/web"
    Then the connection is answered by Deployment "demo/web"
    And the server sees the gateway of Node "node01"

    Examples:
      | policy  |
      | Cluster |
      | Local   |

  @doc-003 @case-37 @mode-iptables @mode-nftables
  Scenario Outline: without a Pod on the node Local drops everybody's packets: <client>
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    When <client> connects to port 80 of Service "demo/web"
    Then the connection times out
    And the trace blames "no-local-endpoints"

    Examples:
      | client                      |
      | Pod "demo/client-on-node02" |
      | Node "node02"               |
      | host "behind-node02"        |

  @doc-003 @case-37
  Scenario: Local without any endpoint at all is a refusal, not a drop
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    And I scale Deployment "demo/web" to 0 replicas
    When Pod "demo/client-on-node02" connects to "web:80"
    Then the connection is refused
    And the trace blames "no-endpoints"

  @doc-003 @case-37 @mode-iptables @mode-nftables
  Scenario: Local says nothing about node ports
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    Then every connection from host "laptop" to port 30080 of Node "node02" is answered by Deployment "demo/web"
    And connections from Pod "demo/client-on-node02" to "192.168.66.102:30080" spread evenly over 2 Pods
    And no connection from Pod "demo/client-on-node02" to "web:80" is answered

  @doc-003 @case-37
  Scenario: on an ExternalName Service the policy is accepted, means nothing and is not shown
    Given I apply "external.yaml"
    When I set "spec.internalTrafficPolicy" of Service "default/my-external-service" to "Local"
    Then Service "default/my-external-service" has:
      | path                       | value  |
      | spec.internalTrafficPolicy | <none> |
      | spec.clusterIP             | <none> |
    And every connection from Pod "demo/client-on-node02" to "my-external-service.default:80" is answered by host "example"

  @doc-003 @case-37
  Scenario: there are two policies and no third
    When I set "spec.internalTrafficPolicy" of Service "demo/web" to "Zone"
    Then the API server refuses it:
      """
      spec.internalTrafficPolicy: Unsupported value: "Zone": supported values: "Cluster", "Local"
      """

  @doc-003 @case-37 @mode-iptables
  Scenario: the rule that drops stands in the filter table of the node without a Pod
    Given I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    When Pod "demo/client-on-node02" connects to port 80 of Service "demo/web"
    Then the trace passes:
      | at          | stage          | chain         | effect | rule                                   |
      | node/node02 | filter/FORWARD | KUBE-SERVICES | drop   | "demo/web:http has no local endpoints" |
    And iptables-save on Node "node02" prints:
      """
      -A KUBE-SERVICES -d 10.100.200.20/32 -p tcp -m comment --comment "demo/web:http has no local endpoints" -m tcp --dport 80 -j DROP
      """

  @doc-003 @case-37 @mode-iptables
  Scenario: a node with Pods has a chain of its own for them
    When I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    Then iptables-save on Node "node01" prints:
      """
      -A KUBE-SERVICES -d 10.100.200.20/32 -p tcp -m comment --comment "demo/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVL-XRY76EGRC3BSCIIJ
      -A KUBE-SVL-XRY76EGRC3BSCIIJ ! -s 10.244.0.0/16 -d 10.100.200.20/32 -p tcp -m comment --comment "demo/web:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
      -A KUBE-SVL-XRY76EGRC3BSCIIJ -m comment --comment "demo/web:http -> 10.244.1.10:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-SI62D7XAGVO2CP3X
      -A KUBE-SVL-XRY76EGRC3BSCIIJ -m comment --comment "demo/web:http -> 10.244.1.11:8080" -j KUBE-SEP-4R67FX26EEAQJQLI
      """
    And every connection from Pod "demo/client-on-node01" to "web:80" is answered
