Feature: Which Pods a smaller ReplicaSet lets go, and which it takes over

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
        pins:
          - { object: ReplicaSet/default/web, pods: [{ suffix: aaaaa }, { suffix: bbbbb }, { suffix: ccccc }] }
      ---
      apiVersion: apps/v1
      kind: ReplicaSet
      metadata: { name: web }
      spec:
        replicas: 3
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec: { containers: [{ name: web, image: web:1, ports: [{ containerPort: 80 }] }] }
      """
    And Pod "web-ccccc" is ready

  Scenario: one that is not ready goes first
    Given Pod "web-bbbbb" stops being ready
    When I scale ReplicaSet "web" to 2 replicas
    Then Pod "web-bbbbb" does not exist
    And Pod "web-aaaaa" is ready
    And Pod "web-ccccc" is ready

  Scenario: then the one that is cheapest to delete
    Given I set 'metadata.annotations["controller.kubernetes.io/pod-deletion-cost"]' of Pod "web-bbbbb" to '"-1"'
    When I scale ReplicaSet "web" to 2 replicas
    Then Pod "web-bbbbb" does not exist
    And Pod "web-aaaaa" exists

  Scenario: then the younger one
    Given 1 hour passes
    And I scale ReplicaSet "web" to 4 replicas
    When I scale ReplicaSet "web" to 3 replicas
    Then Pod "web-aaaaa" exists
    And Pod "web-bbbbb" exists
    And Pod "web-ccccc" exists

  Scenario: a Pod whose labels change is let go and replaced
    When I set "metadata.labels.app" of Pod "web-aaaaa" to "debug"
    Then Pod "web-aaaaa" has:
      | path                        | value  |
      | metadata.ownerReferences[0] | <none> |
    And ReplicaSet "web" has:
      | path                 | value |
      | status.readyReplicas | 3     |

  Scenario: a Pod of nobody's with the labels is taken over, and one Pod is too many
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: stray, labels: { app: web } }
      spec: { containers: [{ name: web, image: web:1 }] }
      """
    Then ReplicaSet "web" has:
      | path            | value |
      | status.replicas | 3     |
    And Pod "web-aaaaa" exists
    And Pod "stray" does not exist
