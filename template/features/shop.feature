Feature: What k8s/ deploys, and who reaches it

  Background:
    Given the cluster "k8s"

  Scenario: the frontend finds the web Service, wherever its requests go
    Given Service "shop/web" has 2 endpoints
    Then every connection from Deployment "shop/frontend" to "http://web/" is answered by Deployment "shop/web"
    And connections from Deployment "shop/frontend" to "web:80" spread evenly over 2 Pods

  Scenario: the policy lets nobody else in
    When Pod "shop/stranger" connects to "web:80"
    Then the connection times out
    And the trace blames "network-policy"

  Scenario: a new version is rolled out, and no request is lost
    Given Deployment "shop/frontend" keeps connecting to "web:80" every 100 milliseconds
    When I set "spec.template.spec.containers[0].image" of Deployment "shop/web" to "nginx:1.29"
    And 30 seconds pass
    Then no request is lost

  Scenario: the name works from other namespaces, too, the short one does not
    When Pod "default/visitor" looks up "web.shop"
    Then the answer is:
      """
      web.shop.svc.cluster.local. A 10.96.0.80
      """
    When Pod "default/visitor" looks up "web"
    Then the answer is NXDOMAIN
