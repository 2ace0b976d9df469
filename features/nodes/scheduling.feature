Feature: The scheduler finds a node, or says why none will do

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.4.102, zone: a, capacity: { cpu: 2 } }
          - { name: node02, internalIP: 192.168.4.103, zone: b, capacity: { cpu: 2 } }
      """

  @doc-004 @case-19
  Scenario: a host port is taken once on each node
    When I apply:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: edge }
      spec:
        replicas: 2
        selector: { matchLabels: { app: edge } }
        template:
          metadata: { labels: { app: edge } }
          spec: { containers: [{ name: edge, image: nginx, ports: [{ containerPort: 80, hostPort: 8080 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: edge }
      spec: { selector: { app: edge }, ports: [{ port: 80 }] }
      """
    Then 1 endpoint of Service "edge" is on Node "node01"
    And 1 endpoint of Service "edge" is on Node "node02"

  @doc-004 @case-19
  Scenario: the next Pod with the port waits, and comes when one goes
    Given I apply:
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: { name: edge }
      spec:
        selector: { matchLabels: { app: edge } }
        template:
          metadata: { labels: { app: edge } }
          spec: { containers: [{ name: edge, image: nginx, ports: [{ containerPort: 80, hostPort: 8080 }] }] }
      """
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: late }
      spec: { containers: [{ name: late, image: nginx, ports: [{ containerPort: 80, hostPort: 8080 }] }] }
      """
    And Pod "late" has:
      | path                         | value                                                                                                                                                                                |
      | spec.nodeName                | <none>                                                                                                                                                                               |
      | status.conditions[0].reason  | Unschedulable                                                                                                                                                                        |
      | status.conditions[0].message | 0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod. |
    When I delete DaemonSet "edge"
    Then Pod "late" is Running

  Scenario: nodes that declare their capacity are filled and no more
    When I apply:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: heavy }
      spec:
        replicas: 5
        selector: { matchLabels: { app: heavy } }
        template:
          metadata: { labels: { app: heavy } }
          spec: { containers: [{ name: heavy, image: nginx, resources: { requests: { cpu: 900m } } }] }
      """
    Then Deployment "heavy" has:
      | path                     | value |
      | status.availableReplicas | 4     |
      | status.updatedReplicas   | 5     |

  Scenario: anti-affinity keeps the replicas apart, even on fewer nodes than replicas
    When I apply:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: apart }
      spec:
        replicas: 3
        selector: { matchLabels: { app: apart } }
        template:
          metadata: { labels: { app: apart } }
          spec:
            containers: [{ name: apart, image: nginx }]
            affinity:
              podAntiAffinity:
                requiredDuringSchedulingIgnoredDuringExecution:
                  - { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: apart } } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: apart }
      spec: { selector: { app: apart }, ports: [{ port: 80 }] }
      """
    Then Service "apart" has 2 endpoints
    And 1 endpoint of Service "apart" is on Node "node01"

  Scenario: zones are filled evenly where a constraint asks for it
    When I apply:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: even }
      spec:
        replicas: 4
        selector: { matchLabels: { app: even } }
        template:
          metadata: { labels: { app: even } }
          spec:
            containers: [{ name: even, image: nginx }]
            topologySpreadConstraints:
              - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: even } } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: even }
      spec: { selector: { app: even }, ports: [{ port: 80 }] }
      """
    Then 2 endpoints of Service "even" are on Node "node01"
    And 2 endpoints of Service "even" are on Node "node02"

  Scenario: a cordoned Node keeps its Pods and gets no new ones
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: old }
      spec: { nodeName: node01, containers: [{ name: old, image: nginx }] }
      """
    And I set "spec.unschedulable" of Node "node01" to "true"
    And I set "spec.unschedulable" of Node "node02" to "true"
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: new }
      spec: { containers: [{ name: new, image: nginx }] }
      """
    Then Pod "old" is Running
    And Pod "new" is Pending
    And Pod "new" has:
      | path                         | value                                                                                                                                    |
      | status.conditions[0].message | 0/2 nodes are available: 2 node(s) were unschedulable. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling. |

  # CoreDNS has two Pods, of 100m each.
  Scenario: a Node has the room that it shows, and its kubelet keeps to it
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { nodes: [{ name: node01, internalIP: 192.168.4.102, capacity: { pods: 5 } }] }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: large }
      spec: { containers: [{ name: c, image: nginx, resources: { requests: { cpu: 100 } } }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: put }
      spec:
        nodeName: node01
        containers: [{ name: c, image: nginx, resources: { requests: { cpu: 100 } } }]
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: many }
      spec:
        replicas: 6
        selector: { matchLabels: { app: many } }
        template:
          metadata: { labels: { app: many } }
          spec: { containers: [{ name: c, image: nginx }] }
      """
    Then Pod "put" has:
      | path           | value                                                                                                          |
      | status.phase   | Failed                                                                                                         |
      | status.reason  | OutOfcpu                                                                                                       |
      | status.message | Pod was rejected: Node didn't have enough resource: cpu, requested: 100000, used: 200, capacity: 64000 |
    And Pod "large" has:
      | path                         | value                                                                                                                                               |
      | status.conditions[0].message | 0/1 nodes are available: 1 Insufficient cpu, 1 Too many pods. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling. |
    And Deployment "many" has:
      | path                     | value |
      | status.availableReplicas | 3     |
      | status.updatedReplicas   | 6     |

  Scenario: a Pod waits for the claim that it names
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: db }
      spec:
        containers: [{ name: db, image: postgres }]
        volumes: [{ name: data, persistentVolumeClaim: { claimName: nope } }]
      """
    Then Pod "db" has:
      | path                         | value                                                                                                                                                        |
      | status.phase                 | Pending                                                                                                                                                      |
      | status.conditions[0].reason  | Unschedulable                                                                                                                                                |
      | status.conditions[0].message | 0/2 nodes are available: persistentvolumeclaim "nope" not found. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling. |
    When I apply:
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: { name: nope }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
      """
    Then Pod "db" is Running
