@mode-ipvs
Feature: The ip sets of IPVS mode

  Eleven sets stand in the table of document 004, six more are in use. A set translates nothing: its rules mark a packet
  for masquerading, return before the mark, accept, refuse or drop it. Which endpoint gets it is IPVS's choice.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: sets }
      spec:
        networking: { podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12 }
        nodes:
          - { name: control-plane, internalIP: 192.168.66.100, roles: [control-plane] }
          - { name: node01, internalIP: 192.168.66.101, podCIDR: 10.244.1.0/24 }
          - { name: node02, internalIP: 192.168.66.102, podCIDR: 10.244.2.0/24 }
        cloudProvider: { loadBalancerPool: 52.15.34.16/29, ipMode: VIP }
        hosts:
          - name: laptop
            ip: 203.0.113.50
            routes: [{ to: 198.51.100.0/24, via: node01 }]
        pins:
          - { object: Pod/default/web, ip: 10.244.1.10, node: node01 }
          - { object: Pod/default/client, ip: 10.244.2.20, node: node02 }
          - { object: Service/default/lb, clusterIP: 10.96.1.1, loadBalancerIP: 52.15.34.17 }
          - { object: Service/default/lb-local, clusterIP: 10.96.1.2, loadBalancerIP: 52.15.34.18 }
          - { object: Service/default/lb-ranges, clusterIP: 10.96.1.3, loadBalancerIP: 52.15.34.19 }
      ---
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      mode: ipvs
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        containers:
          - name: web
            image: nginx
            ports:
              - { containerPort: 80 }
              - { containerPort: 53, protocol: UDP }
              - { containerPort: 132, protocol: SCTP }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: busybox }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: external }
      spec:
        clusterIP: 10.96.0.81
        externalIPs: [198.51.100.10]
        selector: { app: web }
        ports: [{ port: 80 }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: external-local }
      spec:
        clusterIP: 10.96.0.82
        externalIPs: [198.51.100.11]
        externalTrafficPolicy: Local
        selector: { app: web }
        ports: [{ port: 80 }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: node-port }
      spec:
        type: NodePort
        clusterIP: 10.96.0.83
        selector: { app: web }
        ports:
          - { name: tcp, port: 80, nodePort: 30080 }
          - { name: udp, port: 53, protocol: UDP, nodePort: 30053 }
          - { name: sctp, port: 132, protocol: SCTP, nodePort: 30132 }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: node-port-local }
      spec:
        type: NodePort
        clusterIP: 10.96.0.84
        externalTrafficPolicy: Local
        selector: { app: web }
        ports:
          - { name: tcp, port: 80, nodePort: 31080 }
          - { name: udp, port: 53, protocol: UDP, nodePort: 31053 }
          - { name: sctp, port: 132, protocol: SCTP, nodePort: 31132 }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: lb }
      spec:
        type: LoadBalancer
        allocateLoadBalancerNodePorts: false
        selector: { app: web }
        ports: [{ port: 80 }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: lb-local }
      spec:
        type: LoadBalancer
        allocateLoadBalancerNodePorts: false
        externalTrafficPolicy: Local
        healthCheckNodePort: 32000
        selector: { app: web }
        ports: [{ port: 80 }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: lb-ranges }
      spec:
        type: LoadBalancer
        allocateLoadBalancerNodePorts: false
        loadBalancerSourceRanges: [203.0.113.0/25, 192.168.66.0/24]
        selector: { app: web }
        ports: [{ port: 80 }]
      """

  @doc-004 @case-30
  Scenario Outline: <set> of the document's table: its type and a member
    Then ipset save on Node "node01" prints:
      """
      create <set> <type> family inet hashsize 1024 maxelem 65536 bucketsize 12 initval <seed>
      add <set> <member>
      """

    Examples:
      | set                            | type             | seed       | member                              |
      | KUBE-CLUSTER-IP                | hash:ip,port     | 0x1123072d | 10.96.0.80,tcp:80                   |
      | KUBE-LOOP-BACK                 | hash:ip,port,ip  | 0x93c624e9 | 10.244.1.10,tcp:80,10.244.1.10      |
      | KUBE-EXTERNAL-IP               | hash:ip,port     | 0xde05b59f | 198.51.100.10,tcp:80                |
      | KUBE-LOAD-BALANCER             | hash:ip,port     | 0xb90ff43d | 52.15.34.17,tcp:80                  |
      | KUBE-LOAD-BALANCER-LOCAL       | hash:ip,port     | 0xf7c81bdd | 52.15.34.18,tcp:80                  |
      | KUBE-LOAD-BALANCER-FW          | hash:ip,port     | 0x924ede2d | 52.15.34.19,tcp:80                  |
      | KUBE-LOAD-BALANCER-SOURCE-CIDR | hash:ip,port,net | 0xf8d10807 | 52.15.34.19,tcp:80,203.0.113.0/25   |

  @doc-004 @case-30
  Scenario Outline: <set> of the document's table: ports alone
    Then ipset save on Node "node02" prints:
      """
      create <set> bitmap:port range 0-65535
      <ports>
      """

    Examples:
      | set                      | ports                                                                |
      | KUBE-NODE-PORT-LOCAL-TCP | add KUBE-NODE-PORT-LOCAL-TCP 31080                                   |
      | KUBE-NODE-PORT-TCP       | add KUBE-NODE-PORT-TCP 30080\nadd KUBE-NODE-PORT-TCP 31080           |
      | KUBE-NODE-PORT-LOCAL-UDP | add KUBE-NODE-PORT-LOCAL-UDP 31053                                   |
      | KUBE-NODE-PORT-UDP       | add KUBE-NODE-PORT-UDP 30053\nadd KUBE-NODE-PORT-UDP 31053           |

  @doc-004 @case-30
  Scenario Outline: <set>, which the table leaves out: its type and a member
    Then ipset save on Node "node01" prints:
      """
      create <set> <options>
      add <set> <member>
      """

    Examples:
      | set                            | options                                                                                       | member                         |
      | KUBE-EXTERNAL-IP-LOCAL         | hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0xa6a2f449         | 198.51.100.11,tcp:80           |
      | KUBE-LOAD-BALANCER-SOURCE-IP   | hash:ip,port,ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x6017b184      | 52.15.34.19,tcp:80,52.15.34.19 |
      | KUBE-NODE-PORT-SCTP-HASH       | hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x24c0c253         | 192.168.66.101,sctp:30132      |
      | KUBE-NODE-PORT-LOCAL-SCTP-HASH | hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x0ed53792         | 192.168.66.101,sctp:31132      |
      | KUBE-HEALTH-CHECK-NODE-PORT    | bitmap:port range 0-65535                                                                     | 32000                          |
      | KUBE-IPVS-IPS                  | hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x822d90e8              | 52.15.34.17                    |

  @doc-004 @case-30
  Scenario Outline: <set> marks what <client> sends to <target>, so the Pod sees the gateway
    When <client> connects to <target>
    Then the connection is answered by Pod "web"
    And the trace passes:
      | at          | chain          | effect | rule              |
      | node/node01 | <chain>        | jump   | --match-set <set> |
      | node/node01 | KUBE-MARK-MASQ | mark   |                   |
    And the server sees the gateway of Node "node01"

    Examples:
      | set                      | client        | target                                  | chain          |
      | KUBE-CLUSTER-IP          | Node "node01" | "10.96.0.80:80"                         | KUBE-SERVICES  |
      | KUBE-EXTERNAL-IP         | host "laptop" | "198.51.100.10:80"                      | KUBE-SERVICES  |
      | KUBE-LOAD-BALANCER       | Node "node01" | "52.15.34.17:80"                        | KUBE-SERVICES  |
      | KUBE-NODE-PORT-TCP       | host "laptop" | port 30080 of Node "node01"             | KUBE-NODE-PORT |
      | KUBE-NODE-PORT-UDP       | host "laptop" | "192.168.66.101:30053" over UDP         | KUBE-NODE-PORT |
      | KUBE-NODE-PORT-SCTP-HASH | host "laptop" | "192.168.66.101:30132" over SCTP        | KUBE-NODE-PORT |

  @doc-004 @case-30
  Scenario Outline: <set> translates nothing: it returns before the mark, and the client keeps its address
    When <client> connects to <target>
    Then the connection is answered by Pod "web"
    And the trace passes:
      | at          | chain   | effect | rule                                 |
      | node/node01 | <chain> | jump   | --match-set <set> <fields> -j RETURN |
      | node/node01 |         | dnat   |                                      |
    And the server sees the address of <client>

    Examples:
      | set                            | fields  | client        | target                           | chain              |
      | KUBE-NODE-PORT-LOCAL-TCP       | dst     | host "laptop" | port 31080 of Node "node01"      | KUBE-NODE-PORT     |
      | KUBE-NODE-PORT-LOCAL-UDP       | dst     | host "laptop" | "192.168.66.101:31053" over UDP  | KUBE-NODE-PORT     |
      | KUBE-NODE-PORT-LOCAL-SCTP-HASH | dst,dst | host "laptop" | "192.168.66.101:31132" over SCTP | KUBE-NODE-PORT     |
      | KUBE-LOAD-BALANCER-LOCAL       | dst,dst | host "laptop" | "52.15.34.18:80"                 | KUBE-LOAD-BALANCER |

  @doc-004 @case-30
  Scenario: KUBE-EXTERNAL-IP-LOCAL accepts without a mark
    When host "laptop" connects to "198.51.100.11:80"
    Then the connection is answered by Pod "web"
    And the server sees the address of host "laptop"

  @doc-004 @case-30
  Scenario: KUBE-LOOP-BACK masks a Pod that reaches itself
    When Pod "web" connects to "10.96.0.80:80"
    Then the connection is answered by Pod "web"
    And the trace passes:
      | at          | stage           | effect | rule                                                |
      | node/node01 | ipvs            | dnat   |                                                     |
      | node/node01 | nat/POSTROUTING | snat   | --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE |
    And the server sees the gateway of Node "node01"

  @doc-004 @case-30
  Scenario: KUBE-LOAD-BALANCER-FW leads to the ranges, and who is in none of KUBE-LOAD-BALANCER-SOURCE-CIDR is dropped
    When Pod "client" connects to "52.15.34.19:80"
    Then the connection times out
    And the trace passes:
      | chain                       | effect | rule                                |
      | KUBE-PROXY-FIREWALL         | jump   | --match-set KUBE-LOAD-BALANCER-FW   |
      | KUBE-SOURCE-RANGES-FIREWALL | drop   | -j DROP                             |
    And the trace blames "load-balancer-source-ranges"
    But every connection from host "laptop" to "52.15.34.19:80" is answered by Pod "web"

  @doc-004 @case-30
  Scenario: KUBE-LOAD-BALANCER-SOURCE-IP lets a node in whose own address is in a range
    Then every connection from Node "node01" to "52.15.34.19:80" is answered by Pod "web"
    When I set "spec.loadBalancerSourceRanges" of Service "lb-ranges" to '["203.0.113.0/25"]'
    And Node "node01" connects to "52.15.34.19:80"
    Then the connection times out
    And the trace passes:
      | at          | chain                | effect | rule                                   |
      | node/node01 | KUBE-IPVS-OUT-FILTER | drop   | --vaddr 52.15.34.19 --vport 80 |
    And the trace blames "load-balancer-source-ranges"

  @doc-004 @case-30
  Scenario: KUBE-IPVS-IPS keeps everybody from the node's own ports by way of a Service's address
    When Pod "client" connects to "10.96.0.80:10250"
    Then the connection is refused
    And the trace passes:
      | chain            | effect | rule                                       |
      | KUBE-IPVS-FILTER | reject | --match-set KUBE-IPVS-IPS dst -j REJECT    |

  @doc-004 @case-30
  Scenario: the rules that a Pod's own connections meet mark nothing, so the Pod sees the client
    When Pod "client" connects to "10.96.0.80:80"
    Then the connection is answered by Pod "web"
    And the server sees the address of Pod "client"
