Feature: A NodePort Service answers on every node

  @doc-002 @doc-004 @case-11
  Scenario Outline: any node's address balances over all Pods
    Given the cluster "three-nodes"
    And I apply "nodeport.yaml"
    Then connections from host "laptop" to "<address>:30007" spread evenly over 2 Pods

    Examples:
      | address       |
      | 192.168.4.101 |
      | 192.168.4.102 |
      | 192.168.4.103 |

  @doc-001 @doc-004 @case-11
  Scenario: it is reachable from inside too, and includes a cluster IP
    Given the cluster "three-nodes"
    When I apply "nodeport.yaml"
    Then Service "default/nginx-deployment-service" has:
      | path                   | value         |
      | spec.type              | NodePort      |
      | spec.clusterIP         | 10.98.182.100 |
      | spec.ports[0].nodePort | 30007         |
    And the reachability is:
      | who                                   | 10.98.182.100:80 | port 30007 of Node "node01" | port 30007 of Node "master" |
      | Node "master"                         | answered         | answered                    | answered                    |
      | Node "node02"                         | answered         | answered                    | answered                    |
      | Deployment "default/nginx-deployment" | answered         | answered                    | answered                    |

  @doc-004 @case-11
  Scenario: the node masks a client from outside
    Given the cluster "three-nodes"
    And I apply "nodeport.yaml"
    When host "laptop" connects to port 30007 of Node "master"
    Then the connection is answered by Deployment "default/nginx-deployment"
    And the server sees the address of Node "master"
    And the client sees "192.168.4.101:30007"

  @doc-002 @case-11
  Scenario: the document's port 30000
    Given the cluster "nginx-demo"
    When I apply "my-nodeport-service.yaml"
    Then connections from host "laptop" to "10.192.0.2:30000" spread evenly over 3 Pods
    And Service "demo/my-nodeport-service" has 3 endpoints

  @doc-004 @case-11
  Scenario: port 30080 leads to the Pods' port 8080
    Given the cluster "three-nodes"
    And I apply "my-nodeport-service.yaml"
    When host "laptop" connects to port 30080 of Node "node02"
    Then the connection is answered by Pod "default/my-app"
    And the endpoints of Service "default/my-nodeport-service" are:
      | port | ready | pod    |
      | 8080 | yes   | my-app |

  @doc-001 @doc-004 @case-11
  Scenario Outline: a port that cannot be had is refused
    Given the cluster "three-nodes"
    And I apply "my-nodeport-service.yaml"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: wishful }
      spec:
        type: NodePort
        selector: { app: nginx-deployment }
        ports: [{ port: 80, nodePort: <port> }]
      """
    Then the API server refuses it:
      """
      spec.ports[0].nodePort: Invalid value: <port>: <reason>
      """

    Examples:
      | port  | reason                                                                             |
      | 80    | provided port is not in the valid range. The range of valid ports is 30000-32767   |
      | 32768 | provided port is not in the valid range. The range of valid ports is 30000-32767   |
      | 30080 | provided port is already allocated                                                 |

  @doc-001 @case-11
  Scenario: without a port in the manifest one is allocated
    Given the cluster "three-nodes"
    When I set "spec.type" of Service "default/nginx-deployment-service" to "NodePort"
    Then Service "default/nginx-deployment-service" has:
      | path                       | value    |
      | spec.type                  | NodePort |
      | spec.externalTrafficPolicy | Cluster  |
    And every connection from Node "node01" to "10.98.182.100:80" is answered

  @doc-004 @case-11
  Scenario: the document's headless manifest over the ClusterIP one of the same name is refused
    Given the cluster "three-nodes"
    When I apply "headless.yaml"
    Then the API server refuses it:
      """
      spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set
      """

  @doc-004 @case-11
  Scenario: the document's NodePort manifest over the headless one of the same name is refused
    Given the cluster "three-nodes"
    And I delete Service "default/nginx-deployment-service"
    And I apply "headless.yaml"
    When I apply "nodeport.yaml"
    Then the API server refuses it:
      """
      may not be set to 'None' for NodePort services
      """
