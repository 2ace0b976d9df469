Feature: A Service selects Pods by their labels

  Background:
    Given the cluster "nginx-demo"

  @doc-003 @case-22
  Scenario Outline: a Pod must carry all labels of the selector; more of them do no harm
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: candidate, namespace: <namespace>, labels: <labels> }
      spec:
        containers: [{ name: web, image: "nginx:1.14.2", ports: [{ containerPort: 80 }] }]
      """
    Then Service "demo/nginx-prod-svc-demo" has <endpoints> endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over <endpoints> Pods

    Examples:
      | namespace | labels                                | endpoints |
      | demo      | { app: nginx, env: prod }             | 4         |
      | demo      | { app: nginx, env: prod, team: blue } | 4         |
      | demo      | { app: nginx }                        | 3         |
      | demo      | { app: nginx, env: test }             | 3         |
      | default   | { app: nginx, env: prod }             | 3         |

  @doc-003 @case-22
  Scenario: a Pod that is not ready is listed, but gets nothing
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-h2gn4" stops being ready
    Then the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | endpoint     | ready |
      | 10.1.0.29:80 | yes   |
      | 10.1.0.30:80 | yes   |
      | 10.1.0.31:80 | no    |
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 2 Pods

  @doc-002 @case-22
  Scenario: the client needs no labels
    Given Pod "demo/headless-svc-test-pod" does not exist
    When I apply "headless-svc-test-pod.yaml"
    Then Pod "demo/headless-svc-test-pod" has:
      | path            | value  |
      | metadata.labels | <none> |
    And every connection from Pod "demo/headless-svc-test-pod" to "nginx-prod-svc-demo:80" is answered

  @doc-003 @case-22
  Scenario: a Pod joins and leaves with its labels
    When I set "metadata.labels.env" of Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" to "quarantine"
    Then no connection from Pod "demo/client" to "nginx-prod-svc-demo:80" is answered by Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9"
    And Service "demo/nginx-prod-svc-demo" has 3 endpoints

  @doc-003 @case-22
  Scenario: a selector that matches nothing is named
    Given I set "spec.selector.env" of Service "demo/nginx-prod-svc-demo" to "porduction"
    When Pod "demo/client" connects to "nginx-prod-svc-demo:80"
    Then the connection is refused
    And the trace blames "no-endpoints"
