Feature: The life of a load balancer

  Background:
    Given the cluster "cloud"

  Scenario: a Service that is deleted gives its address back
    Given I apply "lb.yaml"
    When I delete Service "demo/web"
    Then Service "demo/web" does not exist
    And every connection from host "laptop" to "52.15.34.17:80" times out

  Scenario: a deleted Service serves on while the cloud takes its time
    Given I apply "lb.yaml"
    And the load balancer lags by 20 seconds
    When I delete Service "demo/web"
    Then Service "demo/web" exists
    And every connection from host "laptop" to "52.15.34.17:80" is answered by Deployment "demo/web"

  Scenario: and is gone when the balancer is
    Given I apply "lb.yaml"
    And the load balancer lags by 20 seconds
    And I delete Service "demo/web"
    When 20 seconds pass
    Then Service "demo/web" does not exist

  Scenario: a Service that changes its type loses balancer and finalizer
    Given I apply "lb.yaml"
    When I set "spec.type" of Service "demo/web" to "ClusterIP"
    Then Service "demo/web" has:
      | path                | value  |
      | status.loadBalancer | {}     |
      | metadata.finalizers | <none> |
    And every connection from host "laptop" to "52.15.34.17:80" times out

  Scenario: a Service with a class is left to others
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web, namespace: demo }
      spec:
        type: LoadBalancer
        loadBalancerClass: example.com/other
        selector: { app: web }
        ports: [{ port: 80, targetPort: http }]
      """
    Then Service "demo/web" has:
      | path                | value  |
      | status.loadBalancer | {}     |
      | metadata.finalizers | <none> |

  Scenario: an address that is taken is asked for again until it is free
    Given I apply "lb.yaml"
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: second, namespace: demo }
      spec:
        type: LoadBalancer
        loadBalancerIP: 52.15.34.17
        selector: { app: web }
        ports: [{ port: 80, targetPort: http }]
      """
    And Service "demo/second" has:
      | path                | value |
      | status.loadBalancer | {}    |
    When I delete Service "demo/web"
    And 5 seconds pass
    Then every connection from host "laptop" to "52.15.34.17:80" is answered by Deployment "demo/web"

  Scenario: a node that is excluded gets nothing from outside
    Given I apply "local.yaml"
    When I set 'metadata.labels["node.kubernetes.io/exclude-from-external-load-balancers"]' of Node "node01" to '"true"'
    Then connections from host "laptop" to "52.15.34.17:80" spread evenly over 1 Pod

  Scenario: with externalTrafficPolicy Local only nodes with a Pod get traffic, and it keeps its source
    Given I apply "local.yaml"
    And I scale Deployment "demo/web" to 1 replica
    When host "laptop" connects to "52.15.34.17:80" 10 times
    Then the connections are answered by Deployment "demo/web"
    And the server sees the address of host "laptop"

  Scenario: without any Pod a Local balancer has nowhere to send to
    Given I apply "local.yaml"
    When I scale Deployment "demo/web" to 0 replicas
    Then every connection from host "laptop" to "52.15.34.17:80" times out

  Scenario: a balancer without its controller stays as it was
    Given I apply "lb.yaml"
    And the load balancer stops
    When I set "spec.ports[0].port" of Service "demo/web" to "8080"
    Then every connection from host "laptop" to "52.15.34.17:8080" times out

  Scenario: and follows when the controller is back
    Given I apply "lb.yaml"
    And the load balancer stops
    And I set "spec.ports[0].port" of Service "demo/web" to "8080"
    When the load balancer starts
    Then every connection from host "laptop" to "52.15.34.17:8080" is answered by Deployment "demo/web"
