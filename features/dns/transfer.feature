Feature: A whole zone goes to whoever `transfer` names

  Over TCP, with the SOA first and last. In between come the name server and its address, then the Services by name.

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: db }
      spec: { type: ExternalName, externalName: db.example.com }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: "debian:12" }] }
      """
    And CoreDNS is configured with:
      """
      .:53 {
          errors
          ready
          reload
          transfer {
              to *
          }
          kubernetes cluster.local in-addr.arpa ip6.arpa {
              ttl 30
          }
      }
      """

  @case-9
  Scenario: AXFR
    When I run "kubectl exec client -- dig +nocmd +nostats AXFR cluster.local"
    Then it prints:
      """
      cluster.local. 30 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. * 7200 1800 86400 30
      cluster.local. 30 IN NS kube-dns.kube-system.svc.cluster.local.
      kube-dns.kube-system.svc.cluster.local. 0 IN A 10.96.0.10
      db.default.svc.cluster.local. 30 IN CNAME db.example.com.
      kube-dns.kube-system.svc.cluster.local. 30 IN A 10.96.0.10
      kube-dns.kube-system.svc.cluster.local. 30 IN SRV 0 100 53 kube-dns.kube-system.svc.cluster.local.
      _dns._udp.kube-dns.kube-system.svc.cluster.local. 30 IN SRV 0 100 53 kube-dns.kube-system.svc.cluster.local.
      kube-dns.kube-system.svc.cluster.local. 30 IN SRV 0 100 53 kube-dns.kube-system.svc.cluster.local.
      _dns-tcp._tcp.kube-dns.kube-system.svc.cluster.local. 30 IN SRV 0 100 53 kube-dns.kube-system.svc.cluster.local.
      kube-dns.kube-system.svc.cluster.local. 30 IN SRV 0 100 9153 kube-dns.kube-system.svc.cluster.local.
      _metrics._tcp.kube-dns.kube-system.svc.cluster.local. 30 IN SRV 0 100 9153 kube-dns.kube-system.svc.cluster.local.
      kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1
      kubernetes.default.svc.cluster.local. 30 IN SRV 0 100 443 kubernetes.default.svc.cluster.local.
      _https._tcp.kubernetes.default.svc.cluster.local. 30 IN SRV 0 100 443 kubernetes.default.svc.cluster.local.
      cluster.local. 30 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. * 7200 1800 86400 30
      """

  @case-9
  Scenario: somebody else is refused
    When CoreDNS is configured with:
      """
      .:53 {
          ready
          transfer {
              to 10.9.9.9
          }
          kubernetes cluster.local
      }
      """
    And I run "kubectl exec client -- dig +nocmd AXFR cluster.local"
    Then it prints:
      """
      ; Transfer failed.
      """

  @case-9
  Scenario: over UDP nobody gets it
    When I run "kubectl exec client -- dig +nocmd +notcp +noall +comments AXFR cluster.local"
    Then it prints:
      """
      ; Transfer failed.
      """
