Feature: Load balancers in every mode of kube-proxy

  What a cloud's balancer is, when it has an address, whom it asks and what comes through it do not depend on kube-proxy's
  mode. userspace mode ended with Kubernetes 1.25, whose health checks and ip modes are of that time.

  Scenario Outline: without a cloud it is pending for ever: <mode> mode
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: no-cloud }
      spec:
        kubernetesVersion: "<version>"
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { nodeName: node01, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: LoadBalancer, clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80, nodePort: 32567 }] }
      """
    And kube-proxy runs in <mode> mode
    And 1 hour passes
    When I run "kubectl get svc web"
    Then it prints:
      """
      NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
      web    LoadBalancer   10.96.0.80   <pending>     80:32567/TCP   *
      """
    And every connection from host "laptop" to port 32567 of Node "node02" is answered by Pod "web"
    And every connection from Node "node02" to "10.96.0.80:80" is answered by Pod "web"

    Examples:
      | mode      | version |
      | iptables  | 1.34    |
      | nftables  | 1.34    |
      | ipvs      | 1.34    |
      | userspace | 1.25    |

  Scenario Outline: with one it is set, and its ranges, its checks and its end work: <mode> mode
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: passing }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { loadBalancerPool: 52.15.34.16/29 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
          - { name: stranger, ip: 198.51.100.7 }
        pins:
          - { object: Service/default/web, loadBalancerIP: 52.15.34.21 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { nodeName: node01, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: local }
      spec: { type: LoadBalancer, externalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And kube-proxy runs in <mode> mode
    And Service "web" has:
      | path                              | value       |
      | status.loadBalancer.ingress[0].ip | 52.15.34.21 |
    And every connection from host "laptop" to "52.15.34.21:80" is answered by Pod "web"
    And every connection from host "laptop" to "52.15.34.17:80" is answered by Pod "web"
    When I set "spec.loadBalancerSourceRanges" of Service "web" to '["203.0.113.0/24"]'
    Then every connection from host "laptop" to "52.15.34.21:80" is answered by Pod "web"
    And every connection from host "stranger" to "52.15.34.21:80" times out
    When kube-proxy on Node "node01" stops
    Then no connection from host "laptop" to "52.15.34.17:80" is answered
    When I delete Service "web"
    Then every connection from host "laptop" to "52.15.34.21:80" times out

    Examples:
      | mode     |
      | iptables |
      | nftables |
      | ipvs     |

  Scenario: userspace mode knows no source ranges and no policies, and answers no health check of a Service
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: old }
      spec:
        kubernetesVersion: "1.25"
        cloudProvider: { loadBalancerPool: 52.15.34.16/29 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: stranger, ip: 198.51.100.7 }
        pins:
          - { object: Service/default/web, loadBalancerIP: 52.15.34.21 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { nodeName: node01, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24], selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: local }
      spec: { type: LoadBalancer, externalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And kube-proxy runs in userspace mode
    Then every connection from host "stranger" to "52.15.34.21:80" is answered by Pod "web"
    And Service "local" has:
      | path                              | value       |
      | status.loadBalancer.ingress[0].ip | 52.15.34.17 |
    And no connection from host "stranger" to "52.15.34.17:80" is answered

  Scenario Outline: one that ends connections comes to the node port from its own address: <mode> mode
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: ending }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { loadBalancerPool: 52.15.34.16/29, ipMode: Proxy }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        nodeName: node01
        containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }, { containerPort: 53, protocol: UDP }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { nodeName: node02, containers: [{ name: client, image: busybox }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: local }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        selector: { app: web }
        ports: [{ name: http, port: 80 }, { name: dns, port: 53, protocol: UDP }]
      """
    And kube-proxy runs in <mode> mode
    And Service "local" has:
      | path                                  | value       |
      | status.loadBalancer.ingress[0].ip     | 52.15.34.17 |
      | status.loadBalancer.ingress[0].ipMode | Proxy       |
    And every connection from host "laptop" to "52.15.34.17:53" over UDP is answered by Pod "web"
    When Pod "client" connects to "52.15.34.17:80"
    Then the connection is answered by Pod "web"
    And the server sees "52.15.34.17"
    When host "laptop" connects to "52.15.34.17:80"
    Then the connection is answered by Pod "web"
    And the server sees "52.15.34.17"
    When I run "kubectl label node node01 node.kubernetes.io/exclude-from-external-load-balancers="
    Then every connection from host "laptop" to "52.15.34.17:80" is refused

    Examples:
      | mode     |
      | iptables |
      | nftables |
      | ipvs     |

  Scenario Outline: no address is left in any mode: <mode> mode
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: exhausted }
      spec:
        kubernetesVersion: "<version>"
        cloudProvider: { loadBalancerPool: 52.15.34.17/32 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
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
    And kube-proxy runs in <mode> mode
    When I run "kubectl get events --field-selector type=Warning"
    Then it prints:
      """
      LAST SEEN   TYPE      REASON                   OBJECT      MESSAGE
      *           Warning   SyncLoadBalancerFailed   service/b   Error syncing load balancer: failed to ensure load balancer: no free address in the pool 52.15.34.17/32
      """
    And Service "b" has:
      | path                | value |
      | status.loadBalancer | {}    |

    Examples:
      | mode      | version |
      | iptables  | 1.34    |
      | nftables  | 1.34    |
      | ipvs      | 1.34    |
      | userspace | 1.25    |
