Feature: A Service without selector leads where its Endpoints say

  Background:
    Given the cluster "selectorless"

  @doc-000 @case-17
  Scenario: it has a virtual address and a name, and nothing behind them
    Given Service "no-selector-svc" has no endpoints
    And Endpoints "no-selector-svc" does not exist
    When Pod "app" connects to "no-selector-svc:80"
    Then the connection is refused
    And the trace blames "no-endpoints"
    And Service "no-selector-svc" has:
      | path           | value         |
      | spec.clusterIP | 10.100.179.62 |
      | spec.selector  | <none>        |

  @doc-000 @case-17
  Scenario: kubectl lists the Service as the document does
    When I run "kubectl get svc"
    Then it prints:
      """
      NAME              TYPE        CLUSTER-IP      EXTERNAL-IP   PORT(S)   AGE
      kubernetes        ClusterIP   10.96.0.1       <none>        443/TCP   *
      no-selector-svc   ClusterIP   10.100.179.62   <none>        80/TCP    *
      """

  @doc-000 @case-17
  Scenario: Endpoints made by hand lead out of the cluster
    Given I apply "test-endpoints.yaml"
    When Pod "app" connects to "no-selector-svc:80"
    Then the connection is answered by host "legacy-db"
    And the client sees "10.100.179.62:80"
    And the server sees the address of Node "node01"
    And the endpoints of Service "no-selector-svc" are:
      | endpoint        | ready | pod    | node   |
      | 192.0.2.42:9376 | yes   | <none> | <none> |

  @doc-000 @case-17
  Scenario: kubectl lists the Endpoints as the document does
    Given I apply "test-endpoints.yaml"
    When I run "kubectl get endpoints"
    Then it prints:
      """
      NAME              ENDPOINTS         AGE
      kubernetes        10.192.0.2:6443   *
      no-selector-svc   192.0.2.42:9376   *
      Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
      """

  @doc-000 @case-17
  Scenario: the controllers mirror Endpoints made by hand into an EndpointSlice
    Given I apply "test-endpoints.yaml"
    When I run "kubectl get endpointslices -l kubernetes.io/service-name=no-selector-svc --no-headers"
    Then it prints:
      """
      * IPv4 9376 192.0.2.42 *
      """
    And the rules on Node "node02" lead to exactly the endpoints of Service "no-selector-svc"

  @doc-000 @case-17
  Scenario: an EndpointSlice alone does as well, and then there are no Endpoints
    Given I apply "slice.yaml"
    When Pod "app" connects to "no-selector-svc:80"
    Then the connection is answered by host "legacy-db"
    And Endpoints "no-selector-svc" does not exist
    And Service "no-selector-svc" has 1 endpoint

  @doc-000 @case-17
  Scenario: both at once are one list
    Given I apply "both-sides.yaml"
    When I apply "slice.yaml"
    Then connections from Pod "app" to "no-selector-svc:80" spread:
      | backend        | share |
      | default/new-db | 1/2   |
      | host legacy-db | 1/2   |
    And Service "no-selector-svc" has 2 endpoints

  @doc-000 @case-17
  Scenario Outline: <file> belongs to no Service or to none of its ports: still refused
    Given I apply "<file>.yaml"
    When Pod "app" connects to "no-selector-svc:80"
    Then the connection is refused
    And the trace blames "no-endpoints"
    And the rules on Node "node01" lead to exactly the endpoints of Service "default/kubernetes"

    Examples:
      | file            |
      | wrong-name      |
      | wrong-port-name |
      | orphan-slice    |

  @doc-000 @case-17
  Scenario: with the Service's port named alike, the wrong port name is right
    Given I apply "wrong-port-name.yaml"
    When I set "spec.ports[0].name" of Service "no-selector-svc" to "db"
    Then every connection from Pod "app" to "no-selector-svc:80" is answered by host "legacy-db"
    And the endpoints of Service "no-selector-svc" are:
      | endpoint        |
      | 192.0.2.42:9376 |

  @doc-000 @case-17
  Scenario: some backends inside and some outside
    When I apply "both-sides.yaml"
    Then connections from Pod "app" to "no-selector-svc:80" spread:
      | backend        | share |
      | default/new-db | 1/2   |
      | host legacy-db | 1/2   |
    And the rules on Node "node01" lead to exactly the endpoints of Service "no-selector-svc"

  @doc-000 @case-17
  Scenario: the database moves into the cluster and out again, and its clients change nothing
    Given I apply "test-endpoints.yaml"
    And every connection from Pod "app" to "no-selector-svc:80" is answered by host "legacy-db"
    And I apply "inside.yaml"
    And every connection from Pod "app" to "no-selector-svc:80" is answered by Pod "new-db"
    When I apply "test-endpoints.yaml"
    Then every connection from Pod "app" to "no-selector-svc:80" is answered by host "legacy-db"
    And every connection from Node "node02" to "10.100.179.62:80" is answered by host "legacy-db"

  @doc-000 @case-17
  Scenario: a selector takes over: the controllers write the Endpoints from now on
    Given I apply "test-endpoints.yaml"
    When I set "spec.selector" of Service "no-selector-svc" to '{ "app": "db" }'
    Then the endpoints of Service "no-selector-svc" are:
      | endpoint         | ready | pod    |
      | 10.244.2.20:9376 | yes   | new-db |
    And every connection from Pod "app" to "no-selector-svc:80" is answered by Pod "new-db"

  @doc-000 @case-17
  Scenario: a selector taken away leaves its EndpointSlice behind, beside the Endpoints made by hand
    Given I set "spec.selector" of Service "no-selector-svc" to '{ "app": "db" }'
    And I set "spec.selector" of Service "no-selector-svc" to "null"
    When I apply "test-endpoints.yaml"
    Then connections from Pod "app" to "no-selector-svc:80" spread:
      | backend        | share |
      | default/new-db | 1/2   |
      | host legacy-db | 1/2   |
    And Endpoints "no-selector-svc" has:
      | path              | value                                                                              |
      | subsets[0].addresses[0].ip | 192.0.2.42 |

  @doc-000 @case-17
  Scenario Outline: another namespace uses it too: by <name>
    Given I apply "test-endpoints.yaml"
    When Pod "test/tester" connects to "<name>:80"
    Then the connection <outcome>

    Examples:
      | name                                      | outcome                          |
      | no-selector-svc.default                   | is answered by host "legacy-db"  |
      | no-selector-svc.default.svc.cluster.local | is answered by host "legacy-db"  |
      | no-selector-svc                           | fails to resolve                 |

  @doc-000 @case-17
  Scenario: the name answers the virtual address, whoever stands behind it
    Given I apply "test-endpoints.yaml"
    When Pod "app" looks up "no-selector-svc"
    Then the answer is:
      """
      no-selector-svc.default.svc.cluster.local. 30 IN A 10.100.179.62
      """

  @doc-000 @case-17
  Scenario: deleted Endpoints leave the address empty
    Given I apply "test-endpoints.yaml"
    When I delete Endpoints "no-selector-svc"
    Then Service "no-selector-svc" has no endpoints
    And every connection from Pod "app" to "no-selector-svc:80" is refused

  @doc-000 @case-17
  Scenario: nobody probes an address made by hand: a dead one goes on getting its share
    Given I apply "test-endpoints.yaml"
    And I set "subsets[0].addresses[0].ip" of Endpoints "no-selector-svc" to "192.0.2.99"
    When Pod "app" connects to "no-selector-svc:80"
    Then the connection times out
    And Service "no-selector-svc" has 1 endpoint

  @doc-000 @case-17
  Scenario: a port that nobody listens on is refused by the machine, not by the rules
    Given I apply "test-endpoints.yaml"
    And I set "subsets[0].ports[0].port" of Endpoints "no-selector-svc" to "9377"
    When Pod "app" connects to "no-selector-svc:80"
    Then the connection is refused
    And the trace blames "no-listener"

  @doc-000 @case-17
  Scenario: as NodePort it brings the outside in and out again
    Given I apply "test-endpoints.yaml"
    And I set "spec.type" of Service "no-selector-svc" to "NodePort"
    And I set "spec.ports[0].nodePort" of Service "no-selector-svc" to "30376"
    When host "laptop" connects to port 30376 of Node "node02"
    Then the connection is answered by host "legacy-db"
    And the server sees the address of Node "node02"
