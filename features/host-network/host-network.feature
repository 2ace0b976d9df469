Feature: A Pod in the network of its host, in front of and behind a NodePort Service

  Background:
    Given the cluster "three-nodes"
    And I apply "nodeport.yaml"
    And I apply "host-network.yaml"

  @doc-002 @case-20
  Scenario: its address is the node's, and so is its endpoint
    Then Pod "service-b" has:
      | path          | value         |
      | status.podIP  | 192.168.4.103 |
      | status.hostIP | 192.168.4.103 |
    And the endpoints of Service "service-b" are:
      | endpoint           | ready | pod       | node   |
      | 192.168.4.103:8080 | yes   | service-b | node02 |
    And the rules on Node "node01" lead to exactly the endpoints of Service "service-b"

  @doc-002 @case-20
  Scenario: in front of service A: any node's address and the port, wherever it runs
    Then connections from Pod "service-b" to port 30007 of Node "master" spread evenly over 2 Pods
    And connections from Pod "service-b" to port 30007 of Node "node01" spread evenly over 2 Pods
    And connections from Pod "service-b" to port 30007 of Node "node02" spread evenly over 2 Pods

  @doc-002 @case-20
  Scenario: the cluster IP and the name do as well, and the address is masked like a node's
    Given Pod "nginx-deployment-9957b6647-5v2nl" stops being ready
    When Pod "service-b" connects to "nginx-deployment-service:80"
    Then the connection is answered by Pod "nginx-deployment-9957b6647-j5c45"
    And the server sees the address of Node "node02"

  @doc-002 @case-20
  Scenario: without ClusterFirstWithHostNet it asks the node's DNS server, which knows no Service
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: plain }
      spec:
        hostNetwork: true
        nodeName: node02
        containers: [{ name: shell, image: "busybox:1.36", command: [sleep, "3600"] }]
      """
    When Pod "plain" connects to "nginx-deployment-service:80"
    Then the connection fails to resolve
    And every connection from Pod "plain" to "10.98.182.100:80" is answered

  @doc-002 @case-20
  Scenario Outline: behind its own NodePort Service: <who> reaches it by any node
    Then every connection from <who> to port 30090 of Node "master" is answered by Pod "service-b"
    And every connection from <who> to port 30090 of Node "node02" is answered by Pod "service-b"

    Examples:
      | who                                    |
      | host "laptop"                          |
      | Node "node01"                          |
      | Pod "nginx-deployment-9957b6647-j5c45" |

  @doc-002 @case-20
  Scenario: its own port is open on its node only, for everybody
    Then the reachability is:
      | who                                    | port 8080 of Node "node02" | port 8080 of Node "node01" |
      | host "laptop"                          | answered                   | refused                    |
      | Node "master"                          | answered                   | refused                    |
      | Pod "nginx-deployment-9957b6647-j5c45" | answered                   | refused                    |

  @doc-002 @case-20
  Scenario: by way of another node the client is masked, straight to its port it is not
    When host "laptop" connects to port 30090 of Node "node01"
    Then the server sees the address of Node "node01"
    When host "laptop" connects to port 8080 of Node "node02"
    Then the server sees the address of host "laptop"

  @doc-002 @case-20
  Scenario: a second Pod that wants the same port of the same node finds no place
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: second }
      spec:
        hostNetwork: true
        nodeSelector: { kubernetes.io/hostname: node02 }
        containers: [{ name: web, image: "nginx:1.15-alpine", ports: [{ containerPort: 8080 }] }]
      """
    Then Pod "second" is Pending
    And Service "service-b" has 1 endpoint

  @doc-002 @case-20
  Scenario: bound there without the scheduler, it is rejected by the kubelet
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: second }
      spec:
        hostNetwork: true
        nodeName: node02
        containers: [{ name: web, image: "nginx:1.15-alpine", ports: [{ containerPort: 8080 }] }]
      """
    Then Pod "second" has:
      | path           | value |
      | status.phase   | Failed |
      | status.reason  | NodePorts |
      | status.message | Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports |
    And Service "service-b" has 1 endpoint

  @doc-002 @case-20
  Scenario: a port that nobody declares is free for scheduler and kubelet, and its program crashes
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: second, annotations: { svcspec.dev/listen: "8080" } }
      spec:
        hostNetwork: true
        nodeName: node02
        containers: [{ name: web, image: "nginx:1.15-alpine" }]
      """
    Then Pod "second" is CrashLoopBackOff
    And Pod "second" has:
      | path                                                     | value |
      | status.containerStatuses[0].lastState.terminated.reason   | Error |
      | status.containerStatuses[0].lastState.terminated.exitCode | 1     |
    And Service "service-b" has 1 endpoint
