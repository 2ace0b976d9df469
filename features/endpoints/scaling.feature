Feature: Endpoints follow the Pods behind a Service

  Background:
    Given the cluster "nginx-demo"

  @doc-002 @case-23
  Scenario: three replicas, three endpoints: the addresses of the Pods
    Then the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | endpoint     | ready | pod                                | node           |
      | 10.1.0.29:80 | yes   | nginx-prod-deploy-6fb6fbb77d-r78k9 | docker-desktop |
      | 10.1.0.30:80 | yes   | nginx-prod-deploy-6fb6fbb77d-xm8tp | docker-desktop |
      | 10.1.0.31:80 | yes   | nginx-prod-deploy-6fb6fbb77d-h2gn4 | docker-desktop |
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods

  @doc-002 @case-23
  Scenario: kubectl lists Pods and Endpoints with the same addresses, as the document does
    Given I run "kubectl get pods -n demo -l app=nginx -o wide"
    And it prints:
      """
      NAME                                 READY   STATUS    RESTARTS   AGE   IP          NODE             NOMINATED NODE   READINESS GATES
      nginx-prod-deploy-6fb6fbb77d-h2gn4   1/1     Running   0          *     10.1.0.31   docker-desktop   <none>           <none>
      nginx-prod-deploy-6fb6fbb77d-r78k9   1/1     Running   0          *     10.1.0.29   docker-desktop   <none>           <none>
      nginx-prod-deploy-6fb6fbb77d-xm8tp   1/1     Running   0          *     10.1.0.30   docker-desktop   <none>           <none>
      """
    When I run "kubectl get endpoints -n demo nginx-prod-svc-demo"
    Then it prints:
      """
      NAME                  ENDPOINTS                                AGE
      nginx-prod-svc-demo   10.1.0.29:80,10.1.0.30:80,10.1.0.31:80   *
      """

  @doc-002 @case-23
  Scenario: scale to 2 replicas, endpoints shrink
    Given Service "demo/nginx-prod-svc-demo" has 3 endpoints
    When I scale Deployment "demo/nginx-prod-deploy" to 2 replicas
    Then Service "demo/nginx-prod-svc-demo" has 2 endpoints
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"
    And every connection from Pod "demo/client" to "nginx-prod-svc-demo:80" is answered

  @doc-002 @case-23
  Scenario: the Pod that goes is the document's: 10.1.0.31
    When I scale Deployment "demo/nginx-prod-deploy" to 2 replicas
    Then the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | endpoint     | pod                                |
      | 10.1.0.29:80 | nginx-prod-deploy-6fb6fbb77d-r78k9 |
      | 10.1.0.30:80 | nginx-prod-deploy-6fb6fbb77d-xm8tp |
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-h2gn4" does not exist
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 2 Pods
    And no connection from Pod "demo/client" to "10.1.0.31:80" is answered

  @doc-002 @case-23
  Scenario Outline: <replicas> replicas, and the virtual address stays
    When I scale Deployment "demo/nginx-prod-deploy" to <replicas> replicas
    Then Service "demo/nginx-prod-svc-demo" has <replicas> endpoints
    And connections from Pod "demo/client" to "10.111.193.186:80" spread evenly over <replicas> Pods
    And Service "demo/nginx-prod-svc-demo" has:
      | path           | value          |
      | spec.clusterIP | 10.111.193.186 |

    Examples:
      | replicas |
      | 1        |
      | 4        |
      | 10       |

  @doc-002 @case-23
  Scenario: no replicas: the address stays, and refuses
    When I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    And Pod "demo/client" connects to "nginx-prod-svc-demo:80"
    Then the connection is refused
    And the trace blames "no-endpoints"
    And Service "demo/nginx-prod-svc-demo" has no endpoints
    And Service "demo/nginx-prod-svc-demo" has:
      | path           | value          |
      | spec.clusterIP | 10.111.193.186 |

  @doc-002 @case-23
  Scenario: from none to three again, with new Pods
    Given I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    When I scale Deployment "demo/nginx-prod-deploy" to 3 replicas
    Then Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"

  @doc-002 @case-23
  Scenario: a deleted Pod is replaced, and so is its endpoint
    When I delete Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9"
    Then Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" does not exist
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 3 Pods
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"

  @doc-002 @case-23
  Scenario: a new image replaces every Pod behind the same address
    When I set "spec.template.spec.containers[0].image" of Deployment "demo/nginx-prod-deploy" to "nginx:1.16.1"
    Then Service "demo/nginx-prod-svc-demo" has 3 endpoints
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" does not exist
    And connections from Pod "demo/client" to "10.111.193.186:80" spread evenly over 3 Pods

  @mode-iptables @mode-ipvs @mode-nftables @doc-002 @doc-003 @case-23
  Scenario: a kube-proxy that has stopped goes on leading to the Pod that is gone
    Given kube-proxy stops
    When I scale Deployment "demo/nginx-prod-deploy" to 2 replicas
    Then Service "demo/nginx-prod-svc-demo" has 2 endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread:
      | Pod                                     | share |
      | demo/nginx-prod-deploy-6fb6fbb77d-r78k9 | 1/3   |
      | demo/nginx-prod-deploy-6fb6fbb77d-xm8tp | 1/3   |
      | unreachable                             | 1/3   |

  @doc-002 @doc-003 @case-23
  Scenario: started again, kube-proxy catches up
    Given kube-proxy stops
    And I scale Deployment "demo/nginx-prod-deploy" to 2 replicas
    When kube-proxy starts
    Then the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over 2 Pods

  @doc-002 @case-23
  Scenario: endpoint controllers that have stopped leave the old list
    Given the endpoint controllers stops
    When I scale Deployment "demo/nginx-prod-deploy" to 2 replicas
    Then Service "demo/nginx-prod-svc-demo" has 3 endpoints
