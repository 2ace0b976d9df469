Feature: externalTrafficPolicy says which Pods clients of node ports and external IPs reach

  Every Pod of demo/web stands on node01. Cluster, the default, answers on every node and hides the client behind the
  node; Local keeps the client's address and answers only where a Pod stands.

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
  Scenario: Cluster is the default, answers on every node and hides the client
    Given Service "demo/web" has:
      | path                       | value   |
      | spec.externalTrafficPolicy | Cluster |
    And no endpoint of Service "demo/web" is on Node "node02"
    When host "laptop" connects to port 30080 of Node "node02"
    Then the connection is answered by Deployment "demo/web"
    And the server sees the address of Node "node02"
    And the client sees "192.168.66.102:30080"

  @doc-003 @case-38
  Scenario: Cluster balances over the Pods of all nodes, Local over the node's own
    Given I apply "web-on-both.yaml"
    And connections from host "laptop" to "192.168.66.101:30080" spread evenly over 3 Pods
    When I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    Then connections from host "laptop" to "192.168.66.101:30080" spread evenly over 2 Pods
    And every connection from host "laptop" to "192.168.66.102:30080" is answered by Pod "demo/web-on-node02"
    And Service "demo/web" has 3 endpoints

  @doc-003 @case-38
  Scenario: Local is no obstacle to the cluster's own Pods, nor to the cluster IP
    When I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    Then the reachability is:
      | who                         | port 30080 of Node "node01" | port 30080 of Node "node02" | port 80 of Service "demo/web" |
      | host "laptop"               | answered                    | timeout                     | timeout                       |
      | host "behind-node01"        | answered                    | timeout                     | answered                      |
      | host "behind-node02"        | answered                    | timeout                     | answered                      |
      | Pod "demo/client-on-node01" | answered                    | timeout                     | answered                      |
      | Pod "demo/client-on-node02" | answered                    | answered                    | answered                      |
      | Node "node01"               | answered                    | timeout                     | answered                      |
      | Node "node02"               | answered                    | answered                    | answered                      |

  @doc-003 @case-38
  Scenario Outline: a node port under Cluster: <client> at <node> is seen as <source>
    When <client> connects to port 30080 of Node "<node>"
    Then the connection is answered by Deployment "demo/web"
    And the server sees <source>

    Examples:
      | client                      | node   | source                       |
      | host "laptop"               | node01 | the gateway of Node "node01" |
      | host "laptop"               | node02 | the address of Node "node02" |
      | Pod "demo/client-on-node01" | node01 | the gateway of Node "node01" |
      | Pod "demo/client-on-node02" | node02 | the address of Node "node02" |
      | Pod "demo/client-on-node02" | node01 | the gateway of Node "node01" |
      | Pod "demo/client-on-node01" | node02 | the address of Node "node02" |
      | Node "node01"               | node01 | the gateway of Node "node01" |
      | Node "node02"               | node02 | the address of Node "node02" |
      | Node "node02"               | node01 | the gateway of Node "node01" |
      | Node "node01"               | node02 | the address of Node "node02" |

  @doc-003 @case-38
  Scenario Outline: a node port under Local: <client> at <node> is seen as <source>
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    When <client> connects to port 30080 of Node "<node>"
    Then the connection is answered by Deployment "demo/web"
    And the server sees <source>

    Examples: the outsider keeps its address; the node and its Pods reach every Pod
      | client                      | node   | source                                     |
      | host "laptop"               | node01 | the address of host "laptop"               |
      | Pod "demo/client-on-node01" | node01 | the address of Pod "demo/client-on-node01" |
      | Pod "demo/client-on-node02" | node02 | the address of Pod "demo/client-on-node02" |
      | Node "node02"               | node02 | the address of Node "node02"               |

    @mode-iptables @mode-nftables
    Examples: the node that has a Pod masks itself
      | client        | node   | source                       |
      | Node "node01" | node01 | the gateway of Node "node01" |

    Examples: from another node they come as outsiders, with the address of theirs
      | client                      | node   | source                       |
      | Pod "demo/client-on-node02" | node01 | the address of Node "node02" |
      | Node "node02"               | node01 | the address of Node "node02" |

  @doc-003 @case-38
  Scenario Outline: under Local a node without a Pod drops what comes from elsewhere: <client>
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    When <client> connects to port 30080 of Node "node02"
    Then the connection times out
    And the trace blames "no-local-endpoints"

    Examples:
      | client                      |
      | host "laptop"               |
      | Pod "demo/client-on-node01" |
      | Node "node01"               |
      | Node "control-plane"        |

  @doc-003 @case-38 @mode-iptables
  Scenario Outline: a process on <node> reaches the node port at 127.0.0.1 under <policy>
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "<policy>"
    When Node "<node>" connects to "127.0.0.1:30080"
    Then the connection is answered by Deployment "demo/web"
    And the server sees <source>
    And the client sees "127.0.0.1:30080"

    Examples:
      | node   | policy  | source                       |
      | node01 | Cluster | the gateway of Node "node01" |
      | node02 | Cluster | the address of Node "node02" |
      | node01 | Local   | the gateway of Node "node01" |
      | node02 | Local   | the address of Node "node02" |

  @doc-003 @case-38
  Scenario Outline: no endpoint at all is a refusal under <policy>
    Given I set "spec.externalTrafficPolicy" of Service "demo/web" to "<policy>"
    And I scale Deployment "demo/web" to 0 replicas
    When host "laptop" connects to port 30080 of Node "node01"
    Then the connection is refused
    And the trace blames "no-endpoints"

    Examples:
      | policy  |
      | Cluster |
      | Local   |

  @doc-003 @case-38
  Scenario Outline: it cannot be set where nothing is exposed: <service>
    Given I apply "external.yaml"
    When I set "spec.externalTrafficPolicy" of Service "<service>" to "<policy>"
    Then the API server refuses it:
      """
      spec.externalTrafficPolicy: Invalid value: "<policy>": may only be set for externally-accessible services
      """

    Examples:
      | service                     | policy  |
      | default/my-service          | Local   |
      | default/my-service          | Cluster |
      | default/my-external-service | Local   |

  @doc-003 @case-38
  Scenario: a ClusterIP Service with an external IP is exposed, so it takes the policy
    Given I set "spec.externalIPs" of Service "default/my-service" to '["203.0.113.10"]'
    When I set "spec.externalTrafficPolicy" of Service "default/my-service" to "Local"
    Then Service "default/my-service" has:
      | path                       | value     |
      | spec.type                  | ClusterIP |
      | spec.externalTrafficPolicy | Local     |

  @doc-003 @case-38 @mode-iptables
  Scenario: the node without a Pod keeps short cuts for itself and its Pods, and drops the rest
    When I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    Then iptables-save on Node "node02" prints:
      """
      -A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "demo/web:http has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30080 -j DROP
      -A KUBE-EXT-XRY76EGRC3BSCIIJ -s 10.244.0.0/16 -m comment --comment "pod traffic for demo/web:http external destinations" -j KUBE-SVC-XRY76EGRC3BSCIIJ
      -A KUBE-EXT-XRY76EGRC3BSCIIJ -m comment --comment "masquerade LOCAL traffic for demo/web:http external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
      -A KUBE-EXT-XRY76EGRC3BSCIIJ -m comment --comment "route LOCAL traffic for demo/web:http external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-XRY76EGRC3BSCIIJ
      """
    And iptables-save on Node "node01" prints:
      """
      -A KUBE-EXT-XRY76EGRC3BSCIIJ -j KUBE-SVL-XRY76EGRC3BSCIIJ
      """
