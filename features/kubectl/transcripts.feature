Feature: kubectl prints what the documents show

  Three of the notes show a terminal; each runs at the version whose kubectl the note used.

  @doc-002 @case-25
  Scenario: document 002: the Deployment and its Pods
    Given the cluster "nginx-demo"
    When I run "kubectl get deploy -n demo"
    Then it prints:
      """
      NAME                READY   UP-TO-DATE   AVAILABLE   AGE
      nginx-prod-deploy   3/3     3            3           *
      """

  @doc-002 @case-25
  Scenario: document 002: the Pods in wide columns
    Given the cluster "nginx-demo"
    When I run "kubectl get pod -n demo -o wide -l app=nginx"
    Then it prints:
      """
      NAME                                 READY   STATUS    RESTARTS   AGE   IP          NODE             NOMINATED NODE   READINESS GATES
      nginx-prod-deploy-6fb6fbb77d-h2gn4   1/1     Running   0          *     10.1.0.31   docker-desktop   <none>           <none>
      nginx-prod-deploy-6fb6fbb77d-r78k9   1/1     Running   0          *     10.1.0.29   docker-desktop   <none>           <none>
      nginx-prod-deploy-6fb6fbb77d-xm8tp   1/1     Running   0          *     10.1.0.30   docker-desktop   <none>           <none>
      """

  @doc-002 @case-25
  Scenario: document 002: the Service described, before kubectl knew of IP families
    Given the cluster "nginx-demo"
    When I run "kubectl describe svc -n demo nginx-prod-svc-demo"
    Then it prints:
      """
      Name:              nginx-prod-svc-demo
      Namespace:         demo
      Labels:            <none>
      Annotations:       <none>
      Selector:          app=nginx,env=prod
      Type:              ClusterIP
      IP:                10.111.193.186
      Port:              http  80/TCP
      TargetPort:        80/TCP
      Endpoints:         10.1.0.29:80,10.1.0.30:80,10.1.0.31:80
      Session Affinity:  None
      Events:            <none>
      """

  @doc-002 @case-25
  Scenario: document 002: two replicas, two endpoints
    Given the cluster "nginx-demo"
    When I run "kubectl scale --replicas=2 deploy -n demo nginx-prod-deploy"
    Then it prints:
      """
      deployment.apps/nginx-prod-deploy scaled
      """
    And Service "demo/nginx-prod-svc-demo" has 2 endpoints
    And the endpoints of Service "demo/nginx-prod-svc-demo" are:
      | address   | port |
      | 10.1.0.29 | 80   |
      | 10.1.0.30 | 80   |

  @doc-004 @case-25
  Scenario: document 004: the Service in wide columns
    Given the cluster "three-nodes"
    When I run "kubectl get service -o wide"
    Then it prints:
      """
      NAME                       TYPE        CLUSTER-IP      EXTERNAL-IP   PORT(S)   AGE   SELECTOR
      kubernetes                 ClusterIP   10.96.0.1       <none>        443/TCP   *     <none>
      nginx-deployment-service   ClusterIP   10.98.182.100   <none>        80/TCP    *     app=nginx-deployment
      """

  @doc-004 @case-25
  Scenario: document 004: the Service described, with the families and the inner traffic policy
    Given the cluster "three-nodes"
    When I run "kubectl describe service nginx-deployment-service"
    Then it prints:
      """
      Name:                     nginx-deployment-service
      Namespace:                default
      Labels:                   <none>
      Annotations:              <none>
      Selector:                 app=nginx-deployment
      Type:                     ClusterIP
      IP Family Policy:         SingleStack
      IP Families:              IPv4
      IP:                       10.98.182.100
      IPs:                      10.98.182.100
      Port:                     <unset>  80/TCP
      TargetPort:               80/TCP
      Endpoints:                10.244.140.69:80,10.244.196.130:80
      Session Affinity:         None
      Internal Traffic Policy:  Cluster
      Events:                   <none>
      """

  @doc-004 @case-25
  Scenario: document 004: a Service of expose reaches the same Pods
    Given the cluster "three-nodes"
    When I run "kubectl expose deployment nginx-deployment --type=ClusterIP --target-port=80 --port=80"
    Then it prints:
      """
      service/nginx-deployment exposed
      """
    And Service "nginx-deployment" has 2 endpoints
    And every connection from Node "node01" to port 80 of Service "nginx-deployment" is answered

  @doc-000 @case-25
  Scenario: document 000: a Service without a selector and its Endpoints
    Given the cluster "selectorless"
    And I apply "test-endpoints.yaml"
    When I run "kubectl get endpoints"
    Then it prints:
      """
      NAME              ENDPOINTS         AGE
      kubernetes        10.192.0.2:6443   *
      no-selector-svc   192.0.2.42:9376   *
      Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
      """
    And Service "no-selector-svc" has 1 endpoint
    And every connection from Pod "app" to "no-selector-svc:80" is answered
