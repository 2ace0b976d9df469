Feature: Traps beside the usual mistakes

  The address that a policy sees changes with the traffic policy, and DNS needs TCP as well where an answer is long.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: traps }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.4.101 }
          - { name: node02, internalIP: 192.168.4.102 }
        hosts:
          - { name: office, ip: 203.0.113.9 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: app, labels: { app: app } }
      spec: { nodeName: node01, containers: [{ name: c, image: "debian:12" }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: db, labels: { app: db } }
      spec: { nodeName: node02, containers: [{ name: c, image: db, ports: [{ containerPort: 8080 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: db }
      spec: { type: NodePort, selector: { app: db }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
      """

  Scenario Outline: F8 a policy that names the nodes works by way of another node, until the policy is Local: <policy> at <node>
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: nodes }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress: [{ from: [{ ipBlock: { cidr: 192.168.4.0/24 } }] }]
      """
    When I set "spec.externalTrafficPolicy" of Service "db" to "<policy>"
    And host "office" connects to port 30080 of Node "<node>"
    Then the connection <outcome>
    And the trace <blame>

    Examples:
      | policy | node   | outcome   | blame                   |
      | Local  | node02 | times out | blames "network-policy" |

    @mode-iptables @mode-nftables
    Examples: the node without a Pod drops it, but in IPVS mode, which sends it on with the client's address
      | policy | node   | outcome   | blame                       |
      | Local  | node01 | times out | blames "no-local-endpoints" |

  Scenario: F8 and while it is Cluster, it lets the whole world in by way of another node
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: nodes }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress: [{ from: [{ ipBlock: { cidr: 192.168.4.0/24 } }] }]
      """
    And host "office" connects to port 30080 of Node "node01"
    Then the connection is answered by Pod "db"
    And the server sees the address of Node "node01"

  Scenario: F8 mended: Local, and a policy that names the clients
    Given I set "spec.externalTrafficPolicy" of Service "db" to "Local"
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: clients }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress: [{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }] }]
      """
    And host "office" connects to port 30080 of Node "node02"
    Then the connection is answered by Pod "db"
    And the server sees the address of host "office"

  Scenario Outline: F5 DNS over UDP alone is not enough for a long answer: <ports>
    Given I apply:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: many }
      spec:
        replicas: 40
        selector: { matchLabels: { app: many } }
        template:
          metadata: { labels: { app: many } }
          spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: many }
      spec: { clusterIP: None, selector: { app: many }, ports: [{ port: 80 }] }
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: out }
      spec:
        podSelector: { matchLabels: { app: app } }
        policyTypes: [Egress]
        egress:
          - to: [{ podSelector: {} }]
          - to: [{ namespaceSelector: {} }]
            ports: [<ports>]
      """
    When Pod "app" connects to "many:80"
    Then the connection <outcome>
    And every connection from Pod "app" to "db:80" is answered by Pod "db"

    Examples:
      | ports                                                | outcome                           |
      | { port: 53, protocol: UDP }                          | fails to resolve                  |
      | { port: 53, protocol: UDP }, { port: 53 }            | is answered by Deployment "many"  |
