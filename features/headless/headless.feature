Feature: A headless Service has names but no virtual address

  Background:
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"

  @doc-000 @doc-002 @doc-004 @case-16
  Scenario: no virtual address, so kube-proxy writes nothing for it
    Then Service "demo/nginx-prod-demo-headless-svc" has:
      | path              | value    |
      | spec.type         | ClusterIP |
      | spec.clusterIP    | None     |
      | spec.clusterIPs   | ["None"] |
    And Service "demo/nginx-prod-demo-headless-svc" has 3 endpoints
    And the rules on Node "docker-desktop" do not mention Service "demo/nginx-prod-demo-headless-svc"

  @doc-002 @case-16
  Scenario: kubectl lists it beside the one that has an address, as the document does
    When I run "kubectl get svc -n demo"
    Then it prints:
      """
      NAME                           TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)   AGE
      nginx-prod-demo-headless-svc   ClusterIP   None             <none>        80/TCP    *
      nginx-prod-svc-demo            ClusterIP   10.111.193.186   <none>        80/TCP    *
      """

  @doc-000 @doc-001 @doc-002 @doc-003 @doc-004 @case-16
  Scenario: its name answers every ready Pod, the other Service's name answers one address
    When Pod "demo/client" looks up "nginx-prod-demo-headless-svc"
    Then the answer is:
      """
      nginx-prod-demo-headless-svc.demo.svc.cluster.local. 30 IN A 10.1.0.29
      nginx-prod-demo-headless-svc.demo.svc.cluster.local. 30 IN A 10.1.0.30
      nginx-prod-demo-headless-svc.demo.svc.cluster.local. 30 IN A 10.1.0.31
      """
    When Pod "demo/client" looks up "nginx-prod-svc-demo"
    Then the answer is:
      """
      nginx-prod-svc-demo.demo.svc.cluster.local. 30 IN A 10.111.193.186
      """

  @doc-000 @doc-002 @case-16
  Scenario: the client picks a Pod by itself, and no address is translated
    Given Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" stops being ready
    And Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp" stops being ready
    When Pod "demo/client" connects to "nginx-prod-demo-headless-svc:80"
    Then the connection is answered by Pod "demo/nginx-prod-deploy-6fb6fbb77d-h2gn4"
    And the server sees the address of Pod "demo/client"
    And the client sees "10.1.0.31:80"

  @doc-000 @doc-002 @case-16
  Scenario Outline: each Pod can be picked by its address: <address>
    When Pod "demo/client" connects to "<address>:80"
    Then the connection is answered by Pod "demo/nginx-prod-deploy-6fb6fbb77d-<pod>"
    And Service "demo/nginx-prod-demo-headless-svc" has 3 endpoints

    Examples:
      | address   | pod   |
      | 10.1.0.29 | r78k9 |
      | 10.1.0.30 | xm8tp |
      | 10.1.0.31 | h2gn4 |

  @doc-000 @case-16
  Scenario: whichever Pod the resolver puts first, somebody answers
    Then every connection from Pod "demo/client" to "nginx-prod-demo-headless-svc:80" is answered by Deployment "demo/nginx-prod-deploy"
    And the endpoints of Service "demo/nginx-prod-demo-headless-svc" are:
      | endpoint     | ready |
      | 10.1.0.29:80 | yes   |
      | 10.1.0.30:80 | yes   |
      | 10.1.0.31:80 | yes   |

  @doc-000 @doc-004 @case-16
  Scenario: nothing maps its port to the Pods' port
    Given I apply "headless-mapped.yaml"
    When Pod "demo/client" connects to "mapped:8080"
    Then the connection is refused
    And the trace blames "no-listener"
    And every connection from Pod "demo/client" to "mapped:80" is answered

  @doc-003 @doc-004 @case-16
  Scenario: a Pod that is not ready leaves the name; without any there is no name
    Given I scale Deployment "demo/nginx-prod-deploy" to 1 replica
    And Service "demo/nginx-prod-demo-headless-svc" has 1 endpoint
    When I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    And Pod "demo/client" looks up "nginx-prod-demo-headless-svc"
    Then the answer is NXDOMAIN
    And every connection from Pod "demo/client" to "nginx-prod-demo-headless-svc:80" fails to resolve

  @doc-002 @doc-004 @case-16
  Scenario Outline: a Service of type <type> needs an address
    When I set "spec.type" of Service "demo/nginx-prod-demo-headless-svc" to "<type>"
    Then the API server refuses it:
      """
      Service "nginx-prod-demo-headless-svc" is invalid: spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for <type> services
      """
    And Service "demo/nginx-prod-demo-headless-svc" has 3 endpoints

    Examples:
      | type         |
      | NodePort     |
      | LoadBalancer |

  @doc-002 @case-16
  Scenario: it may go without ports: names need none
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: portless, namespace: demo }
      spec: { clusterIP: None, selector: { app: nginx } }
      """
    Then every connection from Pod "demo/client" to "portless:80" is answered by Deployment "demo/nginx-prod-deploy"
    And the endpoints of Service "demo/portless" are:
      | address   | port   |
      | 10.1.0.29 | <none> |
      | 10.1.0.30 | <none> |
      | 10.1.0.31 | <none> |
