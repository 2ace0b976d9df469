Feature: Local policy without a local Pod, in every mode

  Every Pod of demo/web stands on node01, and the Service is a NodePort one. Where Local finds no Pod on the node, iptables
  and nftables mode drop. IPVS mode drops nothing: it takes any endpoint then. A Pod's connection to the cluster IP is answered from
  afar, and a client outside gets no answer, for its packet is sent on without a change of source.

  @doc-003 @case-37
  Scenario Outline: Local policy drops traffic: internal policy in <mode> mode <outcome>
    Given the cluster "two-nodes"
    And kube-proxy runs in <mode> mode
    And I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    And no endpoint of Service "demo/web" is on Node "node02"
    When Pod "demo/client-on-node02" connects to "web:80"
    Then the connection <outcome>

    Examples:
      | mode     | outcome                              |
      | iptables | times out                            |
      | nftables | times out                            |
      | ipvs     | is answered by Deployment "demo/web" |

  @doc-003 @case-37
  Scenario Outline: Local policy drops traffic: external policy in <mode> mode, seen by a client outside
    Given the cluster "two-nodes"
    And kube-proxy runs in <mode> mode
    And I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    When host "laptop" connects to port 30080 of Node "node02"
    Then the connection times out
    And the trace blames "no-local-endpoints"

    Examples:
      | mode     |
      | iptables |
      | nftables |
      | ipvs     |

  @doc-003 @case-37
  Scenario Outline: Local policy drops traffic: external policy in <mode> mode, seen by the node's own Pods
    Given the cluster "two-nodes"
    And kube-proxy runs in <mode> mode
    And I set "spec.externalTrafficPolicy" of Service "demo/web" to "Local"
    Then every connection from Pod "demo/client-on-node02" to port 30080 of Node "node02" is answered by Deployment "demo/web"

    Examples:
      | mode     |
      | iptables |
      | nftables |
      | ipvs     |

  @doc-003 @case-37 @mode-ipvs
  Scenario: a Service with a cluster IP alone has nobody to fall back to in IPVS mode
    Given the cluster "two-nodes"
    And kube-proxy runs in ipvs mode
    And I set "spec.ports[0].nodePort" of Service "demo/web" to "0"
    And I set "spec.type" of Service "demo/web" to "ClusterIP"
    And I set "spec.internalTrafficPolicy" of Service "demo/web" to "Local"
    When Pod "demo/client-on-node02" connects to "web:80"
    Then the connection is refused
    And the trace blames "no-local-endpoints"
    And every connection from Pod "demo/client-on-node01" to "web:80" is answered by Deployment "demo/web"
