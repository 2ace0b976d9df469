Feature: Names of Services

  @doc-002 @case-5
  Scenario: a Pod of the same namespace asks by the short name
    Given the cluster "nginx-demo"
    When Pod "demo/client" looks up "nginx-prod-svc-demo"
    Then the answer is:
      """
      nginx-prod-svc-demo.demo.svc.cluster.local. 30 IN A 10.111.193.186
      """

  @doc-002 @case-5
  Scenario Outline: from another namespace the short name is not enough
    Given the cluster "nginx-demo"
    When Pod "default/visitor" connects to "<name>:80"
    Then the connection <outcome>

    Examples:
      | name                                       | outcome                                         |
      | nginx-prod-svc-demo                        | fails to resolve                                |
      | nginx-prod-svc-demo.demo                   | is answered by Deployment "demo/nginx-prod-deploy" |
      | nginx-prod-svc-demo.demo.svc               | is answered by Deployment "demo/nginx-prod-deploy" |
      | nginx-prod-svc-demo.demo.svc.cluster.local | is answered by Deployment "demo/nginx-prod-deploy" |

  @doc-001 @case-5
  Scenario: the search list is walked to its end before a name is unknown
    Given the cluster "nginx-demo"
    When Pod "default/visitor" looks up "nginx-prod-svc-demo" A
    Then the answer is NXDOMAIN
    And the queries are:
      | name                                           | type | server        | rcode    |
      | nginx-prod-svc-demo.default.svc.cluster.local. | A    | 10.96.0.10:53 | NXDOMAIN |
      | nginx-prod-svc-demo.svc.cluster.local.         | A    | 10.96.0.10:53 | NXDOMAIN |
      | nginx-prod-svc-demo.cluster.local.             | A    | 10.96.0.10:53 | NXDOMAIN |
      | nginx-prod-svc-demo.                           | A    | 10.96.0.10:53 | NXDOMAIN |

  @doc-002 @case-5
  Scenario: a name that fails is blamed on the namespace it lacks
    Given the cluster "nginx-demo"
    When Pod "default/visitor" connects to "nginx-prod-svc-demo:80"
    Then the connection fails to resolve
    And the trace blames "nxdomain"

  @doc-002 @doc-003 @case-6
  Scenario: a ClusterIP name answers the virtual address, a headless name every ready Pod
    Given the cluster "two-nodes"
    When Pod "default/asker" looks up "my-service.default.svc.cluster.local"
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 30 IN A 10.100.200.1
      """
    When Pod "default/asker" looks up "my-db.default.svc.cluster.local"
    Then the answer is:
      """
      my-db.default.svc.cluster.local. 30 IN A 10.244.1.5
      my-db.default.svc.cluster.local. 30 IN A 10.244.2.7
      """

  @doc-003 @case-6
  Scenario: a Pod that is not ready leaves the headless name
    Given the cluster "two-nodes"
    When Pod "default/my-db-1" stops being ready
    Then Service "default/my-db" has 1 endpoint
    And the endpoints of Service "default/my-db" are:
      | address    | ready | node   |
      | 10.244.1.5 | yes   | node01 |
      | 10.244.2.7 | no    | node02 |
    When Pod "default/asker" looks up "my-db"
    Then the answer is:
      """
      my-db.default.svc.cluster.local. IN A 10.244.1.5
      """

  @doc-002 @case-6
  Scenario: the document's nslookup of both Services
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    And I apply "headless-svc-test-pod.yaml"
    And I apply "nginx-deploy2.yaml"
    And I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    When I run "kubectl exec -n demo headless-svc-test-pod -- nslookup nginx-prod-svc-demo"
    Then it prints:
      """
      Server:    10.96.0.10
      Address 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local

      Name:      nginx-prod-svc-demo
      Address 1: 10.111.193.186 nginx-prod-svc-demo.demo.svc.cluster.local
      """
    When Pod "demo/headless-svc-test-pod" looks up "nginx-prod-demo-headless-svc"
    Then the answer is:
      """
      nginx-prod-demo-headless-svc.demo.svc.cluster.local. 30 IN A 10.1.0.32
      nginx-prod-demo-headless-svc.demo.svc.cluster.local. 30 IN A 10.1.0.33
      """

  @doc-002 @case-6
  Scenario: a Pod behind two Services has two reverse names
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    When Pod "demo/client" looks up "29.0.1.10.in-addr.arpa" PTR
    Then the answer is:
      """
      29.0.1.10.in-addr.arpa. 30 IN PTR 10-1-0-29.nginx-prod-demo-headless-svc.demo.svc.cluster.local.
      29.0.1.10.in-addr.arpa. 30 IN PTR 10-1-0-29.nginx-prod-svc-demo.demo.svc.cluster.local.
      """
