Feature: Endpoints near the client

  Background:
    Given the cluster "cloud"
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: near, namespace: demo }
      spec:
        selector: { app: web }
        ports: [{ port: 80, targetPort: http }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client, namespace: demo }
      spec:
        nodeName: node01
        containers: [{ name: c, image: busybox }]
      """

  Scenario: without hints every endpoint serves everybody
    Then connections from Pod "demo/client" to "near:80" spread evenly over 2 Pods

  Scenario Outline: trafficDistribution <value> keeps traffic in the <place>
    When I set "spec.trafficDistribution" of Service "demo/near" to "<value>"
    Then connections from Pod "demo/client" to "near:80" spread evenly over 1 Pod

    Examples:
      | value          | place |
      | PreferClose    | zone  |
      | PreferSameZone | zone  |
      | PreferSameNode | node  |

  Scenario: a zone that has lost its endpoint is served by the other one
    Given I set "spec.trafficDistribution" of Service "demo/near" to "PreferSameZone"
    When Node "node01" goes down
    And 60 seconds pass
    Then 1 endpoint of Service "demo/near" is on Node "node02"
    And every connection from Node "node02" to port 80 of Service "demo/near" is answered by Deployment "demo/web"

  Scenario: topology-mode Auto gives each zone its share of endpoints
    When I set 'metadata.annotations["service.kubernetes.io/topology-mode"]' of Service "demo/near" to "Auto"
    Then connections from Pod "demo/client" to "near:80" spread evenly over 1 Pod

  Scenario: topology-mode Auto gives up with fewer endpoints than zones
    Given I set 'metadata.annotations["service.kubernetes.io/topology-mode"]' of Service "demo/near" to "Auto"
    When I scale Deployment "demo/web" to 1 replica
    Then every connection from Node "node01" to port 80 of Service "demo/near" is answered by Deployment "demo/web"
    And every connection from Node "node02" to port 80 of Service "demo/near" is answered by Deployment "demo/web"

  Scenario: the annotation wins over trafficDistribution
    Given I set 'metadata.annotations["service.kubernetes.io/topology-mode"]' of Service "demo/near" to "Auto"
    And I scale Deployment "demo/web" to 1 replica
    When I set "spec.trafficDistribution" of Service "demo/near" to "PreferSameZone"
    Then every connection from Pod "demo/client" to "near:80" is answered by Deployment "demo/web"
