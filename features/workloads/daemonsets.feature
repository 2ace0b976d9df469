Feature: A DaemonSet runs one Pod on every eligible node

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
          - { name: node03, internalIP: 192.168.4.104, labels: { disk: ssd } }
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: { name: agent }
      spec:
        selector: { matchLabels: { app: agent } }
        template:
          metadata: { labels: { app: agent } }
          spec: { containers: [{ name: agent, image: agent:1, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: agent }
      spec: { selector: { app: agent }, ports: [{ port: 80 }] }
      """

  Scenario: one endpoint on each node
    Then Service "agent" has 3 endpoints
    And 1 endpoint of Service "agent" is on Node "node01"
    And 1 endpoint of Service "agent" is on Node "node02"
    And 1 endpoint of Service "agent" is on Node "node03"

  Scenario: a node selector takes the Pods off the other nodes
    When I set "spec.template.spec.nodeSelector" of DaemonSet "agent" to '{"disk": "ssd"}'
    Then Service "agent" has 1 endpoint
    And 1 endpoint of Service "agent" is on Node "node03"
    And DaemonSet "agent" has:
      | path                          | value |
      | status.desiredNumberScheduled | 1     |
      | status.numberMisscheduled     | 0     |

  Scenario: a label brings a node in, its end takes it out
    Given I set "spec.template.spec.nodeSelector" of DaemonSet "agent" to '{"disk": "ssd"}'
    And I set "metadata.labels.disk" of Node "node01" to "ssd"
    And Service "agent" has 2 endpoints
    When I set "metadata.labels.disk" of Node "node03" to "hdd"
    Then Service "agent" has 1 endpoint
    And 1 endpoint of Service "agent" is on Node "node01"

  Scenario Outline: an update within <limits>
    Given I set "spec.updateStrategy.rollingUpdate" of DaemonSet "agent" to '<limits>'
    And I set "spec.minReadySeconds" of DaemonSet "agent" to "0"
    When I set "spec.template.spec.containers[0].image" of DaemonSet "agent" to "agent:2"
    Then DaemonSet "agent" has:
      | path                          | value |
      | status.updatedNumberScheduled | 3     |
      | status.numberAvailable        | 3     |
    And Service "agent" has 3 endpoints

    Examples:
      | limits                              |
      | {"maxUnavailable": 1}               |
      | {"maxUnavailable": "50%"}           |
      | {"maxSurge": 1, "maxUnavailable": 0} |

  Scenario: a Pod on a node that goes down is misscheduled, not evicted, and no endpoint
    When Node "node02" goes down
    And 10 minutes pass
    Then Service "agent" has 2 endpoints
    And DaemonSet "agent" has:
      | path                          | value |
      | status.desiredNumberScheduled | 2     |
      | status.numberMisscheduled     | 1     |
      | status.numberReady            | 2     |
