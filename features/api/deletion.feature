Feature: what is deleted goes when nothing holds it

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
            containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web, finalizers: [example.com/hold] }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      """

  Scenario: a finalizer keeps a Service, its address and its endpoints
    When I delete Service "web"
    Then Service "web" exists
    And every connection from Node "node01" to port 80 of Service "web" is answered
    When I run "kubectl patch svc web --type=merge -p 'metadata: {finalizers: null}'"
    Then Service "web" does not exist

  Scenario: orphans stay and go on answering
    When I run "kubectl delete deploy web --cascade=orphan"
    Then Deployment "web" does not exist
    And Service "web" has 1 endpoint
    And every connection from Node "node01" to port 80 of Service "web" is answered

  Scenario: in the foreground the dependents go first
    When I run "kubectl delete deploy web --cascade=foreground"
    Then Deployment "web" does not exist
    And Service "web" has no endpoints

  Scenario: the namespaces of the system stay
    When I run "kubectl delete ns kube-system"
    Then it prints:
      """
      Error from server (Forbidden): namespaces "kube-system" is forbidden: this namespace may not be deleted
      """
