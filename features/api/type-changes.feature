Feature: What a Service keeps when it changes its type

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        healthCheckNodePort: 30999
        clusterIP: 10.96.7.7
        selector: { app: web }
        ports: [{ port: 80, nodePort: 30080 }]
      """

  Scenario Outline: from LoadBalancer to <type>: <path> is <value>
    When I set "spec.type" of Service "web" to "<type>"
    Then Service "web" has:
      | path   | value   |
      | <path> | <value> |
    And every connection from Node "node01" to "10.96.7.7:80" is answered by Pod "web"

    Examples:
      | type      | path                               | value     |
      | ClusterIP | spec.clusterIP                     | 10.96.7.7 |
      | ClusterIP | spec.ports[0].nodePort             | <none>    |
      | ClusterIP | spec.healthCheckNodePort           | <none>    |
      | ClusterIP | spec.externalTrafficPolicy         | <none>    |
      | ClusterIP | spec.allocateLoadBalancerNodePorts | <none>    |
      | NodePort  | spec.ports[0].nodePort             | 30080     |
      | NodePort  | spec.externalTrafficPolicy         | Local     |
      | NodePort  | spec.healthCheckNodePort           | <none>    |

  Scenario: an ExternalName gives its address and its ports back
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: ExternalName, externalName: db.example.com, ports: [{ port: 80 }] }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: heir }
      spec:
        type: NodePort
        clusterIP: 10.96.7.7
        selector: { app: web }
        ports: [{ port: 80, nodePort: 30080 }]
      """
    Then Service "web" has:
      | path                   | value  |
      | spec.clusterIP         | <none> |
      | spec.ports[0].nodePort | <none> |
    And every connection from Node "node01" to "10.96.7.7:80" is answered by Pod "web"

  Scenario: what is changed together with the type is refused, not dropped
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: ClusterIP, selector: { app: web }, ports: [{ port: 80, nodePort: 30081 }] }
      """
    Then the API server refuses it:
      """
      spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'
      """
    And Service "web" has:
      | path                   | value        |
      | spec.type              | LoadBalancer |
      | spec.ports[0].nodePort | 30080        |

  Scenario Outline: <path> of a living Service is not set to <value>
    When I set "<path>" of Service "web" to "<value>"
    Then the API server refuses it:
      """
      <message>
      """

    Examples:
      | path                     | value         | message                                                                                 |
      | spec.clusterIP           | 10.96.7.8     | spec.clusterIPs[0]: Invalid value: ["10.96.7.8"]: may not change once set               |
      | spec.clusterIP           | None          | spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set                    |
      | spec.loadBalancerClass   | example.com/x | spec.loadBalancerClass: Invalid value: "example.com/x": may not change once set         |
      | spec.healthCheckNodePort | 30998         | spec.healthCheckNodePort: Forbidden: field is immutable                                 |
