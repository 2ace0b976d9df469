Feature: The API server stands still

  Nobody can change anything then. CoreDNS answers from what its watches have told it, and the rules on the nodes stay.

  Background:
    Given the cluster "names"
    And the API server stops

  @doc-003 @case-43
  Scenario: CoreDNS answers from what it knows, and the addresses work
    When Pod "asker" looks up "my-service" A
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 30 IN A 10.100.200.1
      """
    And every connection from Pod "asker" to "my-service:80" is answered by Deployment "my-app"
    And every connection from Pod "asker" to "kubernetes:443" is refused

  @doc-003 @case-43
  Scenario: kubectl reaches nobody, and nothing changes
    When I run "kubectl scale deployment my-app --replicas=0"
    Then it prints:
      """
      The connection to the server 192.168.66.100:6443 was refused - did you specify the right host or port?
      """
    And Service "my-service" has 2 endpoints

  @doc-003 @case-43
  Scenario: a new name is known when it runs again
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: new }
      spec: { clusterIP: 10.96.0.81, selector: { app: my-app }, ports: [{ port: 80, targetPort: 8080 }] }
      """
    Then the API server refuses it:
      """
      The connection to the server 192.168.66.100:6443 was refused
      """
    When the API server starts
    And I scale Deployment "my-app" to 3 replicas
    And 60 seconds pass
    Then Service "my-service" has 3 endpoints
    And every connection from Pod "asker" to "kubernetes:443" is answered
    And every connection from Pod "asker" to "my-service:80" is answered
