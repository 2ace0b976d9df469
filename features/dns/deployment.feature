Feature: CoreDNS is an application like any other

  Its Pods stand behind the Service kube-dns, so a look-up is traffic: kube-proxy translates it, policies judge it, Pods
  that are gone do not answer it.

  Background:
    Given the cluster "names"

  @doc-003 @case-44
  Scenario: a query is translated to one of the CoreDNS Pods
    When Pod "default/asker" connects to "10.96.0.10:53" over UDP
    Then the trace passes:
      | at                | stage  | effect  | detail                  |
      | node/node01       |        | dnat    |                         |
      |                   |        |         |                         |

  @doc-003 @case-44
  Scenario: both CoreDNS Pods take their share of the queries
    Then Service "kube-system/kube-dns" has 2 endpoints
    And the rules on Node "node01" lead to exactly the endpoints of Service "kube-system/kube-dns"

  @doc-003 @case-44
  Scenario: without CoreDNS Pods nobody can look anything up
    Given I scale Deployment "kube-system/coredns" to 0 replicas
    And Service "kube-system/kube-dns" has no endpoints
    When Pod "default/asker" looks up "my-service"
    Then the answer is REFUSED
    And every connection from Pod "default/asker" to "10.100.200.1:80" is answered
