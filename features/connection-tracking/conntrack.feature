Feature: The connection table of a node

  A connection is translated once, by its first packet; the node's table then holds both directions and the rules are
  not asked again. Lines as conntrack -L prints them; a closed connection waits for two minutes.

  Background:
    Given the cluster "balance"
    And I scale Deployment "my-app" to 1 replica

  @doc-004 @case-28
  Scenario: a cluster IP going out, a Pod's address coming back
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then conntrack -L on Node "node02" prints:
      """
      tcp      6 119 TIME_WAIT src=10.244.2.20 dst=10.100.200.1 sport=32768 dport=80 src=10.244.2.7 dst=10.244.2.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """
    And the client sees "10.100.200.1:80"

  @doc-004 @case-28
  Scenario: only the client's own node knows the cluster IP
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then conntrack -L on Node "node01" prints:
      """
      tcp      6 119 TIME_WAIT src=10.244.1.20 dst=10.100.200.1 sport=32768 dport=80 src=10.244.2.7 dst=10.244.1.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """
    And conntrack -L on Node "node02" prints:
      """
      tcp      6 119 TIME_WAIT src=10.244.1.20 dst=10.244.2.7 sport=32768 dport=8080 src=10.244.2.7 dst=10.244.1.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """

  @doc-004 @case-28
  Scenario: a datagram and its answer
    When Pod "client-on-node02" connects to "10.100.200.3:53" over UDP
    Then conntrack -L on Node "node02" prints:
      """
      udp      17 29 src=10.244.2.20 dst=10.100.200.3 sport=32768 dport=53 src=10.244.2.7 dst=10.244.2.20 sport=5353 dport=32768 mark=0 use=1
      """
    And the client sees "10.100.200.3:53"

  @doc-004 @case-28
  Scenario: the time that is left runs down
    Given Pod "client-on-node02" connects to "10.100.200.1:80"
    When 60 seconds pass
    Then conntrack -L on Node "node02" prints:
      """
      tcp      6 59 TIME_WAIT src=10.244.2.20 dst=10.100.200.1 sport=32768 dport=80 src=10.244.2.7 dst=10.244.2.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """
    And every connection from Pod "client-on-node02" to "10.100.200.1:80" is answered
