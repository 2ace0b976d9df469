Feature: A ClusterIP Service has an address inside the cluster

  @doc-001 @doc-002 @doc-004 @case-10
  Scenario: every Pod and every node reaches it
    Given the cluster "three-nodes"
    Then the reachability is:
      | who                      | 10.98.182.100:80 | port 80 of Service "default/nginx-deployment-service" |
      | Node "master"            | answered         | answered                                              |
      | Node "node01"            | answered         | answered                                              |
      | Deployment "default/nginx-deployment" | answered | answered                                         |

  @doc-001 @doc-003 @doc-004 @case-10
  Scenario: nothing outside of the cluster reaches it
    Given the cluster "three-nodes"
    When host "laptop" connects to "10.98.182.100:80"
    Then the connection times out
    And the trace blames "no-route"

  @doc-004 @case-10
  Scenario: an address is allocated from the range
    Given the cluster "three-nodes"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: my-internal-service }
      spec:
        selector: { app: nginx-deployment }
        ports: [{ protocol: TCP, port: 80, targetPort: 80 }]
      """
    Then Service "default/my-internal-service" has 2 endpoints
    And every connection from Node "node01" to port 80 of Service "default/my-internal-service" is answered
    And Service "default/my-internal-service" has:
      | path                       | value     |
      | spec.type                  | ClusterIP |
      | spec.internalTrafficPolicy | Cluster   |
      | spec.externalTrafficPolicy | <none>    |

  @doc-004 @case-10
  Scenario Outline: an address that cannot be had is refused
    Given the cluster "three-nodes"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: wishful }
      spec:
        clusterIP: <address>
        selector: { app: nginx-deployment }
        ports: [{ port: 80 }]
      """
    Then the API server refuses it:
      """
      <reason>
      """

    Examples:
      | address       | reason                                                                                                  |
      | 10.98.182.100 | spec.clusterIPs: Invalid value: ["10.98.182.100"]: failed to allocate IP 10.98.182.100: provided IP is already allocated |
      | 10.244.0.9    | spec.clusterIPs: Invalid value: ["10.244.0.9"]: failed to allocate IP 10.244.0.9: the provided network does not match the current range |

  @doc-004 @case-10
  Scenario: the port of the Service is not the port of the Pod
    Given the cluster "two-nodes"
    When Pod "default/asker" connects to "my-service:80"
    Then the connection is answered by Pod "default/my-app"
    And the trace passes:
      | stage          | effect | rule |
      | nat/PREROUTING | dnat   | :8080 |
