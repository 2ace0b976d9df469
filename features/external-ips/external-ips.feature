Feature: externalIPs: whoever asks for an address gets it

  The API server checks no claim, and every kube-proxy translates the address on its node, for whoever sends there from the
  cluster or has it routed there.

  Background:
    Given the cluster "external-ips"

  @doc-004 @case-18
  Scenario Outline: the address is translated to a Pod: <client>
    Then every connection from <client> to "203.0.113.10:80" is answered by Pod "my-app"

    Examples:
      | client          |
      | host "customer" |
      | Pod "client"    |
      | Node "node02"   |

  @doc-004 @case-18
  Scenario: the customer is masqueraded, as for a node port
    When host "customer" connects to "203.0.113.10:80"
    Then the connection is answered by Pod "my-app"
    And the server sees the address of Node "node01"
    And the client sees "203.0.113.10:80"

  @mode-iptables @doc-004 @case-18
  Scenario: two Services claim one: nobody refuses, and the first by name has it on every node
    When I apply "second-claim.yaml"
    Then every connection from host "customer" to "203.0.113.10:80" is answered by Pod "attacker/thief"
    And every connection from Pod "client" to "203.0.113.10:80" is answered by Pod "attacker/thief"
    And Service "my-external-service" has 1 endpoint

  @mode-nftables @mode-ipvs @doc-004 @case-18
  Scenario Outline: two Services claim one in <mode> mode: each sync writes both, and the last by name has it
    Given kube-proxy runs in <mode> mode
    When I apply "second-claim.yaml"
    Then every connection from host "customer" to "203.0.113.10:80" is answered by Pod "my-app"
    And every connection from Pod "client" to "203.0.113.10:80" is answered by Pod "my-app"
    When I apply "last-claim.yaml"
    Then every connection from host "customer" to "203.0.113.10:80" is answered by Pod "visitor/guest"
    And every connection from Pod "client" to "203.0.113.10:80" is answered by Pod "visitor/guest"
    And <tool> on Node "node01" prints:
      """
      <line>
      """

    Examples:
      | mode     | tool                                   | line                                                                                    |
      | nftables | nft list map ip kube-proxy service-ips | 203.0.113.10 . tcp . 80 : goto external-ZIV3GOC3-visitor/third/tcp/,                    |
      | ipvs     | ipvsadm -Ln                            | TCP  203.0.113.10:80 rr\n  -> 10.244.2.3:8080              Masq    1      0          0   |

  @doc-004 @case-18
  Scenario: when the second claim goes, the first works again
    Given I apply "second-claim.yaml"
    When I delete Service "attacker/second"
    Then every connection from host "customer" to "203.0.113.10:80" is answered by Pod "my-app"

  @mode-iptables @mode-nftables @doc-004 @case-18
  Scenario: CVE-2020-8554: a Service takes what Pods send to a web site
    Given every connection from Pod "client" to "93.184.216.34:80" is answered by host "bank"
    When I apply "hijack.yaml"
    Then every connection from Pod "client" to "93.184.216.34:80" is answered by Pod "attacker/thief"
    And every connection from Node "node02" to "93.184.216.34:80" is answered by Pod "attacker/thief"
    And every connection from host "customer" to "93.184.216.34:80" is answered by host "bank"

  @mode-ipvs @doc-004 @case-18
  Scenario: CVE-2020-8554 in IPVS mode: the address is on every node then; a node whose own it is loses its way to others
    Given kube-proxy runs in ipvs mode
    And every connection from Pod "client" to "93.184.216.34:80" is answered by host "bank"
    When I apply "hijack.yaml"
    Then every connection from Pod "client" to "93.184.216.34:80" is answered by Pod "attacker/thief"
    And every connection from Node "node01" to "93.184.216.34:80" is answered by Pod "attacker/thief"
    And every connection from host "customer" to "93.184.216.34:80" is answered by host "bank"
    When Node "node02" connects to "93.184.216.34:80"
    Then the connection times out
    And the trace passes:
      | at          | stage | effect | detail                                         |
      | node/node02 | ipvs  | dnat   | 93.184.216.34:80                               |
      | node/node01 | route | drop   | the kernel takes no such packet from this side |
    And the trace blames "lost"
    And ip addr show kube-ipvs0 on Node "node01" prints:
      """
      inet 93.184.216.34/32 scope global kube-ipvs0
      inet 192.168.66.102/32 scope global kube-ipvs0
      """

  @doc-004 @case-18
  Scenario: CVE-2020-8554: other ports of the address are not touched
    When I apply "hijack.yaml"
    Then no connection from Pod "client" to "93.184.216.34:443" is answered

  @doc-004 @case-18
  Scenario: a node's own address can be claimed as well
    When I apply "hijack.yaml"
    Then every connection from Pod "client" to "192.168.66.102:80" is answered by Pod "attacker/thief"

  @mode-iptables @doc-004 @case-18
  Scenario: a program on the node that listens on a node port's number: the rules come first
    Given I apply "host-program.yaml"
    And every connection from host "customer" to port 30090 of Node "node01" is answered by Pod "host-program"
    When I apply "node-port.yaml"
    Then every connection from host "customer" to port 30090 of Node "node01" is answered by Pod "my-app"
    And every connection from Node "node01" to "127.0.0.1:30090" is answered by Pod "my-app"
    And Pod "host-program" is Running

  @doc-004 @case-18
  Scenario Outline: in <mode> mode too, but at 127.0.0.1 the program answers
    Given kube-proxy runs in <mode> mode
    And I apply "host-program.yaml"
    And every connection from host "customer" to port 30090 of Node "node01" is answered by Pod "host-program"
    When I apply "node-port.yaml"
    Then every connection from host "customer" to port 30090 of Node "node01" is answered by Pod "my-app"
    And every connection from Node "node01" to port 30090 of Node "node01" is answered by Pod "my-app"
    And every connection from Node "node01" to "127.0.0.1:30090" is answered by Pod "host-program"

    Examples:
      | mode     |
      | nftables |
      | ipvs     |

  @doc-004 @case-18
  Scenario Outline: an external IP that is a node's own, with a program that listens there, in <mode> mode
    Given kube-proxy runs in <mode> mode
    And I apply "host-program.yaml"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: over-it }
      spec:
        externalIPs: [192.168.66.101]
        selector: { app: my-app }
        ports: [{ port: 30090, targetPort: 8080 }]
      """
    Then every connection from host "customer" to "192.168.66.101:30090" is answered by Pod "my-app"
    And every connection from Pod "client" to "192.168.66.101:30090" is answered by Pod "my-app"
    And every connection from Node "node01" to "192.168.66.101:30090" is answered by Pod "my-app"

    Examples:
      | mode     |
      | iptables |
      | nftables |

  @mode-ipvs @doc-004 @case-18
  Scenario: in IPVS mode the address is every other node's too, and Pods there are out of reach
    Given kube-proxy runs in ipvs mode
    And I apply "host-program.yaml"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: over-it }
      spec:
        externalIPs: [192.168.66.101]
        selector: { app: my-app }
        ports: [{ port: 30090, targetPort: 8080 }]
      """
    Then no connection from host "customer" to "192.168.66.101:30090" is answered
    And no connection from Pod "client" to "192.168.66.101:30090" is answered
    And Pod "host-program" is Running

  @doc-004 @case-18
  Scenario: a node port is refused when another Service has it
    Given I apply "node-port.yaml"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: another }
      spec:
        type: NodePort
        selector: { app: thief }
        ports: [{ port: 80, nodePort: 30090 }]
      """
    Then the API server refuses it:
      """
      spec.ports[0].nodePort: Invalid value: 30090: provided port is already allocated
      """
