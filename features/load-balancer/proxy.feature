Feature: A load balancer that ends connections: ipMode Proxy

  It opens a connection of its own to a node port, from its own address, and passes on what the client says. kube-proxy
  takes no notice of its address, so Pods that use it leave their node and come back through the node port.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: proxied }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { loadBalancerPool: 52.15.34.16/29, ipMode: Proxy }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
        pins:
          - { object: Service/default/local, loadBalancerIP: 52.15.34.17, nodePorts: { http: 30080, dns: 30053 } }
          - { object: Service/default/web, loadBalancerIP: 52.15.34.18, nodePorts: { "": 30081 } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        nodeName: node01
        containers:
          - name: web
            image: "nginx:1.27"
            ports: [{ containerPort: 80 }, { containerPort: 53, protocol: UDP }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec:
        nodeName: node02
        containers: [{ name: client, image: "busybox:1.36" }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: local }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        selector: { app: web }
        ports:
          - { name: http, port: 80 }
          - { name: dns, port: 53, protocol: UDP }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }
      """

  @case-12
  Scenario: the mode is in the status
    Then Service "web" has:
      | path                                  | value |
      | status.loadBalancer.ingress[0].ipMode | Proxy |

  @case-12
  Scenario: with externalTrafficPolicy Local the Pod sees the balancer, not the client
    When host "laptop" connects to "52.15.34.17:80"
    Then the connection is answered by Pod "web"
    And the server sees "52.15.34.17"

  @case-12
  Scenario: UDP is passed on too
    Then every connection from host "laptop" to "52.15.34.17:53" over UDP is answered by Pod "web"

  @case-12
  Scenario Outline: <client> goes out to it and comes back
    When <client> connects to "52.15.34.17:80"
    Then the connection is answered by Pod "web"
    And the server sees "52.15.34.17"

    Examples:
      | client        |
      | Pod "client"  |
      | Node "node02" |

  @case-12
  Scenario: with policy Cluster too, through whichever node
    Then every connection from host "laptop" to "52.15.34.18:80" is answered by Pod "web"
    And every connection from Pod "client" to "52.15.34.18:80" is answered by Pod "web"

  Scenario: other ports are closed
    Then every connection from host "laptop" to "52.15.34.17:81" is refused

  @case-12
  Scenario: a balancer without a node in service takes connections and closes them
    When kube-proxy stops
    Then every connection from host "laptop" to "52.15.34.17:80" is refused

  Scenario: one that is deleted is gone
    When I delete Service "web"
    Then every connection from host "laptop" to "52.15.34.18:80" times out
