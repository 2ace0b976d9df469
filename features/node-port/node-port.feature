Feature: A NodePort Service answers on every node

  Background:
    Given the cluster "three-nodes"
    And I apply "nodeport.yaml"

  @doc-001 @doc-002 @doc-004 @case-11
  Scenario Outline: <who> reaches every node, and each balances over both Pods
    Then connections from <who> to port 30007 of Node "master" spread evenly over 2 Pods
    And connections from <who> to port 30007 of Node "node01" spread evenly over 2 Pods
    And connections from <who> to port 30007 of Node "node02" spread evenly over 2 Pods

    Examples:
      | who                                    |
      | host "laptop"                          |
      | Node "master"                          |
      | Node "node02"                          |
      | Pod "nginx-deployment-9957b6647-j5c45" |

  @doc-004 @case-11
  Scenario Outline: curl http://<address>:30007/ prints what the Pods were told to say: <text>
    Given I set 'metadata.annotations["svcspec.dev/reply"]' of Pod "nginx-deployment-9957b6647-5v2nl" to "web1"
    And I set 'metadata.annotations["svcspec.dev/reply"]' of Pod "nginx-deployment-9957b6647-j5c45" to "web2"
    And Pod "nginx-deployment-9957b6647-<silent>" stops being ready
    When I run "kubectl exec nginx-deployment-9957b6647-5v2nl -- curl -s http://<address>:30007/"
    Then it prints:
      """
      <text>
      """

    Examples:
      | address       | silent | text |
      | 192.168.4.101 | j5c45  | web1 |
      | 192.168.4.102 | j5c45  | web1 |
      | 192.168.4.103 | 5v2nl  | web2 |

  @doc-001 @doc-004 @case-11
  Scenario: it includes a cluster IP, which goes on working
    Then Service "nginx-deployment-service" has:
      | path                       | value         |
      | spec.type                  | NodePort      |
      | spec.clusterIP             | 10.98.182.100 |
      | spec.ports[0].port         | 80            |
      | spec.ports[0].nodePort     | 30007         |
      | spec.externalTrafficPolicy | Cluster       |
    And connections from Node "node01" to "10.98.182.100:80" spread evenly over 2 Pods
    And connections from Pod "nginx-deployment-9957b6647-5v2nl" to "nginx-deployment-service:80" spread evenly over 2 Pods

  @doc-001 @case-11 @mode-iptables
  Scenario: it is not for the outside only: inside and outside see the same ports
    Then the reachability is:
      | who                                    | 10.98.182.100:80 | port 30007 of Node "node01" | 10.98.182.100:30007 | 10.244.140.69:30007 |
      | Node "node02"                          | answered         | answered                    | timeout             | refused             |
      | Pod "nginx-deployment-9957b6647-j5c45" | answered         | answered                    | timeout             | refused             |
      | host "laptop"                          | timeout          | answered                    | timeout             | timeout             |

  @doc-004 @case-11
  Scenario Outline: a client outside is masked: by way of <node>, the Pod on node02 sees <source>
    Given Pod "nginx-deployment-9957b6647-j5c45" stops being ready
    When host "laptop" connects to port 30007 of Node "<node>"
    Then the connection is answered by Pod "nginx-deployment-9957b6647-5v2nl"
    And the server sees <source>
    And the client sees the address of Node "<node>"

    Examples:
      | node   | source                       |
      | master | the address of Node "master" |
      | node01 | the address of Node "node01" |
      | node02 | the gateway of Node "node02" |

  @doc-002 @doc-003 @case-11 @mode-iptables
  Scenario: the way from the node port to the Pod
    When host "laptop" connects to port 30007 of Node "master"
    Then the connection is answered by Deployment "nginx-deployment"
    And the trace passes:
      | at          | stage           | chain                     | effect |
      | node/master | nat/PREROUTING  | KUBE-SERVICES             | jump   |
      | node/master | nat/PREROUTING  | KUBE-NODEPORTS            | jump   |
      | node/master | nat/PREROUTING  | KUBE-EXT-OGHXQAAV2FRWKUAK | jump   |
      | node/master | nat/POSTROUTING | KUBE-POSTROUTING          | snat   |

  @doc-004 @case-11
  Scenario: a node reaches the Pods without any Service too
    Then every connection from Node "master" to "10.244.196.130:80" is answered by Pod "nginx-deployment-9957b6647-j5c45"
    And every connection from Node "master" to "10.244.140.69:80" is answered by Pod "nginx-deployment-9957b6647-5v2nl"
    And no connection from host "laptop" to "10.244.140.69:80" is answered

  @doc-002 @case-11 @mode-iptables
  Scenario: a node answers on its own loopback address as well
    When Node "node01" connects to "127.0.0.1:30007"
    Then the connection is answered by Deployment "nginx-deployment"

  @doc-002 @doc-004 @case-11
  Scenario: without a Pod that is ready every node refuses
    When I scale Deployment "nginx-deployment" to 0 replicas
    And host "laptop" connects to port 30007 of Node "node01"
    Then the connection is refused
    And the trace blames "no-endpoints"

  @doc-004 @case-11
  Scenario: back to type ClusterIP, the port is closed
    When I set "spec.type" of Service "nginx-deployment-service" to "ClusterIP"
    Then Service "nginx-deployment-service" has:
      | path                       | value         |
      | spec.ports[0].nodePort     | <none>        |
      | spec.externalTrafficPolicy | <none>        |
      | spec.clusterIP             | 10.98.182.100 |
    And every connection from host "laptop" to port 30007 of Node "node01" is refused
    And every connection from Node "master" to "10.98.182.100:80" is answered
