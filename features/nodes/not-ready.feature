Feature: A Node that falls silent loses its endpoints first and its Pods later

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.4.102 }
          - { name: node02, internalIP: 192.168.4.103 }
          - { name: node03, internalIP: 192.168.4.104 }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
      spec:
        replicas: 3
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      """

  Scenario: until the grace period is over nobody knows
    When Node "node01" goes down
    And 49 seconds pass
    Then Service "web" has 3 endpoints

  Scenario: then its Pods are no endpoints, five minutes later they are replaced
    Given Node "node01" goes down
    And 51 seconds pass
    And Service "web" has 2 endpoints
    And Node "node01" has:
      | path                 | value                          |
      | spec.taints[0].key   | node.kubernetes.io/unreachable |
      | spec.taints[1].effect | NoExecute                     |
    When 5 minutes pass
    Then Service "web" has 3 endpoints
    And no endpoint of Service "web" is on Node "node01"

  Scenario: a Node that returns in time keeps its Pods
    Given Node "node01" goes down
    And 2 minutes pass
    And Service "web" has 2 endpoints
    When Node "node01" comes back
    Then Service "web" has 3 endpoints
    And 1 endpoint of Service "web" is on Node "node01"

  Scenario: when all Nodes are silent at once nobody is evicted
    Given Node "node01" goes down
    And Node "node02" goes down
    And Node "node03" goes down
    When 20 minutes pass
    Then Service "web" has no endpoints
    And Deployment "web" has:
      | path                   | value |
      | status.updatedReplicas | 3     |
    And Node "node01" has:
      | path                | value                          |
      | spec.taints[0].key  | node.kubernetes.io/unreachable |
      | spec.taints[1].key  | <none>                         |

  Scenario: the Pods of a deleted Node are replaced after the quarantine
    Given Node "node01" goes down
    When I delete Node "node01"
    And 61 seconds pass
    Then Service "web" has 3 endpoints

  Scenario: a taint that does not suffer Pods moves them
    When I set "spec.taints" of Node "node01" to '[{"key": "gone", "effect": "NoExecute"}]'
    Then Service "web" has 3 endpoints
    And no endpoint of Service "web" is on Node "node01"
