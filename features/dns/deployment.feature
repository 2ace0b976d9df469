Feature: CoreDNS is an application like any other

  Its Pods stand behind the Service kube-dns, so a look-up is traffic: kube-proxy translates it, policies judge it, and
  where no Pod is left nobody answers.

  Background:
    Given the cluster "names"

  @doc-003 @case-44
  Scenario: a query is translated to one of the CoreDNS Pods
    When Pod "default/asker" connects to "10.96.0.10:53" over UDP
    Then the trace passes:
      | effect  | detail                                  |
      | dnat    |                                         |
      | deliver | listening on *:53 (container coredns)   |

  @doc-003 @case-44
  Scenario: each node leads to both CoreDNS Pods
    Given Service "kube-system/kube-dns" has 2 endpoints
    Then the rules on Node "node01" lead to exactly the endpoints of Service "kube-system/kube-dns"
    And the rules on Node "node02" lead to exactly the endpoints of Service "kube-system/kube-dns"

  @doc-003 @case-44
  Scenario: without CoreDNS Pods no name is found, and addresses still work
    Given I scale Deployment "kube-system/coredns" to 0 replicas
    And 5 seconds pass
    And Service "kube-system/kube-dns" has no endpoints
    When Pod "default/asker" connects to "my-service:80"
    Then the connection fails to resolve
    And the trace blames "dns-timeout"
    And every connection from Pod "default/asker" to "10.100.200.1:80" is answered

  @doc-003 @case-44
  Scenario: CoreDNS comes back, and so do the names
    Given I scale Deployment "kube-system/coredns" to 0 replicas
    And 5 seconds pass
    And I scale Deployment "kube-system/coredns" to 1 replica
    When Pod "default/asker" looks up "my-service" A
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 30 IN A 10.100.200.1
      """

  @doc-003 @case-44
  Scenario Outline: what <program> says meanwhile on <pod>
    Given I scale Deployment "kube-system/coredns" to 0 replicas
    And 10 seconds pass
    When I run "kubectl exec <pod> -- <command> my-service"
    Then it prints:
      """
      <text>
      command terminated with exit code <status>
      """

    Examples:
      | program | pod    | command       | status | text                                                   |
      | ping    | asker  | ping -c 1     | 2      | ping: my-service: Temporary failure in name resolution |
      | ping    | alpine | ping -c 1     | 1      | ping: bad address 'my-service'                         |
      | curl    | asker  | curl -sS      | 6      | curl: (6) Could not resolve host: my-service           |
      | wget    | alpine | wget -q -O-   | 1      | wget: bad address 'my-service'                         |

  @doc-003 @case-44
  Scenario: CoreDNS stops: its containers are killed for as long, and nobody answers
    Given CoreDNS stops
    And 1 minute passes
    When Pod "default/asker" looks up "my-service" A
    Then the answer is a timeout
    And Service "kube-system/kube-dns" has no endpoints
    When CoreDNS starts
    Then every connection from Pod "default/asker" to "my-service:80" is answered
