Feature: kube-proxy's rules in iptables mode

  @doc-000 @doc-002 @case-28 @mode-iptables
  Scenario: the chains of nginx-prod-svc-demo
    Given the cluster "nginx-demo"
    Then iptables-save on Node "docker-desktop" prints:
      """
      -A KUBE-SEP-455QR56AOZU3YMCT -s 10.1.0.29/32 -m comment --comment "demo/nginx-prod-svc-demo:http" -j KUBE-MARK-MASQ
      -A KUBE-SEP-455QR56AOZU3YMCT -p tcp -m comment --comment "demo/nginx-prod-svc-demo:http" -m tcp -j DNAT --to-destination 10.1.0.29:80
      """
    And iptables-save on Node "docker-desktop" prints:
      """
      -A KUBE-SERVICES -d 10.111.193.186/32 -p tcp -m comment --comment "demo/nginx-prod-svc-demo:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-MB5KCWDBYURM2P64
      -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
      -A KUBE-SVC-MB5KCWDBYURM2P64 ! -s 10.1.0.0/16 -d 10.111.193.186/32 -p tcp -m comment --comment "demo/nginx-prod-svc-demo:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
      -A KUBE-SVC-MB5KCWDBYURM2P64 -m comment --comment "demo/nginx-prod-svc-demo:http -> 10.1.0.29:80" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-455QR56AOZU3YMCT
      -A KUBE-SVC-MB5KCWDBYURM2P64 -m comment --comment "demo/nginx-prod-svc-demo:http -> 10.1.0.30:80" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-OVICHCOJIJIKP2JC
      -A KUBE-SVC-MB5KCWDBYURM2P64 -m comment --comment "demo/nginx-prod-svc-demo:http -> 10.1.0.31:80" -j KUBE-SEP-CR5I45TZ5QMDRHI5
      """

  @doc-004 @case-28 @mode-iptables
  Scenario: the node port rule of document 004, as kube-proxy writes it
    Given the cluster "three-nodes"
    When I apply "nodeport.yaml"
    Then iptables-save on Node "node02" prints:
      """
      -A KUBE-EXT-OGHXQAAV2FRWKUAK -m comment --comment "masquerade traffic for default/nginx-deployment-service external destinations" -j KUBE-MARK-MASQ
      -A KUBE-EXT-OGHXQAAV2FRWKUAK -j KUBE-SVC-OGHXQAAV2FRWKUAK
      """
    And iptables-save on Node "node02" prints:
      """
      -A KUBE-NODEPORTS -p tcp -m comment --comment "default/nginx-deployment-service" -m tcp --dport 30007 -j KUBE-EXT-OGHXQAAV2FRWKUAK
      """

  @doc-002 @case-28 @mode-iptables
  Scenario: the way of one packet through the chains
    Given the cluster "nginx-demo"
    When Pod "demo/client" connects to "10.111.193.186:80"
    Then the trace passes:
      | stage           | chain                     | effect |
      | nat/PREROUTING  | PREROUTING                | jump   |
      | nat/PREROUTING  | KUBE-SERVICES             | jump   |
      | nat/PREROUTING  | KUBE-SVC-MB5KCWDBYURM2P64 | jump   |
    And the server sees the address of Pod "demo/client"
    And the client sees "10.111.193.186:80"

  @doc-000 @case-28 @mode-iptables
  Scenario: a Service without endpoints is refused by a rule in the filter table
    Given the cluster "nginx-demo"
    And I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    Then iptables-save on Node "docker-desktop" prints:
      """
      -A KUBE-SERVICES -d 10.111.193.186/32 -p tcp -m comment --comment "demo/nginx-prod-svc-demo:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
      """
    And every connection from Pod "demo/client" to "10.111.193.186:80" is refused

  @doc-004 @case-28 @mode-iptables
  Scenario: the cost is linear: a later Service walks more rules
    Given the cluster "nginx-demo"
    When Pod "demo/client" connects to "10.111.193.186:80"
    Then the connection walks at least 5 rules
    And the connection walks at most 60 rules

  @doc-003 @case-28 @mode-iptables
  Scenario: a deleted Service leaves no rules
    Given the cluster "nginx-demo"
    When I delete Service "demo/nginx-prod-svc-demo"
    Then the rules on Node "docker-desktop" do not mention Service "demo/nginx-prod-svc-demo"
    And no connection from Pod "demo/client" to "10.111.193.186:80" is answered
