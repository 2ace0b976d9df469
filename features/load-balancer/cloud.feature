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

  @case-12
  Scenario: no address is left in the pool: the Service stays pending, and its events say why
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: small-pool }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { loadBalancerPool: 52.15.34.16/30 }
        nodes: [{ name: node01, internalIP: 192.168.20.11 }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: a }
      spec: { type: LoadBalancer, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: b }
      spec: { type: LoadBalancer, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: edge }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: c, namespace: edge }
      spec: { type: LoadBalancer, clusterIP: 10.96.0.30, ports: [{ port: 80, nodePort: 30030 }] }
      """
    And I run "kubectl get svc,events -n edge"
    Then it prints:
      """
      NAME        TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
      service/c   LoadBalancer   10.96.0.30   <pending>     80:30030/TCP   0s

      LAST SEEN   TYPE      REASON                       OBJECT      MESSAGE
      *           Normal    EnsuringLoadBalancer         service/c   Ensuring load balancer
      *           Warning   SyncLoadBalancerFailed       service/c   Error syncing load balancer: failed to ensure load balancer: no free address in the pool 52.15.34.16/30
      """
    When I run "kubectl describe svc c -n edge"
    Then it prints:
      """
      Name:                     c
      Namespace:                edge
      Labels:                   <none>
      Annotations:              <none>
      Selector:                 <none>
      Type:                     LoadBalancer
      IP Family Policy:         SingleStack
      IP Families:              IPv4
      IP:                       10.96.0.30
      IPs:                      10.96.0.30
      Port:                     <unset>  80/TCP
      TargetPort:               80/TCP
      NodePort:                 <unset>  30030/TCP
      Endpoints:                *
      Session Affinity:         None
      External Traffic Policy:  Cluster
      Internal Traffic Policy:  Cluster
      Events:
        Type     Reason                  Age   From                Message
        ----     ------                  ----  ----                -------
        Normal   EnsuringLoadBalancer    0s    service-controller  Ensuring load balancer
        Warning  SyncLoadBalancerFailed  0s    service-controller  Error syncing load balancer: failed to ensure load balancer: no free address in the pool 52.15.34.16/30
      """

  @case-12
  Scenario: it is tried again when an address comes free
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: small-pool }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { loadBalancerPool: 52.15.34.17/32 }
        nodes: [{ name: node01, internalIP: 192.168.20.11 }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: a }
      spec: { type: LoadBalancer, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: b }
      spec: { type: LoadBalancer, ports: [{ port: 80 }] }
      """
    And Service "b" has:
      | path                | value |
      | status.loadBalancer | {}    |
    When I delete Service "a"
    And 5 seconds pass
    Then Service "b" has:
      | path                              | value       |
      | status.loadBalancer.ingress[0].ip | 52.15.34.17 |

  @doc-003 @case-12
  Scenario: the annotations of three clouds are recorded and shown
    Given I apply "my-service.yaml"
    When I run "kubectl describe svc my-service"
    Then it prints:
      """
      Name:                     my-service
      Namespace:                default
      Labels:                   <none>
      Annotations:              networking.gke.io/load-balancer-type: Internal
                                service.beta.kubernetes.io/aws-load-balancer-type: nlb
                                service.beta.kubernetes.io/azure-load-balancer-internal: true
      Selector:                 app=my-app
      Type:                     LoadBalancer
      IP Family Policy:         SingleStack
      IP Families:              IPv4
      IP:                       *
      IPs:                      *
      LoadBalancer Ingress:     52.15.34.21 (VIP)
      Port:                     <unset>  80/TCP
      TargetPort:               8080/TCP
      NodePort:                 <unset>  32567/TCP
      Endpoints:                *
      Session Affinity:         None
      External Traffic Policy:  Cluster
      Internal Traffic Policy:  Cluster
      Events:
        Type    Reason                Age   From                Message
        ----    ------                ----  ----                -------
        Normal  EnsuringLoadBalancer  0s    service-controller  Ensuring load balancer
        Normal  EnsuredLoadBalancer   0s    service-controller  Ensured load balancer
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
