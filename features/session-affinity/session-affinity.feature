Feature: sessionAffinity ClientIP keeps a client on one Pod

  In iptables mode each endpoint of a service port has a list of the clients it served, in nftables mode a set; a new
  connection first goes where its address is listed and was seen within the time-out, and every new connection renews the
  listing. In IPVS mode the kernel remembers for each address and port that is dialled.

  Background:
    Given the cluster "two-nodes"
    And I set "spec.sessionAffinity" of Service "demo/web" to "ClientIP"

  @doc-003 @case-39
  Scenario: None is the default, and every connection is free
    When I set "spec.sessionAffinity" of Service "demo/web" to "None"
    And Pod "demo/client-on-node01" connects to "10.100.200.20:80"
    Then connections from Pod "demo/client-on-node01" to "10.100.200.20:80" spread evenly over 2 Pods
    And Service "demo/web" has:
      | path                       | value  |
      | spec.sessionAffinityConfig | <none> |
    And Service "default/my-service" has:
      | path                 | value |
      | spec.sessionAffinity | None  |

  @doc-003 @case-39
  Scenario: three hours, the default, are 10800 seconds
    Then Service "demo/web" has:
      | path                                               | value |
      | spec.sessionAffinityConfig.clientIP.timeoutSeconds | 10800 |
    And connections from Pod "demo/client-on-node01" to "10.100.200.20:80" stay on one Pod

  @doc-003 @case-39
  Scenario Outline: it sticks for every kind of client: <client>
    Then connections from <client> to "<target>" stay on one Pod

    Examples:
      | client                      | target               |
      | Pod "demo/client-on-node01" | 10.100.200.20:80     |
      | Pod "demo/client-on-node02" | 10.100.200.20:80     |
      | Node "node02"               | 10.100.200.20:80     |
      | host "laptop"               | 192.168.66.101:30080 |
      | host "laptop"               | 192.168.66.102:30080 |
      | host "behind-node02"        | 10.100.200.20:80     |

  @doc-003 @case-39
  Scenario: the first connection is free, the next ones are not, and other clients are
    Given connections from Pod "demo/client-on-node02" to "10.100.200.20:80" spread evenly over 2 Pods
    When Pod "demo/client-on-node02" connects to "10.100.200.20:80"
    Then connections from Pod "demo/client-on-node02" to "10.100.200.20:80" spread evenly over 1 Pod
    And connections from Pod "demo/client-on-node01" to "10.100.200.20:80" spread evenly over 2 Pods

  @doc-003 @case-39
  Scenario Outline: it expires by the clock: after <after> seconds of <timeout> the client may reach <pods> Pod(s)
    Given I set "spec.sessionAffinityConfig.clientIP.timeoutSeconds" of Service "demo/web" to "<timeout>"
    When Pod "demo/client-on-node01" connects to "10.100.200.20:80"
    And <after> seconds pass
    Then connections from Pod "demo/client-on-node01" to "10.100.200.20:80" spread evenly over <pods> Pods

    Examples: the default
      | timeout | after | pods |
      | 10800   | 10799 | 1    |
      | 10800   | 10801 | 2    |

    Examples: the 120 seconds of the document's ipvsadm line
      | timeout | after | pods |
      | 120     | 119   | 1    |
      | 120     | 121   | 2    |

    @mode-iptables @mode-nftables
    Examples: the shortest that the API accepts
      | timeout | after | pods |
      | 1       | 2     | 2    |

  @doc-003 @case-39
  Scenario: the window slides: each new connection begins it anew
    Given I set "spec.sessionAffinityConfig.clientIP.timeoutSeconds" of Service "demo/web" to "120"
    And Pod "demo/client-on-node01" connects to "10.100.200.20:80"
    And 100 seconds pass
    When Pod "demo/client-on-node01" connects to "10.100.200.20:80"
    And 100 seconds pass
    Then connections from Pod "demo/client-on-node01" to "10.100.200.20:80" spread evenly over 1 Pod

  @doc-003 @case-39
  Scenario: every port of the Service has its own memory
    Given I apply "web-https.yaml"
    When Pod "demo/client-on-node01" connects to "10.100.200.20:80"
    Then connections from Pod "demo/client-on-node01" to "10.100.200.20:80" spread evenly over 1 Pod
    And connections from Pod "demo/client-on-node01" to "10.100.200.20:443" spread evenly over 2 Pods

  @doc-003 @case-39 @mode-iptables @mode-nftables
  Scenario: cluster IP and node port of one port share the memory of their node
    When Node "node02" connects to port 80 of Service "demo/web"
    Then connections from Node "node02" to "10.100.200.20:80" spread evenly over 1 Pod
    And connections from Pod "demo/client-on-node02" to "192.168.66.102:30080" spread evenly over 2 Pods

  @doc-003 @case-39 @mode-iptables @mode-nftables
  Scenario: a client's node port and cluster IP lead to the same Pod
    When Pod "demo/client-on-node02" connects to port 30080 of Node "node02"
    Then connections from Pod "demo/client-on-node02" to "192.168.66.102:30080" spread evenly over 1 Pod
    And connections from Pod "demo/client-on-node02" to "10.100.200.20:80" spread evenly over 1 Pod

  @doc-003 @case-39
  Scenario: every node has its own memory
    When host "laptop" connects to port 30080 of Node "node01"
    Then connections from host "laptop" to "192.168.66.101:30080" spread evenly over 1 Pod
    And connections from host "laptop" to "192.168.66.102:30080" spread evenly over 2 Pods

  @doc-003 @case-39
  Scenario: a client whose Pod is gone goes to another one
    Given Pod "demo/client-on-node01" connects to "10.100.200.20:80"
    When I scale Deployment "demo/web" to 1 replica
    Then Service "demo/web" has 1 endpoint
    And every connection from Pod "demo/client-on-node01" to "10.100.200.20:80" is answered by Deployment "demo/web"

  @doc-003 @case-39
  Scenario: a Pod that is added takes no client away
    Given Pod "demo/client-on-node02" connects to "10.100.200.20:80"
    When I apply "web-on-both.yaml"
    Then Service "demo/web" has 3 endpoints
    And connections from Pod "demo/client-on-node02" to "10.100.200.20:80" spread evenly over 1 Pod
    And no connection from Pod "demo/client-on-node02" to "10.100.200.20:80" is answered by Pod "demo/web-on-node02"

  @doc-003 @case-39 @mode-iptables
  Scenario: it needs no IPVS: lists in the rules of iptables mode remember the clients
    Then iptables-save on Node "node02" prints:
      """
      -A KUBE-SEP-4R67FX26EEAQJQLI -p tcp -m comment --comment "demo/web:http" -m recent --set --name KUBE-SEP-4R67FX26EEAQJQLI --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.11:8080
      -A KUBE-SEP-SI62D7XAGVO2CP3X -p tcp -m comment --comment "demo/web:http" -m recent --set --name KUBE-SEP-SI62D7XAGVO2CP3X --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.10:8080
      -A KUBE-SVC-XRY76EGRC3BSCIIJ -m comment --comment "demo/web:http -> 10.244.1.10:8080" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-SI62D7XAGVO2CP3X --mask 255.255.255.255 --rsource -j KUBE-SEP-SI62D7XAGVO2CP3X
      -A KUBE-SVC-XRY76EGRC3BSCIIJ -m comment --comment "demo/web:http -> 10.244.1.11:8080" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-4R67FX26EEAQJQLI --mask 255.255.255.255 --rsource -j KUBE-SEP-4R67FX26EEAQJQLI
      -A KUBE-SVC-XRY76EGRC3BSCIIJ -m comment --comment "demo/web:http -> 10.244.1.10:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-SI62D7XAGVO2CP3X
      -A KUBE-SVC-XRY76EGRC3BSCIIJ -m comment --comment "demo/web:http -> 10.244.1.11:8080" -j KUBE-SEP-4R67FX26EEAQJQLI
      """

  @doc-003 @case-39
  Scenario: the 100800 seconds of the document are more than the API accepts
    When I apply "sticky-for-too-long.yaml"
    Then the API server refuses it:
      """
      spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 100800: must be greater than 0 and less than 86400
      """
    And Service "demo/sticky" does not exist

  @doc-003 @case-39
  Scenario: there are two kinds of affinity and no third
    When I set "spec.sessionAffinity" of Service "demo/web" to "Cookie"
    Then the API server refuses it:
      """
      spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"
      """
