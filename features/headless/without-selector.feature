Feature: A headless Service without selector: names for addresses made by hand

  Background:
    Given the cluster "selectorless"
    And I apply "headless-db.yaml"

  @doc-000 @case-16
  Scenario: nothing behind it, so no name
    When Pod "app" looks up "db"
    Then the answer is NXDOMAIN
    And Service "db" has no endpoints
    And every connection from Pod "app" to "db:9376" fails to resolve

  @doc-000 @case-16
  Scenario: its name answers the addresses of the Endpoints
    Given I apply "headless-db-endpoints.yaml"
    When Pod "app" looks up "db"
    Then the answer is:
      """
      db.default.svc.cluster.local. 30 IN A 192.0.2.42
      db.default.svc.cluster.local. 30 IN A 192.0.2.43
      """
    And the rules on Node "node01" do not mention Service "db"

  @doc-000 @case-16
  Scenario: the client reaches the outside directly, on the port of the machine
    Given I apply "headless-db-endpoints.yaml"
    And I set "subsets[0].addresses" of Endpoints "db" to '[{ "ip": "192.0.2.42" }]'
    When Pod "app" connects to "db:9376"
    Then the connection is answered by host "legacy-db"
    And the client sees "192.0.2.42:9376"
    And the server sees the address of Node "node01"

  @doc-000 @case-16
  Scenario: an EndpointSlice does as well
    Given I apply "headless-db-slice.yaml"
    When Pod "test/tester" looks up "db.default"
    Then the answer is:
      """
      db.default.svc.cluster.local. 30 IN A 192.0.2.43
      """
    And every connection from Pod "test/tester" to "db.default:9376" is answered by host "standby-db"
