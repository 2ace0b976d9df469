Feature: A Job has limits in time and in number

  Background:
    Given a cluster:
      """
      apiVersion: batch/v1
      kind: Job
      metadata: { name: slow }
      spec:
        activeDeadlineSeconds: 20
        ttlSecondsAfterFinished: 60
        template:
          metadata: { annotations: { svcspec.dev/exit-after: 1h } }
          spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] }
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: { name: waiting }
      spec:
        suspend: true
        template:
          spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] }
      """

  Scenario: the deadline ends it and its Pods
    When 21 seconds pass
    Then Job "slow" has:
      | path                         | value                                                  |
      | status.active                | <none>                                                 |
      | status.conditions[1].reason  | DeadlineExceeded                                       |
      | status.conditions[1].message | Job was active longer than specified deadline          |

  Scenario: after its time to live it is gone
    When 90 seconds pass
    Then Job "slow" does not exist

  Scenario: a suspended Job has no Pods
    When I run "kubectl get job waiting"
    Then it prints:
      """
      NAME    STATUS    COMPLETIONS DURATION AGE
      waiting Suspended 0/1                  0s
      """

  Scenario: until it is resumed
    When I set "spec.suspend" of Job "waiting" to "false"
    Then Job "waiting" has:
      | path             | value |
      | status.succeeded | 1     |

  Scenario: each failure waits twice as long as the one before
    Given I apply:
      """
      apiVersion: batch/v1
      kind: Job
      metadata: { name: broken }
      spec:
        backoffLimit: 6
        template:
          metadata: { annotations: { svcspec.dev/exit-code: "3" } }
          spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] }
      """
    And 29 seconds pass
    And Job "broken" has:
      | path          | value |
      | status.failed | 2     |
    When 2 seconds pass
    Then Job "broken" has:
      | path          | value |
      | status.failed | 3     |
