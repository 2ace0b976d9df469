Feature: Bare metal: a Keepalived pair with IPVS in front of the node ports

  Where no cloud makes load balancers, two machines outside the cluster do the work of one: Keepalived moves the virtual address
  between them (VRRP), and IPVS spreads its connections over the node ports. Both machines run with their own keepalived.conf.

  Background:
    Given the cluster "bare-metal"

  @doc-003 @case-13
  Scenario: the master has the virtual address, and every node port gets its turn
    Then ip addr show dev eth0 on host "lb1" prints:
      """
      inet 192.168.66.100/32 scope global eth0
      """
    And ipvsadm -Ln on host "lb1" prints:
      """
      TCP  192.168.66.100:80 rr
        -> 192.168.66.11:30080          Masq    1      0          0
        -> 192.168.66.12:30080          Masq    1      0          0
      """
    And every connection from host "laptop" to "192.168.66.100:80" is answered by Deployment "demo/web"
    When host "laptop" connects to "192.168.66.100:80"
    Then the connection is answered by Deployment "demo/web"
    And the client sees "192.168.66.100:80"

  @doc-003 @case-13
  Scenario: a master that dies is missed for three advertisements and the skew of 0.61 seconds
    Given host "laptop" connects to "192.168.66.100:80"
    When host "lb1" goes down
    And 3.6 seconds pass
    And host "laptop" connects to "192.168.66.100:80"
    Then the connection times out
    And the trace blames "virtual-address-moves"
    When 20 milliseconds pass
    Then journalctl -u keepalived -o cat on host "lb2" prints:
      """
      (VI_1) Entering BACKUP STATE (init)
      (VI_1) Entering MASTER STATE
      """
    And every connection from host "laptop" to "192.168.66.100:80" is answered by Deployment "demo/web"

  @doc-003 @case-13
  Scenario: so a client that goes on asking loses requests for less than four seconds
    Given host "laptop" keeps connecting to "192.168.66.100:80" every 100 milliseconds
    When host "lb1" goes down
    And 1 minute passes
    Then at most 37 requests are lost
    And at least 26 requests are lost

  @doc-003 @case-13
  Scenario: a keepalived that is told to stop says so, and the backup waits for its skew alone
    When keepalived on host "lb1" stops
    And 600 milliseconds pass
    Then journalctl -u keepalived -o cat on host "lb1" prints:
      """
      (VI_1) Entering MASTER STATE
      Shutting down service [192.168.66.11]:tcp:30080 from VS [192.168.66.100]:tcp:80
      Shutting down service [192.168.66.12]:tcp:30080 from VS [192.168.66.100]:tcp:80
      """
    And no connection from host "laptop" to "192.168.66.100:80" is answered
    When 10 milliseconds pass
    Then every connection from host "laptop" to "192.168.66.100:80" is answered by Deployment "demo/web"

  @doc-003 @case-13
  Scenario: the better one takes the address back when it returns
    Given host "lb1" goes down
    And 10 seconds pass
    When host "lb1" comes back
    And 4 seconds pass
    Then journalctl -u keepalived -o cat on host "lb1" prints:
      """
      Activating healthchecker for service [192.168.66.11]:tcp:30080 for VS [192.168.66.100]:tcp:80
      Activating healthchecker for service [192.168.66.12]:tcp:30080 for VS [192.168.66.100]:tcp:80
      """
    And journalctl -u keepalived -o cat on host "lb2" prints:
      """
      (VI_1) Entering MASTER STATE
      (VI_1) Master received advert from 192.168.66.21 with higher priority 150, ours 100
      (VI_1) Entering BACKUP STATE
      """
    When keepalived on host "lb2" stops
    Then every connection from host "laptop" to "192.168.66.100:80" is answered by Deployment "demo/web"

  @doc-003 @case-13
  Scenario: connections do not move with the address: the other director knows nothing of them, and resets
    Given host "laptop" opens a connection to "192.168.66.100:80"
    And host "laptop" uses the open connection
    And the connection is answered
    When host "lb1" goes down
    And 5 seconds pass
    And host "laptop" uses the open connection
    Then the connection is reset

  @doc-003 @case-13
  Scenario: a node that dies gets its share until the check has failed twice
    When Node "node02" goes down
    Then connections from host "laptop" to "192.168.66.100:80" spread:
      | pod                       | share |
      | demo/web-867dffd487-b7k2x | 1/4   |
      | timeout                   | 3/4   |
    When 20 seconds pass
    Then journalctl -u keepalived -o cat on host "lb1" prints:
      """
      TCP_CHECK on service [192.168.66.12]:tcp:30080 failed after 1 retries.
      Removing service [192.168.66.12]:tcp:30080 from VS [192.168.66.100]:tcp:80
      """
    When Node "node02" comes back
    And 10 seconds pass
    Then ipvsadm -Ln on host "lb1" prints:
      """
        -> 192.168.66.12:30080          Masq    1      0          0
      """

  @doc-003 @case-13
  Scenario: a Service without Pods refuses the checks too, and with the last real server IPVS refuses at the door
    When I scale Deployment "demo/web" to 0 replicas
    And 30 seconds pass
    And host "laptop" connects to "192.168.66.100:80"
    Then the connection is refused
    And the trace blames "no-real-server"
    When I scale Deployment "demo/web" to 2 replicas
    And 10 seconds pass
    Then every connection from host "laptop" to "192.168.66.100:80" is answered by Deployment "demo/web"

  @doc-003 @case-13
  Scenario: two that do not hear each other are both masters, and who announced last gets the packets
    Given the link between host "lb1" and host "lb2" is cut
    When 10 seconds pass
    Then ip addr show dev eth0 on host "lb1" prints:
      """
      inet 192.168.66.100/32 scope global eth0
      """
    And ip addr show dev eth0 on host "lb2" prints:
      """
      inet 192.168.66.100/32 scope global eth0
      """
    When the link between host "lb1" and host "lb2" is restored
    And 2 seconds pass
    Then every connection from host "laptop" to "192.168.66.100:80" is answered by Deployment "demo/web"
