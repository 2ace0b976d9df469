@mode-nftables
Feature: nftables mode with both families, and what it guards

  Each family has a table of its own. Kubernetes 1.36: marks are set where they are needed, an endpoint is chosen and
  translated to in one rule, and a set tells a Pod that talks with itself.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: dual }
      spec:
        kubernetesVersion: "1.36"
        cloudProvider: { loadBalancerPool: 198.51.100.10/31, ipMode: VIP }
        networking:
          podSubnet: 10.244.0.0/16,fd00:10:244::/56
          serviceSubnet: 10.96.0.0/16,fd00:10:96::/112
        nodes:
          - { name: node01, internalIP: "192.168.4.102,fd00:192:168:4::102" }
          - { name: node02, internalIP: "192.168.4.103,fd00:192:168:4::103" }
        hosts:
          - { name: friend, ip: 203.0.113.50 }
          - { name: stranger, ip: 203.0.113.150 }
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
      spec:
        type: LoadBalancer
        clusterIP: 10.96.0.77
        clusterIPs: [10.96.0.77, "fd00:10:96::77"]
        ipFamilyPolicy: RequireDualStack
        loadBalancerSourceRanges: [203.0.113.0/25]
        selector: { app: web }
        ports: [{ port: 80, nodePort: 30080 }]
      """
    And kube-proxy runs in nftables mode

  @case-31
  Scenario Outline: <target> from a Pod, unmasked
    When Pod "client" connects to "<target>"
    Then the connection is answered by Pod "web"
    And the server sees "<client>"

    Examples:
      | target              | client           |
      | 10.96.0.77:80       | 10.244.1.3       |
      | [fd00:10:96::77]:80 | fd00:10:244:1::3 |

  @case-31
  Scenario Outline: a Pod that reaches itself by <target> sees its node
    When Pod "web" connects to "<target>"
    Then the connection is answered by Pod "web"
    And the server sees "<source>"

    Examples:
      | target              | source         |
      | 10.96.0.77:80       | 10.244.0.1     |
      | [fd00:10:96::77]:80 | fd00:10:244::1 |

  @case-31
  Scenario: a table for each family
    Then nft list ruleset on Node "node01" prints:
      """
      table ip kube-proxy {
      set hairpin-connections {
      10.244.0.3 . 10.244.0.3 . tcp . 80,
      ip daddr @cluster-ips ip saddr != 10.244.0.0/16 meta mark set meta mark | 0x00004000 comment "masquerade clusterIP traffic from outside cluster"
      meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 10.244.0.3 . 80 }
      table ip6 kube-proxy {
      elements = { fd00:192:168:4::102 }
      ip6 daddr fd00:10:96::/112 drop comment "Drop traffic to unallocated ClusterIPs"
      meta l4proto tcp dnat ip6 to numgen random mod 1 map { 0 : fd00:10:244::3 . 80 }
      """

  @case-31
  Scenario: node ports of both families
    Then the reachability is:
      | who           | 192.168.4.102:30080 | [fd00:192:168:4::103]:30080 | [::1]:30080 |
      | Pod "client"  | answered            | answered                    | refused     |
      | Node "node01" | answered            | answered                    | refused     |

  @case-31
  Scenario: ports and addresses that nobody has
    Then the reachability is:
      | who          | [fd00:10:96::77]:81 | [fd00:10:96::99]:80 |
      | Pod "client" | refused             | timeout             |

  @case-31
  Scenario: source ranges guard the load balancer's address and nothing else
    When host "stranger" connects to "198.51.100.10:80"
    Then the connection times out
    And the trace blames "load-balancer-source-ranges"
    And every connection from host "friend" to "198.51.100.10:80" is answered by Pod "web"
    And no connection from Pod "client" to "198.51.100.10:80" is answered
    And every connection from host "stranger" to port 30080 of Node "node02" is answered
