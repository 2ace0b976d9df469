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

  @mode-ipvs
  Scenario: ipvsadm counts, lists connections and one virtual server, and conntrack the flows behind
    Given kube-proxy runs in ipvs mode
    And I scale Deployment "my-app" to 1 replica
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then ipvsadm -Lnc on Node "node02" prints:
      """
      IPVS connection entries
      pro expire state       source             virtual            destination
      TCP 01:59  TIME_WAIT   10.244.2.20:32768  10.100.200.1:80    10.244.2.7:8080
      """
    And ipvsadm -Ln -t 10.100.200.1:80 --stats on Node "node02" prints:
      """
      Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
      TCP  10.100.200.1:80                     1        5        3      306      286
      """
    And ipvsadm -Ln -t 10.100.200.1:80 on Node "node02" prints:
      """
      TCP  10.100.200.1:80 rr
        -> 10.244.2.7:8080              Masq    1      0          1
      """
    And ipvsadm -L --timeout on Node "node02" prints:
      """
      Timeout (tcp tcpfin udp): 900 120 300
      """
    And conntrack -L -p tcp -d 10.100.200.1 --dport 80 on Node "node02" prints:
      """
      tcp      6 119 TIME_WAIT src=10.244.2.20 dst=10.100.200.1 sport=32768 dport=80 src=10.244.2.7 dst=10.244.2.20 sport=8080 dport=32768 [ASSURED] mark=0 use=1
      """

  Scenario: what listens on a node, how its kernel is set, and what its kube-proxy says of its mode
    Then ss -ltn on Node "node01" prints:
      """
      State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
      LISTEN 0      4096       127.0.0.1:10249      0.0.0.0:*
      LISTEN 0      4096               *:10250            *:*
      LISTEN 0      4096               *:10256            *:*
      """
    And sysctl net.ipv4.ip_forward on Node "node01" prints:
      """
      net.ipv4.ip_forward = 1
      """
    And every connection from Node "node01" to "127.0.0.1:10249" is answered
    And no connection from Node "node02" to "192.168.66.101:10249" is answered

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
    And nft list sets on Node "node01" prints:
      """
      table ip kube-proxy {
      set cluster-ips {
      set nodeport-ips {
      """
    And nft list chains ip on Node "node01" prints:
      """
      chain nat-prerouting {
      type nat hook prerouting priority dstnat; policy accept;
      """
