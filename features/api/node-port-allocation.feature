Feature: Which ports of one Service share a node port

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: few-ports }
      spec:
        networking: { serviceNodePortRange: 31000-31001 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: dns, labels: { app: dns } }
      spec:
        containers:
          - name: dns
            image: "example/dns:1"
            ports: [{ containerPort: 53 }, { containerPort: 53, protocol: UDP }]
      """

  Scenario: on creation two protocols of one port share it
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec:
        type: NodePort
        selector: { app: dns }
        ports: [{ name: tcp, port: 53, nodePort: 31001 }, { name: udp, port: 53, protocol: UDP }]
      """
    Then Service "dns" has:
      | path                   | value |
      | spec.ports[0].nodePort | 31001 |
      | spec.ports[1].nodePort | 31001 |
    And every connection from Node "node01" to port 31001 of Node "node02" is answered by Pod "dns"

  Scenario: when the type changes they get one each
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec:
        selector: { app: dns }
        ports: [{ name: tcp, port: 53 }, { name: udp, port: 53, protocol: UDP }]
      """
    When I set "spec.type" of Service "dns" to "NodePort"
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: late }
      spec: { type: NodePort, selector: { app: dns }, ports: [{ port: 53 }] }
      """
    Then the API server refuses it:
      """
      Internal error occurred: failed to allocate a nodePort: range is full
      """
    And every connection from Node "node01" to port 53 of Service "dns" is answered by Pod "dns"

  Scenario: two Service ports cannot ask for one node port on creation, whatever their protocols
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec:
        type: NodePort
        selector: { app: dns }
        ports:
          - { name: tcp, port: 53, nodePort: 31000 }
          - { name: udp, port: 54, nodePort: 31000, protocol: UDP }
      """
    Then the API server refuses it:
      """
      spec.ports[1].nodePort: Invalid value: 31000: provided port is already allocated
      """

  Scenario: but later they can
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec:
        type: NodePort
        selector: { app: dns }
        ports:
          - { name: tcp, port: 53, nodePort: 31000 }
          - { name: udp, port: 54, nodePort: 31001, protocol: UDP }
      """
    When I set "spec.ports[1].nodePort" of Service "dns" to "31000"
    Then Service "dns" has:
      | path                   | value |
      | spec.ports[0].nodePort | 31000 |
      | spec.ports[1].nodePort | 31000 |

  Scenario: a Service whose manifest is applied again keeps its ports
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec: { type: NodePort, selector: { app: dns }, ports: [{ port: 53, nodePort: 31001 }] }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec: { type: NodePort, selector: { app: dns }, ports: [{ port: 54, targetPort: 53, nodePort: 31001 }] }
      """
    Then Service "dns" has:
      | path                   | value |
      | spec.ports[0].port     | 54    |
      | spec.ports[0].nodePort | 31001 |

  Scenario: a health-check port is one of the same range
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        healthCheckNodePort: 31000
        selector: { app: dns }
        ports: [{ port: 53, nodePort: 31000 }]
      """
    Then the API server refuses it:
      """
      Internal error occurred: failed to allocate requested HealthCheck NodePort 31000: provided port is already allocated
      """
    And Service "dns" does not exist
