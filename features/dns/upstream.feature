Feature: Names outside of the cluster are the upstream's

  CoreDNS's Pod has the resolv.conf of its node, and forwards what is not the cluster's to the server named there.

  Background:
    Given the cluster "names"
    And I scale Deployment "kube-system/coredns" to 1 replica
    And I apply "document-corefile.yaml"

  @doc-003 @case-42
  Scenario: CoreDNS does not ask itself: its Pod has the policy Default
    When I run "kubectl get deployment coredns -n kube-system -o jsonpath={.spec.template.spec.dnsPolicy}"
    Then it prints:
      """
      Default
      """

  @doc-003 @case-42
  Scenario: the query leaves the cluster from CoreDNS's node, for 8.8.8.8
    When Pod "asker" looks up "example.com." A
    Then conntrack -L on Node "control-plane" prints:
      """
      udp      17 30 src=10.244.0.2 dst=8.8.8.8 sport=32771 dport=53 src=8.8.8.8 dst=192.168.66.100 sport=53 dport=32771 mark=0 use=1
      """

  @doc-003 @case-42
  Scenario: a name of the cluster is not asked for outside, however wrong it is
    Given upstream DNS stops
    When Pod "asker" looks up "my-servise.default.svc.cluster.local." A
    Then the answer is NXDOMAIN

  @doc-003 @case-42
  Scenario: an upstream that is dead costs six seconds, and then SERVFAIL comes
    Given upstream DNS stops
    When I run "kubectl exec asker -- dig +time=20 +noall +comments +stats +noedns example.com"
    Then it prints:
      """
      ;; Got answer:
      ;; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: *
      ;; flags: qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0
      ;; WARNING: recursion requested but not available

      ;; Query time: 6000 msec
      ;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)
      ;; WHEN: * * * * * *
      ;; MSG SIZE  rcvd: 29
      """

  @doc-003 @case-42
  Scenario: a Pod's own resolver has given up by then once, after five seconds
    Given upstream DNS stops
    When Pod "asker" looks up "example.com." A
    Then the answer is SERVFAIL
    And the queries are:
      | name         | type | server        | rcode    |
      | example.com. | A    | 10.96.0.10:53 | TIMEOUT  |
      | example.com. | A    | 10.96.0.10:53 | SERVFAIL |

  @doc-003 @case-42
  Scenario: the upstream comes back, and so do the names outside
    Given upstream DNS stops
    And every connection from Pod "asker" to "example.com:80" fails to resolve
    When upstream DNS starts
    Then every connection from Pod "asker" to "example.com:80" is answered by host "example"
