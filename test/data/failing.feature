Feature: A failure for the report

  Scenario: nobody is ready
    Given the cluster "nginx-demo"
    When I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    And Pod "demo/client" connects to "nginx-prod-svc-demo:80"
    Then the connection is answered

  Scenario: one Pod takes everything
    Given the cluster "nginx-demo"
    When Pod "demo/client" connects to "nginx-prod-svc-demo:80" 20 times
    Then connections from Pod "demo/client" to "nginx-prod-svc-demo:80" stay on one Pod
