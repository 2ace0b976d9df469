Feature: Endpoints follow the Pods behind a Service

  @doc-002 @case-23
  Scenario: three Pods, three endpoints
    Given the cluster "nginx-demo"
    Then the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | endpoint     | ready | pod                                | node           |
      | 10.1.0.29:80 | yes   | nginx-prod-deploy-6fb6fbb77d-r78k9 | docker-desktop |
      | 10.1.0.30:80 | yes   | nginx-prod-deploy-6fb6fbb77d-xm8tp | docker-desktop |
      | 10.1.0.31:80 | yes   | nginx-prod-deploy-6fb6fbb77d-h2gn4 | docker-desktop |
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods

  @doc-002 @case-23
  Scenario: scale to 2 replicas, endpoints shrink
    Given the cluster "nginx-demo"
    And Service "demo/nginx-prod-svc-demo" has 3 endpoints
    When I scale Deployment "demo/nginx-prod-deploy" to 2 replicas
    Then Service "demo/nginx-prod-svc-demo" has 2 endpoints
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"
    And every connection from Pod "demo/client" to "nginx-prod-svc-demo:80" is answered

  @doc-002 @case-23
  Scenario: the virtual address outlives its Pods
    Given the cluster "nginx-demo"
    When I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    Then Service "demo/nginx-prod-svc-demo" has:
      | path           | value          |
      | spec.clusterIP | 10.111.193.186 |
    And every connection from Pod "demo/client" to "nginx-prod-svc-demo:80" is refused

  @doc-002 @case-23
  Scenario: scaled up again, new Pods join
    Given the cluster "nginx-demo"
    And I scale Deployment "demo/nginx-prod-deploy" to 1 replica
    When I scale Deployment "demo/nginx-prod-deploy" to 4 replicas
    Then Service "demo/nginx-prod-svc-demo" has 4 endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 4 Pods

  @doc-002 @case-24
  Scenario: a failed probe takes the address out, a passed one brings it back
    Given the cluster "nginx-demo"
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" stops being ready
    And Service "demo/nginx-prod-svc-demo" has 2 endpoints
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" becomes ready
    Then Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods

  @doc-002 @case-24
  Scenario: no Pod ready: the address refuses
    Given the cluster "three-nodes"
    And Pod "default/nginx-deployment-9957b6647-5v2nl" stops being ready
    And Pod "default/nginx-deployment-9957b6647-j5c45" stops being ready
    When Node "node01" connects to "10.98.182.100:80"
    Then the connection is refused
    And the trace blames "no-endpoints"

  @doc-004 @case-24
  Scenario: a node that goes down loses its endpoints after the grace period
    Given the cluster "three-nodes"
    When Node "node01" goes down
    And 60 seconds pass
    Then the endpoints of Service "default/nginx-deployment-service" are:
      | endpoint          | ready | node   |
      | 10.244.140.69:80  | yes   | node02 |
      | 10.244.196.130:80 | no    | node01 |
    And every connection from Node "node02" to "10.98.182.100:80" is answered by Pod "default/nginx-deployment-9957b6647-5v2nl"

  @doc-004 @case-24
  Scenario: before the grace period is over, connections to the dead node are lost
    Given the cluster "three-nodes"
    When Node "node01" goes down
    Then no connection from Node "node02" to "10.244.196.130:80" is answered
    And Service "default/nginx-deployment-service" has 2 endpoints
