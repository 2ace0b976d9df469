Feature: How containers end, and what the kubelet does then

  Scenario Outline: a liveness probe that fails restarts the container, again and again: after <time>
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web }, annotations: { svcspec.dev/listen: "80" } }
      spec:
        containers:
          - name: web
            image: nginx:1.27
            livenessProbe: { httpGet: { path: /, port: 81 } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      """
    When <time> pass
    Then Pod "web" is <state>
    And Service "web" has <endpoints>
    And Pod "web" has:
      | path                                     | value      |
      | status.containerStatuses[0].restartCount | <restarts> |

    # Ticks at 10, 20 and 30 s of the Pod's life; a second until the kubelet sees the end; the next run's at 40, 50 and 60 s.
    Examples:
      | time       | state            | endpoints    | restarts |
      | 29 seconds | ready            | 1 endpoint   | 0        |
      | 31 seconds | ready            | 1 endpoint   | 1        |
      | 59 seconds | ready            | 1 endpoint   | 1        |
      | 60 seconds | CrashLoopBackOff | no endpoints | 1        |
      | 70 seconds | ready            | 1 endpoint   | 2        |

  Scenario: what the kubelet says of it, and how long each run lived
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, annotations: { svcspec.dev/listen: "80" } }
      spec:
        containers:
          - name: web
            image: nginx:1.27
            livenessProbe: { httpGet: { path: /, port: 81 } }
      """
    When 35 seconds pass
    And I run "kubectl events --for pod/web --types Warning"
    Then it prints:
      """
      LAST SEEN          TYPE      REASON      OBJECT    MESSAGE
      5s (x3 over 25s)   Warning   Unhealthy   Pod/web   Liveness probe failed: Get "http://10.244.2.2:81/": dial tcp 10.244.2.2:81: connect: connection refused
      """
    And Pod "web" has:
      | path                                                      | value |
      | status.containerStatuses[0].restartCount                   | 1     |
      | status.containerStatuses[0].lastState.terminated.exitCode  | 137   |

  Scenario: its initial delay is an hour of grace
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web }, annotations: { svcspec.dev/listen: "80" } }
      spec:
        containers:
          - name: web
            image: nginx:1.27
            livenessProbe: { httpGet: { path: /, port: 81 }, initialDelaySeconds: 3600 }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      """
    When 1 hour passes
    Then Service "web" has 1 endpoint
    And Pod "web" has:
      | path                                     | value |
      | status.containerStatuses[0].restartCount | 0     |
    When 21 seconds pass
    Then Pod "web" has:
      | path                                     | value |
      | status.containerStatuses[0].restartCount | 1     |

  Scenario: its preStop hook and its grace period come first
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { timing: realistic }
      """
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, annotations: { svcspec.dev/listen: "80", svcspec.dev/stop-after: 1h } }
      spec:
        containers:
          - name: web
            image: nginx:1.27
            lifecycle: { preStop: { sleep: { seconds: 4 } } }
            livenessProbe:
              { tcpSocket: { port: 81 }, initialDelaySeconds: 60, periodSeconds: 10, terminationGracePeriodSeconds: 10 }
      """
    # Failures after 70, 80 and 90 s, gone 10 s after the last one.
    When 99 seconds pass
    Then Pod "web" has:
      | path                                     | value |
      | status.containerStatuses[0].restartCount | 0     |
    When 8 seconds pass
    Then Pod "web" has:
      | path                                     | value |
      | status.containerStatuses[0].restartCount | 1     |

  Scenario: a command as a probe
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: good }
      spec:
        containers:
          - { name: web, image: "nginx:1.27", readinessProbe: { exec: { command: ["sh", "-c", "exit 0"] } } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: bad }
      spec:
        containers: [{ name: web, image: "nginx:1.27", readinessProbe: { exec: { command: ["false"] } } }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: port }
      spec:
        containers:
          - name: web
            image: nginx:1.27
            ports: [{ containerPort: 80 }]
            readinessProbe: { exec: { command: ["nc", "-z", "127.0.0.1", "80"] } }
      """
    Then Pod "good" is ready
    And Pod "bad" is not ready
    And Pod "port" is ready

  Scenario Outline: a program that ends with <code> under restartPolicy <policy>: <phase>
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: task, annotations: { svcspec.dev/exit-after: 5s, svcspec.dev/exit-code: "<code>" } }
      spec: { restartPolicy: <policy>, containers: [{ name: task, image: "task:1" }] }
      """
    When 7 seconds pass
    Then Pod "task" has:
      | path                                     | value      |
      | status.phase                             | <phase>    |
      | status.containerStatuses[0].restartCount | <restarts> |

    Examples:
      | code | policy    | phase     | restarts |
      | 0    | Never     | Succeeded | 0        |
      | 1    | Never     | Failed    | 0        |
      | 0    | OnFailure | Succeeded | 0        |
      | 1    | OnFailure | Running   | 1        |
      | 0    | Always    | Running   | 1        |

  Scenario: the sidecar ends when the work is done
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: task, annotations: { svcspec.dev/exit-after.task: 5s } }
      spec:
        restartPolicy: Never
        initContainers: [{ name: proxy, image: "envoy:1", restartPolicy: Always }]
        containers: [{ name: task, image: "task:1" }]
      """
    When 5 seconds pass
    Then Pod "task" has:
      | path                                                      | value     |
      | status.phase                                              | Succeeded |
      | status.initContainerStatuses[0].state.terminated.reason   | Completed |

  Scenario: a Pod beyond its deadline
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: task }
      spec: { activeDeadlineSeconds: 60, containers: [{ name: task, image: "task:1" }] }
      """
    And 59 seconds pass
    And Pod "task" is Running
    When 1 second passes
    Then Pod "task" has:
      | path           | value                                                          |
      | status.phase   | Failed                                                         |
      | status.reason  | DeadlineExceeded                                               |
      | status.message | Pod was active on the node longer than the specified deadline |

  Scenario: back-offs double
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec: { containers: [{ name: web, image: "nginx:1.27" }] }
      """
    And Pod "web" crashes
    And Pod "web" crashes
    And 10 seconds pass
    When Pod "web" crashes
    And 19 seconds pass
    Then Pod "web" is CrashLoopBackOff
    When 1 second passes
    Then Pod "web" is Running

  Scenario: and are forgotten when it has run for ten minutes
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec: { containers: [{ name: web, image: "nginx:1.27" }] }
      """
    And Pod "web" crashes
    And Pod "web" crashes
    And 10 seconds pass
    And 601 seconds pass
    When Pod "web" crashes
    Then Pod "web" is Running
    And Pod "web" has:
      | path                                     | value |
      | status.containerStatuses[0].restartCount | 3     |
