Feature: A headless Service has names but no virtual address

  @doc-000 @doc-002 @case-16
  Scenario: no virtual address, and kube-proxy writes nothing
    Given the cluster "nginx-demo"
    When I apply "headless-svc.yaml"
    Then Service "demo/nginx-prod-demo-headless-svc" has:
      | path           | value |
      | spec.clusterIP | None  |
    And Service "demo/nginx-prod-demo-headless-svc" has 3 endpoints
    And the rules on Node "docker-desktop" do not mention Service "demo/nginx-prod-demo-headless-svc"

  @doc-002 @case-16
  Scenario: kubectl shows both Services as the document does
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    When I run "kubectl get svc -n demo"
    Then it prints:
      """
      NAME                           TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)   AGE
      nginx-prod-demo-headless-svc   ClusterIP   None             <none>        80/TCP    *
      nginx-prod-svc-demo            ClusterIP   10.111.193.186   <none>        80/TCP    *
      """

  @doc-000 @doc-002 @case-16
  Scenario: the client picks a Pod by itself, and no rule rewrites its packets
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    When Pod "demo/client" connects to "nginx-prod-demo-headless-svc:80"
    Then the connection is answered by Deployment "demo/nginx-prod-deploy"
    And the server sees the address of Pod "demo/client"

  @doc-000 @case-16
  Scenario: ports are not mapped: the port of the Service is nobody's
    Given the cluster "nginx-demo"
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: mapped, namespace: demo }
      spec:
        clusterIP: None
        selector: { app: nginx }
        ports: [{ port: 8080, targetPort: 80 }]
      """
    When Pod "demo/client" connects to "mapped:8080"
    Then the connection is refused
    And the trace blames "no-listener"

  @doc-000 @case-16
  Scenario: without a selector the addresses are those of the Endpoints
    Given the cluster "nginx-demo"
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: outside, namespace: demo }
      spec:
        clusterIP: None
        ports: [{ port: 9376 }]
      ---
      apiVersion: v1
      kind: Endpoints
      metadata: { name: outside, namespace: demo }
      subsets:
        - addresses: [{ ip: 192.0.2.42 }]
          ports: [{ port: 9376 }]
      """
    When Pod "demo/client" looks up "outside"
    Then the answer is:
      """
      outside.demo.svc.cluster.local. 30 IN A 192.0.2.42
      """
    And every connection from Pod "demo/client" to "outside:9376" is answered by host "legacy-db"

  @doc-000 @case-16
  Scenario: a headless Service without any ready Pod has no name
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    When I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    And Pod "demo/client" looks up "nginx-prod-demo-headless-svc"
    Then the answer is NXDOMAIN
