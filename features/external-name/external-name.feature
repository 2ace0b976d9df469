Feature: An ExternalName Service is a name for another name

  Background:
    Given the cluster "two-nodes"
    And I apply "external.yaml"

  @doc-003 @case-15
  Scenario: the answer is the CNAME and the address behind it, in one reply
    When Pod "default/asker" looks up "my-external-service.default.svc.cluster.local"
    Then the answer is:
      """
      my-external-service.default.svc.cluster.local. IN CNAME example.com.
      example.com. IN A 93.184.216.34
      """

  @doc-001 @doc-003 @case-15
  Scenario: it has no cluster IP, no endpoints and no rules
    Then Service "default/my-external-service" has:
      | path           | value  |
      | spec.clusterIP | <none> |
    And Service "default/my-external-service" has no endpoints
    And the rules on Node "node01" do not mention Service "default/my-external-service"

  @doc-003 @case-15
  Scenario: the Pod connects to the outside address itself
    When Pod "default/asker" connects to "http://my-external-service"
    Then the connection is answered by host "example"
    And the client sees "93.184.216.34:80"

  @doc-001 @case-15
  Scenario: test.service.com from another namespace
    When Pod "default/asker" looks up "test-service.test"
    Then the answer is:
      """
      test-service.test.svc.cluster.local. IN CNAME test.service.com.
      test.service.com. IN A 93.184.216.34
      """

  @doc-003 @case-15
  Scenario: a target that does not exist leaves the bare CNAME
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: dangling }
      spec: { type: ExternalName, externalName: nowhere.example.com }
      """
    And Pod "default/asker" connects to "dangling:80"
    Then the connection fails to resolve
    And the trace blames "nodata"

  @doc-001 @case-15
  Scenario: the outside service moves without any change in the Pods
    When I set "spec.externalName" of Service "default/my-external-service" to "www.example.com"
    Then every connection from Pod "default/asker" to "my-external-service:443" is answered by host "example"
    And Service "default/my-external-service" has:
      | path              | value           |
      | spec.externalName | www.example.com |
