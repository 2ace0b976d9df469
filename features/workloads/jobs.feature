Feature: A Job runs Pods until enough of them have succeeded

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { nodes: [{ name: node01, internalIP: 192.168.4.102 }] }
      """

  Scenario: a program without annotations ends at once, with success
    When I apply:
      """
      apiVersion: batch/v1
      kind: Job
      metadata: { name: pi }
      spec:
        completions: 3
        parallelism: 2
        template:
          spec: { restartPolicy: Never, containers: [{ name: pi, image: perl }] }
      """
    Then Job "pi" has:
      | path                      | value              |
      | status.succeeded          | 3                  |
      | status.active             | <none>             |
      | status.conditions[0].type | SuccessCriteriaMet |
      | status.conditions[1].type | Complete           |

  Scenario Outline: <policy>: <result>
    When I apply:
      """
      apiVersion: batch/v1
      kind: Job
      metadata: { name: broken }
      spec:
        backoffLimit: 2
        template:
          metadata: { annotations: { svcspec.dev/exit-code: "3" } }
          spec: { restartPolicy: <policy>, containers: [{ name: broken, image: busybox }] }
      """
    And 60 seconds pass
    Then Job "broken" has:
      | path                        | value                                       |
      | status.failed               | <failed>                                    |
      | status.conditions[1].type   | Failed                                      |
      | status.conditions[1].reason | BackoffLimitExceeded                        |
      | status.conditions[1].message | Job has reached the specified backoff limit |

    Examples:
      | policy    | failed | result                                   |
      | Never     | 3      | each failure is a Pod of its own         |
      | OnFailure | 1      | one Pod restarts its container till then |

  Scenario: each Pod of an Indexed Job has a name in DNS
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: shards }
      spec: { clusterIP: None, selector: { job-name: shard } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: alpine }] }
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: { name: shard }
      spec:
        completionMode: Indexed
        completions: 2
        parallelism: 2
        template:
          metadata: { annotations: { svcspec.dev/exit-after: 1h } }
          spec:
            subdomain: shards
            restartPolicy: Never
            containers: [{ name: shard, image: nginx, ports: [{ containerPort: 80 }] }]
      """
    Then Service "shards" has 2 endpoints
    And every connection from Pod "client" to "shard-0.shards:80" is answered
    And every connection from Pod "client" to "shard-2.shards:80" fails to resolve

  Scenario: a finished Pod is no endpoint
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: once }
      spec: { selector: { job-name: once }, ports: [{ port: 80 }] }
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: { name: once }
      spec:
        template:
          metadata: { annotations: { svcspec.dev/exit-after: 30s } }
          spec: { restartPolicy: Never, containers: [{ name: once, image: nginx }] }
      """
    And Service "once" has 1 endpoint
    And 30 seconds pass
    Then Service "once" has no endpoints
    And Job "once" has:
      | path             | value |
      | status.succeeded | 1     |
