Feature: EndpointSlices

  Background:
    Given the cluster "cloud"

  Scenario: Pods that resolve a port's name to different numbers stand in different slices
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: old, namespace: demo, labels: { app: mixed } }
      spec:
        containers: [{ name: c, image: app, ports: [{ name: http, containerPort: 8080 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: new, namespace: demo, labels: { app: mixed } }
      spec:
        containers: [{ name: c, image: app, ports: [{ name: http, containerPort: 9090 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: mixed, namespace: demo }
      spec: { selector: { app: mixed }, ports: [{ port: 80, targetPort: http }] }
      """
    Then the endpoints of Service "demo/mixed" are:
      | pod | port | ready |
      | old | 8080 | yes   |
      | new | 9090 | yes   |
    And connections from Node "node01" to port 80 of Service "demo/mixed" spread evenly over 2 Pods

  Scenario: the name of a sidecar's port counts
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: meshed, namespace: demo, labels: { app: meshed } }
      spec:
        initContainers:
          - { name: proxy, image: proxy, restartPolicy: Always, ports: [{ name: mesh, containerPort: 15001 }] }
        containers: [{ name: c, image: app }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: meshed, namespace: demo }
      spec: { selector: { app: meshed }, ports: [{ port: 80, targetPort: mesh }] }
      """
    Then the endpoints of Service "demo/meshed" are:
      | pod    | port  |
      | meshed | 15001 |

  Scenario: a Pod that declares no port of that name is listed without ports, and gets nothing
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: mute, namespace: demo, labels: { app: mute } }
      spec: { containers: [{ name: c, image: app, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: mute, namespace: demo }
      spec: { selector: { app: mute }, ports: [{ port: 80, targetPort: http }] }
      """
    Then every connection from Node "node01" to port 80 of Service "demo/mute" is refused

  Scenario: hundreds of Pods are spread over slices of 100
    Given I scale Deployment "demo/web" to 150 replicas
    When I apply "lb.yaml"
    Then Service "demo/web" has 150 endpoints

  Scenario: slices follow while the Service is going
    Given I apply "lb.yaml"
    And the load balancer lags by 60 seconds
    And I delete Service "demo/web"
    When I scale Deployment "demo/web" to 1 replica
    Then Service "demo/web" has 1 endpoint
    And every connection from host "laptop" to "52.15.34.17:80" is answered by Deployment "demo/web"

  Scenario: with the controllers stopped a Pod that goes stays listed
    Given I apply "lb.yaml"
    And the endpoint controllers stop
    When I scale Deployment "demo/web" to 1 replica
    Then Service "demo/web" has 2 endpoints
