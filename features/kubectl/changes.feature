Feature: kubectl in process
  kubectl's command lines run on the simulated cluster: what they print, on which stream, with which exit status, is kubectl's.

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web, labels: { app: web } }
      spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
      spec:
        replicas: 2
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec: { containers: [{ name: web, image: nginx:1, ports: [{ containerPort: 8080 }] }] }
      """

  Scenario: scaling is seen by the Service
    When I run "kubectl scale deployment/web --replicas=3"
    Then it prints:
      """
      deployment.apps/web scaled
      """
    And Service "web" has 3 endpoints

  Scenario: a patch that changes nothing says so
    When I run "kubectl patch svc web -p '{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8080}]}}'"
    Then it prints:
      """
      service/web patched (no change)
      """

  Scenario: a patched target port leads nowhere
    When I run "kubectl patch svc web -p '{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":9090}]}}'"
    Then it prints:
      """
      service/web patched
      """
    And Service "web" has:
      | path                     | value |
      | spec.ports[0].targetPort | 9090  |

  Scenario: a label is not overwritten in silence
    When I run "kubectl label svc web app=other"
    Then it prints:
      """
      error: 'app' already has a value (web), and --overwrite is false
      """

  Scenario: a rollout is undone
    Given I run "kubectl patch deployment web -p '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"nginx:2\"}]}}}}'"
    When I run "kubectl rollout undo deployment/web"
    Then it prints:
      """
      deployment.apps/web rolled back
      """

  Scenario: a rollout that is over
    When I run "kubectl rollout status deployment/web"
    Then it prints:
      """
      deployment "web" successfully rolled out
      """

  Scenario: waiting for what does not come
    When I run "kubectl wait --for=jsonpath='{.status.readyReplicas}'=5 deployment/web --timeout=10s"
    Then it prints:
      """
      error: timed out waiting for the condition on deployments/web
      """

  Scenario: deleting a Service takes its endpoints
    When I run "kubectl delete svc web"
    Then it prints:
      """
      service "web" deleted from default namespace
      """
    And Service "web" does not exist

  Scenario: one name of two is missing
    When I run "kubectl get svc web nope -o name"
    Then it prints:
      """
      service/web
      Error from server (NotFound): services "nope" not found
      """
