Feature: A LoadBalancer Service with a cloud

  The service controller asks the cloud for a balancer; the cloud of these scenarios hands out addresses of one pool and
  passes packets on to the nodes as they are.

  Background:
    Given the cluster "cloud"

  @doc-003 @case-12
  Scenario: it gets the address of the document, in front of the document's node port
    Given I apply "my-service.yaml"
    When I run "kubectl get svc my-service"
    Then it prints:
      """
      NAME         TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
      my-service   LoadBalancer   *            52.15.34.21   80:32567/TCP   0s
      """
    And Service "my-service" has:
      | path                                  | value                                      |
      | metadata.finalizers[0]                | service.kubernetes.io/load-balancer-cleanup |
      | status.loadBalancer.ingress[0].ipMode | VIP                                        |
    And every connection from host "laptop" to "52.15.34.21:80" is answered by Pod "my-app"
    And every connection from host "laptop" to port 32567 of Node "node02" is answered by Pod "my-app"

  @doc-003 @case-12
  Scenario: what happened is told by events
    When I apply:
      """
      apiVersion: v1
      kind: Namespace
      metadata: { name: edge }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: gateway, namespace: edge }
      spec: { type: LoadBalancer, ports: [{ port: 80 }] }
      """
    And I run "kubectl get events -n edge"
    Then it prints:
      """
      LAST SEEN   TYPE     REASON                 OBJECT            MESSAGE
      *           Normal   EnsuringLoadBalancer   service/gateway   Ensuring load balancer
      *           Normal   EnsuredLoadBalancer    service/gateway   Ensured load balancer
      """

  @doc-003 @case-12
  Scenario: the balancer lags, and the Service is pending meanwhile
    Given the load balancer lags by 30 seconds
    And I apply "lb.yaml"
    And Service "demo/web" has:
      | path                | value |
      | status.loadBalancer | {}    |
    And every connection from host "laptop" to "52.15.34.17:80" times out
    When 30 seconds pass
    Then every connection from host "laptop" to "52.15.34.17:80" is answered by Deployment "demo/web"

  @mode-iptables
  Scenario: it passes packets on to the nodes as they are
    Given I apply "lb.yaml"
    When host "laptop" connects to "52.15.34.17:80"
    Then the connection is answered by Deployment "demo/web"
    And the trace passes:
      | stage          | chain         | rule                     |
      | lb             |               |                          |
      | nat/PREROUTING | KUBE-SERVICES | demo/web loadbalancer IP |
    And connections from host "laptop" to "52.15.34.17:80" spread evenly over 2 Pods

  Scenario: Pods that use its address do not leave the cluster
    When I apply "lb.yaml"
    Then every connection from Deployment "demo/web" to "52.15.34.17:80" is answered by Deployment "demo/web"

  Scenario: other ports are not the balancer's
    When I apply "lb.yaml"
    Then every connection from host "laptop" to "52.15.34.17:81" times out
