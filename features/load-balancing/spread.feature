Feature: Connections are shared out over the Pods

  @doc-000 @doc-002 @case-32
  Scenario: each of three Pods gets a third
    Given the cluster "nginx-demo"
    Then connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread:
      | backend                                 | share |
      | demo/nginx-prod-deploy-6fb6fbb77d-r78k9 | 1/3   |
      | demo/nginx-prod-deploy-6fb6fbb77d-xm8tp | 1/3   |
      | demo/nginx-prod-deploy-6fb6fbb77d-h2gn4 | 1/3   |

  @doc-004 @case-32
  Scenario Outline: wherever the client stands, both Pods of document 004 answer alike
    Given the cluster "three-nodes"
    Then connections from <client> to "10.98.182.100:80" spread evenly over 2 Pods

    Examples:
      | client                                |
      | Node "master"                         |
      | Node "node01"                         |
      | Node "node02"                         |
      | Deployment "default/nginx-deployment" |

  @doc-004 @case-32
  Scenario: many connections in a row, as the document's loop makes them
    Given the cluster "three-nodes"
    When Node "master" connects to "10.98.182.100:80" 20 times
    Then the connections are answered by Deployment "default/nginx-deployment"

  @doc-001 @doc-003 @case-32
  Scenario Outline: the shares stay equal whatever the number of Pods
    Given the cluster "nginx-demo"
    When I scale Deployment "demo/nginx-prod-deploy" to <pods> replicas
    Then connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over <pods> Pods
    And Service "demo/nginx-prod-svc-demo" has <pods> endpoints
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"

    Examples:
      | pods |
      | 1    |
      | 2    |
      | 5    |
      | 7    |
