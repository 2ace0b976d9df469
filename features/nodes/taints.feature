Feature: Taints move Pods, and Pods may bear them for a while

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { nodes: [{ name: node01, internalIP: 192.168.4.102 }, { name: node02, internalIP: 192.168.4.103 }] }
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: { name: web }
      spec:
        serviceName: web
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec:
            tolerations: [{ key: maintenance, effect: NoExecute, operator: Exists, tolerationSeconds: 30 }]
            containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      """
    And 1 endpoint of Service "web" is on Node "node01"

  Scenario: a Pod that tolerates for 30 seconds stays for 29
    Given I run "kubectl taint nodes node01 node02 maintenance=now:NoExecute"
    When 29 seconds pass
    Then 1 endpoint of Service "web" is on Node "node01"

  Scenario: and goes after them
    Given I run "kubectl taint nodes node01 maintenance=now:NoExecute"
    And I run "kubectl cordon node01"
    When 31 seconds pass
    Then 1 endpoint of Service "web" is on Node "node02"

  Scenario: one that does not tolerate goes at once
    When I run "kubectl taint nodes node01 broken:NoExecute"
    Then 1 endpoint of Service "web" is on Node "node02"

  Scenario: a taint that only keeps new Pods away moves nobody
    When I run "kubectl taint nodes node01 full:NoSchedule"
    Then 1 endpoint of Service "web" is on Node "node01"

  Scenario: with every Node tainted a new Pod waits, and says for what
    Given I run "kubectl taint nodes node01 node02 full:NoSchedule"
    When I delete Pod "web-0"
    Then Pod "web-0" has:
      | path                         | value                                                                                                                      |
      | status.conditions[0].reason  | Unschedulable                                                                                                              |
      | status.conditions[0].message | 0/2 nodes are available: 2 node(s) had untolerated taint {full: }. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling. |

  Scenario: a dead Node holds the Pod of a StatefulSet
    Given Node "node01" goes down
    When 10 minutes pass
    Then Pod "web-0" is Terminating
    And Service "web" has no endpoints

  Scenario: until it is said to be out of service
    Given Node "node01" goes down
    And 10 minutes pass
    When I run "kubectl taint nodes node01 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"
    And 1 minute passes
    Then Pod "web-0" is ready
    And 1 endpoint of Service "web" is on Node "node02"
