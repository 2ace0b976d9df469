Feature: A Service selects Pods by their labels

  Background:
    Given the cluster "nginx-demo"

  @doc-002 @doc-003 @case-22
  Scenario Outline: a Pod labelled <labels> in namespace <namespace>: <endpoints> endpoints
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
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"

    Examples: every label of the selector must be there; more of them do no harm
      | namespace | labels                                | endpoints |
      | demo      | { app: nginx, env: prod }             | 4         |
      | demo      | { app: nginx, env: prod, team: blue } | 4         |
      | demo      | { app: nginx }                        | 3         |
      | demo      | { env: prod }                         | 3         |
      | demo      | { app: nginx, env: test }             | 3         |
      | demo      | { app: nginx, env: Prod }             | 3         |
      | demo      | {}                                    | 3         |

    Examples: and the Pod must be in the Service's namespace
      | namespace | labels                    | endpoints |
      | default   | { app: nginx, env: prod } | 3         |

  @doc-002 @case-22
  Scenario Outline: whose Pods they are does not matter: selector <selector>
    Given I apply "nginx-deploy2.yaml"
    When I set "spec.selector" of Service "demo/nginx-prod-svc-demo" to '<selector>'
    Then Service "demo/nginx-prod-svc-demo" has <endpoints> endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over <endpoints> Pods

    Examples:
      | selector                            | endpoints |
      | { "app": "nginx" }                             | 5         |
      | { "app": "nginx", "wave": "second" }           | 2         |

  @doc-003 @case-22
  Scenario: a Pod that is not ready is selected, and listed as not ready
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-h2gn4" stops being ready
    Then the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | endpoint     | ready | pod                                |
      | 10.1.0.29:80 | yes   | nginx-prod-deploy-6fb6fbb77d-r78k9 |
      | 10.1.0.30:80 | yes   | nginx-prod-deploy-6fb6fbb77d-xm8tp |
      | 10.1.0.31:80 | no    | nginx-prod-deploy-6fb6fbb77d-h2gn4 |
    And Endpoints "demo/nginx-prod-svc-demo" has:
      | path                               | value     |
      | subsets[0].addresses[0].ip         | 10.1.0.29 |
      | subsets[0].addresses[1].ip         | 10.1.0.30 |
      | subsets[0].notReadyAddresses[0].ip | 10.1.0.31 |
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 2 Pods

  @doc-003 @case-22
  Scenario: published all the same, it gets its share
    Given I set "spec.publishNotReadyAddresses" of Service "demo/nginx-prod-svc-demo" to "true"
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-h2gn4" stops being ready
    Then Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods

  @doc-002 @case-22
  Scenario: the client needs no labels
    When I apply "headless-svc-test-pod.yaml"
    Then Pod "demo/headless-svc-test-pod" has:
      | path            | value  |
      | metadata.labels | <none> |
    And every connection from Pod "demo/headless-svc-test-pod" to "nginx-prod-svc-demo:80" is answered
    And Service "demo/nginx-prod-svc-demo" has 3 endpoints

  @doc-002 @case-22
  Scenario: a Pod can be its own client
    Then every connection from Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" to "nginx-prod-svc-demo:80" is answered
    And connections from Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods

  @doc-003 @case-22
  Scenario: relabelled, a Pod leaves the Service and its Deployment, which makes another
    When I set "metadata.labels.env" of Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" to "quarantine"
    Then no connection from Pod "demo/client" to "nginx-prod-svc-demo:80" is answered by Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9"
    And Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" is ready
    And every connection from Pod "demo/client" to "10.1.0.29:80" is answered by Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9"

  @doc-003 @case-22
  Scenario: labelled late, a Pod joins
    When I set "metadata.labels" of Pod "demo/early" to '{ "app": "nginx", "env": "prod" }'
    Then Service "demo/nginx-prod-svc-demo" has 4 endpoints
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"

  @doc-003 @case-22
  Scenario: a selector that matches nothing leaves an empty address
    Given I set "spec.selector.env" of Service "demo/nginx-prod-svc-demo" to "porduction"
    When Pod "demo/client" connects to "nginx-prod-svc-demo:80"
    Then the connection is refused
    And the trace blames "no-endpoints"
    And Service "demo/nginx-prod-svc-demo" has no endpoints
    And every connection from Pod "demo/client" to "10.1.0.29:80" is answered

  @doc-002 @case-22
  Scenario: an empty selector is none: it selects nothing, not everything
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: everything, namespace: demo }
      spec: { selector: {}, ports: [{ port: 80 }] }
      """
    Then Service "demo/everything" has:
      | path          | value  |
      | spec.selector | <none> |
    And Service "demo/everything" has no endpoints
    And every connection from Pod "demo/client" to "everything:80" is refused

  @doc-002 @case-22
  Scenario Outline: a Pod that <phase> is not listed
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: candidate, namespace: demo, labels: { app: nginx, env: prod }, annotations: <annotations> }
      spec:
        restartPolicy: Never
        nodeSelector: <nodes>
        containers: [{ name: web, image: "nginx:1.14.2", ports: [{ containerPort: 80 }] }]
      """
    Then Pod "demo/candidate" has:
      | path         | value   |
      | status.phase | <state> |
    And the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | endpoint     |
      | 10.1.0.29:80 |
      | 10.1.0.30:80 |
      | 10.1.0.31:80 |

    Examples:
      | phase             | state     | annotations                                                    | nodes          |
      | has no node yet   | Pending   | {}                                                             | { disk: none } |
      | has failed        | Failed    | { svcspec.dev/exit-after: 0s, svcspec.dev/exit-code: "1" }     | {}             |
      | has done its work | Succeeded | { svcspec.dev/exit-after: 0s }                                 | {}             |

  @doc-003 @case-22
  Scenario: the target port may be a name, which each Pod translates for itself
    Given I apply "named-ports.yaml"
    Then the endpoints of Service "demo/named" are:
      | endpoint       | pod     |
      | 10.1.0.61:8080 | old-web |
      | 10.1.0.62:9090 | new-web |
    And connections from Pod "demo/client" to "named:80" spread evenly over 2 Pods

  @doc-003 @case-22
  Scenario: a target port name that no Pod has leaves the Service empty
    Given I apply "named-ports.yaml"
    And I set "spec.ports[0].targetPort" of Service "demo/named" to "web"
    When Pod "demo/client" connects to "named:80"
    Then the connection is refused
    And the trace blames "no-endpoints"

  @mode-iptables @mode-ipvs @mode-nftables @doc-002 @doc-004 @case-22
  Scenario: a target port that nobody listens on: the endpoints look well, the Pods refuse
    Given I set "spec.ports[0].targetPort" of Service "demo/nginx-prod-svc-demo" to "81"
    And Service "demo/nginx-prod-svc-demo" has 3 endpoints
    When Pod "demo/client" connects to "nginx-prod-svc-demo:80"
    Then the connection is refused
    And the trace blames "no-listener"
