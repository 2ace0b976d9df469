Feature: Health checks take time, and connections are lost meanwhile

  A balancer asks each node once in an interval, and takes it out after so many failures in a row. Until then it goes on
  sending connections there. One Pod of "web" is on node01 and none on node02; "both" has a Pod on each.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: timed }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider:
          name: gce
          loadBalancerPool: 52.15.34.16/29
          healthCheck: { intervalSeconds: 8 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
        pins:
          - { object: Service/default/web, loadBalancerIP: 52.15.34.17 }
          - { object: Service/default/both, loadBalancerIP: 52.15.34.18 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        nodeName: node01
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: both-1, labels: { app: both } }
      spec:
        nodeName: node01
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: both-2, labels: { app: both } }
      spec:
        nodeName: node02
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: both }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        selector: { app: both }
        ports: [{ port: 80 }]
      """
    And every connection from host "laptop" to "52.15.34.17:80" is answered
    And connections from host "laptop" to "52.15.34.18:80" spread evenly over 2 Pods

  @case-12
  Scenario Outline: a node that is down gets its share for three checks more: externalTrafficPolicy <policy>
    When Node "node02" goes down
    And 23 seconds pass
    Then connections from host "laptop" to "<address>" spread:
      | pod     | share |
      | <pod>   | 1/2   |
      | timeout | 1/2   |
    When 1 second passes
    Then every connection from host "laptop" to "<address>" is answered by Pod "<pod>"

    Examples:
      | policy  | address        | pod    |
      | Cluster | 52.15.34.17:80 | web    |
      | Local   | 52.15.34.18:80 | both-1 |

  @case-12
  Scenario: so a client that goes on asking loses requests for 24 seconds, and none after
    Given host "laptop" keeps connecting to "52.15.34.17:80" every 1 second
    When Node "node02" goes down
    And 2 minutes pass
    Then at most 24 requests are lost
    And at least 1 request is lost

  @case-12
  Scenario: one that is back is in service after one check
    Given Node "node02" goes down
    And 60 seconds pass
    When Node "node02" comes back
    And 3 seconds pass
    Then every connection from host "laptop" to "52.15.34.18:80" is answered by Pod "both-1"
    When 1 second passes
    Then connections from host "laptop" to "52.15.34.18:80" spread evenly over 2 Pods

  @case-12
  Scenario: externalTrafficPolicy Local: the last Pod of a node goes, and its connections are dropped until the checks find out
    When I delete Pod "both-2"
    And 10 seconds pass
    Then connections from host "laptop" to "52.15.34.18:80" spread:
      | pod     | share |
      | both-1  | 1/2   |
      | timeout | 1/2   |
    When 20 seconds pass
    Then every connection from host "laptop" to "52.15.34.18:80" is answered by Pod "both-1"

  @case-12
  Scenario: a node that the autoscaler will delete leaves without a loss: kube-proxy says 503 and goes on forwarding
    Given host "laptop" keeps connecting to "52.15.34.17:80" every 1 second
    And host "laptop" opens a connection to "52.15.34.17:80" from port 5000
    When I set "spec.taints" of Node "node02" to '[{"key": "ToBeDeletedByClusterAutoscaler", "effect": "NoSchedule"}]'
    And 60 seconds pass
    And Node "node02" goes down
    And 60 seconds pass
    Then no request is lost

  @case-12
  Scenario: without a word before, the same node costs requests
    Given host "laptop" keeps connecting to "52.15.34.17:80" every 1 second
    When Node "node02" goes down
    And 60 seconds pass
    Then at least 1 request is lost

  @case-12
  Scenario: a node that is out of service keeps the connections it has
    Given host "laptop" opens a connection to "52.15.34.17:80" from port 5000
    And host "laptop" opens a connection to "52.15.34.17:80" from port 5001
    And host "laptop" opens a connection to "52.15.34.17:80" from port 5002
    And host "laptop" opens a connection to "52.15.34.17:80" from port 5003
    When I run "kubectl label node node02 node.kubernetes.io/exclude-from-external-load-balancers="
    And 30 seconds pass
    Then the open connections are answered by Pod "web"

  @case-12
  Scenario: kube-proxy that does not run takes its node out, though its rules would forward
    When kube-proxy on Node "node01" stops
    And 24 seconds pass
    Then every connection from host "laptop" to "52.15.34.18:80" is answered by Pod "both-2"

  @case-12
  Scenario: when no node passes, this provider's balancer sends to all of them
    When kube-proxy stops
    And 24 seconds pass
    Then every connection from host "laptop" to "52.15.34.17:80" is answered by Pod "web"
