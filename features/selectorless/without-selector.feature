Feature: A Service without a selector leads where its Endpoints say

  Background:
    Given the cluster "nginx-demo"
    And I apply "no-selector-svc.yaml"

  @doc-000 @case-17
  Scenario: it has a virtual address, and nothing behind it
    Then Service "default/no-selector-svc" has:
      | path           | value         |
      | spec.clusterIP | 10.100.179.62 |
    And Service "default/no-selector-svc" has no endpoints
    And every connection from Pod "default/visitor" to "no-selector-svc:80" is refused

  @doc-000 @case-17
  Scenario: Endpoints made by hand lead outside of the cluster
    When I apply "test-endpoints.yaml"
    And Pod "default/visitor" connects to "no-selector-svc:80"
    Then the connection is answered by host "legacy-db"
    And the endpoints of Service "default/no-selector-svc" are:
      | endpoint        | ready |
      | 192.0.2.42:9376 | yes   |
    And the server sees the address of Node "docker-desktop"
    And the client sees "10.100.179.62:80"

  @doc-000 @case-17
  Scenario: kubectl lists the Endpoints as the document does
    Given I apply "test-endpoints.yaml"
    When I run "kubectl get endpoints"
    Then it prints:
      """
      NAME              ENDPOINTS         AGE
      kubernetes        10.192.0.2:6443   *
      no-selector-svc   192.0.2.42:9376   *
      """

  @doc-000 @case-17
  Scenario: Endpoints of another name do not belong to the Service
    When I apply "wrong-name-endpoints.yaml"
    And Pod "default/visitor" connects to "no-selector-svc:80"
    Then the connection is refused
    And the trace blames "no-endpoints"

  @doc-000 @case-17
  Scenario: one backend inside and one outside at once
    When I apply "mixed-slice.yaml"
    Then connections from Pod "default/visitor" to "no-selector-svc:80" spread:
      | backend        | share |
      | default/new-db | 1/2   |
      | host legacy-db | 1/2   |
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "default/no-selector-svc"

  @doc-000 @case-17
  Scenario: a cluster IP as endpoint is never rewritten twice
    When I apply:
      """
      apiVersion: v1
      kind: Endpoints
      metadata: { name: no-selector-svc }
      subsets:
        - addresses: [{ ip: 10.111.193.186 }]
          ports: [{ port: 80 }]
      """
    Then no connection from Pod "default/visitor" to "no-selector-svc:80" is answered

  @doc-000 @case-17
  Scenario: the API server stands behind default/kubernetes
    Then the endpoints of Service "default/kubernetes" are:
      | endpoint        |
      | 10.192.0.2:6443 |
    And every connection from Pod "default/visitor" to "kubernetes:443" is answered
