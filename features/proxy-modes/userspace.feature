@mode-userspace
Feature: userspace mode: kube-proxy itself stands in the path

  The rules only lead to a port of the kube-proxy process; the process dials an endpoint and copies bytes. Kubernetes 1.25
  is the last version that has it.

  Background:
    Given the cluster "userspace"

  @doc-003 @doc-004 @case-27
  Scenario: the rules redirect to a port of the proxy, and none leads to a Pod
    Then iptables-save on Node "node01" prints:
      """
      -A PREROUTING -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-CONTAINER
      -A PREROUTING -m addrtype --dst-type LOCAL -m comment --comment "handle service NodePorts; NOTE: this must be the last rule in the chain" -j KUBE-NODEPORT-CONTAINER
      -A KUBE-PORTALS-CONTAINER -d 10.100.200.1/32 -p tcp -m comment --comment "default/my-service" -m tcp --dport 80 -j REDIRECT --to-ports 49136
      """

  @doc-003 @case-27
  Scenario: the reply comes back through the proxy, and the Pod sees the node
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is answered by Deployment "my-app"
    And the server sees the gateway of Node "node01"
    And the client sees "10.100.200.1:80"

  @doc-003 @doc-004 @case-27 @case-32
  Scenario Outline: round robin, one after the other: <client> to <target>
    Then connections from <client> to "<target>" spread evenly over 3 Pods
    And connections from <client> to "<target>" spread:
      | pod                     | share |
      | my-app-6d4cf56db6-2bq5x | 1/3   |
      | my-app-6d4cf56db6-4mvzk | 1/3   |
      | my-app-6d4cf56db6-7qtjl | 1/3   |

    Examples:
      | client                 | target               |
      | Pod "client-on-node01" | 10.100.200.1:80      |
      | Pod "client-on-node02" | 10.100.200.1:80      |
      | Node "control-plane"   | 10.100.200.1:80      |
      | host "laptop"          | 192.168.66.101:30080 |
      | Pod "client-on-node01" | 192.168.66.102:30080 |

  @doc-003 @case-27
  Scenario: datagrams are proxied too
    When Pod "client-on-node01" connects to "10.100.200.3:53" over UDP
    Then the connection is answered by Deployment "my-app"
    And the server sees the gateway of Node "node01"

  @doc-003 @doc-004 @case-27
  Scenario: a dead proxy takes the node's Services down; its rules stay, and lead nowhere
    When kube-proxy on Node "node01" stops
    Then every connection from Pod "client-on-node01" to "10.100.200.1:80" is refused
    And every connection from Node "node01" to "10.100.200.1:80" is refused
    And every connection from host "laptop" to port 30080 of Node "node01" is refused
    And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-003 @doc-004 @case-27
  Scenario: when it starts again it has other ports, and new rules
    Given kube-proxy on Node "node01" stops
    And I scale Deployment "my-app" to 2 replicas
    When kube-proxy on Node "node01" starts
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 2 Pods

  @doc-004 @case-27 @case-35
  Scenario: without endpoints the connection is taken, and then reset
    Given I scale Deployment "my-app" to 0 replicas
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is refused

  @doc-004 @case-27 @case-35
  Scenario: it holds node ports with a socket, so a Pod of the host's network cannot have one
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: squatter }
      spec:
        nodeName: node01
        hostNetwork: true
        containers: [{ name: web, image: nginx:1.27, ports: [{ containerPort: 30080 }] }]
      """
    Then Pod "squatter" is CrashLoopBackOff
    And connections from host "laptop" to "192.168.66.101:30080" spread evenly over 3 Pods

  @doc-004 @case-27 @case-35
  Scenario: and a node port that somebody else has is not served there
    Given I apply "squatter.yaml"
    When I apply "late-service.yaml"
    Then every connection from host "laptop" to port 30090 of Node "node01" is answered by Pod "squatter"
    And every connection from host "laptop" to port 30090 of Node "node02" is answered by Deployment "my-app"

  @doc-003 @case-27 @case-37 @case-38
  Scenario: it knows no traffic policies: every node's proxy takes all Pods in turn
    Given I set "spec.internalTrafficPolicy" of Service "my-service" to "Local"
    And I set "spec.externalTrafficPolicy" of Service "my-nodeport-service" to "Local"
    Then connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 3 Pods
    And connections from Node "control-plane" to "10.100.200.1:80" spread evenly over 3 Pods
    And connections from host "laptop" to "192.168.66.102:30080" spread evenly over 3 Pods

  @doc-004 @case-18 @case-27
  Scenario: two Services claim a node's own address: the one that was there first keeps it, whatever its name
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: z-first }
      spec: { externalIPs: [192.168.66.101], selector: { app: my-app }, ports: [{ port: 8088, targetPort: 8080 }] }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: a-second }
      spec: { externalIPs: [192.168.66.101], selector: { app: nobody }, ports: [{ port: 8088 }] }
      """
    Then every connection from host "laptop" to "192.168.66.101:8088" is answered by Deployment "my-app"
    And every connection from Pod "client-on-node01" to "192.168.66.101:8088" is answered by Deployment "my-app"

  @doc-003 @doc-004 @case-27
  Scenario: all endpoints refuse the proxy: it tries four times, and resets its client
    Given I set "spec.ports[0].targetPort" of Service "my-service" to "9999"
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is refused
    And the trace passes:
      | at          | stage  | effect | detail                                 |
      | node/node01 | socket | reject | attempt 1 to pass it on, to 10.244.1.5 |
      | node/node01 | socket | reject | attempt 4 to pass it on, to 10.244.1.5 |
    And the trace blames "no-listener"

  @doc-003 @doc-004 @case-39
  Scenario: session affinity is in the process's memory, and ends with it
    Given I set "spec.sessionAffinity" of Service "my-service" to "ClientIP"
    And connections from Pod "client-on-node01" to "10.100.200.1:80" stay on one Pod
    When I set "spec.sessionAffinity" of Service "my-service" to "None"
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-004 @case-27
  Scenario: SCTP is not supported
    Given I apply "sctp-service.yaml"
    Then no connection from Pod "client-on-node01" to "10.100.200.9:132" over SCTP is answered
    And the rules on Node "node01" do not mention Service "my-sctp-service"

  @doc-003 @case-27
  Scenario: a connection is balanced once: the proxy holds its Pod while others get theirs in turn
    Given Pod "client-on-node01" opens a connection to "10.100.200.1:80"
    And the open connection is answered by Pod "my-app-6d4cf56db6-2bq5x"
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is answered by Pod "my-app-6d4cf56db6-7qtjl"
    And the open connection is answered by Pod "my-app-6d4cf56db6-2bq5x"
    When I scale Deployment "my-app" to 5 replicas
    And Pod "my-app-6d4cf56db6-2bq5x" stops being ready
    Then the open connection is answered by Pod "my-app-6d4cf56db6-2bq5x"
    And no connection from Pod "client-on-node01" to "10.100.200.1:80" is answered by Pod "my-app-6d4cf56db6-2bq5x"

  @doc-003 @doc-004 @case-27
  Scenario: open connections end with the process
    Given Pod "client-on-node01" opens a connection to "10.100.200.1:80"
    And Pod "client-on-node02" opens a connection to "10.100.200.1:80"
    When kube-proxy restarts
    Then the open connections are closed

  @doc-004 @case-27
  Scenario: iptables mode takes over by the jumps that it puts first; the portals stay, and nobody cleans up
    When kube-proxy on Node "node01" restarts in iptables mode
    And Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is answered by Deployment "my-app"
    And the server sees the address of Pod "client-on-node01"
    And iptables-save on Node "node01" prints:
      """
      -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A PREROUTING -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-CONTAINER
      """

  @doc-004 @case-27
  Scenario: and back in userspace mode the jumps of iptables mode are still first
    Given kube-proxy on Node "node01" restarts in iptables mode
    And kube-proxy on Node "node01" restarts in userspace mode
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then the connection is answered by Deployment "my-app"
    And the server sees the address of Pod "client-on-node01"
