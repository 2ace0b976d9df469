Feature: Three layers of balancing: a node port, nginx, a cluster IP

  Document 003: behind a node port (L4) stand nginx Pods (L7), which pass requests on to a Service's cluster IP (L4). The
  node port picks an nginx for every connection, the cluster IP a backend for every request, and neither knows of the other.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: layers }
      spec:
        kubernetesVersion: "1.34"
        nodes:
          - { name: node01, internalIP: 192.168.66.101 }
          - { name: node02, internalIP: 192.168.66.102 }
        hosts: [{ name: laptop, ip: 203.0.113.50 }]
        pins:
          - { object: Service/web/backend, clusterIP: 10.96.0.80 }
          - { object: Pod/web/nginx-0, ip: 10.244.0.10, node: node01 }
          - { object: Pod/web/nginx-1, ip: 10.244.1.10, node: node02 }
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: { name: nginx, namespace: web }
      spec:
        replicas: 2
        serviceName: nginx
        selector: { matchLabels: { app: nginx } }
        template:
          metadata:
            labels: { app: nginx }
            annotations: { svcspec.dev/proxy-to: "http://backend:8080" }
          spec: { containers: [{ name: nginx, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: nginx, namespace: web }
      spec: { type: NodePort, selector: { app: nginx }, ports: [{ port: 80, nodePort: 30080 }] }
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: { name: backend, namespace: web }
      spec:
        replicas: 3
        serviceName: backend
        selector: { matchLabels: { app: backend } }
        template:
          metadata: { labels: { app: backend } }
          spec: { containers: [{ name: app, image: "app:1", ports: [{ containerPort: 9000 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: backend, namespace: web }
      spec: { selector: { app: backend }, ports: [{ port: 8080, targetPort: 9000 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client, namespace: web }
      spec: { containers: [{ name: shell, image: "curlimages/curl:8.9.1" }] }
      """

  @doc-003 @case-14
  Scenario: the node port spreads connections over the nginx Pods
    Then connections from host "laptop" to port 30080 of Node "node01" spread evenly over 2 Pods
    And every connection from host "laptop" to port 30080 of Node "node02" is answered by StatefulSet "web/nginx"
    And every connection from host "laptop" to port 30080 of Node "node02" is answered by StatefulSet "web/backend"

  @doc-003 @case-14
  Scenario: each of them spreads requests over the backends
    Then connections from Pod "web/nginx-0" to "backend:8080" spread evenly over 3 Pods
    And connections from host "laptop" to port 30080 of Node "node01" spread:
      | way                              | share |
      | web/nginx-0 -> web/backend-0     | 1/6   |
      | web/nginx-0 -> web/backend-1     | 1/6   |
      | web/nginx-0 -> web/backend-2     | 1/6   |
      | web/nginx-1 -> web/backend-0     | 1/6   |
      | web/nginx-1 -> web/backend-1     | 1/6   |
      | web/nginx-1 -> web/backend-2     | 1/6   |

  @doc-003 @case-14
  Scenario: stickiness at the node port is none behind it
    Given I scale StatefulSet "web/backend" to 2 replicas
    And I set 'spec.template.metadata.annotations["svcspec.dev/proxy-to"]' of StatefulSet "web/nginx" to "http://10.96.0.80:8080"
    And I set "spec.sessionAffinity" of Service "web/nginx" to "ClientIP"
    And host "laptop" connects to port 30080 of Node "node01"
    Then connections from host "laptop" to port 30080 of Node "node01" stay on one Pod
    And connections from host "laptop" to port 30080 of Node "node01" spread:
      | backend       | share |
      | web/backend-0 | 1/2   |
      | web/backend-1 | 1/2   |

  @doc-003 @case-14
  Scenario: nginx sees the node, the backend sees nginx
    Given I scale StatefulSet "web/nginx" to 1 replica
    When host "laptop" connects to port 30080 of Node "node02"
    Then the server sees "192.168.66.102"
    And the last server sees "10.244.0.10"

  @doc-003 @case-14
  Scenario: with a traffic policy Local nginx sees the client, the backend still sees nginx
    Given I set "spec.externalTrafficPolicy" of Service "web/nginx" to "Local"
    When host "laptop" connects to port 30080 of Node "node01"
    Then the connection is answered by Pod "web/nginx-0"
    And the server sees the address of host "laptop"
    And the last server sees "10.244.0.10"

  @doc-003 @case-14
  Scenario: the trace follows the request through both connections
    Given I scale StatefulSet "web/nginx" to 1 replica
    And I scale StatefulSet "web/backend" to 1 replica
    When host "laptop" connects to port 30080 of Node "node01"
    Then the trace passes:
      | at                | stage  | effect  | detail                                    |
      | pod/web/nginx-0   | socket | deliver | passes requests on to http://backend:8080 |
      | pod/web/nginx-0   | route  | accept  | out                                       |
      | pod/web/backend-0 | socket | deliver | listening on *:9000                       |

  @doc-003 @case-14
  Scenario: the client reads what a backend says
    Given I scale StatefulSet "web/backend" to 1 replica
    When I run "kubectl exec -n web client -- curl -s http://nginx/"
    Then it prints:
      """
      backend-0
      """

  @case-14
  Scenario: a request over a connection that stays open goes to the backends that there are then
    Given Pod "web/client" opens a connection to "nginx:80"
    And I scale StatefulSet "web/backend" to 1 replica
    When Pod "web/client" uses the open connection
    Then the connection is answered by Pod "web/backend-0"
    And the open connection is answered by StatefulSet "web/nginx"

  @case-14
  Scenario: no nginx, so the node port refuses
    Given I scale StatefulSet "web/nginx" to 0 replicas
    When host "laptop" connects to port 30080 of Node "node01"
    Then the connection is refused
    And the trace blames "no-endpoints"

  @case-14
  Scenario: no backend, so nginx answers 502
    Given I scale StatefulSet "web/backend" to 0 replicas
    When host "laptop" connects to port 30080 of Node "node01"
    Then the connection is answered with status 502 by StatefulSet "web/nginx"
    And the trace blames "no-endpoints"
    And connections from host "laptop" to port 30080 of Node "node01" spread:
      | end                       | share |
      | status 502 by web/nginx-0 | 1/2   |
      | status 502 by web/nginx-1 | 1/2   |

  @case-14
  Scenario: a port where no backend listens
    Given I set "spec.ports[0].targetPort" of Service "web/backend" to "9001"
    When host "laptop" connects to port 30080 of Node "node01"
    Then the connection is answered with status 502
    And the trace blames "no-listener"

  @case-14
  Scenario: a name that is gone
    Given I delete Service "web/backend"
    When host "laptop" connects to port 30080 of Node "node01"
    Then the connection is answered with status 502
    And the trace blames "nxdomain"

  @case-14
  Scenario: a policy between nginx and the backends, so nginx waits for a minute and answers 504
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: closed, namespace: web }
      spec: { podSelector: { matchLabels: { app: backend } } }
      """
    When Pod "web/client" connects to "nginx:80"
    Then the connection is answered with status 504 by StatefulSet "web/nginx"
    And the trace blames "network-policy"

  @case-14
  Scenario: nginx Pods that pass requests on to themselves
    Given I set 'spec.template.metadata.annotations["svcspec.dev/proxy-to"]' of StatefulSet "web/nginx" to "http://nginx"
    When Pod "web/client" connects to "nginx:80"
    Then the connection is answered with status 500 by StatefulSet "web/nginx"
    And the trace blames "proxy-loop"

  @case-14
  Scenario: a probe of nginx asks the backends
    Given I run "kubectl patch sts nginx -n web -p 'spec: {template: {spec: {containers: [{name: nginx, readinessProbe: {httpGet: {port: 80}}}]}}}'"
    And 1 minute passes
    And Service "web/nginx" has 2 endpoints
    When I scale StatefulSet "web/backend" to 0 replicas
    And 1 minute passes
    Then Service "web/nginx" has no endpoints
    And every connection from host "laptop" to port 30080 of Node "node01" is refused

  @case-14
  Scenario: what nginx answers in place of its backends is a request lost
    Given host "laptop" keeps connecting to "192.168.66.101:30080" every 1 second
    And 5 seconds pass
    And no request is lost
    When I scale StatefulSet "web/backend" to 0 replicas
    And 5 seconds pass
    Then at least 4 requests are lost
    And at least 4 requests are answered with status 502
