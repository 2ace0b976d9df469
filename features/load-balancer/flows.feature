Feature: Which node a load balancer picks for a flow

  A balancer hashes addresses, ports and protocol, so the same flow meets the same node for as long as the nodes are the
  same ones. GCE and Azure hash the client's address alone for a Service with sessionAffinity ClientIP. AWS hashes TCP's
  sequence number too, and needs an annotation. The Service's policy is Local, so the node is told by its Pod.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: flows }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { name: azure, loadBalancerPool: 52.15.34.16/29 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
          - { name: node03, internalIP: 192.168.20.13 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: { name: web }
      spec:
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }, { containerPort: 53, protocol: UDP }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        selector: { app: web }
        ports: [{ name: http, port: 80 }, { name: dns, port: 53, protocol: UDP }]
      """

  @case-12
  Scenario: another port of the client is another flow: all nodes get their share
    Then connections from host "laptop" to "52.15.34.17:80" spread evenly over 3 Pods

  @case-12
  Scenario Outline: the same five values meet the same node: <target>
    Then connections from host "laptop" to <target> from port 5000 stay on one Pod

    Examples:
      | target                    |
      | "52.15.34.17:80"          |
      | "52.15.34.17:53" over UDP |

  @case-12
  Scenario: with sessionAffinity ClientIP all connections of a client do
    When I set "spec.sessionAffinity" of Service "web" to "ClientIP"
    Then connections from host "laptop" to "52.15.34.17:80" stay on one Pod

  @case-12
  Scenario Outline: <provider> with <field>: connections of one client <go>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: affinity }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { name: <provider>, loadBalancerPool: 52.15.34.16/29 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: { name: web }
      spec:
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: web
        annotations: { <annotation> }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        sessionAffinity: ClientIP
        selector: { app: web }
        ports: [{ port: 80 }]
      """
    When host "laptop" connects to "52.15.34.17:80" 20 times
    Then connections from host "laptop" to "52.15.34.17:80" <go>

    Examples:
      | provider | field                | annotation | go              |
      | gce      | sessionAffinity      |            | stay on one Pod |
      | azure    | sessionAffinity      |            | stay on one Pod |
      | aws      | sessionAffinity      |            | spread evenly over 2 Pods |
      | aws      | source_ip stickiness | service.beta.kubernetes.io/aws-load-balancer-target-group-attributes: "stickiness.enabled=true,stickiness.type=source_ip" | stay on one Pod |

  @case-12
  Scenario: a client whose node goes is given another one, and stays there
    Given I set "spec.sessionAffinity" of Service "web" to "ClientIP"
    And host "laptop" connects to "52.15.34.17:80"
    When I run "kubectl label node node01 node02 node.kubernetes.io/exclude-from-external-load-balancers="
    Then connections from host "laptop" to "52.15.34.17:80" spread evenly over 1 Pod

  @case-12
  Scenario: a trace names the balancer, what it hashed and the Service's line
    When host "laptop" connects to "52.15.34.17:80"
    Then the trace passes:
      | stage | effect  |
      | lb    | deliver |
