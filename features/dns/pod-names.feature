Feature: Names of Pods

  @doc-002 @case-7
  Scenario: the dashed address of a Pod is its name below pod
    Given the cluster "nginx-demo"
    When Pod "demo/client" looks up "10-1-0-29.demo.pod.cluster.local"
    Then the answer is:
      """
      10-1-0-29.demo.pod.cluster.local. 30 IN A 10.1.0.29
      """

  @doc-003 @case-7
  Scenario: the document's form, with dots and the Pod's name, is no name
    Given the cluster "two-nodes"
    When Pod "default/asker" looks up "10.244.1.5.my-db-0.default.pod.cluster.local"
    Then the answer is NXDOMAIN

  @doc-002 @case-7
  Scenario: every endpoint of a headless Service has a name of its own
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    When Pod "demo/client" connects to "10-1-0-30.nginx-prod-demo-headless-svc:80"
    Then the connection is answered by Pod "demo/nginx-prod-deploy-6fb6fbb77d-xm8tp"
    And the server sees the address of Pod "demo/client"

  @doc-002 @doc-003 @case-7
  Scenario: a StatefulSet's Pods keep their names
    Given the cluster "two-nodes"
    And Service "default/my-db" has 2 endpoints
    When I delete Pod "default/my-db-0"
    Then Pod "default/my-db-0" is ready
    And every connection from Pod "default/asker" to "my-db-0.my-db:5432" is answered by Pod "default/my-db-0"

  @doc-002 @case-7
  Scenario: a Deployment's Pods have no names of their own
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    When Pod "demo/client" looks up "nginx-prod-deploy-6fb6fbb77d-r78k9.nginx-prod-demo-headless-svc"
    Then the answer is NXDOMAIN
