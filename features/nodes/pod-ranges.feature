Feature: Each Node has a range of Pod addresses

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { nodes: [{ name: node01, internalIP: 192.168.4.102 }, { name: node02, internalIP: 192.168.4.103 }] }
      """

  Scenario Outline: <node> has <range>, and its Pods' addresses are of it
    Given Node "<other>" is cordoned
    And Node "<node>" has:
      | path         | value   |
      | spec.podCIDR | <range> |
    When I run "kubectl run web --image=nginx:1.27 --port=80"
    Then Pod "web" has:
      | path         | value     |
      | status.podIP | <address> |

    Examples:
      | node   | other  | range         | address    |
      | node01 | node02 | 10.244.0.0/24 | 10.244.0.3 |
      | node02 | node01 | 10.244.1.0/24 | 10.244.1.3 |

  Scenario: a Node keeps its range
    When I set "spec.podCIDR" of Node "node01" to "10.244.9.0/24"
    Then the API server refuses it:
      """
      spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid
      """
