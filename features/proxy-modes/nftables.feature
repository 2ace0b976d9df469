@mode-nftables
Feature: kube-proxy in nftables mode

  What document 004 compares between the modes, and what differs from iptables mode: maps instead of long chains, no node
  ports on localhost, an answer for ports and addresses that no Service has.

  Background:
    Given the cluster "balance"
    And kube-proxy runs in nftables mode

  @doc-004 @case-35
  Scenario: algorithm: at random, each connection by itself, equal shares
    Given connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-004 @case-35 @case-31
  Scenario Outline: look-up: in maps, so <count> Services more cost no rule
    Given I scale Deployment "my-app" to 1 replica
    And I apply "<file>"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks 21 rules
    And the connection is answered by Deployment "my-app"

    Examples:
      | count   | file                  |
      | ten     | ten-services.yaml     |
      | hundred | hundred-services.yaml |

  @doc-004 @case-35 @case-31
  Scenario: session affinity: it has it
    When I set "spec.sessionAffinity" of Service "my-service" to "ClientIP"
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" stay on one Pod
    And connections from Pod "client-on-node01" to "10.100.200.2:80" spread evenly over 3 Pods

  @doc-003 @case-39 @case-31
  Scenario: session affinity: a set for each endpoint of each port, so every port has its own memory
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: two-ports }
      spec:
        clusterIP: 10.100.200.40
        sessionAffinity: ClientIP
        selector: { app: my-app }
        ports: [{ name: http, port: 80, targetPort: 8080 }, { name: alt, port: 81, targetPort: 8080 }]
      """
    When Pod "client-on-node01" connects to "10.100.200.40:80"
    Then connections from Pod "client-on-node01" to "10.100.200.40:80" spread evenly over 1 Pod
    And connections from Pod "client-on-node01" to "10.100.200.40:81" spread evenly over 3 Pods
    And nft list ruleset on Node "node01" prints:
      """
      set affinity-TMIH6BUV-default/two-ports/tcp/alt__10.244.1.5/8080 {
      type ipv4_addr
      size 65535
      flags dynamic,timeout
      timeout 3h
      """

  @case-31
  Scenario: session affinity: each new connection renews it
    Given I apply "sticky.yaml"
    And Pod "client-on-node01" connects to "sticky:80"
    And I scale Deployment "my-app" to 3 replicas
    When 40 seconds pass
    And Pod "client-on-node01" connects to "sticky:80"
    And 40 seconds pass
    Then nft list ruleset on Node "node01" prints:
      """
      timeout 1m
      elements = { 10.244.1.20 expires 19s999ms }
      """
    And every connection from Pod "client-on-node01" to "sticky:80" is answered by Pod "my-app-6d4cf56db6-7qtjl"
    When 21 seconds pass
    Then connections from Pod "client-on-node01" to "sticky:80" spread evenly over 3 Pods

  @doc-004 @case-35
  Scenario: a dead Pod: it has its share until the endpoints change
    Given the endpoint controllers lag by 30 seconds
    And I scale Deployment "my-app" to 1 replica
    And the reachability is:
      | who                    | 10.100.200.1:80         |
      | Pod "client-on-node01" | answered or unreachable |
    When 30 seconds pass
    Then every connection from Pod "client-on-node01" to "10.100.200.1:80" is answered by Deployment "my-app"
    And Service "my-service" has 1 endpoint

  @doc-004 @case-35
  Scenario: a Pod that fails its probe: it is left out as soon as it is not ready
    When Pod "my-app-6d4cf56db6-7qtjl" stops being ready
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 2 Pods
    And no connection from Pod "client-on-node02" to "10.100.200.1:80" is answered by Pod "my-app-6d4cf56db6-7qtjl"

  @doc-003 @case-27 @case-31
  Scenario: a kube-proxy that is dead leaves its table behind
    When kube-proxy on Node "node01" stops
    And I scale Deployment "my-app" to 5 replicas
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods
    And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 5 Pods
    When kube-proxy on Node "node01" starts
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 5 Pods

  @case-31
  Scenario: the table on a node
    Given I scale Deployment "my-app" to 1 replica
    Then nft list ruleset on Node "node02" prints:
      """
      table ip kube-proxy {
      comment "rules for kube-proxy"
      set cluster-ips {
      set nodeport-ips {
      elements = { 192.168.66.102 }
      map service-ips {
      10.100.200.1 . tcp . 80 : goto service-4BBKY5IM-default/my-service/tcp/,
      chain filter-prerouting-pre-dnat {
      type filter hook prerouting priority dstnat - 10; policy accept;
      ct state new jump firewall-check
      chain services {
      ip daddr . meta l4proto . th dport vmap @service-ips
      ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
      chain service-4BBKY5IM-default/my-service/tcp/ {
      ip daddr 10.100.200.1 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
      numgen random mod 1 vmap { 0 : goto endpoint-AJMWH3MW-default/my-service/tcp/__10.244.2.7/8080 }
      """

  @case-31
  Scenario: the way of a connection
    Given I scale Deployment "my-app" to 1 replica
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection is answered by Deployment "my-app"
    And the trace passes:
      | at          | stage                            | chain          | effect | detail                               |
      | node/node02 | nft ip kube-proxy nat/PREROUTING | nat-prerouting | jump   |                                      |
      | node/node02 | nft ip kube-proxy nat/PREROUTING | services       | jump   | 10.100.200.1 . tcp . 80 : goto servi |
    And the server sees the address of Pod "client-on-node02"

  @case-31
  Scenario: node ports are open on each node's own address, and on no other
    Then the reachability is:
      | who                    | port 30080 of Node "node01" | 127.0.0.1:30080 | 10.244.1.1:30080 |
      | Node "node01"          | answered                    | refused         | refused          |
      | Pod "client-on-node01" | answered                    | refused         | refused          |
      | host "laptop"          | answered                    | refused         | timeout          |

  @case-31
  Scenario: a port that the Service has not is rejected, and the trace says so
    When Pod "client-on-node01" connects to "10.100.200.1:81"
    Then the connection is refused
    And the trace blames "no-such-port"

  @case-31
  Scenario: an address of the Service range that nobody has is dropped
    When Pod "client-on-node01" connects to "10.100.200.99:80"
    Then the connection times out
    And the trace blames "dropped"

  @case-31
  Scenario: no endpoints
    Given I scale Deployment "my-app" to 0 replicas
    When Node "node01" connects to "10.100.200.1:80"
    Then the connection is refused
    And the trace blames "no-endpoints"
    And nft list ruleset on Node "node01" prints:
      """
      map no-endpoint-services {
      10.100.200.1 . tcp . 80 comment "default/my-service" : goto reject-chain,
      """

  @case-31
  Scenario: no endpoints on the node where the policy is Local
    Given Pod "my-app-6d4cf56db6-7qtjl" stops being ready
    And I set "spec.externalTrafficPolicy" of Service "my-nodeport-service" to "Local"
    When host "laptop" connects to port 30080 of Node "node02"
    Then the connection times out
    And the trace blames "no-local-endpoints"
    And every connection from Node "node02" to port 30080 of Node "node02" is answered
    And every connection from host "laptop" to port 30080 of Node "node01" is answered

  @case-31
  Scenario Outline: Kubernetes <version> runs it
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: version }
      spec: { kubernetesVersion: "<version>" }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: busybox:1.36, command: [sleep, "3600"] }] }
      """
    And kube-proxy runs in nftables mode
    Then every connection from Pod "client" to "kubernetes:443" is answered
    And nft list ruleset on Node "node01" prints:
      """
      chain <chain> {
      chain service-2QRHZV4L-default/kubernetes/tcp/https {
      <rule>
      """

    Examples:
      | version | chain                      | rule                                                                                  |
      | 1.32    | filter-output-post-dnat    | ip daddr 10.96.0.1 tcp dport 443 ip saddr != 10.244.0.0/16 jump mark-for-masquerade   |
      | 1.33    | filter-output-post-dnat    | ip daddr 10.96.0.1 tcp dport 443 ip saddr != 10.244.0.0/16 jump mark-for-masquerade   |
      | 1.34    | filter-prerouting-pre-dnat | ip daddr 10.96.0.1 ip saddr != 10.244.0.0/16 jump mark-for-masquerade                 |
      | 1.35    | filter-prerouting-pre-dnat | ip daddr 10.96.0.1 ip saddr != 10.244.0.0/16 jump mark-for-masquerade                 |
      | 1.36    | filter-prerouting-pre-dnat | meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 192.168.4.101 . 6443 }      |
