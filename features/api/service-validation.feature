Feature: The API server refuses a Service in its own words

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { kubernetesVersion: "1.34" }
      """

  Scenario Outline: <why>
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: <spec>
      """
    Then the API server refuses it:
      """
      <message>
      """
    And Service "web" does not exist

    Examples:
      | why                                   | spec                                                                                                    | message                                                                                                                                        |
      | no ports                              | { selector: { app: web } }                                                                              | Service "web" is invalid: spec.ports: Required value                                                                                        |
      | two ports without names               | { ports: [{ port: 80 }, { port: 81 }] }                                                                 | spec.ports[0].name: Required value                                                                                                             |
      | a port that is none                   | { ports: [{ port: 65536 }] }                                                                            | spec.ports[0].port: Invalid value: 65536: must be between 1 and 65535, inclusive                                                               |
      | a protocol in lower case              | { ports: [{ port: 80, protocol: tcp }] }                                                                | spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"                                                        |
      | a target port with too long a name    | { ports: [{ port: 80, targetPort: a-very-long-name }] }                                                 | spec.ports[0].targetPort: Invalid value: "a-very-long-name": must be no more than 15 characters                                                 |
      | one port twice                        | { ports: [{ name: a, port: 80 }, { name: b, port: 80 }] }                                               | spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}                             |
      | a type that is none                   | { type: Nodeport, ports: [{ port: 80 }] }                                                               | spec.type: Unsupported value: "Nodeport": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"                              |
      | a headless NodePort                   | { type: NodePort, clusterIP: None, ports: [{ port: 80 }] }                                              | spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services                                                        |
      | an affinity that is none              | { sessionAffinity: Cookie, ports: [{ port: 80 }] }                                                      | spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"                                                         |
      | affinity beyond a day                 | { sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } }, ports: [{ port: 80 }] } | spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400                |
      | an external IP of one's own machine   | { externalIPs: [127.0.0.1], ports: [{ port: 80 }] }                                                     | spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)                                         |
      | a node port without node ports        | { ports: [{ port: 80, nodePort: 30080 }] }                                                              | spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'                                                                    |
      | an external policy inside             | { externalTrafficPolicy: Local, ports: [{ port: 80 }] }                                                 | spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services                                           |
      | a class without a load balancer       | { loadBalancerClass: example.com/lb, ports: [{ port: 80 }] }                                            | spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'                                                                |
      | source ranges without a load balancer | { loadBalancerSourceRanges: [10.0.0.0/8], ports: [{ port: 80 }] }                                       | spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'                                                        |
      | a range that is none                  | { type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0], ports: [{ port: 80 }] }                     | spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)                      |
      | an ExternalName without a name        | { type: ExternalName }                                                                                  | spec.externalName: Required value                                                                                                              |
      | traffic distribution                  | { trafficDistribution: Near, ports: [{ port: 80 }] }                                                    | spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"                          |

  Scenario: all that is wrong is said at once, in the order of the API server
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: 1web }
      spec: { sessionAffinity: Cookie, ports: [{ port: 0 }] }
      """
    Then the API server refuses it:
      """
      metadata.name: Invalid value: "1web": a DNS-1035 label must consist of lower case alphanumeric characters
      [a-z0-9])?'), spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive, spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"]
      """

  Scenario: an address that cannot be had hides everything else
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 192.0.2.1, sessionAffinity: Cookie, ports: [{ port: 0 }] }
      """
    Then the API server refuses it:
      """
      Service "web" is invalid: spec.clusterIPs: Invalid value: ["192.0.2.1"]: failed to allocate IP 192.0.2.1: the provided network does not match the current range
      """

  Scenario Outline: since Kubernetes 1.36 <what>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: newer }
      spec: { kubernetesVersion: "1.36" }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: <spec>
      """
    Then the API server refuses it:
      """
      <message>
      """

    Examples:
      | what                                    | spec                                                                               | message                                                                                                                  |
      | an address has no leading zeros         | { externalIPs: [010.0.0.1], ports: [{ port: 80 }] }                                | spec.externalIPs[0]: Invalid value: "010.0.0.1": must not have leading 0s                                                |
      | a range has no bits beyond its prefix   | { type: LoadBalancer, loadBalancerSourceRanges: [10.1.2.3/8], ports: [{ port: 80 }] } | spec.LoadBalancerSourceRanges[0]: Invalid value: "10.1.2.3/8": must not have bits set beyond the prefix length        |
