Feature: A Pod that is being deleted serves until its program ends

  The deletion timestamp takes the address out of the ready ones at once. The program works on through its preStop hook
  and as long as it handles SIGTERM, inside the grace period; the clock has to pass that time, no step waits for it. As
  long as no endpoint is ready, kube-proxy falls back to those that terminate but still serve.

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web-0, labels: { app: web } }
      spec:
        nodeName: node01
        containers:
          - name: web
            image: nginx:1.27
            ports: [{ containerPort: 80 }]
            readinessProbe: { httpGet: { path: /, port: 80 } }
            lifecycle: { preStop: { sleep: { seconds: 10 } } }
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: web-1
        labels: { app: web }
        annotations: { svcspec.dev/stop-after: 20s }
      spec:
        nodeName: node02
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { nodeName: node01, containers: [{ name: shell, image: "alpine:3.20" }] }
      """

  @doc-002 @case-24
  Scenario: not ready, but serving and terminating: new connections go to the ready one
    When I delete Pod "web-0"
    Then the endpoints of Service "web" are:
      | pod   | ready | serving | terminating |
      | web-0 | no    | yes     | yes         |
      | web-1 | yes   | yes     | no          |
    And every connection from Pod "client" to "10.96.0.80:80" is answered by Pod "web-1"
    And Pod "web-0" is Terminating
    And every connection from Pod "client" to port 80 of Pod "web-0" is answered

  @doc-002 @case-24
  Scenario: none ready: the ones that terminate but still serve take the connections
    When I delete Pod "web-0"
    And I delete Pod "web-1"
    Then Service "web" has no endpoints
    And the endpoints of Service "web" are:
      | pod   | ready | serving | terminating |
      | web-0 | no    | yes     | yes         |
      | web-1 | no    | yes     | yes         |
    And connections from Pod "client" to "web:80" spread evenly over 2 Pods

  @doc-002 @case-24
  Scenario: its preStop hook over, a Pod is gone, and the other one is left to fall back to
    Given I delete Pod "web-0"
    And I delete Pod "web-1"
    When 10 seconds pass
    Then Pod "web-0" does not exist
    And the endpoints of Service "web" are:
      | pod   | ready | serving | terminating |
      | web-1 | no    | yes     | yes         |
    And every connection from Pod "client" to "web:80" is answered by Pod "web-1"

  @doc-002 @case-24
  Scenario: all gone: refused
    Given I delete Pod "web-0"
    And I delete Pod "web-1"
    When 20 seconds pass
    Then Pod "web-1" does not exist
    And every connection from Pod "client" to "web:80" is refused

  @doc-002 @case-24
  Scenario: a probe that fails while it terminates takes it out of the fall-back as well
    Given I delete Pod "web-0"
    And I delete Pod "web-1"
    When Pod "web-0" stops being ready
    Then the endpoints of Service "web" are:
      | pod   | ready | serving | terminating |
      | web-0 | no    | no      | yes         |
      | web-1 | no    | yes     | yes         |
    And every connection from Pod "client" to "web:80" is answered by Pod "web-1"

  @doc-003 @case-37
  Scenario: under the Local policy only those on the client's own node count
    Given I set "spec.internalTrafficPolicy" of Service "web" to "Local"
    And I delete Pod "web-0"
    When Pod "client" connects to "web:80"
    Then the connection is answered by Pod "web-0"

  @doc-002 @case-24
  Scenario: nothing declared: the Pod ends within the step
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: plain, labels: { app: web } }
      spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      """
    And Service "web" has 3 endpoints
    When I delete Pod "plain"
    Then Pod "plain" does not exist
    And Service "web" has 2 endpoints

  @doc-002 @case-24
  Scenario: the grace period cuts it short
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: stubborn
        labels: { app: web }
        annotations: { svcspec.dev/stop-after: 1h }
      spec:
        terminationGracePeriodSeconds: 5
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      """
    And I delete Pod "stubborn"
    And 4 seconds pass
    And Pod "stubborn" is Terminating
    When 1 second passes
    Then Pod "stubborn" does not exist

  @doc-002 @case-24
  Scenario: a sidecar outlives the program it helps
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: pair
        annotations: { svcspec.dev/stop-after.app: 8s, svcspec.dev/stop-after.proxy: 2s }
      spec:
        initContainers:
          - { name: proxy, image: "envoy:1", restartPolicy: Always, ports: [{ containerPort: 9000 }] }
        containers:
          - { name: app, image: "app:1", ports: [{ containerPort: 8080 }] }
      """
    And I delete Pod "pair"
    When 9 seconds pass
    Then every connection from Pod "client" to port 8080 of Pod "pair" is refused
    And every connection from Pod "client" to port 9000 of Pod "pair" is answered
