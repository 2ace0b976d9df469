Feature: What a NetworkPolicy sees in userspace mode

  There kube-proxy itself ends what a Pod sends to a Service, and opens a connection of its own to the endpoint, from its
  node. So a policy in front of the endpoint sees that node and never the Pod: selectors of Pods mean nobody who comes
  through a Service. The endpoint's own node is let in, as a node always is by its own Pods' policies.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: old }
      spec:
        kubernetesVersion: "1.25"
        nodes:
          - { name: node01, internalIP: 192.168.4.101 }
          - { name: node02, internalIP: 192.168.4.102 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: near, labels: { role: frontend } }
      spec: { nodeName: node02, containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: far, labels: { role: frontend } }
      spec: { nodeName: node01, containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: batch, labels: { role: batch } }
      spec: { nodeName: node02, containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: db, labels: { role: db } }
      spec: { nodeName: node02, containers: [{ name: c, image: db, ports: [{ containerPort: 8080 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: db }
      spec: { clusterIP: 10.96.0.80, selector: { role: db }, ports: [{ port: 80, targetPort: 8080 }] }
      """
    And kube-proxy runs in userspace mode

  Scenario: the server sees the node's proxy, not the Pod
    When Pod "far" connects to "10.96.0.80:80"
    Then the connection is answered by Pod "db"
    And the server sees the address of Node "node01"

  Scenario Outline: ingress from <peers>: <client> by the Service <by service>, by address <by address>
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: db }
      spec:
        podSelector: { matchLabels: { role: db } }
        ingress: [{ from: [<peers>] }]
      """
    Then <by service> connection from Pod "<client>" to "10.96.0.80:80" is answered
    And <by address> connection from Pod "<client>" to port 8080 of Pod "db" is answered

    Examples:
      | peers                                              | client | by service | by address |
      | { podSelector: { matchLabels: { role: frontend }}} | near   | every      | every      |
      | { podSelector: { matchLabels: { role: frontend }}} | far    | no         | every      |
      | { podSelector: { matchLabels: { role: frontend }}} | batch  | every      | no         |
      | { namespaceSelector: {}}                           | far    | no         | every      |
      | { ipBlock: { cidr: 10.244.0.0/16 }}                | far    | no         | every      |
      | { ipBlock: { cidr: 192.168.4.101/32 }}             | far    | every      | no         |
      | { ipBlock: { cidr: 192.168.4.101/32 }}             | batch  | every      | no         |

  Scenario Outline: egress to <rule>: by the Service <by service>, by address <by address>
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: out }
      spec:
        podSelector: { matchLabels: { role: frontend } }
        policyTypes: [Egress]
        egress: [<rule>]
      """
    Then <by service> connection from Pod "far" to "10.96.0.80:80" is answered
    And <by address> connection from Pod "far" to port 8080 of Pod "db" is answered

    Examples: on the way out it is for the node itself, at the proxy's own port
      | rule                                                    | by service | by address |
      | { to: [{ podSelector: { matchLabels: { role: db }}}] }  | no         | every      |
      | { to: [{ ipBlock: { cidr: 10.96.0.80/32 }}] }           | no         | no         |
      | { to: [{ ipBlock: { cidr: 192.168.4.101/32 }}] }        | no         | no         |
      | { to: [{ ipBlock: { cidr: 10.244.0.0/16 }}] }           | every      | every      |
      | {}                                                      | every      | every      |
