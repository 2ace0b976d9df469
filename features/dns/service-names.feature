Feature: A Service is found by its name

  The name is SERVICE.NAMESPACE.svc.cluster.local. How much of it a Pod must write depends on where the Pod is.

  @doc-002 @case-5
  Scenario: a Pod of the same namespace asks by the short name
    Given the cluster "nginx-demo"
    And Pod "demo/client" is Running
    When Pod "demo/client" looks up "nginx-prod-svc-demo"
    Then the answer is:
      """
      nginx-prod-svc-demo.demo.svc.cluster.local. 30 IN A 10.111.193.186
      """
    And every connection from Pod "demo/client" to "nginx-prod-svc-demo:80" is answered by Deployment "demo/nginx-prod-deploy"

  @doc-002 @doc-003 @case-5
  Scenario Outline: a Pod of another namespace adds the namespace: <name>
    Given the cluster "nginx-demo"
    When Pod "default/visitor" connects to "<name>:80"
    Then the connection <outcome>

    Examples:
      | name                                        | outcome                                            |
      | nginx-prod-svc-demo                         | fails to resolve                                   |
      | nginx-prod-svc-demo.demo                    | is answered by Deployment "demo/nginx-prod-deploy" |
      | nginx-prod-svc-demo.demo.svc                | is answered by Deployment "demo/nginx-prod-deploy" |
      | nginx-prod-svc-demo.demo.svc.cluster.local  | is answered by Deployment "demo/nginx-prod-deploy" |
      | nginx-prod-svc-demo.demo.svc.cluster.local. | is answered by Deployment "demo/nginx-prod-deploy" |
      | nginx-prod-svc-demo.default                 | fails to resolve                                   |

  @doc-002 @case-5
  Scenario: the trace names the look-up that failed
    Given the cluster "nginx-demo"
    When Pod "default/visitor" connects to "nginx-prod-svc-demo:80"
    Then the connection fails to resolve
    And the trace blames "nxdomain"

  @doc-003 @case-5
  Scenario Outline: the full name is good everywhere: <client>
    Given the cluster "names"
    When <client> looks up "my-service.default.svc.cluster.local"
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 30 IN A 10.100.200.1
      """

    Examples:
      | client               |
      | Pod "default/asker"  |
      | Pod "default/alpine" |
      | Pod "test/asker"     |

  @doc-003 @case-5
  Scenario Outline: a machine that does not ask CoreDNS does not find it: <client>
    Given the cluster "names"
    When <client> looks up "my-service.default.svc.cluster.local"
    Then the answer is NXDOMAIN
    And the queries are:
      | name                                  | type | server     | rcode    |
      | my-service.default.svc.cluster.local. | A    | 8.8.8.8:53 | NXDOMAIN |
      | my-service.default.svc.cluster.local. | AAAA | 8.8.8.8:53 | NXDOMAIN |

    Examples:
      | client         |
      | Node "node01"  |
      | host "example" |

  @doc-001 @doc-003 @case-5
  Scenario: the name stays when the Pods behind it change
    Given the cluster "names"
    And I scale Deployment "default/my-app" to 1 replica
    When Pod "default/asker" looks up "my-service"
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 30 IN A 10.100.200.1
      """
    And Service "default/my-service" has 1 endpoint

  @doc-003 @case-5
  Scenario: a Service that is deleted loses its name
    Given the cluster "names"
    And I delete Service "default/my-service"
    When Pod "default/asker" looks up "my-service"
    Then the answer is NXDOMAIN
    And Deployment "default/my-app" exists

  @doc-002 @case-5
  Scenario Outline: kubectl looks in one namespace too: -n <namespace>
    Given the cluster "nginx-demo"
    When I run "kubectl get svc nginx-prod-svc-demo -n <namespace>"
    Then it prints:
      """
      <output>
      """

    Examples:
      | namespace | output                                                                                                                                                            |
      | demo      | NAME                  TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)   AGE\nnginx-prod-svc-demo   ClusterIP   10.111.193.186   <none>        80/TCP    * |
      | dmeo      | Error from server (NotFound): services "nginx-prod-svc-demo" not found                                                                                            |
