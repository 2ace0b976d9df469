Feature: What kube-proxy is configured with

  Background:
    Given the cluster "balance"

  Scenario: node ports on the addresses that it names
    Given kube-proxy is configured with:
      """
      nodePortAddresses: [192.168.66.102/32]
      """
    Then every connection from host "laptop" to port 30080 of Node "node02" is answered
    And every connection from host "laptop" to port 30080 of Node "node01" is refused

  Scenario: on one node only
    Given kube-proxy on Node "node01" is configured with:
      """
      nodePortAddresses: [10.0.0.0/8]
      """
    Then every connection from host "laptop" to port 30080 of Node "node02" is answered
    And every connection from host "laptop" to port 30080 of Node "node01" is refused

  Scenario Outline: what it takes for local traffic decides who is masqueraded: <configuration>
    Given kube-proxy is configured with:
      """
      <configuration>
      """
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is answered by Deployment "my-app"
    And the server sees <source>

    Examples:
      | configuration                                   | source                                |
      | clusterCIDR: 10.244.0.0/16                      | the address of Pod "client-on-node01" |
      | detectLocalMode: NodeCIDR                       | the address of Pod "client-on-node01" |
      | iptables: { masqueradeAll: false }              | the address of Pod "client-on-node01" |

  @mode-iptables
  Scenario: another bit for the mark
    Given kube-proxy is configured with:
      """
      iptables: { masqueradeBit: 15 }
      """
    Then iptables-save on Node "node01" prints:
      """
      -A KUBE-MARK-MASQ -j MARK --set-xmark 0x8000/0x8000
      -A KUBE-POSTROUTING -m mark ! --mark 0x8000/0x8000 -j RETURN
      -A KUBE-POSTROUTING -j MARK --set-xmark 0x8000/0x0
      """

  @mode-iptables
  Scenario: node ports on localhost can be had, or not
    Given every connection from Node "node01" to "127.0.0.1:30080" is answered
    When kube-proxy is configured with:
      """
      iptables: { localhostNodePorts: false }
      """
    Then no connection from Node "node01" to "127.0.0.1:30080" is answered
