Feature: What a client sees on the wire

  Sizes, flags and transports: what fits into a datagram, what is cut and asked for again over TCP, and what CoreDNS
  sends back of a query. All of it goes through the Service kube-dns.

  Background:
    Given a cluster:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: peer }
      spec:
        replicas: 120
        selector: { matchLabels: { app: peer } }
        template:
          metadata: { labels: { app: peer } }
          spec: { containers: [{ name: peer, image: "nginx:1.27" }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: peers }
      spec: { clusterIP: None, selector: { app: peer }, ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: "debian:12" }] }
      """

  @case-9
  Scenario: 120 addresses do not fit into 512 bytes
    When I run "kubectl exec client -- dig +noall +comments +noedns +ignore peers.default.svc.cluster.local"
    Then it prints:
      """
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa tc rd; QUERY: 1, ANSWER: 28, AUTHORITY: 0, ADDITIONAL: 0
      ;; WARNING: recursion requested but not available
      """

  @case-9
  Scenario: dig asks again over TCP, and gets all of them
    When I run "kubectl exec client -- dig +noall +comments +nocookie peers.default.svc.cluster.local"
    Then it prints:
      """
      ;; Truncated, retrying in TCP mode.
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa rd; QUERY: 1, ANSWER: 120, AUTHORITY: 0, ADDITIONAL: 1
      ;; WARNING: recursion requested but not available

      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags:; udp: 1232
      """

  @case-9
  Scenario: with enough room one datagram holds all, compressed
    When I run "kubectl exec client -- dig +noall +comments +stats +nocookie +bufsize=4096 peers.default.svc.cluster.local"
    Then it prints:
      """
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa rd; QUERY: 1, ANSWER: 120, AUTHORITY: 0, ADDITIONAL: 1
      ;; WARNING: recursion requested but not available

      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags:; udp: 4096
      ;; Query time: * msec
      ;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)
      ;; WHEN: * * * * * *
      ;; MSG SIZE  rcvd: 1980
      """

  @case-9
  Scenario: SRV records of all peers have their addresses beside them, over TCP
    When I run "kubectl exec client -- dig +noall +comments +tcp +nocookie SRV _http._tcp.peers.default.svc.cluster.local"
    Then it prints:
      """
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa rd; QUERY: 1, ANSWER: 120, AUTHORITY: 0, ADDITIONAL: 121
      ;; WARNING: recursion requested but not available

      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags:; udp: 1232
      """

  @case-9
  Scenario: the resolver of glibc asks again over TCP by itself
    When Pod "client" looks up "peers" A
    Then the queries are:
      | type | rcode   | transport |
      | A    | NOERROR | udp       |
      | A    | NOERROR | tcp       |

  @case-9
  Scenario: the reply says RD only where the query did, and never RA for a name of the cluster
    When I run "kubectl exec client -- dig +noall +comments +noedns +norec kubernetes.default.svc.cluster.local"
    Then it prints:
      """
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0
      """

  @case-9
  Scenario: ANY has no records
    When I run "kubectl exec client -- dig +noall +comments +noedns ANY kubernetes.default.svc.cluster.local"
    Then it prints:
      """
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 0
      ;; WARNING: recursion requested but not available
      """

  @case-9
  Scenario: the reply keeps the spelling of the question, record owners too
    When I run "kubectl exec client -- dig +noall +question +answer KuberNetes.DEFAULT.svc.cluster.LOCAL"
    Then it prints:
      """
      ;KuberNetes.DEFAULT.svc.cluster.LOCAL. IN A
      KuberNetes.DEFAULT.svc.cluster.LOCAL. 30 IN A 10.96.0.1
      """

  @case-9
  Scenario: a client's cookie is echoed, and nothing is added to it
    When I run "kubectl exec client -- dig +noall +comments nosuch.svc.cluster.local"
    Then it prints:
      """
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: *
      ;; flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
      ;; WARNING: recursion requested but not available

      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags:; udp: 1232
      ; COOKIE: * (echoed)
      """

  @case-9
  Scenario: nobody gets the zone
    When I run "kubectl exec client -- dig +nocmd AXFR cluster.local"
    Then it prints:
      """
      ; Transfer failed.
      """
