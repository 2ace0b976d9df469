Feature: What the API server does with what it does not know

  Background:
    Given the cluster "two-nodes"

  Scenario: strict, which kubectl asks for, refuses
    When I run "kubectl create -f web-with-typos.yaml"
    Then it prints:
      """
      Error from server (BadRequest): error when creating "web-with-typos.yaml": Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.ports[0].portt", unknown field "spec.typo"
      """
    And Service "web" does not exist

  Scenario: warn warns and drops it
    When I run "kubectl create -f web-with-typos.yaml --validate=warn"
    Then it prints:
      """
      service/web created
      Warning: unknown field "spec.ports[0].portt"
      Warning: unknown field "spec.typo"
      """
    When I run "kubectl get svc web -o jsonpath='{.spec.typo}{.spec.ports}'"
    Then it prints:
      """
      [{"port":80,"protocol":"TCP","targetPort":80}]
      """

  Scenario: ignore says nothing
    When I run "kubectl create -f web-with-typos.yaml --validate=ignore"
    Then it prints:
      """
      service/web created
      """

  Scenario: a patch is warned of
    When I run "kubectl patch svc kubernetes -p 'spec: {typo: 1}'"
    Then it prints:
      """
      service/kubernetes patched (no change)
      Warning: unknown field "spec.typo"
      """

  Scenario Outline: as a ConfigMap's value <yaml> is <read>
    When I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: scalars }
      data: { value: <yaml> }
      """
    Then the API server refuses it:
      """
      json: cannot unmarshal <read> into Go struct field ConfigMap.data of type string
      """

    Examples:
      | yaml  | read   |
      | yes   | bool   |
      | off   | bool   |
      | 0755  | number |
      | 1_000 | number |
      | 1e3   | number |

  Scenario: a number with a leading zero is octal, as in kubectl
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: octal }
      spec: { ports: [{ port: 0120 }] }
      """
    Then Service "octal" has:
      | path               | value |
      | spec.ports[0].port | 80    |

  Scenario: a generated name has five characters more
    When I run "kubectl create -f pod-with-generated-name.yaml -o jsonpath='{.metadata.generateName}'"
    Then it prints:
      """
      web-
      """

  Scenario: apply needs a name
    When I run "kubectl apply -f pod-with-generated-name.yaml"
    Then it prints:
      """
      error: from web-: cannot use generate name with apply
      """
