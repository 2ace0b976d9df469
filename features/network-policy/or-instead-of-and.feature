Feature: F6, one dash too many

  A rule with two items lets in what meets either of them: the whole namespace, and the Pods with the label in the policy's
  own. One item with both selectors lets in the Pods with the label in that namespace. Nothing fails, so nobody notices:
  here the rule of two items admits 14 Pods, and the one of one item admits 1.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: dashes }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.4.101 }
          - { name: node02, internalIP: 192.168.4.102 }
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: jobs, labels: { team: a } }
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: data }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: workers, namespace: jobs }
      spec:
        replicas: 10
        selector: { matchLabels: { app: worker } }
        template:
          metadata: { labels: { app: worker } }
          spec: { containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: meant, namespace: jobs, labels: { role: x } }
      spec: { containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: labelled, namespace: data }
      spec:
        replicas: 3
        selector: { matchLabels: { role: x } }
        template:
          metadata: { labels: { role: x } }
          spec: { containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: other, namespace: data, labels: { role: z } }
      spec: { containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: stranger, namespace: default, labels: { role: x } }
      spec: { containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: db, namespace: data, labels: { app: db } }
      spec: { nodeName: node02, containers: [{ name: c, image: db, ports: [{ containerPort: 5432 }] }] }
      """

  Scenario: F6 two items: 10 workers, the Pod that was meant and 3 of the policy's own namespace get in
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: db, namespace: data }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress:
          - from:
              - namespaceSelector: { matchLabels: { team: a } }
              - podSelector: { matchLabels: { role: x } }
      """
    Then every connection from Deployment "jobs/workers" to port 5432 of Pod "data/db" is answered by Pod "data/db"
    And every connection from Pod "jobs/meant" to port 5432 of Pod "data/db" is answered by Pod "data/db"
    And every connection from Deployment "data/labelled" to port 5432 of Pod "data/db" is answered by Pod "data/db"
    And no connection from Pod "data/other" to port 5432 of Pod "data/db" is answered
    And no connection from Pod "default/stranger" to port 5432 of Pod "data/db" is answered

  Scenario: F6 one item: only the Pod that was meant gets in
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: db, namespace: data }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress:
          - from:
              - namespaceSelector: { matchLabels: { team: a } }
                podSelector: { matchLabels: { role: x } }
      """
    Then every connection from Pod "jobs/meant" to port 5432 of Pod "data/db" is answered by Pod "data/db"
    And no connection from Deployment "jobs/workers" to port 5432 of Pod "data/db" is answered
    And no connection from Deployment "data/labelled" to port 5432 of Pod "data/db" is answered
    And no connection from Pod "data/other" to port 5432 of Pod "data/db" is answered
    And no connection from Pod "default/stranger" to port 5432 of Pod "data/db" is answered

  Scenario: F6 a label of Pods asked of namespaces lets nobody in, and the trace says that no Namespace has it
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: db, namespace: data }
      spec:
        podSelector: { matchLabels: { app: db } }
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { role: x } } }] }]
      """
    And Pod "jobs/meant" connects to port 5432 of Pod "data/db"
    Then the connection times out
    And the trace blames "network-policy"
