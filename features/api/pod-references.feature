Feature: What a Pod names must exist

  Background:
    Given a cluster:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
      spec:
        replicas: 1
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec:
            serviceAccountName: bot
            priorityClassName: system-cluster-critical
            containers: [{ name: web, image: "nginx:1.27" }]
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata: { name: bot }
      """

  Scenario: an account that comes later in the same file
    When I run "kubectl get deployment web"
    Then it prints:
      """
      NAME READY UP-TO-DATE AVAILABLE AGE
      web 1/1 1 1 0s
      """

  Scenario: every namespace has the account default, also after it was deleted
    When I run "kubectl delete serviceaccount default"
    And I run "kubectl get serviceaccounts"
    Then it prints:
      """
      NAME SECRETS AGE
      bot 0 0s
      default 0 0s
      """

  Scenario: a template with an unknown account makes no Pod, and the old one stays
    When I run "kubectl set serviceaccount deployment web nope"
    And I run "kubectl get deployment web"
    Then it prints:
      """
      NAME READY UP-TO-DATE AVAILABLE AGE
      web 1/1 0 1 0s
      """
    When I run "kubectl get events --field-selector reason=FailedCreate"
    Then it prints:
      """
      LAST SEEN TYPE REASON OBJECT MESSAGE
      0s Warning FailedCreate replicaset/web-76f4b56dbb Error creating: pods "web-76f4b56dbb-" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found
      """
    When I run "kubectl create serviceaccount nope"
    And 15 minutes pass
    And I run "kubectl get deployment web"
    Then it prints:
      """
      NAME READY UP-TO-DATE AVAILABLE AGE
      web 1/1 1 1 15m
      """
