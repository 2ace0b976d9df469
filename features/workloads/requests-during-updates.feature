Feature: Requests while a Deployment is updated

  A client that goes on connecting sees whether an update loses requests: components hear of changes one after another,
  and a Pod that stops at once is still in the rules of nodes that have not heard of it.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: updates }
      spec:
        timing: realistic
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
      spec:
        replicas: 3
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec:
            containers:
              - name: web
                image: web:1
                ports: [{ containerPort: 80 }]
                readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: c, image: alpine }] }
      """

  Scenario: Pods that stop at once are dialled until every node has heard of it
    Given Pod "client" keeps connecting to "10.96.0.80:80" every 20 milliseconds
    When I set "spec.template.spec.containers[0].image" of Deployment "web" to "web:2"
    And 60 seconds pass
    Then at least 1 request is lost
    And at least 2500 requests are answered

  Scenario: a preStop hook that waits loses no request
    Given I set "spec.template.spec.containers[0].lifecycle" of Deployment "web" to "{\"preStop\":{\"sleep\":{\"seconds\":5}}}"
    And 60 seconds pass
    And Pod "client" keeps connecting to "10.96.0.80:80" every 20 milliseconds
    When I set "spec.template.spec.containers[0].image" of Deployment "web" to "web:2"
    And 60 seconds pass
    Then no request is lost
    And 3001 requests are answered
