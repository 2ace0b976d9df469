Feature: Updates in any order

  Which component hears of a change first, and how late each of them is, is nobody's choice: what a readiness probe and a
  preStop hook are there for must hold in every order.

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
        replicas: 2
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec:
            containers:
              - name: web
                image: web:1
                ports: [{ containerPort: 80 }]
                readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 }
                lifecycle: { preStop: { sleep: { seconds: 5 } } }
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

  @explore
  Scenario: no request is lost, whoever hears first
    Given Pod "client" keeps connecting to "10.96.0.80:80" every 500 milliseconds
    When I set "spec.template.spec.containers[0].image" of Deployment "web" to "web:2"
    And 15 seconds pass
    Then no request is lost
