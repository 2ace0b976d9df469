Feature: EndpointSlices hold a hundred endpoints each

  Background:
    Given a cluster:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: big }
      spec:
        replicas: 150
        selector: { matchLabels: { app: big } }
        template:
          metadata: { labels: { app: big } }
          spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: big }
      spec: { selector: { app: big }, ports: [{ port: 80 }] }
      """

  Scenario: a hundred and fifty Pods fill one slice and half of another
    When I run "kubectl get endpointslices -l kubernetes.io/service-name=big --no-headers"
    Then it prints:
      """
      * IPv4 80 * + 47 more... 0s
      * IPv4 80 * + 97 more... 0s
      """
    And Service "big" has 150 endpoints

  Scenario: slices are not packed anew when Pods go
    When I scale Deployment "big" to 40 replicas
    And I run "kubectl get endpointslices -l kubernetes.io/service-name=big --no-headers"
    Then it prints:
      """
      * IPv4 80 * + * more... 0s
      * IPv4 80 * + * more... 0s
      """
    And Service "big" has 40 endpoints

  Scenario: a slice that lost its last endpoint goes, one stays for the Service
    When I scale Deployment "big" to 0 replicas
    And I run "kubectl get endpointslices -l kubernetes.io/service-name=big --no-headers"
    Then it prints:
      """
      * IPv4 <unset> <unset> 0s
      """

  Scenario: new Pods fill the room that is left
    Given I scale Deployment "big" to 199 replicas
    When I run "kubectl get endpointslices -l kubernetes.io/service-name=big --no-headers"
    Then it prints:
      """
      * IPv4 80 * + * more... 0s
      * IPv4 80 * + * more... 0s
      """
