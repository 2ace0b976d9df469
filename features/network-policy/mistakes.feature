Feature: Mistakes in NetworkPolicies, and what mends them

  The ones that engineers make most: a policy that names the Service's port, a forgotten DNS rule, one dash too many, a
  client's address that is not the client's any more.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: mistakes }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.4.101 }
          - { name: node02, internalIP: 192.168.4.102 }
        hosts:
          - { name: office, ip: 203.0.113.9 }
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: app, labels: { team: a } }
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: other }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: backend, namespace: app, labels: { app: backend } }
      spec: { nodeName: node01, containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: batch, namespace: app, labels: { app: batch } }
      spec: { nodeName: node01, containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: stranger, namespace: other, labels: { app: backend } }
      spec: { nodeName: node02, containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: db, namespace: app, labels: { app: db } }
      spec: { nodeName: node02, containers: [{ name: c, image: db, ports: [{ name: sql, containerPort: 8080 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: db, namespace: app }
      spec: { type: NodePort, selector: { app: db }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
      """

  Scenario Outline: F4 a policy means the Pod's port, not the Service's: port <port>
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: backend-egress, namespace: app }
      spec:
        podSelector: { matchLabels: { app: backend } }
        policyTypes: [Egress]
        egress:
          - to: [{ podSelector: { matchLabels: { app: db } } }]
            ports: [{ port: <port> }]
          - ports: [{ port: 53, protocol: UDP }]
      """
    When Pod "app/backend" connects to "db:80"
    Then the connection <outcome>

    Examples:
      | port | outcome                     |
      | 80   | times out                   |
      | 8080 | is answered by Pod "app/db" |
      | sql  | is answered by Pod "app/db" |

  Scenario: F4 the trace says which port it is
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: to-backends, namespace: app }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress: [{ ports: [{ port: 80 }] }]
      """
    When Pod "app/backend" connects to "db:80"
    Then the trace blames "network-policy"

  Scenario: F5 denying egress forgets DNS, and the name is never found
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: deny-all, namespace: app }
      spec: { podSelector: {}, policyTypes: [Egress] }
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: to-db, namespace: app }
      spec:
        podSelector: { matchLabels: { app: backend } }
        policyTypes: [Egress]
        egress: [{ to: [{ podSelector: { matchLabels: { app: db } } }] }]
      """
    When Pod "app/backend" connects to "db:80"
    Then the connection fails to resolve
    And the trace blames "dns-timeout"
    And every connection from Pod "app/backend" to port 80 of Service "app/db" is answered by Pod "app/db"

  Scenario Outline: F5 the DNS servers are Pods of kube-system: <selector>
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: dns, namespace: app }
      spec:
        podSelector: {}
        policyTypes: [Egress]
        egress:
          - to: [{ podSelector: {} }]
          - to: [{ namespaceSelector: { matchLabels: <selector> } }]
            ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
      """
    When Pod "app/backend" connects to "db:80"
    Then the connection <outcome>

    Examples:
      | selector                                     | outcome                     |
      | { kubernetes.io/metadata.name: kube-system } | is answered by Pod "app/db" |
      | { k8s-app: kube-dns }                        | fails to resolve            |

  Scenario: F6 two items mean either, and let the whole namespace in
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: db, namespace: app }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress:
          - from:
              - namespaceSelector: { matchLabels: { team: a } }
              - podSelector: { matchLabels: { app: backend } }
      """
    Then the reachability is:
      | who                  | "db.app:80" |
      | Pod "app/backend"    | answered    |
      | Pod "app/batch"      | answered    |
      | Pod "other/stranger" | timeout     |

  Scenario: F6 one item means both
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: db, namespace: app }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress:
          - from:
              - namespaceSelector: { matchLabels: { team: a } }
                podSelector: { matchLabels: { app: backend } }
      """
    Then the reachability is:
      | who                  | "db.app:80" |
      | Pod "app/backend"    | answered    |
      | Pod "app/batch"      | timeout     |
      | Pod "other/stranger" | timeout     |

  Scenario Outline: F8 with externalTrafficPolicy Cluster another node hides the client: by <node> with <policy>
    Given I set "spec.externalTrafficPolicy" of Service "app/db" to "<policy>"
    And I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: office, namespace: app }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress: [{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }] }]
      """
    When host "office" connects to port 30080 of Node "<node>"
    Then the connection <outcome>
    And the trace <blame>

    Examples:
      | node   | policy  | outcome   | blame                     |
      | node01 | Cluster | times out | blames "network-policy"   |
      | node01 | Local   | times out | blames "no-local-endpoints" |

  Scenario Outline: F8 the node that has the Pod shows the client as it is: <policy>
    Given I set "spec.externalTrafficPolicy" of Service "app/db" to "<policy>"
    And I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: office, namespace: app }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress: [{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }] }]
      """
    When host "office" connects to port 30080 of Node "node02"
    Then the connection is answered by Pod "app/db"

    Examples:
      | policy  |
      | Cluster |
      | Local   |

  Scenario: F8 allowing everybody hides the mistake, and the server sees the node
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: everybody, namespace: app }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]
      """
    When host "office" connects to port 30080 of Node "node01"
    Then the connection is answered by Pod "app/db"
    And the server sees the address of Node "node01"
