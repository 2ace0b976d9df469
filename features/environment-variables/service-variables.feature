Feature: Containers find Services in their environment

  The kubelet writes variables for the Services of the Pod's namespace, and for default/kubernetes, when it starts a
  container. What exists later is not there.

  Background:
    Given the cluster "nginx-demo"

  @doc-000 @doc-002 @doc-003 @case-1
  Scenario: the variables of nginx-prod-svc-demo and kubernetes, as the document's env prints them
    When I apply "nginx-deploy2.yaml"
    Then Service "demo/nginx-prod-svc-demo" has:
      | path           | value          |
      | spec.clusterIP | 10.111.193.186 |
    And the environment of Pod "demo/nginx-prod-deploy2-68d8fb9586-4m5hr" contains:
      """
      KUBERNETES_PORT=tcp://10.96.0.1:443
      KUBERNETES_SERVICE_PORT=443
      NGINX_PROD_SVC_DEMO_SERVICE_PORT_HTTP=80
      NGINX_PROD_SVC_DEMO_SERVICE_HOST=10.111.193.186
      KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
      NGINX_PROD_SVC_DEMO_SERVICE_PORT=80
      NGINX_PROD_SVC_DEMO_PORT=tcp://10.111.193.186:80
      KUBERNETES_PORT_443_TCP_PORT=443
      KUBERNETES_PORT_443_TCP_PROTO=tcp
      NGINX_PROD_SVC_DEMO_PORT_80_TCP_ADDR=10.111.193.186
      NGINX_PROD_SVC_DEMO_PORT_80_TCP_PORT=80
      NGINX_PROD_SVC_DEMO_PORT_80_TCP_PROTO=tcp
      KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
      KUBERNETES_SERVICE_PORT_HTTPS=443
      KUBERNETES_SERVICE_HOST=10.96.0.1
      NGINX_PROD_SVC_DEMO_PORT_80_TCP=tcp://10.111.193.186:80
      """

  @doc-002 @case-1
  Scenario: the address in the variable answers, and balances
    Given the environment of Pod "demo/client" contains:
      """
      NGINX_PROD_SVC_DEMO_SERVICE_HOST=10.111.193.186
      NGINX_PROD_SVC_DEMO_SERVICE_PORT=80
      """
    When Pod "demo/client" connects to "10.111.193.186:80"
    Then the connection is answered by Deployment "demo/nginx-prod-deploy"
    And connections from Pod "demo/client" to "10.111.193.186:80" spread evenly over 3 Pods

  @doc-003 @case-1
  Scenario: every named port has a variable, the short forms stand for the first port
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: two-ports, namespace: demo }
      spec:
        clusterIP: 10.96.0.80
        selector: { app: nginx }
        ports:
          - { name: dns-udp, port: 53, protocol: UDP }
          - { name: web, port: 8080 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reader, namespace: demo }
      spec:
        containers: [{ name: shell, image: "busybox:1.36" }]
      """
    Then the environment of Pod "demo/reader" contains:
      """
      TWO_PORTS_SERVICE_HOST=10.96.0.80
      TWO_PORTS_SERVICE_PORT=53
      TWO_PORTS_SERVICE_PORT_DNS_UDP=53
      TWO_PORTS_SERVICE_PORT_WEB=8080
      TWO_PORTS_PORT=udp://10.96.0.80:53
      TWO_PORTS_PORT_53_UDP=udp://10.96.0.80:53
      TWO_PORTS_PORT_53_UDP_PROTO=udp
      TWO_PORTS_PORT_8080_TCP=tcp://10.96.0.80:8080
      """

  @doc-000 @doc-002 @case-2
  Scenario: env vars absent for pre-existing pods
    When I apply "late-service.yaml"
    Then the environment of Pod "demo/early" has no variable starting with "LATE_"
    And the environment of Pod "demo/later" contains:
      """
      LATE_SERVICE_HOST=10.96.0.77
      LATE_SERVICE_PORT=8080
      """

  @doc-003 @case-2
  Scenario: a restarted container has the variables of the Services that came after its Pod
    Given I apply "late-service.yaml"
    And the environment of Pod "demo/early" has no variable starting with "LATE_"
    When Pod "demo/early" restarts
    Then the environment of Pod "demo/early" contains:
      """
      LATE_SERVICE_HOST=10.96.0.77
      """

  @doc-000 @doc-003 @case-2
  Scenario: a deleted Service stays in the environment of those that run, and leads nowhere
    Given the environment of Pod "demo/client" contains:
      """
      NGINX_PROD_SVC_DEMO_SERVICE_HOST=10.111.193.186
      """
    When I delete Service "demo/nginx-prod-svc-demo"
    Then the environment of Pod "demo/client" contains:
      """
      NGINX_PROD_SVC_DEMO_SERVICE_HOST=10.111.193.186
      """
    And no connection from Pod "demo/client" to "10.111.193.186:80" is answered

  @doc-000 @doc-002 @case-2
  Scenario: of two Deployments, only the one made after the Service has it
    Given I apply "late-service.yaml"
    When I apply "nginx-deploy2.yaml"
    Then the environment of Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" has no variable starting with "LATE_"
    And the environment of Pod "demo/nginx-prod-deploy2-68d8fb9586-4m5hr" contains:
      """
      LATE_SERVICE_HOST=10.96.0.77
      """

  @doc-000 @doc-003 @case-2
  Scenario: a Pod without the variables still finds the Service by name
    When I apply "late-service.yaml"
    Then Service "demo/late" has 3 endpoints
    And every connection from Pod "demo/early" to "late:8080" is answered by Deployment "demo/nginx-prod-deploy"

  @doc-000 @doc-003 @case-3
  Scenario: only the Services of the Pod's own namespace, and default/kubernetes
    Then the environment of Pod "default/visitor" has no variable starting with "NGINX_PROD_SVC_DEMO"
    And the environment of Pod "default/visitor" contains:
      """
      KUBERNETES_SERVICE_HOST=10.96.0.1
      """
    And every connection from Pod "default/visitor" to "nginx-prod-svc-demo.demo:80" is answered

  @doc-002 @case-3
  Scenario: a headless Service has no variables
    When I apply "headless-svc.yaml"
    And I apply "headless-svc-test-pod.yaml"
    Then the environment of Pod "demo/headless-svc-test-pod" has no variable starting with "NGINX_PROD_DEMO_HEADLESS_SVC"
    And Service "demo/nginx-prod-demo-headless-svc" has 3 endpoints

  @doc-002 @case-3
  Scenario: without service links only kubernetes remains
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: unlinked, namespace: demo }
      spec:
        enableServiceLinks: false
        containers: [{ name: shell, image: "busybox:1.36" }]
      """
    Then the environment of Pod "demo/unlinked" has no variable starting with "NGINX_"
    And the environment of Pod "demo/unlinked" contains:
      """
      KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
      """

  @doc-002 @case-3
  Scenario: variables of the container can refer to those of Services
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: referring, namespace: demo }
      spec:
        containers:
          - name: shell
            image: busybox:1.36
            env:
              - name: BACKEND
                value: http://$(NGINX_PROD_SVC_DEMO_SERVICE_HOST):$(NGINX_PROD_SVC_DEMO_SERVICE_PORT_HTTP)
      """
    Then the environment of Pod "demo/referring" contains:
      """
      BACKEND=http://10.111.193.186:80
      """

  @doc-000 @doc-002 @case-3
  Scenario: so can its arguments; what is unknown at the start stays as it is written
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: arguing, namespace: demo }
      spec:
        containers:
          - name: shell
            image: busybox:1.36
            command: [wget]
            args: ["http://$(NGINX_PROD_SVC_DEMO_SERVICE_HOST)/", "$(LATE_SERVICE_HOST)", "$$(HOSTNAME)"]
      """
    And I run "kubectl exec -n demo arguing -- ps"
    Then it prints:
      """
      PID   USER     TIME  COMMAND
          1 root      0:00 wget http://10.111.193.186/ $(LATE_SERVICE_HOST) $(HOSTNAME)
          * root      0:00 ps
      """

  @doc-002 @case-3
  Scenario: a variable of the container wins over that of a Service
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: redis, namespace: demo }
      spec: { clusterIP: 10.96.0.90, ports: [{ port: 6379 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: cache, namespace: demo }
      spec:
        containers:
          - { name: shell, image: "busybox:1.36", env: [{ name: REDIS_PORT, value: "6380" }] }
      """
    Then the environment of Pod "demo/cache" contains:
      """
      REDIS_PORT=6380
      REDIS_SERVICE_PORT=6379
      REDIS_PORT_6379_TCP=tcp://10.96.0.90:6379
      """

  @doc-000 @case-3
  Scenario Outline: <name> has the prefix <prefix>
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: <name>, namespace: demo }
      spec: { clusterIP: 10.96.0.91, ports: [{ port: 80, name: web-ui }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reader, namespace: demo }
      spec: { containers: [{ name: shell, image: "busybox:1.36" }] }
      """
    Then the environment of Pod "demo/reader" contains:
      """
      <prefix>_SERVICE_HOST=10.96.0.91
      <prefix>_SERVICE_PORT_WEB_UI=80
      <prefix>_PORT=tcp://10.96.0.91:80
      """

    Examples:
      | name      | prefix    |
      | web       | WEB       |
      | my-web-2  | MY_WEB_2  |
      | a--b      | A__B      |

  @doc-000 @case-3
  Scenario: a Service called kubernetes in the Pod's namespace takes the place of default/kubernetes
    Given the environment of Pod "demo/early" contains:
      """
      KUBERNETES_SERVICE_HOST=10.96.0.1
      """
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: kubernetes, namespace: demo }
      spec: { clusterIP: 10.96.0.92, ports: [{ port: 443 }] }
      """
    When container "shell" of Pod "demo/early" restarts
    Then the environment of Pod "demo/early" contains:
      """
      KUBERNETES_SERVICE_HOST=10.96.0.92
      """
