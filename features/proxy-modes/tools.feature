Feature: the tools of a node, in every mode

  Who looks after a cluster asks its nodes: iptables, ipset, ipvsadm, nft and ip answer from what stands in the node's kernel,
  each in its own words.

  Background:
    Given the cluster "balance"

  @mode-iptables
  Scenario: iptables lists a chain with its counters, and as the commands that made it
    Given kube-proxy runs in iptables mode
    Then iptables -t nat -nvL KUBE-NODEPORTS on Node "node01" prints:
      """
      Chain KUBE-NODEPORTS (1 references)
       pkts bytes target     prot opt in     out     source               destination
          0     0 KUBE-EXT-BD5WSPTUEZLLHMHD  6    --  *      *       0.0.0.0/0            0.0.0.0/0            /* default/my-nodeport-service */ tcp dpt:30080
      """
    And iptables -t nat -S KUBE-NODEPORTS on Node "node01" prints:
      """
      -N KUBE-NODEPORTS
      -A KUBE-NODEPORTS -p tcp -m comment --comment "default/my-nodeport-service" -m tcp --dport 30080 -j KUBE-EXT-BD5WSPTUEZLLHMHD
      """
    And ip6tables -nL on Node "node01" prints:
      """
      Chain INPUT (policy ACCEPT)
      target     prot opt source               destination
      """

  @mode-ipvs
  Scenario: ipset lists one set, and the files of IPVS say what kube-proxy set
    Given kube-proxy runs in ipvs mode
    Then ipset list KUBE-CLUSTER-IP on Node "node01" prints:
      """
      Name: KUBE-CLUSTER-IP
      Type: hash:ip,port
      References: 3
      Number of entries: 7
      Members:
      10.100.200.1,tcp:80
      """
    And ip addr show kube-ipvs0 on Node "node01" prints:
      """
      inet 10.100.200.1/32 scope global kube-ipvs0
      """
    And cat /proc/sys/net/ipv4/vs/conntrack on Node "node01" prints:
      """
      1
      """
    And cat /proc/net/ip_vs on Node "node01" prints:
      """
      TCP  0A64C801:0050 rr
      """

  @mode-nftables
  Scenario: nft lists the table, a chain and a map
    Given kube-proxy runs in nftables mode
    Then nft list tables on Node "node01" prints:
      """
      table ip kube-proxy
      """
    And nft list table ip kube-proxy on Node "node01" prints:
      """
      comment "rules for kube-proxy"
      chain services {
      """
    And nft list chain ip kube-proxy services on Node "node01" prints:
      """
      table ip kube-proxy {
      chain services {
      ip daddr . meta l4proto . th dport vmap @service-ips
      }
      """
    And nft list map ip kube-proxy service-nodeports on Node "node01" prints:
      """
      elements = { tcp . 30080 : goto external-6E2LAMZC-default/my-nodeport-service/tcp/ }
      """
