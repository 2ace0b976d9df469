@mode-iptables
Feature: iptables mode looks Services up one by one

  A new connection is compared with one rule per Service until its own is found; kube-proxy promises no order among
  Services, here they stand by name. The numbers count every rule that the connection's first packet and its answer
  meet on the way.

  Background:
    Given the cluster "balance"
    And I scale Deployment "my-app" to 1 replica

  @doc-000 @doc-004 @case-28
  Scenario: the cost with few Services
    Given 1 endpoint of Service "my-service" is on Node "node02"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks 25 rules
    And the connection is answered by Deployment "my-app"

  @doc-004 @case-28
  Scenario Outline: <services> more Services in front cost as many rules more
    Given I apply "<file>"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks <rules> rules
    And the connection is answered by Deployment "my-app"

    Examples:
      | services | file                  | rules |
      | 10       | ten-services.yaml     | 35    |
      | 100      | hundred-services.yaml | 125   |

  @doc-004 @case-28
  Scenario: a Service behind costs nothing
    Given I apply "services-behind.yaml"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks 25 rules

  @doc-004 @case-28
  Scenario: packets of the Pod network pay too, for all Services in vain
    Given I apply "hundred-services.yaml"
    When Pod "client-on-node02" connects to port 8080 of Pod "my-app-6d4cf56db6-7qtjl"
    Then the connection walks at least 100 rules
    And the server sees the address of Pod "client-on-node02"
    And the rules on Node "node02" lead to exactly the endpoints of Service "a-service-07"
