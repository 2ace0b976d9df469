Feature: Services of one IP family or of both

  A dual-stack cluster has a range of each family for Pods and for Services, written as kubeadm has them: two with a comma
  between. The first family is the one that a Service gets when it asks for nothing.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: dual }
      spec:
        networking:
          podSubnet: 10.244.0.0/16,fd00:10:244::/56
          serviceSubnet: 10.96.0.0/16,fd00:10:96::/112
        nodes:
          - { name: master, internalIP: "192.168.4.101,fd00:192:168:4::101", roles: [control-plane] }
          - { name: node01, internalIP: "192.168.4.102,fd00:192:168:4::102" }
          - { name: node02, internalIP: "192.168.4.103,fd00:192:168:4::103" }
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
      metadata: { name: client }
      spec:
        nodeName: node02
        containers: [{ name: client, image: "busybox:1.36" }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      """

  Scenario: Nodes and Pods have an address of each family
    Then Pod "web" has:
      | path                 | value             |
      | status.podIPs[0].ip  | 10.244.1.3        |
      | status.podIPs[1].ip  | fd00:10:244:1::3  |
      | status.hostIPs[1].ip | fd00:192:168:4::102 |
    And Node "node01" has:
      | path             | value             |
      | spec.podCIDR     | 10.244.1.0/24     |
      | spec.podCIDRs[1] | fd00:10:244:1::/64 |
    And every connection from Pod "client" to "10.244.1.3:80" is answered by Pod "web"
    And every connection from Pod "client" to "[fd00:10:244:1::3]:80" is answered by Pod "web"

  Scenario: a Service that asks for nothing is of the first family alone
    Then Service "web" has:
      | path                | value       |
      | spec.ipFamilyPolicy | SingleStack |
      | spec.ipFamilies     | ["IPv4"]    |
      | spec.clusterIPs[1]  | <none>      |

  Scenario Outline: <policy> with families <families> gets <result>
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: asked }
      spec: { ipFamilyPolicy: <policy>, ipFamilies: <families>, selector: { app: web }, ports: [{ port: 80 }] }
      """
    Then Service "asked" has:
      | path                | value    |
      | spec.ipFamilyPolicy | <policy> |
      | spec.ipFamilies     | <result> |
    And every connection from Pod "client" to "asked:80" is answered by Pod "web"

    Examples:
      | policy           | families     | result          |
      | SingleStack      | [IPv4]       | ["IPv4"]        |
      | SingleStack      | [IPv6]       | ["IPv6"]        |
      | PreferDualStack  | [IPv4]       | ["IPv4","IPv6"] |
      | PreferDualStack  | [IPv6]       | ["IPv6","IPv4"] |
      | RequireDualStack | [IPv6]       | ["IPv6","IPv4"] |
      | RequireDualStack | [IPv6, IPv4] | ["IPv6","IPv4"] |

  Scenario: both addresses of a Service lead to its Pods, each by rules of its own family
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: both }
      spec:
        type: NodePort
        ipFamilyPolicy: RequireDualStack
        clusterIP: 10.96.7.7
        clusterIPs: [10.96.7.7, "fd00:10:96::77"]
        selector: { app: web }
        ports: [{ port: 80, nodePort: 30080 }]
      """
    Then Service "both" has:
      | path            | value           |
      | spec.ipFamilies | ["IPv4","IPv6"] |
    And every connection from Pod "client" to "10.96.7.7:80" is answered by Pod "web"
    And every connection from Pod "client" to "[fd00:10:96::77]:80" is answered by Pod "web"
    And every connection from Node "node02" to "[fd00:10:96::77]:80" is answered by Pod "web"
    And every connection from Pod "client" to "[fd00:192:168:4::103]:30080" is answered by Pod "web"
    And every connection from Pod "client" to "192.168.4.103:30080" is answered by Pod "web"

  Scenario: an address whose family has no endpoint is refused
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: empty }
      spec: { clusterIP: "fd00:10:96::88", selector: { app: nobody }, ports: [{ port: 80 }] }
      """
    Then every connection from Pod "client" to "[fd00:10:96::88]:80" is refused

  Scenario: a Service is upgraded and keeps its first address
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: chosen }
      spec: { clusterIP: 10.96.9.9, selector: { app: web }, ports: [{ port: 80 }] }
      """
    When I set "spec.ipFamilyPolicy" of Service "chosen" to "PreferDualStack"
    Then Service "chosen" has:
      | path               | value           |
      | spec.ipFamilies    | ["IPv4","IPv6"] |
      | spec.clusterIPs[0] | 10.96.9.9       |
    And every connection from Pod "client" to "10.96.9.9:80" is answered by Pod "web"

  Scenario: and downgraded, which gives the second address back
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: both }
      spec:
        ipFamilyPolicy: PreferDualStack
        clusterIP: 10.96.7.7
        clusterIPs: [10.96.7.7, "fd00:10:96::77"]
        selector: { app: web }
        ports: [{ port: 80 }]
      """
    When I set "spec.ipFamilyPolicy" of Service "both" to "SingleStack"
    Then Service "both" has:
      | path            | value         |
      | spec.ipFamilies | ["IPv4"]      |
      | spec.clusterIPs | ["10.96.7.7"] |
    And no connection from Pod "client" to "[fd00:10:96::77]:80" is answered

  Scenario Outline: refused: <why>
    When I set "<path>" of Service "web" to '<value>'
    Then the API server refuses it:
      """
      <message>
      """

    Examples:
      | why                       | path                | value                                | message                                                                                                                                   |
      | an unknown policy         | spec.ipFamilyPolicy | Dual                                 | spec.ipFamilyPolicy: Unsupported value: "Dual": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"                      |
      | an unknown family         | spec.ipFamilies     | ["IPv5"]                             | spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"                                                            |
      | two families without both | spec.ipFamilies     | ["IPv4","IPv6"]                      | spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified |
      | one family twice          | spec.ipFamilies     | ["IPv4","IPv4"]                      | spec.ipFamilies[1]: Duplicate value: "IPv4"                                                                                                |

  Scenario: the secondary address is released by SingleStack alone
    Given I set "spec.ipFamilyPolicy" of Service "web" to "RequireDualStack"
    When I set "spec.ipFamilies" of Service "web" to '["IPv4"]'
    Then the API server refuses it:
      """
      spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be 'SingleStack' to release the secondary IP family
      """

  Scenario: the slices of a dual-stack Service are of one family each
    When I set "spec.ipFamilyPolicy" of Service "web" to "RequireDualStack"
    And I run "kubectl get endpointslices -l kubernetes.io/service-name=web"
    Then it prints:
      """
      NAME  ADDRESSTYPE  PORTS  ENDPOINTS         AGE
      *     IPv4         80     10.244.1.3        *
      *     IPv6         80     fd00:10:244:1::3  *
      """
