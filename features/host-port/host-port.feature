Feature: A host port is open on the node of its Pod, and nowhere else

  The CNI's plugin portmap translates what is for the node's own addresses. No Service is involved, and no program of the node
  listens: a connection from the node itself is translated as well.

  Background:
    Given the cluster "cni-bridge"

  @doc-004 @case-19
  Scenario Outline: <client> reaches the Pod by its node
    Then every connection from <client> to port 8080 of Node "node01" is answered by Pod "web-a"
    And every connection from <client> to port 8080 of Node "node02" is answered by Pod "web-b"

    Examples:
      | client         |
      | host "laptop"  |
      | Pod "client-a" |
      | Pod "web-a"    |
      | Node "node01"  |
      | Node "node02"  |

  @doc-004 @case-19
  Scenario: a node without such a Pod refuses
    When host "laptop" connects to port 8080 of Node "control-plane"
    Then the connection is refused

  @doc-004 @case-19
  Scenario: the server sees the client itself
    When host "laptop" connects to port 8080 of Node "node01"
    Then the connection is answered by Pod "web-a"
    And the server sees the address of host "laptop"
    And the trace passes:
      | at          | stage          | effect |
      | node/node01 | nat/PREROUTING | jump   |
      | node/node01 | nat/PREROUTING | jump   |
      | node/node01 | nat/PREROUTING | dnat   |

  @doc-004 @case-19
  Scenario: the Service's port is not its matter
    When I delete Service "web-a"
    Then every connection from host "laptop" to port 8080 of Node "node01" is answered by Pod "web-a"

  @doc-004 @case-19
  Scenario: the port goes with its Pod
    When I delete Pod "web-a"
    Then no connection from host "laptop" to port 8080 of Node "node01" is answered
    And every connection from host "laptop" to port 8080 of Node "node02" is answered by Pod "web-b"

  @doc-004 @case-19
  Scenario Outline: with hostIP only that address has it: <address>
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: one }
      spec:
        nodeName: node01
        containers: [{ name: one, image: nginx, ports: [{ containerPort: 80, hostPort: 9000, hostIP: <host> }] }]
      """
    When Node "node01" connects to "<address>:9000"
    Then the connection <outcome>

    Examples:
      | host          | address       | outcome                  |
      | 192.168.4.102 | 192.168.4.102 | is answered by Pod "one" |
      | 192.168.4.102 | 127.0.0.1     | is refused               |
      | 127.0.0.1     | 127.0.0.1     | is answered by Pod "one" |
      | 127.0.0.1     | 192.168.4.102 | is refused               |
      | 0.0.0.0       | 192.168.4.102 | is answered by Pod "one" |
      | "::"          | 192.168.4.102 | is refused               |

  @doc-004 @case-19
  Scenario: one number for two Pods of a node, by protocol and by address
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: tcp }
      spec:
        nodeName: node01
        containers: [{ name: c, image: nginx, ports: [{ containerPort: 80, hostPort: 9000, hostIP: 192.168.4.102 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: udp }
      spec:
        nodeName: node01
        containers: [{ name: c, image: dns, ports: [{ containerPort: 53, hostPort: 9000, protocol: UDP }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: local }
      spec:
        nodeName: node01
        containers: [{ name: c, image: nginx, ports: [{ containerPort: 80, hostPort: 9000, hostIP: 127.0.0.1 }] }]
      """
    Then every connection from host "laptop" to "192.168.4.102:9000" is answered by Pod "tcp"
    And every connection from host "laptop" to "192.168.4.102:9000" over UDP is answered by Pod "udp"
    And every connection from Node "node01" to "127.0.0.1:9000" is answered by Pod "local"

  @doc-004 @case-19
  Scenario: over SCTP
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: sctp }
      spec:
        nodeName: node01
        containers: [{ name: c, image: telecom, ports: [{ containerPort: 3868, hostPort: 3868, protocol: SCTP }] }]
      """
    Then every connection from host "laptop" to "192.168.4.102:3868" over SCTP is answered by Pod "sctp"

  @mode-iptables @doc-004 @case-19
  Scenario: a node port of the same number comes first
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: edge }
      spec: { nodeName: node01, containers: [{ name: c, image: nginx, ports: [{ containerPort: 80, hostPort: 30082 }] }] }
      """
    Then every connection from host "laptop" to port 30082 of Node "node01" is answered by Pod "web-b"

  @doc-004 @case-19
  Scenario: with IPVS the host port comes first: it is translated before the virtual servers are asked
    Given kube-proxy runs in ipvs mode
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: edge }
      spec: { nodeName: node01, containers: [{ name: c, image: nginx, ports: [{ containerPort: 80, hostPort: 30082 }] }] }
      """
    Then every connection from host "laptop" to port 30082 of Node "node01" is answered by Pod "edge"
    And every connection from host "laptop" to port 30082 of Node "node02" is answered by Pod "web-b"

  @doc-004 @case-19
  Scenario: a program of the node that listens there, the kubelet, hears nothing any more
    Given every connection from host "laptop" to port 10250 of Node "node01" is answered by Node "node01"
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: edge }
      spec: { nodeName: node01, containers: [{ name: c, image: nginx, ports: [{ containerPort: 80, hostPort: 10250 }] }] }
      """
    Then every connection from host "laptop" to port 10250 of Node "node01" is answered by Pod "edge"

  @doc-004 @case-19
  Scenario: a datagram's flow goes to the new Pod: portmap forgets the old one
    Given I apply "datagrams.yaml"
    And host "laptop" connects to "192.168.4.102:5353" over UDP from port 5000
    And I delete Pod "old"
    And host "laptop" connects to "192.168.4.102:5353" over UDP from port 5000
    And the connection times out
    When I apply "datagrams-new.yaml"
    And host "laptop" connects to "192.168.4.102:5353" over UDP from port 5000
    Then the connection is answered by Pod "new"

  @doc-004 @case-19
  Scenario Outline: on a dual-stack cluster both families have it: <address>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: dual }
      spec:
        networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: "10.96.0.0/16,fd00:10:96::/112" }
        nodes:
          - { name: node01, internalIP: "192.168.4.102,fd00:192:168:4::102" }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
          - { name: laptop6, ip: "2001:db8::50" }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80, hostPort: 8080 }] }] }
      """
    When host "<client>" connects to "<address>"
    Then the connection is answered by Pod "web"
    And the server sees the address of host "<client>"

    Examples:
      | client  | address                   |
      | laptop  | 192.168.4.102:8080        |
      | laptop6 | [fd00:192:168:4::102]:8080 |

  @mode-nftables @doc-004 @case-19
  Scenario: beside nftables mode as well: portmap lets 127.0.0.1 out towards its Pods, which no node port can there
    Given kube-proxy runs in nftables mode
    Then every connection from host "laptop" to port 8080 of Node "node01" is answered by Pod "web-a"
    And every connection from Node "node01" to "127.0.0.1:8080" is answered by Pod "web-a"
    And no connection from Node "node01" to "127.0.0.1:30081" is answered
