Feature: A load balancer that still sends to a drained node

  With externalTrafficPolicy Local a node without a ready Pod fails its checks, but only three intervals later the
  balancer knows. A Pod that ends at once leaves a node that drops what still comes. One that serves on while it
  terminates does not: kube-proxy sends to terminating Pods when a node has no others, and the checks fail already.

  @case-12
  Scenario Outline: <requests> in <mode> mode: a Pod that <that>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: drained }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { name: gce, loadBalancerPool: 52.15.34.16/30, healthCheck: { intervalSeconds: 8 } }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web-1, labels: { app: web } }
      spec:
        nodeName: node01
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web-2, labels: { app: web } }
      spec:
        nodeName: node02
        terminationGracePeriodSeconds: 60
        containers:
          - name: web
            image: "nginx:1.27"
            ports: [{ containerPort: 80 }]
            lifecycle: { preStop: { sleep: { seconds: <seconds> } } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        selector: { app: web }
        ports: [{ port: 80 }]
      """
    And kube-proxy runs in <mode> mode
    And host "laptop" keeps connecting to "52.15.34.17:80" every 1 second
    When Node "node02" is drained
    And 2 minutes pass
    Then <requests>

    Examples:
      | mode     | seconds | requests                   | that                          |
      | iptables | 1       | at least 1 request is lost | ends at once                  |
      | nftables | 1       | at least 1 request is lost | ends at once                  |
      | ipvs     | 1       | at least 1 request is lost | ends at once                  |
      | iptables | 30      | no request is lost         | serves on until checks failed |
      | nftables | 30      | no request is lost         | serves on until checks failed |
      | ipvs     | 30      | no request is lost         | serves on until checks failed |

  @case-12
  Scenario Outline: while no node passes, <provider> <does>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: none }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider:
          name: <provider>
          loadBalancerPool: 52.15.34.16/30
          healthCheck: { intervalSeconds: 10, asks: kube-proxy }
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
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And every connection from host "laptop" to "52.15.34.17:80" is answered by Pod "web"
    When kube-proxy stops
    And 1 minute passes
    Then <every> connection from host "laptop" to "52.15.34.17:80" is answered

    Examples:
      | provider | does               | every |
      | gce      | sends to all nodes | every |
      | aws      | sends to all nodes | every |
      | azure    | sends to none      | no    |

  @case-12
  Scenario: a check of the node port does not see that kube-proxy is gone until its rules lead nowhere
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: probes }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { name: azure, loadBalancerPool: 52.15.34.16/30, healthCheck: { intervalSeconds: 10 } }
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
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And kube-proxy on Node "node02" stops
    And 1 minute passes
    When I delete Pod "web"
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: late, labels: { app: web } }
      spec:
        nodeName: node01
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      """
    Then connections from host "laptop" to "52.15.34.17:80" spread:
      | pod         | share |
      | late        | 1/2   |
      | unreachable | 1/2   |
    When 20 seconds pass
    Then every connection from host "laptop" to "52.15.34.17:80" is answered by Pod "late"
