@mode-iptables @mode-nftables
Feature: NodeLocal DNSCache answers on the node

  A node-cache on every node takes the address of kube-dns and 169.254.20.10 for itself. Rules of the raw table keep
  conntrack, and with it kube-proxy's translation, away from both, so look-ups never leave the node while they are cached.

  Background:
    Given the cluster "node-local-dns"

  Scenario: a look-up ends at the cache of its own node, untracked and untranslated
    When Pod "demo/client" connects to "10.96.0.10:53" over UDP
    Then the trace passes:
      | at          | stage          | effect  | rule              | detail                     |
      | node/node01 | raw/PREROUTING | mark    | -j NOTRACK        |                            |
      | node/node01 | filter/INPUT   | accept  | -d 10.96.0.10/32  |                            |
      | pod/kube-system/node-local-dns-9d4fv | socket | deliver | | listening on 10.96.0.10:53 |

  Scenario: the rules, the last one written on top
    Then iptables-save on Node "node02" prints:
      """
      *raw
      -A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j NOTRACK
      -A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 53 -j NOTRACK
      -A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -j NOTRACK
      -A OUTPUT -s 10.96.0.10/32 -p tcp -m tcp --sport 8080 -j NOTRACK
      -A OUTPUT -d 10.96.0.10/32 -p tcp -m tcp --dport 8080 -j NOTRACK
      *filter
      -A INPUT -d 10.96.0.10/32 -p udp -m udp --dport 53 -j ACCEPT
      """
    And ip addr show dev nodelocaldns on Node "node02" prints:
      """
      inet 169.254.20.10/32 scope global nodelocaldns
      inet 10.96.0.10/32 scope global nodelocaldns
      """

  Scenario: CoreDNS is gone, and what the cache holds is answered for its 30 seconds
    Given Pod "demo/client" looks up "web"
    And I scale Deployment "kube-system/coredns" to 0 replicas
    And 20 seconds pass
    When Pod "demo/client" looks up "web" A
    Then the answer is:
      """
      web.demo.svc.cluster.local. 10 IN A 10.96.16.251
      """

  Scenario: CoreDNS is gone, and 31 seconds later nothing is answered any more
    Given Pod "demo/client" looks up "web"
    And I scale Deployment "kube-system/coredns" to 0 replicas
    And 31 seconds pass
    When Pod "demo/client" looks up "web.demo.svc.cluster.local." A
    Then the answer is SERVFAIL

  Scenario: a cache in CrashLoopBackOff has left its rules, and its node has no names
    Given Pod "kube-system/node-local-dns-9d4fv" crashes
    And Pod "kube-system/node-local-dns-9d4fv" crashes
    When Pod "demo/client" connects to "10.96.0.10:53" over UDP
    Then the connection is refused
    And iptables-save on Node "node01" prints:
      """
      -A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j NOTRACK
      """
    And connections from Pod "demo/other" to "web:80" spread evenly over 2 Pods

  Scenario: without the caches look-ups go through kube-proxy to CoreDNS again
    Given I delete DaemonSet "kube-system/node-local-dns"
    And 1 minute passes
    When Pod "demo/client" connects to "10.96.0.10:53" over UDP
    Then the trace passes:
      | at          | effect | rule |
      | node/node01 | dnat   |      |
    And every connection from Pod "demo/client" to "web:80" is answered

  Scenario: a stub domain of the ConfigMap kube-dns becomes a block of the caches
    Given I apply:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: kube-dns, namespace: kube-system }
      data: { stubDomains: '{"corp.example": ["203.0.113.53"]}' }
      """
    And 2 minutes pass
    When Pod "demo/client" looks up "db.corp.example."
    Then the answer is SERVFAIL
