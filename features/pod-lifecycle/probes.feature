Feature: What makes a Pod ready

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { timing: { watch: 10ms } }
      """

  Scenario Outline: after <time> a startup probe with <failures> tries has restarted the container <restarts> times
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, annotations: { svcspec.dev/listen: "80" } }
      spec:
        containers:
          - name: web
            image: nginx:1.27
            startupProbe: { tcpSocket: { port: 9001 }, periodSeconds: 10, failureThreshold: <failures> }
            livenessProbe: { tcpSocket: { port: 9001 }, periodSeconds: 1, failureThreshold: 1 }
            readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 }
      """
    When <time> pass
    Then Pod "web" is not ready
    And Pod "web" has:
      | path                                     | value      |
      | status.containerStatuses[0].started      | false      |
      | status.containerStatuses[0].restartCount | <restarts> |

    Examples:
      | time       | failures | restarts |
      | 15 seconds | 3        | 0        |
      | 45 seconds | 3        | 1        |
      | 5 minutes  | 100      | 0        |

  Scenario: a readiness gate waits for somebody else's word
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        readinessGates: [{ conditionType: example.com/balanced }]
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      """
    And 5 seconds pass
    And Service "web" has no endpoints
    And I run "kubectl patch pod web --subresource=status -p 'status: {conditions: [{type: example.com/balanced, status: !!str True}]}'"
    When 1 second passes
    Then Service "web" has 1 endpoint
    And Pod "web" is ready

  Scenario: until then the Pod's condition says what is missing
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web }
      spec:
        readinessGates: [{ conditionType: example.com/balanced }]
        containers: [{ name: web, image: "nginx:1.27" }]
      """
    And 5 seconds pass
    And I run "kubectl get pod web -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}'"
    Then it prints:
      """
      corresponding condition of pod readiness gate "example.com/balanced" does not exist.
      """
