@mode-ipvs
Feature: IPVS mode

  Every address of a Service is a virtual server in the kernel, with the Service's endpoints behind it, wherever they run.
  The addresses stand on the device kube-ipvs0, so that packets for them are the node's own and IPVS sees them. iptables
  does what is left: it marks, masquerades and refuses.

  Background:
    Given the cluster "balance"
    And kube-proxy runs in ipvs mode

  @doc-003 @doc-004 @case-29
  Scenario: cluster IPs stand on kube-ipvs0 of every node and on no other device
    Then ip addr on Node "node01" prints:
      """
      inet 127.0.0.1/8 scope host lo
      inet 192.168.66.101/24 brd 192.168.66.255 scope global eth0
      inet 10.244.1.1/24 brd 10.244.1.255 scope global cni0
      inet 10.96.0.1/32 scope global kube-ipvs0
      inet 10.96.0.10/32 scope global kube-ipvs0
      inet 10.100.200.2/32 scope global kube-ipvs0
      inet 10.100.200.1/32 scope global kube-ipvs0
      inet 10.100.200.3/32 scope global kube-ipvs0
      """

  @doc-004 @case-29
  Scenario: a Service that goes takes its address along
    When I delete Service "my-service"
    Then ip addr on Node "node02" prints:
      """
      inet 10.96.0.1/32 scope global kube-ipvs0
      inet 10.96.0.10/32 scope global kube-ipvs0
      inet 10.100.200.2/32 scope global kube-ipvs0
      inet 10.100.200.3/32 scope global kube-ipvs0
      """
    And no connection from Pod "client-on-node02" to "10.100.200.1:80" is answered

  @doc-004 @case-29
  Scenario: the packet passes the node's own input, and IPVS sends it on
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is answered by Deployment "my-app"
    And the trace passes:
      | at          | stage          | chain         | effect | rule                                  |
      | node/node01 | nat/PREROUTING | KUBE-SERVICES | accept | --match-set KUBE-CLUSTER-IP dst,dst    |
    And the trace passes:
      | at          | stage | effect | detail                          |
      | node/node01 | ipvs  | dnat   | scheduler rr: 10.100.200.1:80 -> |
      | node/node01 | ipvs  | snat   | answer of 10.100.200.1:80        |
    And the server sees the address of Pod "client-on-node01"
    And the client sees "10.100.200.1:80"

  @doc-003 @doc-004 @case-29
  Scenario: a node port is a virtual server too, with the Pods of all nodes behind it
    Then every connection from host "laptop" to port 30080 of Node "node01" is answered by Deployment "my-app"
    And connections from host "laptop" to port 30080 of Node "node01" spread evenly over 3 Pods
    When host "laptop" connects to port 30080 of Node "node01"
    Then the trace passes:
      | at          | stage          | chain          | effect | rule                                 |
      | node/node01 | nat/PREROUTING | KUBE-SERVICES  | jump   | --dst-type LOCAL -j KUBE-NODE-PORT   |
      | node/node01 | nat/PREROUTING | KUBE-NODE-PORT | jump   | KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ |
      | node/node01 | ipvs           |                | dnat   |                                      |

  @doc-004 @case-29
  Scenario: IPVS mode has no chain KUBE-NODEPORTS and none of a Service
    Then iptables-save on Node "node01" prints:
      """
      -A KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ
      -A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
      -A KUBE-SERVICES ! -s 10.244.0.0/16 -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
      -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
      -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
      """
    And the rules on Node "node01" lead to exactly the endpoints of Service "my-service"

  @doc-004 @case-29
  Scenario: masquerading is left to iptables
    When Node "node01" connects to "10.100.200.1:80"
    Then the connection is answered by Deployment "my-app"
    And the trace passes:
      | at          | stage           | chain          | effect | rule        |
      | node/node01 | nat/OUTPUT      | KUBE-MARK-MASQ | mark   |             |
      | node/node01 | ipvs            |                | dnat   |             |
      | node/node01 | nat/POSTROUTING | KUBE-POSTROUTING | snat | MASQUERADE  |

  @doc-004 @case-29
  Scenario: a port that no Service has is refused, though the address is the node's
    Given every connection from Pod "client-on-node01" to port 10250 of Node "node01" is answered
    When Pod "client-on-node01" connects to "10.100.200.1:10250"
    Then the connection is refused
    And the trace blames "no-such-port"

  @doc-004 @case-29
  Scenario: without endpoints the virtual server stays, and refuses
    When I scale Deployment "my-app" to 0 replicas
    And Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is refused
    And the trace blames "no-endpoints"

  @doc-002 @case-29
  Scenario: node ports do not answer on loopback
    Then every connection from Node "node01" to "127.0.0.1:30080" is refused
    And every connection from Node "node01" to port 30080 of Node "node01" is answered by Deployment "my-app"

  @doc-004 @case-35
  Scenario: algorithm: in turn, not at random
    When Pod "client-on-node01" connects to "10.100.200.1:80" 6 times
    Then the connections are answered by Deployment "my-app"
    And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-004 @case-35
  Scenario: look-up: one hash, so a hundred Services more cost nothing
    Given I scale Deployment "my-app" to 1 replica
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks 27 rules
    When I apply "hundred-services.yaml"
    And Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks 27 rules
    And the connection is answered by Deployment "my-app"

  @doc-004 @case-35
  Scenario: session affinity: the kernel's persistence
    When I set "spec.sessionAffinity" of Service "my-service" to "ClientIP"
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" stay on one Pod
    And connections from Pod "client-on-node01" to "10.100.200.2:80" spread evenly over 3 Pods

  @doc-004 @case-35
  Scenario: a dead Pod: it has its turn until the endpoints change
    Given the endpoint controllers lag by 30 seconds
    And I scale Deployment "my-app" to 1 replica
    And the reachability is:
      | who                    | 10.100.200.1:80         |
      | Pod "client-on-node01" | answered or unreachable |
    When 30 seconds pass
    Then every connection from Pod "client-on-node01" to "10.100.200.1:80" is answered by Deployment "my-app"

  @doc-004 @case-35
  Scenario: a Pod that fails its probe: IPVS has no health checks, the endpoints do it
    When Pod "my-app-6d4cf56db6-7qtjl" stops being ready
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 2 Pods
    And no connection from Pod "client-on-node02" to "10.100.200.1:80" is answered by Pod "my-app-6d4cf56db6-7qtjl"

  @doc-003 @case-27
  Scenario: a kube-proxy that is dead leaves virtual servers and rules behind
    When kube-proxy on Node "node01" stops
    And I scale Deployment "my-app" to 5 replicas
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods
    And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 5 Pods
    When kube-proxy on Node "node01" starts
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 5 Pods

  @doc-003 @doc-004 @case-29
  Scenario: ipvsadm lists a virtual server per address and port, node ports among them
    Then ipvsadm -Ln on Node "node01" prints:
      """
      IP Virtual Server version 1.2.1 (size=4096)
      Prot LocalAddress:Port Scheduler Flags
        -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
      TCP  192.168.66.101:30080 rr
        -> 10.244.1.5:8080              Masq    1      0          0
        -> 10.244.1.6:8080              Masq    1      0          0
        -> 10.244.2.7:8080              Masq    1      0          0
      TCP  10.100.200.1:80 rr
        -> 10.244.1.5:8080              Masq    1      0          0
        -> 10.244.1.6:8080              Masq    1      0          0
        -> 10.244.2.7:8080              Masq    1      0          0
      UDP  10.100.200.3:53 rr
        -> 10.244.1.5:5353              Masq    1      0          0
      """

  @doc-003 @case-29
  Scenario: the kernel counts what it balances, so the turns can be seen
    When Pod "client-on-node01" connects to "10.100.200.1:80" 6 times
    Then ipvsadm -Ln on Node "node01" prints:
      """
      TCP  10.100.200.1:80 rr
        -> 10.244.1.5:8080              Masq    1      0          2
        -> 10.244.1.6:8080              Masq    1      0          2
        -> 10.244.2.7:8080              Masq    1      0          2
      """
    When 120 seconds pass
    Then ipvsadm -Ln on Node "node01" prints:
      """
      TCP  10.100.200.1:80 rr
        -> 10.244.1.5:8080              Masq    1      0          0
        -> 10.244.1.6:8080              Masq    1      0          0
        -> 10.244.2.7:8080              Masq    1      0          0
      """

  @doc-003 @case-39
  Scenario: the document's "ipvsadm -A -t 192.168.66.100:80 -s rr -p 120" as a Service
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: sticky }
      spec:
        externalIPs: [192.168.66.100]
        sessionAffinity: ClientIP
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 120 } }
        selector: { app: my-app }
        ports: [{ port: 80, targetPort: 8080 }]
      """
    Then ipvsadm -Ln on Node "control-plane" prints:
      """
      TCP  192.168.66.100:80 rr persistent 120
        -> 10.244.1.5:8080              Masq    1      0          0
      """
    And connections from Pod "client-on-node01" to "192.168.66.100:80" stay on one Pod

  @case-29
  Scenario: an external IP that is a node's own address: all other nodes take it for theirs and drop its packets
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: taken }
      spec:
        clusterIP: 10.96.0.99
        externalIPs: [192.168.66.100]
        selector: { app: my-app }
        ports: [{ port: 80, targetPort: 8080 }]
      """
    Then ip addr on Node "control-plane" prints:
      """
      inet 10.96.0.1/32 scope global kube-ipvs0
      inet 10.96.0.10/32 scope global kube-ipvs0
      inet 10.100.200.2/32 scope global kube-ipvs0
      inet 10.100.200.1/32 scope global kube-ipvs0
      inet 10.100.200.3/32 scope global kube-ipvs0
      inet 10.96.0.99/32 scope global kube-ipvs0
      """
    And no connection from host "laptop" to "192.168.66.100:80" is answered

  @doc-003 @case-39
  Scenario: affinity is per front end: the cluster IP and the node port remember by themselves
    When I set "spec.sessionAffinity" of Service "my-nodeport-service" to "ClientIP"
    And Pod "client-on-node01" connects to "10.100.200.2:80"
    Then connections from Pod "client-on-node01" to "10.100.200.2:80" spread evenly over 1 Pod
    And connections from Pod "client-on-node01" to port 30080 of Node "node01" spread evenly over 3 Pods

  @doc-004 @case-29
  Scenario: a Pod that goes leaves at weight 0 while a connection of its is remembered
    When Pod "client-on-node01" connects to "10.100.200.1:80" 3 times
    And I scale Deployment "my-app" to 2 replicas
    Then ipvsadm -Ln on Node "node01" prints:
      """
      TCP  10.100.200.1:80 rr
        -> 10.244.1.5:8080              Masq    1      0          1
        -> 10.244.1.6:8080              Masq    0      0          1
        -> 10.244.2.7:8080              Masq    1      0          1
      """
    And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 2 Pods
    When 3 minutes pass
    Then ipvsadm -Ln on Node "node01" prints:
      """
      TCP  10.100.200.1:80 rr
        -> 10.244.1.5:8080              Masq    1      0          0
        -> 10.244.2.7:8080              Masq    1      0          0
      TCP  10.100.200.2:80 rr
      """

  @doc-004 @case-29
  Scenario: an open connection keeps its Pod at weight 0 until it ends
    Given I scale Deployment "my-app" to 1 replica
    And 3 minutes pass
    And Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When Pod "my-app-6d4cf56db6-7qtjl" stops being ready
    And 10 minutes pass
    Then the open connection is answered by Pod "my-app-6d4cf56db6-7qtjl"
    And ipvsadm -Ln on Node "node02" prints:
      """
      TCP  10.100.200.1:80 rr
        -> 10.244.2.7:8080              Masq    0      1          0
      TCP  10.100.200.2:80 rr
      """
    And every connection from Pod "client-on-node02" to "10.100.200.1:80" is refused
    When Pod "client-on-node02" closes the open connection
    And 4 minutes pass
    Then ipvsadm -Ln on Node "node02" prints:
      """
      TCP  10.100.200.1:80 rr
      TCP  10.100.200.2:80 rr
      """

  @doc-004 @case-29
  Scenario: an endpoint that is back before its connections have ended takes new ones at once
    Given I scale Deployment "my-app" to 1 replica
    And Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When Pod "my-app-6d4cf56db6-7qtjl" stops being ready
    And Pod "my-app-6d4cf56db6-7qtjl" becomes ready
    Then every connection from Pod "client-on-node02" to "10.100.200.1:80" is answered by Pod "my-app-6d4cf56db6-7qtjl"
    And the open connection is answered by Pod "my-app-6d4cf56db6-7qtjl"
