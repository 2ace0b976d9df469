Feature: A change takes its time, and the clock can stop in between

  With delays (docs/timing.md) a step ends where it stands: what it set in motion is under way, and only the clock brings
  it on. The cluster that a scenario begins with has come to rest.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { timing: realistic }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { nodeName: node02, containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { nodeName: node01, containers: [{ name: shell, image: "alpine:3.20" }] }
      """
    And Service "web" has 1 endpoint
    And 1 minute passes

  @case-23 @case-24
  Scenario: at once: the Pod is told to go, and nobody has heard of it
    When I delete Pod "web"
    Then Pod "web" is Terminating
    And Service "web" has 1 endpoint
    And every connection from Pod "client" to "10.96.0.80:80" is answered by Pod "web"

  @case-23 @case-24
  Scenario: after 10 ms its kubelet has stopped it, and it is still an endpoint
    Given I delete Pod "web"
    When 20 milliseconds pass
    Then Pod "web" does not exist
    And Service "web" has 1 endpoint
    And every connection from Pod "client" to "10.96.0.80:80" is lost

  @case-23 @case-24
  Scenario: after 60 ms it has left the EndpointSlice, and stands in the node's rules
    Given I delete Pod "web"
    When 100 milliseconds pass
    Then Service "web" has no endpoints
    And every connection from Pod "client" to "10.96.0.80:80" is lost

  @case-23 @case-24
  Scenario: after 170 ms kube-proxy has written what it knows
    Given I delete Pod "web"
    When 200 milliseconds pass
    Then every connection from Pod "client" to "10.96.0.80:80" is refused

  @case-23 @case-24
  Scenario: a second change within a second waits for the kube-proxy's next sync
    Given I delete Pod "web"
    And 200 milliseconds pass
    And I apply:
      """
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: { name: web-by-hand, labels: { kubernetes.io/service-name: web } }
      addressType: IPv4
      endpoints: [{ addresses: ["192.168.4.103"] }]
      ports: [{ port: 10250, name: "" }]
      """
    And 900 milliseconds pass
    And every connection from Pod "client" to "10.96.0.80:80" is refused
    When 300 milliseconds pass
    Then every connection from Pod "client" to "10.96.0.80:80" is answered

  @case-23
  Scenario: a new Pod takes 2 seconds to start
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: late, labels: { app: web } }
      spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      """
    And 1 second passes
    Then Pod "late" has:
      | path                                              | value             |
      | status.phase                                      | Pending           |
      | status.containerStatuses[0].state.waiting.reason  | ContainerCreating |
    And Service "web" has 1 endpoint

  @case-23
  Scenario: and is in everybody's rules soon after
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: late, labels: { app: web } }
      spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      """
    When 3 seconds pass
    Then connections from Pod "client" to "10.96.0.80:80" spread evenly over 2 Pods

  Scenario: a delay by name, the others none
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: slow-rules }
      spec: { timing: { proxySync: 5s } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { nodeName: node02, containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      """
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And Service "web" has 1 endpoint
    And no connection from Node "node01" to "10.96.0.80:80" is answered
    # The first sync began with the Service, before it had endpoints.
    When 10 seconds pass
    Then every connection from Node "node01" to "10.96.0.80:80" is answered by Pod "web"
