Feature: Events tell what happened, in its order

  Background:
    Given the cluster "two-nodes"

  Scenario: how a Pod came up
    Given I run "kubectl run other --image=nginx:1.27"
    When I run "kubectl events --for=pod/other"
    Then it prints:
      """
      LAST SEEN TYPE REASON OBJECT MESSAGE
      0s Normal Scheduled Pod/other Successfully assigned default/other to *
      0s Normal Pulled Pod/other Container image "nginx:1.27" already present on machine
      0s Normal Created Pod/other Created container: other
      0s Normal Started Pod/other Started container other
      """

  Scenario: only what warns
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: waiting }
      spec:
        containers: [{ name: web, image: "nginx:1.27", envFrom: [{ configMapRef: { name: settings } }] }]
      """
    When I run "kubectl get events --field-selector=type=Warning -o custom-columns=REASON:.reason,MESSAGE:.message"
    Then it prints:
      """
      REASON MESSAGE
      Failed Error: configmap "settings" not found
      """
