Feature: The API server gives out cluster IPs

  @doc-001 @doc-003 @doc-004 @case-10
  Scenario: type ClusterIP is the default, with these values
    Given the cluster "three-nodes"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: my-internal-service }
      spec:
        selector: { app: nginx-deployment }
        ports: [{ port: 80 }]
      """
    Then Service "my-internal-service" has:
      | path                       | value           |
      | spec.type                  | ClusterIP       |
      | spec.sessionAffinity       | None            |
      | spec.internalTrafficPolicy | Cluster         |
      | spec.externalTrafficPolicy | <none>          |
      | spec.ipFamilyPolicy        | SingleStack     |
      | spec.ports[0].protocol     | TCP             |
      | spec.ports[0].targetPort   | 80              |
      | spec.ports[0].nodePort     | <none>          |
    And connections from Node "master" to port 80 of Service "my-internal-service" spread evenly over 2 Pods
    And Service "my-internal-service" has 2 endpoints

  @doc-004 @case-10
  Scenario Outline: an address may be asked for, in the part that is not given out by itself or in the other
    Given the cluster "three-nodes"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: chosen }
      spec:
        clusterIP: <address>
        selector: { app: nginx-deployment }
        ports: [{ port: 80 }]
      """
    Then Service "chosen" has:
      | path           | value     |
      | spec.clusterIP | <address> |
    And every connection from Node "node01" to "<address>:80" is answered

    Examples:
      | address        |
      | 10.96.0.77     |
      | 10.100.179.62  |
      | 10.111.255.254 |

  @doc-004 @case-10
  Scenario Outline: an address that cannot be had is refused: <why>
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
      Service "wishful" is invalid: spec.clusterIPs: Invalid value: ["<address>"]: failed to allocate IP <address>: <reason>
      """
    And Service "wishful" does not exist

    Examples:
      | why                            | address        | reason                                                  |
      | another Service has it         | 10.98.182.100  | provided IP is already allocated                        |
      | the API server has it          | 10.96.0.1      | provided IP is already allocated                        |
      | it belongs to Pods             | 10.244.0.9     | the provided network does not match the current range   |
      | the range ends at 10.111       | 10.112.0.1     | the provided network does not match the current range   |

  @doc-004 @case-10
  Scenario: what is no address is refused before anything is allocated
    Given the cluster "three-nodes"
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: wishful }
      spec:
        clusterIP: 10.98.182
        ports: [{ port: 80 }]
      """
    Then the API server refuses it:
      """
      spec.clusterIPs[0]: Invalid value: "10.98.182": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
      """
    And Service "wishful" does not exist

  @doc-003 @case-10
  Scenario Outline: the address of a living Service does not change to <address>
    Given the cluster "three-nodes"
    When I set "spec.clusterIP" of Service "nginx-deployment-service" to "<address>"
    Then the API server refuses it:
      """
      spec.clusterIPs[0]: Invalid value: ["<address>"]: may not change once set
      """
    And every connection from Node "node01" to "10.98.182.100:80" is answered

    Examples:
      | address       |
      | 10.98.182.101 |
      | None          |

  @doc-003 @case-10
  Scenario: a deleted Service gives its address back
    Given the cluster "three-nodes"
    And I apply "chosen-address.yaml"
    And I delete Service "chosen"
    When I apply "chosen-address-heir.yaml"
    Then every connection from Node "node01" to "10.98.182.101:80" is answered
    And Service "heir" has 2 endpoints

  @doc-002 @case-10
  Scenario: protocol http, which a comment of the document allows, is none
    Given the cluster "nginx-demo"
    When I set "spec.ports[0].protocol" of Service "demo/nginx-prod-svc-demo" to "http"
    Then the API server refuses it:
      """
      spec.ports[0].protocol: Unsupported value: "http": supported values: "SCTP", "TCP", "UDP"
      """
    And every connection from Pod "demo/client" to "nginx-prod-svc-demo:80" is answered
