Feature: default/kubernetes, the Service without selector that every cluster has

  Background:
    Given the cluster "selectorless"

  @doc-000 @case-17
  Scenario: the API server writes its own address behind the first address of the range
    Then Service "kubernetes" has:
      | path                | value     |
      | spec.clusterIP      | 10.96.0.1 |
      | spec.selector       | <none>    |
      | spec.ports[0].name  | https     |
      | spec.ports[0].port  | 443       |
    And Endpoints "kubernetes" has:
      | path                       | value      |
      | subsets[0].addresses[0].ip | 10.192.0.2 |
      | subsets[0].ports[0].port   | 6443       |
    And the endpoints of Service "kubernetes" are:
      | endpoint        | ready | pod    |
      | 10.192.0.2:6443 | yes   | <none> |

  @doc-000 @case-17
  Scenario: its Endpoints are not mirrored: the API server writes the slice as well
    Then Endpoints "kubernetes" has:
      | path                                                       | value |
      | metadata.labels["endpointslice.kubernetes.io/skip-mirror"] | true  |
    And EndpointSlice "kubernetes" has:
      | path                                           | value      |
      | metadata.labels["kubernetes.io/service-name"]  | kubernetes |
      | endpoints[0].addresses[0]                      | 10.192.0.2 |

  @doc-000 @case-17
  Scenario: every Pod and every node reaches the API server by it
    Then the reachability is:
      | who               | 10.96.0.1:443 | 10.192.0.2:6443 |
      | Pod "app"         | answered      | answered        |
      | Pod "test/tester" | answered      | answered        |
      | Node "master"     | answered      | answered        |
      | Node "node02"     | answered      | answered        |
    And every connection from Pod "test/tester" to "kubernetes.default:443" is answered
    And the rules on Node "node01" lead to exactly the endpoints of Service "kubernetes"

  @doc-000 @case-17
  Scenario: its name answers the virtual address
    When Pod "test/tester" looks up "kubernetes.default"
    Then the answer is:
      """
      kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1
      """
