Feature: kube-proxy starts anew, in the same mode or in another

  What the kernel holds outlives the process: rules, connections, the lists of session affinity. A process that starts in
  another mode removes what it is sure not to use, and nothing else.

  Background:
    Given the cluster "balance"

  @mode-iptables @mode-ipvs @mode-nftables
  Scenario Outline: a restart in <mode> mode changes nothing for anybody
    Given kube-proxy runs in <mode> mode
    And I set "spec.sessionAffinity" of Service "my-service" to "ClientIP"
    And Pod "client-on-node01" connects to "10.100.200.1:80"
    When kube-proxy restarts
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 1 Pod
    And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 3 Pods
    And the rules on Node "node01" lead to exactly the endpoints of Service "my-service"

    Examples:
      | mode     |
      | iptables |
      | ipvs     |
      | nftables |

  @mode-iptables @mode-ipvs @mode-nftables
  Scenario Outline: what changed while it was away is there after the restart in <mode> mode
    Given kube-proxy runs in <mode> mode
    And kube-proxy on Node "node01" stops
    And I scale Deployment "my-app" to 5 replicas
    When kube-proxy on Node "node01" starts
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 5 Pods

    Examples:
      | mode     |
      | iptables |
      | ipvs     |
      | nftables |

  Scenario: an open connection does not notice
    Given Pod "client-on-node01" opens a connection to "10.100.200.1:80"
    When kube-proxy restarts
    Then the open connection is answered by Deployment "my-app"
