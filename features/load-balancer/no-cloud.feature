Feature: A LoadBalancer Service without a cloud

  Background:
    Given the cluster "three-nodes"

  @doc-003 @case-12
  Scenario: it stays pending
    Given I apply "my-service.yaml"
    And 10 minutes pass
    When I run "kubectl get svc my-service"
    Then it prints:
      """
      NAME         TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
      my-service   LoadBalancer   *            <pending>     80:32567/TCP   10m
      """
    And Service "my-service" has:
      | path                | value |
      | status.loadBalancer | {}    |

  @doc-003 @case-12
  Scenario: what it builds on works: cluster IP and node port
    When I apply "my-service.yaml"
    Then every connection from host "laptop" to port 32567 of Node "node01" is answered by Pod "my-app"
    And every connection from Node "master" to port 80 of Service "my-service" is answered by Pod "my-app"
    And the rules on Node "node02" lead to exactly the endpoints of Service "my-service"

  @doc-003 @case-12
  Scenario: the cloud's annotations are kept, and nobody reads them
    When I apply "my-service.yaml"
    Then Service "my-service" has:
      | path                                                                   | value |
      | metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-type"] | nlb |
      | spec.allocateLoadBalancerNodePorts                                     | true  |
      | spec.externalTrafficPolicy                                             | Cluster |

  @doc-003 @case-12
  Scenario: without node ports nothing outside reaches it
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: inner }
      spec:
        type: LoadBalancer
        allocateLoadBalancerNodePorts: false
        selector: { app: nginx-deployment }
        ports: [{ port: 80 }]
      """
    Then Service "inner" has:
      | path                   | value  |
      | spec.ports[0].nodePort | <none> |
    And connections from Node "node01" to port 80 of Service "inner" spread evenly over 2 Pods
    And Service "inner" has 2 endpoints

  @doc-003 @case-12
  Scenario Outline: <field> is for type LoadBalancer only
    When I set "spec.<field>" of Service "nginx-deployment-service" to '<value>'
    Then the API server refuses it:
      """
      <path>: Forbidden: may only be used when `type` is 'LoadBalancer'
      """
    And every connection from Node "node01" to "10.98.182.100:80" is answered

    Examples:
      | field                         | value              | path                               |
      | loadBalancerSourceRanges      | ["203.0.113.0/24"] | spec.LoadBalancerSourceRanges      |
      | allocateLoadBalancerNodePorts | true               | spec.allocateLoadBalancerNodePorts |
      | loadBalancerClass             | example.com/lb     | spec.loadBalancerClass             |
