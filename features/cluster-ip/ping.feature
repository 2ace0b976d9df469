Feature: Pinging a Service

  A cluster IP is nobody's address: rules translate the ports of its Service and nothing else. Whether anything answers an
  echo request depends on the mode of kube-proxy.

  Background:
    Given the cluster "balance"

  @mode-iptables
  Scenario: iptables mode, no rule matches an echo request, and nobody has the address it is routed to
    When I run "kubectl exec client-on-node01 -- ping -c 1 10.100.200.1"
    Then it prints:
      """
      PING 10.100.200.1 (10.100.200.1): 56 data bytes

      --- 10.100.200.1 ping statistics ---
      1 packets transmitted, 0 packets received, 100% packet loss
      command terminated with exit code 1
      """

  @mode-ipvs
  Scenario: IPVS mode, the address is the node's own, which refuses in its name what is no port of a Service
    Given kube-proxy runs in ipvs mode
    When I run "kubectl exec my-app-6d4cf56db6-2bq5x -- ping -c 1 10.100.200.1"
    Then it prints:
      """
      PING 10.100.200.1 (10.100.200.1) 56(84) bytes of data.
      From 10.100.200.1 icmp_seq=1 Destination Port Unreachable

      --- 10.100.200.1 ping statistics ---
      1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

      command terminated with exit code 1
      """

  @mode-nftables
  Scenario: nftables mode, the node refuses whatever comes to a cluster IP and is no port of its Service
    Given kube-proxy runs in nftables mode
    When I run "kubectl exec my-app-6d4cf56db6-2bq5x -- ping -c 1 10.100.200.1"
    Then it prints:
      """
      PING 10.100.200.1 (10.100.200.1) 56(84) bytes of data.
      From 10.244.1.1 icmp_seq=1 Destination Port Unreachable

      --- 10.100.200.1 ping statistics ---
      1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

      command terminated with exit code 1
      """

  @mode-nftables
  Scenario: nftables mode, an address of the Service range that no Service has is dropped
    Given kube-proxy runs in nftables mode
    When I run "kubectl exec my-app-6d4cf56db6-2bq5x -- ping -c 1 10.100.200.99"
    Then it prints:
      """
      PING 10.100.200.99 (10.100.200.99) 56(84) bytes of data.

      --- 10.100.200.99 ping statistics ---
      1 packets transmitted, 0 received, 100% packet loss, time 0ms

      command terminated with exit code 1
      """

  Scenario: the address of a Pod answers, two routers away
    When I run "kubectl exec client-on-node01 -- ping -c 1 10.244.2.7"
    Then it prints:
      """
      PING 10.244.2.7 (10.244.2.7): 56 data bytes
      64 bytes from 10.244.2.7: seq=0 ttl=62 time=0.050 ms

      --- 10.244.2.7 ping statistics ---
      1 packets transmitted, 1 packets received, 0% packet loss
      round-trip min/avg/max = 0.050/0.050/0.050 ms
      """
    And conntrack -L on Node "node02" prints:
      """
      icmp     1 30 src=10.244.1.20 dst=10.244.2.7 type=8 code=0 id=32768 src=10.244.2.7 dst=10.244.1.20 type=0 code=0 id=32768 mark=0 use=1
      """

  Scenario: the addresses of nodes answer
    When I run "kubectl exec client-on-node01 -- ping -q -c 1 192.168.66.101"
    Then it prints:
      """
      PING 192.168.66.101 (192.168.66.101): 56 data bytes

      --- 192.168.66.101 ping statistics ---
      1 packets transmitted, 1 packets received, 0% packet loss
      round-trip min/avg/max = 0.050/0.050/0.050 ms
      """

  Scenario: a Pod that pings the world does so as its node
    When I run "kubectl exec client-on-node01 -- ping -c 1 203.0.113.50"
    Then it prints:
      """
      PING 203.0.113.50 (203.0.113.50): 56 data bytes
      64 bytes from 203.0.113.50: seq=0 ttl=63 time=0.050 ms

      --- 203.0.113.50 ping statistics ---
      1 packets transmitted, 1 packets received, 0% packet loss
      round-trip min/avg/max = 0.050/0.050/0.050 ms
      """
    And conntrack -L on Node "node01" prints:
      """
      icmp     1 30 src=10.244.1.20 dst=203.0.113.50 type=8 code=0 id=32768 src=203.0.113.50 dst=192.168.66.101 type=0 code=0 id=32768 mark=0 use=1
      """
