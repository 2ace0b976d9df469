Feature: What a container needs before it starts

  Scenario: a ConfigMap is missing: the container waits and says for what
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        containers: [{ name: web, image: "nginx:1.27", envFrom: [{ configMapRef: { name: settings } }] }]
      """
    Then Pod "web" has:
      | path                                             | value                          |
      | status.phase                                     | Pending                        |
      | status.containerStatuses[0].state.waiting.reason | CreateContainerConfigError     |
      | status.containerStatuses[0].state.waiting.message | configmap "settings" not found |

  Scenario: and starts when it is there
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        containers: [{ name: web, image: "nginx:1.27", envFrom: [{ configMapRef: { name: settings } }] }]
      """
    When I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: settings }
      data: { COLOUR: red }
      """
    Then Pod "web" is Running
    And the environment of Pod "web" contains:
      """
      COLOUR=red
      """

  Scenario: with delays the kubelet tries again after 10 seconds
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { timing: { watch: 10ms } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        containers: [{ name: web, image: "nginx:1.27", envFrom: [{ secretRef: { name: keys } }] }]
      """
    And I apply:
      """
      apiVersion: v1
      kind: Secret
      metadata: { name: keys }
      stringData: { TOKEN: sesame }
      """
    And Pod "web" has:
      | path                                             | value                      |
      | status.containerStatuses[0].state.waiting.reason | CreateContainerConfigError |
    When 11 seconds pass
    Then Pod "web" is Running

  Scenario: limits of the container, in the units it asks for
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        containers:
          - name: web
            image: nginx:1.27
            resources: { limits: { cpu: 1500m, memory: 64Mi } }
            env:
              - { name: CPUS, valueFrom: { resourceFieldRef: { resource: limits.cpu } } }
              - { name: MEGABYTES, valueFrom: { resourceFieldRef: { resource: limits.memory, divisor: 1Mi } } }
              - { name: GREETING, value: "I have $(CPUS), $$(CPUS)" }
      """
    Then the environment of Pod "web" contains:
      """
      CPUS=2
      MEGABYTES=64
      GREETING=I have 2, $(CPUS)
      """

  Scenario: init containers run one after the other, the Pod waits for them
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, annotations: { svcspec.dev/exit-after.second: 20m } }
      spec:
        initContainers: [{ name: first, image: "busybox:1.36" }, { name: second, image: "busybox:1.36" }]
        containers: [{ name: web, image: "nginx:1.27" }]
      """
    Then Pod "web" has:
      | path                                                | value                                              |
      | status.phase                                        | Pending                                            |
      | status.initContainerStatuses[0].state.terminated.reason | Completed                                      |
      | status.initContainerStatuses[1].state.running.startedAt | 2026-01-01T00:00:00Z                           |
      | status.containerStatuses[0].state.waiting.reason    | PodInitializing                                    |
      | status.conditions[1].type                           | Initialized                                        |
      | status.conditions[1].reason                         | ContainersNotInitialized                           |
      | status.conditions[1].message                        | containers with incomplete status: [second]        |

  Scenario: one that fails is tried again, unless the Pod never restarts
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: always, annotations: { svcspec.dev/exit-code.first: "1" } }
      spec:
        initContainers: [{ name: first, image: "busybox:1.36" }]
        containers: [{ name: web, image: "nginx:1.27" }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: never, annotations: { svcspec.dev/exit-code.first: "1" } }
      spec:
        restartPolicy: Never
        initContainers: [{ name: first, image: "busybox:1.36" }]
        containers: [{ name: web, image: "nginx:1.27" }]
      """
    Then Pod "always" has:
      | path                                                 | value            |
      | status.phase                                         | Pending          |
      | status.initContainerStatuses[0].state.waiting.reason | CrashLoopBackOff |
    And Pod "never" has:
      | path                                                     | value  |
      | status.phase                                             | Failed |
      | status.initContainerStatuses[0].state.terminated.exitCode | 1      |

  Scenario: a sidecar that has not come up holds the others back
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, annotations: { svcspec.dev/listen.proxy: "9000" } }
      spec:
        initContainers:
          - name: proxy
            image: envoy:1
            restartPolicy: Always
            startupProbe: { tcpSocket: { port: 9001 }, failureThreshold: 100000, periodSeconds: 1 }
        containers: [{ name: web, image: "nginx:1.27" }]
      """
    Then Pod "web" has:
      | path                                             | value           |
      | status.phase                                     | Pending         |
      | status.containerStatuses[0].state.waiting.reason | PodInitializing |

  Scenario: a Pod whose whole name is too long gets no sandbox
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        hostname: a-name-of-forty-characters-in-all-of-it-all
        subdomain: behind
        setHostnameAsFQDN: true
        containers: [{ name: web, image: "nginx:1.27" }]
      """
    When 1 minute passes
    Then Pod "web" has:
      | path         | value   |
      | status.phase | Pending |
      | status.podIP | <none>  |

  Scenario: an image that is always pulled has been pulled in no time
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec: { containers: [{ name: web, image: nginx }] }
      """
    When I run "kubectl events --for pod/web"
    Then it prints:
      """
      LAST SEEN   TYPE     REASON      OBJECT    MESSAGE
      0s          Normal   Scheduled   Pod/web   Successfully assigned default/web to node02
      0s          Normal   Pulling     Pod/web   Pulling image "nginx"
      0s          Normal   Pulled      Pod/web   Successfully pulled image "nginx" in 0s (0s including waiting). Image size: 0 bytes.
      0s          Normal   Created     Pod/web   Created container: web
      0s          Normal   Started     Pod/web   Started container web
      """

  Scenario: a sidecar whose liveness probe fails is an init container in the kubelet's words
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        initContainers:
          - { name: side, image: "nginx:1.27", restartPolicy: Always, livenessProbe: { tcpSocket: { port: 81 } } }
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      """
    When 30 seconds pass
    And I run "kubectl get events --field-selector reason=Killing -o custom-columns=M:.message --no-headers"
    Then it prints:
      """
      Init container side failed liveness probe
      """

  Scenario: a volume's ConfigMap is missing: nothing starts until it is there
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        containers: [{ name: web, image: "nginx:1.27", volumeMounts: [{ name: v, mountPath: /etc/web }] }]
        volumes: [{ name: v, configMap: { name: nope } }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: easy }
      spec:
        containers: [{ name: web, image: "nginx:1.27" }]
        volumes: [{ name: v, secret: { secretName: nope, optional: true } }]
      """
    Then Pod "easy" is Running
    And Pod "web" has:
      | path                                             | value             |
      | status.phase                                     | Pending           |
      | status.podIP                                     | <none>            |
      | status.containerStatuses[0].state.waiting.reason | ContainerCreating |
    When I run "kubectl events --for pod/web --types Warning"
    Then it prints:
      """
      LAST SEEN   TYPE      REASON        OBJECT    MESSAGE
      0s          Warning   FailedMount   Pod/web   MountVolume.SetUp failed for volume "v" : configmap "nope" not found
      """
    When I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: nope }
      data: { a: b }
      """
    Then Pod "web" is Running

  Scenario: with delays the volume is tried again after half a second, then after one, two, four
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { timing: { watch: 10ms } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        containers: [{ name: web, image: "nginx:1.27" }]
        volumes: [{ name: v, secret: { secretName: keys } }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: gone }
      spec:
        containers: [{ name: web, image: "nginx:1.27" }]
        volumes: [{ name: v, secret: { secretName: keys } }]
      """
    When 4 seconds pass
    And I delete Pod "gone"
    And I apply:
      """
      apiVersion: v1
      kind: Secret
      metadata: { name: keys }
      """
    And 2 seconds pass
    Then Pod "web" has:
      | path         | value   |
      | status.phase | Pending |
    And Pod "gone" does not exist
    When 2 seconds pass
    Then Pod "web" is Running
