Feature: An address leaves the endpoints with its Pod's health, and returns

  @doc-002 @doc-004 @case-24
  Scenario: a failed probe takes the address out
    Given the cluster "nginx-demo"
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" stops being ready
    Then the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | endpoint     | ready |
      | 10.1.0.29:80 | yes   |
      | 10.1.0.30:80 | no    |
      | 10.1.0.31:80 | yes   |
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 2 Pods
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" is Running

  @doc-002 @doc-004 @case-24
  Scenario: a passed one brings it back
    Given the cluster "nginx-demo"
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" stops being ready
    And Service "demo/nginx-prod-svc-demo" has 2 endpoints
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" becomes ready
    Then Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods

  @doc-004 @case-24
  Scenario: the probe itself takes no Service: a node reaches a Pod that is not ready
    Given the cluster "nginx-demo"
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" stops being ready
    When Node "docker-desktop" connects to "10.1.0.30:80"
    Then the connection is answered by Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp"
    And the client sees "10.1.0.30:80"
    And the server sees the gateway of Node "docker-desktop"

  @doc-004 @case-24
  Scenario: a readiness probe on a port that nobody listens on: running, and never an endpoint
    Given the cluster "nginx-demo"
    When I apply "probed.yaml"
    And 60 seconds pass
    Then Pod "demo/wrong-probe" is Running
    And Pod "demo/wrong-probe" is not ready
    And the endpoints of Service "demo/probed" are:
      | endpoint     | ready | pod         |
      | 10.1.0.63:80 | no    | wrong-probe |
      | 10.1.0.64:80 | yes   | right-probe |
    And every connection from Pod "demo/client" to "probed:80" is answered by Pod "demo/right-probe"

  @doc-004 @case-24
  Scenario: a readiness probe passes late: the address joins then, not before
    Given the cluster "nginx-demo"
    And I apply "slow-start.yaml"
    And Service "demo/slow" has no endpoints
    When 40 seconds pass
    Then Service "demo/slow" has 1 endpoint
    And every connection from Pod "demo/client" to "slow:80" is answered by Pod "demo/slow"

  @doc-002 @case-24
  Scenario: no Pod ready: the address refuses
    Given the cluster "three-nodes"
    And Pod "nginx-deployment-9957b6647-5v2nl" stops being ready
    And Pod "nginx-deployment-9957b6647-j5c45" stops being ready
    When Node "node01" connects to "10.98.182.100:80"
    Then the connection is refused
    And the trace blames "no-endpoints"
    And Service "nginx-deployment-service" has no endpoints

  @doc-002 @case-24
  Scenario: a Pod crashes for the first time: the kubelet starts it again at once, at the same address
    Given the cluster "nginx-demo"
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" crashes
    Then Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" has:
      | path                                   | value     |
      | status.podIP                           | 10.1.0.30 |
      | status.containerStatuses[0].restartCount | 1       |
    And Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods

  @doc-002 @case-24
  Scenario: it crashes again: out while the kubelet waits
    Given the cluster "nginx-demo"
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" crashes
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" crashes
    Then Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" is CrashLoopBackOff
    And the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | endpoint     | ready |
      | 10.1.0.29:80 | yes   |
      | 10.1.0.30:80 | no    |
      | 10.1.0.31:80 | yes   |
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 2 Pods

  @doc-002 @case-24
  Scenario: and back when it runs again
    Given the cluster "nginx-demo"
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" crashes
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" crashes
    When 10 seconds pass
    Then Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" is ready
    And Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods

  @doc-002 @case-24
  Scenario: a node goes down: for the time being its connections are lost, half of all
    Given the cluster "three-nodes"
    When Node "node01" goes down
    And 30 seconds pass
    Then Service "nginx-deployment-service" has 2 endpoints
    And every connection from Node "node02" to "10.244.196.130:80" is lost
    And every connection from Node "node02" to "10.244.140.69:80" is answered

  @doc-002 @case-24
  Scenario: after the grace period its address is not ready any more
    Given the cluster "three-nodes"
    When Node "node01" goes down
    And 60 seconds pass
    Then the endpoints of Service "nginx-deployment-service" are:
      | endpoint          | ready | node   |
      | 10.244.140.69:80  | yes   | node02 |
      | 10.244.196.130:80 | no    | node01 |
    And every connection from Node "node02" to "10.98.182.100:80" is answered by Pod "nginx-deployment-9957b6647-5v2nl"
    And Node "node01" is not ready

  @doc-002 @case-24
  Scenario: the node comes back, and its address too
    Given the cluster "three-nodes"
    And Node "node01" goes down
    And 60 seconds pass
    And Service "nginx-deployment-service" has 1 endpoint
    When Node "node01" comes back
    Then the endpoints of Service "nginx-deployment-service" are:
      | endpoint          | ready | pod                              |
      | 10.244.140.69:80  | yes   | nginx-deployment-9957b6647-5v2nl |
      | 10.244.196.130:80 | yes   | nginx-deployment-9957b6647-j5c45 |
    And connections from Node "master" to "10.98.182.100:80" spread evenly over 2 Pods

  @doc-002 @case-24
  Scenario: after five more minutes the Pod is replaced on a node that lives
    Given the cluster "three-nodes"
    When Node "node01" goes down
    And 400 seconds pass
    Then 2 endpoints of Service "nginx-deployment-service" are on Node "node02"
    And no endpoint of Service "nginx-deployment-service" is on Node "node01"
    And connections from Node "master" to "10.98.182.100:80" spread evenly over 2 Pods
