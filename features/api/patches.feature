Feature: patches change what they name and keep the rest

  The API server merges the ports of a Service by their number in a strategic merge patch, replaces lists in a merge patch, and
  carries out a JSON patch in order or not at all.

  Background:
    Given a cluster:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
      spec:
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec:
            containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }, { containerPort: 81 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
      """

  Scenario: a strategic merge patch adds a port beside the others
    When I run "kubectl patch svc web -p 'spec: {ports: [{name: more, port: 81}]}'"
    Then it prints:
      """
      service/web patched
      """
    And every connection from Node "node01" to port 80 of Service "web" is answered
    And every connection from Node "node01" to port 81 of Service "web" is answered

  Scenario: a merge patch replaces the list
    When I run "kubectl patch svc web --type=merge -p 'spec: {ports: [{name: more, port: 81}]}'"
    Then Service "web" has:
      | path               | value |
      | spec.ports[0].port | 81    |
    And every connection from Node "node01" to port 81 of Service "web" is answered

  Scenario: a JSON patch whose test fails changes nothing
    When I run "kubectl patch svc web --type=json -p '[{op: remove, path: /spec/selector}, {op: test, path: /spec/type, value: NodePort}]'"
    Then it prints:
      """
      The request is invalid: the server rejected our request due to an error in our request
      """
    And Service "web" has 1 endpoint

  Scenario: null in a merge patch removes a field
    When I run "kubectl patch svc web --type=merge -p 'spec: {selector: null}'"
    And I run "kubectl delete deploy web"
    Then Service "web" has 1 endpoint

  Scenario: an item is deleted by its key
    Given I run "kubectl patch svc web -p 'spec: {ports: [{name: more, port: 81}]}'"
    When I run "kubectl patch svc web -p 'spec: {ports: [{$patch: delete, port: 80}]}'"
    Then Service "web" has:
      | path               | value |
      | spec.ports[0].port | 81    |

  Scenario: a stale resourceVersion is a conflict
    When I run "kubectl patch svc web -p '{\"metadata\": {\"resourceVersion\": \"1\"}, \"spec\": {\"selector\": {\"app\": \"other\"}}}'"
    Then it prints:
      """
      Error from server (Conflict): Operation cannot be fulfilled on services "web": the object has been modified; please apply your changes to the latest version and try again
      """
    And Service "web" has 1 endpoint

  Scenario: a patch that the API server refuses
    When I run "kubectl patch svc web -p 'spec: {sessionAffinity: Sticky}'"
    Then the API server refuses it:
      """
      Service "web" is invalid
      spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None"
      """
    And every connection from Node "node01" to port 80 of Service "web" is answered
