Feature: Connections that stay open while the cluster changes

  A connection is balanced once, by its first packet. What becomes of it later is between the node's connection table,
  the rules and the two ends: a client that keeps it learns of changes by a FIN, by a reset, or not at all.

  Background:
    Given the cluster "balance"
    And I scale Deployment "my-app" to 1 replica

  Scenario: F10, a connection that is kept alive gets none of the new Pods
    Given Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When I scale Deployment "my-app" to 5 replicas
    Then the open connection is answered by Pod "my-app-6d4cf56db6-7qtjl"
    And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 5 Pods

  Scenario: a Pod that is no endpoint any more keeps its connections
    Given Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When Pod "my-app-6d4cf56db6-7qtjl" stops being ready
    Then the open connection is answered by Pod "my-app-6d4cf56db6-7qtjl"
    And every connection from Pod "client-on-node02" to "10.100.200.1:80" is refused

  Scenario: a Pod that is deleted closes its connections while its network stands
    Given Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When I run "kubectl delete pod my-app-6d4cf56db6-7qtjl"
    Then the open connection is closed
    And conntrack -L on Node "node02" prints:
      """
      tcp      6 3600 CLOSE_WAIT src=10.244.2.20 dst=10.100.200.1 sport=32768 dport=80 src=10.244.2.7 dst=10.244.2.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """

  Scenario: kube-proxy keeps what is open for a day and what is half closed for an hour
    Given Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    Then conntrack -L on Node "node02" prints:
      """
      tcp      6 86399 ESTABLISHED src=10.244.2.20 dst=10.100.200.1 sport=32768 dport=80 src=10.244.2.7 dst=10.244.2.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """

  Scenario: a program that crashes closes them too: its kernel is still there
    Given Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When Pod "my-app-6d4cf56db6-7qtjl" crashes
    Then the open connection is closed

  Scenario: a node that goes down says nothing
    Given Pod "client-on-node01" opens a connection to "10.100.200.1:80"
    When Node "node02" goes down
    Then the open connection times out

  Scenario: a link that comes back finds the connection as it was
    Given Pod "client-on-node01" opens a connection to "10.100.200.1:80"
    When the link between Node "node01" and Node "node02" is cut
    Then the open connection times out
    When the link between Node "node01" and Node "node02" is restored
    Then the open connection is answered by Pod "my-app-6d4cf56db6-7qtjl"

  Scenario Outline: the client ends it
    Given Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When Pod "client-on-node02" <ends> the open connection
    Then conntrack -L on Node "node02" prints:
      """
      tcp      6 <left> src=10.244.2.20 dst=10.100.200.1 sport=32768 dport=80 src=10.244.2.7 dst=10.244.2.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """

    Examples:
      | ends   | left          |
      | closes | 119 TIME_WAIT |
      | resets | 9 CLOSE       |

  Scenario: a client Pod that is deleted closes what it had open
    Given Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When I delete Pod "client-on-node02"
    Then conntrack -L on Node "node02" prints:
      """
      tcp      6 120 TIME_WAIT src=10.244.2.20 dst=10.100.200.1 sport=32768 dport=80 src=10.244.2.7 dst=10.244.2.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """

  Rule: datagrams from a port that a client keeps

    Scenario: F10, kube-proxy forgets the flows of a Pod that is gone, and the client reaches another one
      Given Pod "client-on-node02" opens a connection to "10.100.200.3:53" over UDP
      And I scale Deployment "my-app" to 2 replicas
      When I delete Pod "my-app-6d4cf56db6-7qtjl"
      Then the open connection is answered

    Scenario: F10, without kube-proxy the flow leads to a Pod that is gone
      Given Pod "client-on-node02" opens a connection to "10.100.200.3:53" over UDP
      And I scale Deployment "my-app" to 2 replicas
      And kube-proxy stops
      When I delete Pod "my-app-6d4cf56db6-7qtjl"
      Then the open connection times out

    Scenario: F10, a client that asks again and again keeps the dead flow alive
      Given Pod "client-on-node02" opens a connection to "10.100.200.3:53" over UDP
      And kube-proxy stops
      And I scale Deployment "my-app" to 2 replicas
      And Pod "my-app-6d4cf56db6-7qtjl" stops being ready
      When Pod "client-on-node02" keeps connecting to "10.100.200.3:53" over UDP from port 32768 every 20 seconds
      And 1 hour passes
      Then 181 requests are answered by Pod "my-app-6d4cf56db6-7qtjl"

    Scenario: F10, after questions in quick succession a flow is kept for 30 seconds
      Given Pod "client-on-node02" opens a connection to "10.100.200.3:53" over UDP
      And 1 second passes
      And Pod "client-on-node02" uses the open connection
      When 28 seconds pass
      Then conntrack -L on Node "node02" prints:
        """
        udp      17 1 src=10.244.2.20 dst=10.100.200.3 sport=32768 dport=53 src=10.244.2.7 dst=10.244.2.20 sport=5353 dport=32768 mark=0 use=1
        """

    Scenario: F10, a flow that lives for more than two seconds is a stream, kept for 120
      Given Pod "client-on-node02" opens a connection to "10.100.200.3:53" over UDP
      And 3 seconds pass
      And Pod "client-on-node02" uses the open connection
      When 118 seconds pass
      Then conntrack -L on Node "node02" prints:
        """
        udp      17 1 src=10.244.2.20 dst=10.100.200.3 sport=32768 dport=53 src=10.244.2.7 dst=10.244.2.20 sport=5353 dport=32768 [ASSURED] mark=0 use=1
        """

  Rule: one address for many clients

    Scenario: F10, behind a node that translates, all its Pods have the affinity of one client
      Given I scale Deployment "my-app" to 5 replicas
      And I set "spec.sessionAffinity" of Service "my-nodeport-service" to "ClientIP"
      And I apply:
        """
        apiVersion: v1
        kind: Pod
        metadata: { name: neighbour }
        spec:
          nodeName: node01
          containers: [{ name: shell, image: "alpine:3.20", command: [sleep, "3600"] }]
        """
      And connections from Pod "neighbour" to port 30080 of Node "node02" spread evenly over 5 Pods
      When Pod "client-on-node01" connects to port 30080 of Node "node02"
      Then connections from Pod "neighbour" to port 30080 of Node "node02" spread evenly over 1 Pod
      And connections from Pod "client-on-node02" to port 30080 of Node "node02" spread evenly over 5 Pods
