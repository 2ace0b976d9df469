@mode-iptables
Feature: The chains that kube-proxy writes in iptables mode

  Text as iptables-save prints it; a chain's name is a hash of the Service port's name and of the endpoint, so it is the
  same on every cluster.

  @doc-000 @doc-003 @case-28
  Scenario: the chain of a Service with three endpoints
    Given the cluster "balance"
    And Service "my-service" has 3 endpoints
    Then iptables-save on Node "node01" prints:
      """
      -A KUBE-SERVICES -d 10.100.200.1/32 -p tcp -m comment --comment "default/my-service cluster IP" -m tcp --dport 80 -j KUBE-SVC-FXIYY6OHUSNBITIX
      -A KUBE-SVC-FXIYY6OHUSNBITIX ! -s 10.244.0.0/16 -d 10.100.200.1/32 -p tcp -m comment --comment "default/my-service cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
      -A KUBE-SVC-FXIYY6OHUSNBITIX -m comment --comment "default/my-service -> 10.244.1.5:8080" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-CSKFMJVS2E3KNVYS
      -A KUBE-SVC-FXIYY6OHUSNBITIX -m comment --comment "default/my-service -> 10.244.1.6:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-NUDZQORBYFGSLRT2
      -A KUBE-SVC-FXIYY6OHUSNBITIX -m comment --comment "default/my-service -> 10.244.2.7:8080" -j KUBE-SEP-ACMQ5PCCMV2VI7NA
      """

  @doc-000 @case-28
  Scenario: each endpoint has a chain that marks its own packets and translates the rest
    Given the cluster "balance"
    Then iptables-save on Node "node02" prints:
      """
      -A KUBE-SEP-ACMQ5PCCMV2VI7NA -s 10.244.2.7/32 -m comment --comment "default/my-service" -j KUBE-MARK-MASQ
      -A KUBE-SEP-ACMQ5PCCMV2VI7NA -p tcp -m comment --comment "default/my-service" -m tcp -j DNAT --to-destination 10.244.2.7:8080
      -A KUBE-SEP-CSKFMJVS2E3KNVYS -s 10.244.1.5/32 -m comment --comment "default/my-service" -j KUBE-MARK-MASQ
      -A KUBE-SEP-CSKFMJVS2E3KNVYS -p tcp -m comment --comment "default/my-service" -m tcp -j DNAT --to-destination 10.244.1.5:8080
      """
    And the rules on Node "node02" lead to exactly the endpoints of Service "my-service"

  @doc-004 @case-28
  Scenario: a node port leads over KUBE-EXT, which masquerades
    Given the cluster "balance"
    Then iptables-save on Node "node01" prints:
      """
      -A KUBE-EXT-BD5WSPTUEZLLHMHD -m comment --comment "masquerade traffic for default/my-nodeport-service external destinations" -j KUBE-MARK-MASQ
      -A KUBE-EXT-BD5WSPTUEZLLHMHD -j KUBE-SVC-BD5WSPTUEZLLHMHD
      """
    And iptables-save on Node "node01" prints:
      """
      -A KUBE-NODEPORTS -p tcp -m comment --comment "default/my-nodeport-service" -m tcp --dport 30080 -j KUBE-EXT-BD5WSPTUEZLLHMHD
      """

  @doc-004 @case-28
  Scenario: node ports come last among the Services
    Given the cluster "balance"
    Then iptables-save on Node "node01" prints:
      """
      -A KUBE-SERVICES -d 10.100.200.2/32 -p tcp -m comment --comment "default/my-nodeport-service cluster IP" -m tcp --dport 80 -j KUBE-SVC-BD5WSPTUEZLLHMHD
      -A KUBE-SERVICES -d 10.100.200.1/32 -p tcp -m comment --comment "default/my-service cluster IP" -m tcp --dport 80 -j KUBE-SVC-FXIYY6OHUSNBITIX
      -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
      """
    And every connection from host "laptop" to port 30080 of Node "node01" is answered by Deployment "my-app"

  @doc-004 @case-28
  Scenario: one mark says what to masquerade on the way out
    Given the cluster "balance"
    Then iptables-save on Node "node01" prints:
      """
      -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
      -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
      -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
      -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
      -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
      """

  @doc-004 @case-28
  Scenario: the jumps of the filter table stand in this order
    Given the cluster "balance"
    Then iptables-save on Node "node01" prints:
      """
      -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
      -A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
      -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
      -A INPUT -j KUBE-FIREWALL
      -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
      -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
      -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
      -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
      -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A OUTPUT -j KUBE-FIREWALL
      """

  @doc-000 @case-28
  Scenario Outline: <pods> endpoints: the first rule takes <probability> of the connections
    Given the cluster "balance"
    When I scale Deployment "my-app" to <pods> replicas
    Then iptables-save on Node "node01" prints:
      """
      -A KUBE-SVC-FXIYY6OHUSNBITIX -m comment --comment "default/my-service -> 10.244.1.5:8080" -m statistic --mode random --probability <probability> -j KUBE-SEP-CSKFMJVS2E3KNVYS
      """
    And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over <pods> Pods

    Examples:
      | pods | probability   |
      | 3    | 0.33333333349 |
      | 4    | 0.25000000000 |
      | 5    | 0.20000000019 |

  @doc-002 @case-28
  Scenario: the way of one packet through the chains
    Given the cluster "nginx-demo"
    When Pod "demo/client" connects to "10.111.193.186:80"
    Then the trace passes:
      | stage          | chain                     | effect |
      | nat/PREROUTING | PREROUTING                | jump   |
      | nat/PREROUTING | KUBE-SERVICES             | jump   |
      | nat/PREROUTING | KUBE-SVC-MB5KCWDBYURM2P64 | jump   |
    And the server sees the address of Pod "demo/client"
    And the client sees "10.111.193.186:80"

  @doc-000 @doc-002 @case-28
  Scenario: a Service without endpoints is refused by a rule in the filter table
    Given the cluster "nginx-demo"
    When I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    Then iptables-save on Node "docker-desktop" prints:
      """
      -A KUBE-SERVICES -d 10.111.193.186/32 -p tcp -m comment --comment "demo/nginx-prod-svc-demo:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
      """
    And every connection from Pod "demo/client" to "10.111.193.186:80" is refused

  @doc-000 @case-28
  Scenario: only the Service's own port and protocol are translated
    Given the cluster "balance"
    Then every connection from Pod "client-on-node01" to "10.100.200.1:80" is answered
    And no connection from Pod "client-on-node01" to "10.100.200.1:8080" is answered
    And no connection from Pod "client-on-node01" to "10.100.200.1:80" over UDP is answered
    And every connection from Pod "client-on-node01" to "10.100.200.3:53" over UDP is answered by Deployment "my-app"

  @doc-003 @case-28
  Scenario: a deleted Service leaves no rules
    Given the cluster "balance"
    When I delete Service "my-service"
    Then the rules on Node "node01" do not mention Service "my-service"
    And no connection from Pod "client-on-node01" to "10.100.200.1:80" is answered
    And every connection from Pod "client-on-node01" to "10.100.200.2:80" is answered
