Feature: A Namespace goes with everything in it

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web, namespace: shop }
      spec:
        replicas: 2
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web, namespace: shop }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: alpine }] }
      """

  Scenario: its Service has no name any more
    Given every connection from Pod "client" to "web.shop:80" is answered
    When I delete Namespace "shop"
    Then Namespace "shop" does not exist
    And Service "shop/web" does not exist
    And every connection from Pod "client" to "web.shop:80" fails to resolve

  Scenario: a finalizer holds it, and it says so
    Given I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: held, namespace: shop, finalizers: [example.com/hold] }
      """
    When I delete Namespace "shop"
    Then Namespace "shop" is Terminating
    And Namespace "shop" has:
      | path                         | value                                                                                                     |
      | status.conditions[3].message | Some resources are remaining: configmaps. has 1 resource instances                                        |
      | status.conditions[4].message | Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances |
    And Service "shop/web" does not exist

  Scenario: nothing new comes into it meanwhile
    Given I set "metadata.finalizers" of Service "shop/web" to '["example.com/hold"]'
    And I delete Namespace "shop"
    When I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: late, namespace: shop }
      """
    Then the API server refuses it:
      """
      configmaps "late" is forbidden: unable to create new content in namespace shop because it is being terminated
      """

  Scenario: the last finalizer lets it go
    Given I set "metadata.finalizers" of Service "shop/web" to '["example.com/hold"]'
    And I delete Namespace "shop"
    And Namespace "shop" exists
    When I set "metadata.finalizers" of Service "shop/web" to "[]"
    Then Namespace "shop" does not exist
    And Service "shop/web" does not exist
