Feature: lists are selected by labels and fields

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: a, labels: { tier: front, env: prod } }
      spec: { type: NodePort, ports: [{ port: 80, nodePort: 30080 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: b, labels: { tier: back } }
      spec: { ports: [{ port: 80 }] }
      """

  Scenario Outline: <selector> selects <names>
    When I run "kubectl get svc -o name <selector>"
    Then it prints:
      """
      <names>
      """

    Examples:
      | selector                                   | names     |
      | -l tier=front                              | service/a |
      | -l tier!=front,tier                        | service/b |
      | -l 'tier in (back, other)'                 | service/b |
      | -l 'tier,!env'                             | service/b |
      | --field-selector spec.type=NodePort        | service/a |
      | --field-selector metadata.name==b          | service/b |

  Scenario: a field that Services do not offer
    When I run "kubectl get svc --field-selector spec.ports=80"
    Then it prints:
      """
      Error from server (BadRequest): Unable to find "/v1, Resource=services" that match label selector "", field selector "spec.ports=80": field label not supported: spec.ports
      """

  Scenario: a selector that cannot be read
    When I run "kubectl get svc -l 'tier in front'"
    Then it prints:
      """
      Error from server (BadRequest): Unable to find "/v1, Resource=services" that match label selector "tier in front", field selector "": unable to parse requirement: found 'front' expected: '('
      """

  Scenario: a dry run on the server takes no port
    When I run "kubectl create service nodeport c --tcp=80 --node-port=30090 --dry-run=server"
    Then it prints:
      """
      service/c created (server dry run)
      """
    And Service "c" does not exist
    When I run "kubectl create service nodeport d --tcp=80 --node-port=30090"
    Then Service "d" has:
      | path                   | value |
      | spec.ports[0].nodePort | 30090 |
