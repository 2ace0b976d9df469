Feature: One part of the cluster lags behind

  It hears of every change that much later, in order. Settling does not wait for it, in any timing.

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
      spec: { nodeName: node01, containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web-1, labels: { app: web } }
      spec: { nodeName: node02, containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { nodeName: node01, containers: [{ name: shell, image: "alpine:3.20" }] }
      """

  @case-24
  Scenario: one node's kube-proxy: the other node knows better meanwhile
    Given kube-proxy on Node "node01" lags by 5 seconds
    When I delete Pod "web-1"
    And I delete Pod "web-0"
    Then every connection from Node "node02" to "10.96.0.80:80" is refused
    And every connection from Node "node01" to "10.96.0.80:80" is lost

  @case-24
  Scenario: a kubelet: its Pod runs on, though it is no endpoint any more
    Given kubelet on Node "node02" lags by 30 seconds
    When I delete Pod "web-1"
    And I delete Pod "web-0"
    Then Pod "web-0" does not exist
    And Pod "web-1" is Terminating
    And the endpoints of Service "web" are:
      | pod   | ready | serving | terminating |
      | web-1 | no    | yes     | yes         |
    And every connection from Pod "client" to "web:80" is answered by Pod "web-1"

  @case-24
  Scenario: and is gone when the kubelet hears of it
    Given kubelet on Node "node02" lags by 30 seconds
    And I delete Pod "web-1"
    When 30 seconds pass
    Then Pod "web-1" does not exist

  Scenario: a new Pod waits for its kubelet
    Given kubelet on Node "node02" lags by 30 seconds
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web-2, labels: { app: web } }
      spec: { nodeName: node02, containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      """
    And Pod "web-2" is Pending
    When 30 seconds pass
    Then Service "web" has 3 endpoints

  Scenario: the endpoint controllers: each change is heard of at its own time
    Given the endpoint controllers lag by 30 seconds
    And I delete Pod "web-0"
    And 20 seconds pass
    And I delete Pod "web-1"
    When 10 seconds pass
    Then the endpoints of Service "web" are:
      | pod   | ready | terminating |
      | web-1 | yes   | no          |

  @case-43
  Scenario: CoreDNS: a new Service has no name yet, its address works
    Given CoreDNS lags by 10 seconds
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: new }
      spec: { clusterIP: 10.96.0.81, selector: { app: web }, ports: [{ port: 80 }] }
      """
    When Pod "client" looks up "new"
    Then the answer is NXDOMAIN
    And connections from Pod "client" to "10.96.0.81:80" spread evenly over 2 Pods

  @case-43
  Scenario: and its name when CoreDNS has heard of it
    Given CoreDNS lags by 10 seconds
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: new }
      spec: { clusterIP: 10.96.0.81, selector: { app: web }, ports: [{ port: 80 }] }
      """
    When 10 seconds pass
    Then connections from Pod "client" to "new:80" spread evenly over 2 Pods

  Scenario: the API server: everybody hears late, step by step
    Given the API server lags by 10 seconds
    When I delete Pod "web-1"
    Then Pod "web-1" is Terminating
    And Service "web" has 2 endpoints
    And connections from Pod "client" to "10.96.0.80:80" spread evenly over 2 Pods

  Scenario: and each hears of what the others made of it as late again
    Given the API server lags by 10 seconds
    And I delete Pod "web-1"
    And 11 seconds pass
    And Service "web" has 1 endpoint
    And no connection from Pod "client" to "10.96.0.80:80" is refused
    When 10 seconds pass
    Then every connection from Pod "client" to "10.96.0.80:80" is answered by Pod "web-0"
