Feature: What is behind a load balancer

  Background:
    Given the cluster "cloud"
    And I apply "lb.yaml"

  @case-12
  Scenario: loadBalancerSourceRanges keep other clients out
    When I set "spec.loadBalancerSourceRanges" of Service "demo/web" to '["192.0.2.0/24"]'
    And host "laptop" connects to "52.15.34.17:80"
    Then the connection times out
    And the trace blames "load-balancer-source-ranges"

  @case-12
  Scenario: and let those in whom they name
    When I set "spec.loadBalancerSourceRanges" of Service "demo/web" to '["203.0.113.0/24"]'
    Then every connection from host "laptop" to "52.15.34.17:80" is answered by Deployment "demo/web"

  @case-12
  Scenario: a range that lies in another one takes nothing away
    When I set "spec.loadBalancerSourceRanges" of Service "demo/web" to '["203.0.113.0/24", "203.0.113.0/28"]'
    Then every connection from host "laptop" to "52.15.34.17:80" is answered by Deployment "demo/web"

  @case-12
  Scenario: node ports are not needed: the address itself is the Service's on every node
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: bare, namespace: demo }
      spec:
        type: LoadBalancer
        allocateLoadBalancerNodePorts: false
        selector: { app: web }
        ports: [{ port: 80, targetPort: http }]
      """
    Then Service "demo/bare" has:
      | path                   | value  |
      | spec.ports[0].nodePort | <none> |
    And every connection from host "laptop" to "52.15.34.18:80" is answered by Deployment "demo/web"

  Scenario: with externalTrafficPolicy Local a dead node is left out when its endpoint is
    Given I apply "local.yaml"
    When Node "node01" goes down
    And 60 seconds pass
    Then connections from host "laptop" to "52.15.34.18:80" spread evenly over 1 Pod
