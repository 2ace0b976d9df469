Feature: Which port a NodePort Service gets

  @doc-002 @case-11
  Scenario: the port of document 002: 30000, the lowest
    Given the cluster "nginx-demo"
    When I apply "my-nodeport-service.yaml"
    Then connections from host "laptop" to "10.192.0.2:30000" spread evenly over 3 Pods
    And the endpoints of Service "demo/my-nodeport-service" are:
      | endpoint     |
      | 10.1.0.29:80 |
      | 10.1.0.30:80 |
      | 10.1.0.31:80 |

  @doc-001 @case-11
  Scenario: the port of document 001: 30000, with a name
    Given the cluster "three-nodes"
    When I apply "test-service.yaml"
    Then every connection from host "laptop" to port 30000 of Node "node01" is answered by Pod "test"
    And Service "test-service" has:
      | path                     | value     |
      | spec.ports[0].name       | test-http |
      | spec.ports[0].targetPort | 80        |

  @doc-004 @case-11
  Scenario: port 30080 of document 004 leads to the Pods' port 8080
    Given the cluster "three-nodes"
    And I apply "my-nodeport-service.yaml"
    When host "laptop" connects to port 30080 of Node "node02"
    Then the connection is answered by Pod "my-app"
    And the endpoints of Service "my-nodeport-service" are:
      | port | ready | pod    |
      | 8080 | yes   | my-app |

  @doc-001 @doc-004 @case-11
  Scenario: without a port in the manifest one is given out, against what document 004 says
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: one-port }
      spec:
        networking: { serviceNodePortRange: 31234-31234 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] }
      """
    Then Service "web" has:
      | path                   | value |
      | spec.ports[0].nodePort | 31234 |
    And every connection from Node "node01" to port 31234 of Node "node02" is answered by Pod "web"
    And Service "web" has 1 endpoint

  @doc-001 @case-11
  Scenario: when all are given out, the next Service is refused
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: one-port }
      spec:
        networking: { serviceNodePortRange: 31234-31234 }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: first }
      spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: second }
      spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] }
      """
    Then the API server refuses it:
      """
      Internal error occurred: failed to allocate a nodePort: range is full
      """

  @doc-001 @doc-002 @doc-004 @case-11
  Scenario Outline: port <port> cannot be had: <reason>
    Given the cluster "three-nodes"
    And I apply "my-nodeport-service.yaml"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: wishful }
      spec:
        type: NodePort
        selector: { app: nginx-deployment }
        ports: [{ port: 80, nodePort: <port> }]
      """
    Then the API server refuses it:
      """
      Service "wishful" is invalid: spec.ports[0].nodePort: Invalid value: <port>: <reason>
      """
    And Service "wishful" does not exist

    Examples:
      | port  | reason                                                                           |
      | 80    | provided port is not in the valid range. The range of valid ports is 30000-32767 |
      | 29999 | provided port is not in the valid range. The range of valid ports is 30000-32767 |
      | 32768 | provided port is not in the valid range. The range of valid ports is 30000-32767 |
      | 30080 | provided port is already allocated                                               |

  @doc-004 @case-11
  Scenario Outline: both ends of the range can be had: <port>
    Given the cluster "three-nodes"
    And I apply "nodeport.yaml"
    When I set "spec.ports[0].nodePort" of Service "nginx-deployment-service" to "<port>"
    Then connections from host "laptop" to port <port> of Node "node01" spread evenly over 2 Pods
    And every connection from host "laptop" to port 30007 of Node "node01" is refused

    Examples:
      | port  |
      | 30000 |
      | 32767 |

  @doc-004 @case-11
  Scenario: a range of one's own: the usual ports are then out of it
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: low-ports }
      spec:
        networking: { serviceNodePortRange: 8000-8999 }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: wishful }
      spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, nodePort: 30007 }] }
      """
    Then the API server refuses it:
      """
      spec.ports[0].nodePort: Invalid value: 30007: provided port is not in the valid range. The range of valid ports is 8000-8999
      """

  @doc-004 @case-11
  Scenario: a port is taken for both protocols
    Given the cluster "three-nodes"
    And I apply "nodeport.yaml"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: wishful }
      spec:
        type: NodePort
        selector: { app: nginx-deployment }
        ports: [{ port: 53, protocol: UDP, nodePort: 30007 }]
      """
    Then the API server refuses it:
      """
      spec.ports[0].nodePort: Invalid value: 30007: provided port is already allocated
      """

  @doc-004 @case-11
  Scenario: a Service of type ClusterIP has no node port
    Given the cluster "three-nodes"
    When I set "spec.ports[0].nodePort" of Service "nginx-deployment-service" to "30007"
    Then the API server refuses it:
      """
      spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'
      """
    And every connection from host "laptop" to port 30007 of Node "node01" is refused

  @doc-004 @case-11
  Scenario: a deleted Service gives its port back
    Given the cluster "three-nodes"
    And I apply "my-nodeport-service.yaml"
    And I delete Service "my-nodeport-service"
    And every connection from host "laptop" to port 30080 of Node "node01" is refused
    When I apply "my-nodeport-service.yaml"
    Then every connection from host "laptop" to port 30080 of Node "node01" is answered by Pod "my-app"
