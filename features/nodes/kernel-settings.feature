Feature: Settings of a node's kernel

  `sysctls` of a node in the Cluster document are what sysctl(8) shows there. What kube-proxy sets as it starts (the size
  of the connection table, time-outs of TCP) stands above them.

  @mode-iptables
  Scenario: a rule that rejects too often falls silent
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        nodes: [{ name: node01, internalIP: 192.168.4.102, sysctls: { net.ipv4.icmp_ratelimit: 1000 } }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: busybox }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: empty }
      spec: { clusterIP: 10.96.0.99, selector: { app: nobody }, ports: [{ port: 80 }] }
      """
    When Pod "client" connects to "10.96.0.99:80" 6 times
    Then the connections are refused
    When Pod "client" connects to "10.96.0.99:80"
    Then the connection times out
    And the trace passes:
      | at          | stage          | effect | detail                                            |
      | node/node01 | filter/FORWARD | reject |                                                   |
      | node/node01 | route          | drop   | net.ipv4.icmp_ratelimit holds the ICMP error back |
    And the trace blames "no-endpoints"
    When 1 second passes
    And Pod "client" connects to "10.96.0.99:80"
    Then the connection is refused

  Rule: the connection table

    Background:
      Given a cluster:
        """
        apiVersion: svcspec.dev/v1alpha1
        kind: Cluster
        metadata: { name: lab }
        spec:
          # Two entries are what the CoreDNS Pods ask as they start.
          nodes: [{ name: node01, internalIP: 192.168.4.102, sysctls: { net.netfilter.nf_conntrack_max: 5 } }]
          kubeProxyConfiguration: { conntrack: { maxPerCore: 0 } }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: client }
        spec: { containers: [{ name: shell, image: busybox }] }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: web, labels: { app: web } }
        spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: web }
        spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
        """

    Scenario: a table that is full takes no new connection
      Given Pod "client" opens a connection to "10.96.0.80:80"
      And Pod "client" connects to "10.96.0.80:80" 2 times
      When Pod "client" connects to "10.96.0.80:80"
      Then the connection times out
      And the trace blames "lost"
      And the open connection is answered by Pod "web"

    Scenario: room comes back when an entry dies
      Given Pod "client" connects to "10.96.0.80:80" 3 times
      And no connection from Pod "client" to "10.96.0.80:80" is answered
      When 121 seconds pass
      Then every connection from Pod "client" to "10.96.0.80:80" is answered
