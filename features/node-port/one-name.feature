Feature: Three manifests of one name: ClusterIP, headless and NodePort

  Document 004 shows three manifests for `nginx-deployment-service`, one after the other. Applied in turn to the same
  cluster, the second is refused: a Service does not change between having a cluster IP and having none.

  Background:
    Given the cluster "three-nodes"

  @doc-004 @case-11 @case-16
  Scenario: headless over ClusterIP
    When I apply "headless.yaml"
    Then the API server refuses it:
      """
      Service "nginx-deployment-service" is invalid: spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set
      """
    And Service "nginx-deployment-service" has:
      | path           | value         |
      | spec.clusterIP | 10.98.182.100 |
    And connections from Node "master" to "10.98.182.100:80" spread evenly over 2 Pods

  @doc-004 @case-11
  Scenario: NodePort over ClusterIP, the third manifest without the second, is a change of type
    When I apply "nodeport.yaml"
    Then Service "nginx-deployment-service" has:
      | path           | value         |
      | spec.type      | NodePort      |
      | spec.clusterIP | 10.98.182.100 |
    And connections from host "laptop" to port 30007 of Node "master" spread evenly over 2 Pods

  @doc-004 @case-11 @case-16
  Scenario: NodePort over headless
    Given I delete Service "nginx-deployment-service"
    And I apply "headless.yaml"
    When I apply "nodeport.yaml"
    Then the API server refuses it:
      """
      Service "nginx-deployment-service" is invalid: spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services
      """
    And every connection from host "laptop" to port 30007 of Node "master" is refused

  @doc-004 @case-11 @case-16
  Scenario: headless over NodePort
    Given I apply "nodeport.yaml"
    When I apply "headless.yaml"
    Then the API server refuses it:
      """
      spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set
      """
    And connections from host "laptop" to port 30007 of Node "master" spread evenly over 2 Pods

  @doc-004 @case-11 @case-16
  Scenario: ClusterIP over headless changes nothing: the manifest does not ask for an address
    Given I delete Service "nginx-deployment-service"
    And I apply "headless.yaml"
    When I apply "../nginx-deployment-service.yaml"
    Then Service "nginx-deployment-service" has:
      | path           | value     |
      | spec.type      | ClusterIP |
      | spec.clusterIP | None      |
    And the rules on Node "node01" do not mention Service "nginx-deployment-service"

  @doc-004 @case-11 @case-16
  Scenario: what helps is to delete first
    Given I delete Service "nginx-deployment-service"
    When I apply "nodeport.yaml"
    Then connections from host "laptop" to port 30007 of Node "node02" spread evenly over 2 Pods
    And Service "nginx-deployment-service" has 2 endpoints
