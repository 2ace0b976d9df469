Feature: Very many Services are more than an environment holds

  The kernel passes at most 2 MiB of arguments and environment to a program. Fifty Services with a hundred named ports
  each need more. Only containers that start later are hit, whether they use those Services or not.

  Background:
    Given the cluster "nginx-demo"
    And I apply "many-services.yaml"

  @doc-000 @case-4
  Scenario: what runs already goes on, and reaches the Services by name
    Then Pod "demo/client" is ready
    And the environment of Pod "demo/client" has no variable starting with "A_SERVICE"
    And every connection from Pod "demo/client" to "a-service-with-a-long-name-and-very-many-ports-number-50:80" is answered

  @doc-000 @case-4
  Scenario: a new Pod ends at once with the kernel's error, again and again
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: crowded, namespace: demo }
      spec:
        containers:
          - name: shell
            image: busybox:1.36
            command: [sleep, "3600"]
            terminationMessagePolicy: FallbackToLogsOnError
      """
    Then Pod "demo/crowded" is CrashLoopBackOff
    And Pod "demo/crowded" has:
      | path                                                    | value                              |
      | status.containerStatuses[0].lastState.terminated.reason | Error                              |
      | status.containerStatuses[0].lastState.terminated.message | exec sleep: argument list too long |

  @doc-000 @case-4
  Scenario: an old container is hit when it restarts
    When Pod "demo/early" restarts
    Then Pod "demo/early" is not ready
    And Pod "demo/client" is ready

  @doc-000 @case-4
  Scenario: without service links the Pod starts
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: roomy, namespace: demo }
      spec:
        enableServiceLinks: false
        containers: [{ name: shell, image: "busybox:1.36", command: [sleep, "3600"] }]
      """
    Then Pod "demo/roomy" is ready
    And the environment of Pod "demo/roomy" has no variable starting with "A_SERVICE"

  @doc-000 @case-4
  Scenario: a Pod of another namespace starts
    When I delete Pod "default/visitor"
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: visitor, namespace: default }
      spec: { containers: [{ name: shell, image: "busybox:1.36", command: [sleep, "3600"] }] }
      """
    Then Pod "default/visitor" is ready
