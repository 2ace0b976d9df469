Feature: apply keeps what others wrote and takes back what it once said

  Background:
    Given a cluster:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
      spec:
        replicas: 2
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec:
            containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }, { containerPort: 81 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ name: a, port: 80 }, { name: b, port: 81 }] }
      """

  Scenario: a port that the manifest no longer says is gone
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ name: b, port: 81 }] }
      """
    Then Service "web" has:
      | path               | value |
      | spec.ports[0].port | 81    |
    And every connection from Node "node01" to port 81 of Service "web" is answered

  Scenario: replicas that the manifest never said stay as they were scaled
    Given I run "kubectl create deployment hello --image=nginx:1 --replicas=3"
    When I apply:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: hello }
      spec: { template: { metadata: { labels: { team: blue } } } }
      """
    Then Deployment "hello" has:
      | path                               | value |
      | spec.replicas                      | 3     |
      | spec.template.metadata.labels.team | blue  |
      | spec.template.metadata.labels.app  | hello |

  Scenario: null deletes what somebody else wrote
    Given I set "spec.sessionAffinity" of Service "web" to "ClientIP"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec:
        sessionAffinity: null
        selector: { app: web }
        ports: [{ name: a, port: 80 }, { name: b, port: 81 }]
      """
    Then Service "web" has:
      | path                 | value |
      | spec.sessionAffinity | None  |

  Scenario: a refused change changes nothing
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.9.9, selector: { app: other }, ports: [{ name: a, port: 80 }] }
      """
    Then the API server refuses it:
      """
      spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set
      """
    And Service "web" has 2 endpoints
