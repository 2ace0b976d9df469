Feature: custom kinds are stored beside the built-in ones

  A definition that is given with its objects comes first, wherever it stands; a custom Service is none that anybody can connect to.

  Background:
    Given a cluster:
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: { name: web }
      spec: { template: { spec: { containers: [{ image: hello }] } } }
      ---
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: { name: services.serving.knative.dev }
      spec:
        group: serving.knative.dev
        scope: Namespaced
        names: { kind: Service, plural: services, shortNames: [ksvc] }
        versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      """

  Scenario: two Services of one name
    When I run "kubectl expose pod web --port=80"
    Then every connection from Node "node01" to port 80 of Service "web" is answered
    When I run "kubectl get ksvc -o name"
    Then it prints:
      """
      service.serving.knative.dev/web
      """
    When I run "kubectl delete ksvc web"
    Then every connection from Node "node01" to port 80 of Service "web" is answered

  Scenario: a kind without a definition is not served
    When I run "kubectl get gateways"
    Then it prints:
      """
      error: the server doesn't have a resource type "gateways"
      """
