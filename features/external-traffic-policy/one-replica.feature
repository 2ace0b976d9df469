Feature: F7, a traffic policy Local and one Pod on three nodes

  The commonest mistake with externalTrafficPolicy: Local keeps the client's address, and nobody thinks of the nodes that
  have no Pod. A client that reaches such a node hangs; it is not refused. The health check port tells balancers which nodes
  to leave out, so the mistake shows where somebody dials a node, or a balancer that checks nothing does.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: one-replica }
      spec:
        kubernetesVersion: "1.34"
        nodes:
          - { name: node-a, internalIP: 192.168.4.101 }
          - { name: node-b, internalIP: 192.168.4.102 }
          - { name: node-c, internalIP: 192.168.4.103 }
        cloudProvider: { loadBalancerPool: 52.15.34.16/29, ipMode: VIP }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web-0, labels: { app: web } }
      spec: { nodeName: node-a, containers: [{ name: web, image: nginx, ports: [{ containerPort: 8080 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        healthCheckNodePort: 32000
        selector: { app: web }
        ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: on-node-a }
      spec: { nodeName: node-a, containers: [{ name: shell, image: busybox, command: [sleep, "3600"] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: on-node-b }
      spec: { nodeName: node-b, containers: [{ name: shell, image: busybox, command: [sleep, "3600"] }] }
      """

  Scenario Outline: F7 a client of <node> hangs in <mode> mode: the node has no Pod of its own
    Given kube-proxy runs in <mode> mode
    When host "laptop" connects to port 30080 of Node "<node>"
    Then the connection times out
    And the trace blames "no-local-endpoints"

    Examples:
      | mode     | node   |
      | iptables | node-b |
      | iptables | node-c |
      | nftables | node-b |
      | nftables | node-c |
      | ipvs     | node-b |
      | ipvs     | node-c |

  Scenario Outline: F7 the node with the Pod answers in <mode> mode, and the balancer sends to no other
    Given kube-proxy runs in <mode> mode
    Then every connection from host "laptop" to port 30080 of Node "node-a" is answered by Pod "web-0"
    And every connection from host "laptop" to "52.15.34.17:80" is answered by Pod "web-0"
    When host "laptop" connects to "52.15.34.17:80"
    Then the server sees the address of host "laptop"

    Examples:
      | mode     |
      | iptables |
      | nftables |
      | ipvs     |

  Scenario Outline: F7 the health check port of <node> says <status> in <mode> mode
    Given kube-proxy runs in <mode> mode
    When I run "kubectl exec on-node-b -- curl -s -o /dev/null -w '%{http_code}' http://<node>:32000/"
    Then it prints:
      """
      <status>
      """

    Examples:
      | mode     | node          | status |
      | iptables | 192.168.4.101 | 200    |
      | iptables | 192.168.4.102 | 503    |
      | nftables | 192.168.4.102 | 503    |
      | ipvs     | 192.168.4.102 | 503    |

  Scenario Outline: F7 mended by the policy Cluster, in <mode> mode, at the price of the client's address
    Given kube-proxy runs in <mode> mode
    When I set "spec.externalTrafficPolicy" of Service "web" to "Cluster"
    And host "laptop" connects to port 30080 of Node "node-b"
    Then the connection is answered by Pod "web-0"
    And the server sees the address of Node "node-b"

    Examples:
      | mode     |
      | iptables |
      | nftables |
      | ipvs     |

  Scenario Outline: F7 mended by a Pod on the node, in <mode> mode, and the client's address stays
    Given kube-proxy runs in <mode> mode
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web-1, labels: { app: web } }
      spec: { nodeName: node-b, containers: [{ name: web, image: nginx, ports: [{ containerPort: 8080 }] }] }
      """
    And host "laptop" connects to port 30080 of Node "node-b"
    Then the connection is answered by Pod "web-1"
    And the server sees the address of host "laptop"
    And every connection from host "laptop" to port 30080 of Node "node-c" times out

    Examples:
      | mode     |
      | iptables |
      | nftables |
      | ipvs     |

  Scenario Outline: F7 the cluster's own Pods take the short cut at the balancer's address, in <mode> mode
    Given kube-proxy runs in <mode> mode
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web-1, labels: { app: web } }
      spec: { nodeName: node-c, containers: [{ name: web, image: nginx, ports: [{ containerPort: 8080 }] }] }
      """
    Then connections from Pod "on-node-a" to "52.15.34.17:80" spread evenly over <there> Pods
    And connections from Pod "on-node-b" to "52.15.34.17:80" spread evenly over 2 Pods

    Examples: to all Pods; in IPVS mode to the node's own where it has any
      | mode     | there |
      | iptables | 2     |
      | nftables | 2     |
      | ipvs     | 1     |

  Scenario Outline: F7 internalTrafficPolicy Local: a Pod of node-b and the cluster IP, in <mode> mode: it <outcome>
    Given kube-proxy runs in <mode> mode
    When I set "spec.internalTrafficPolicy" of Service "web" to "Local"
    And Pod "on-node-b" connects to "web:80"
    Then the connection <outcome>
    And every connection from Pod "on-node-a" to "web:80" is answered by Pod "web-0"

    Examples: IPVS mode takes any Pod, as the Service is reached from outside too
      | mode     | outcome                     |
      | iptables | times out                   |
      | nftables | times out                   |
      | ipvs     | is answered by Pod "web-0"  |

  Scenario: F7 internalTrafficPolicy Local is mended by trafficDistribution, which only prefers
    When I set "spec.trafficDistribution" of Service "web" to "PreferSameNode"
    Then every connection from Pod "on-node-b" to "web:80" is answered by Pod "web-0"
    And every connection from Pod "on-node-a" to "web:80" is answered by Pod "web-0"
