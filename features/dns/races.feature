Feature: Two queries at once from one socket

  glibc and musl send the queries for A and AAAA from one socket, one right behind the other. Where both pass a node before
  either is tracked, each is balanced by itself, and one of two entries for the same addresses must go. Linux before 5.0
  drops its packet, before 5.7 unless both went to one Pod; since then both are answered. The resolver waits five seconds.

  @mode-iptables @mode-ipvs
  Scenario Outline: the second query is lost where the kernel is old and the choice another one
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: races }
      spec: { kernelVersion: "<kernel>" }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: c, image: "debian:12" }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { containers: [{ name: c, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
      """
    And the A and AAAA queries of Pod "client" race
    When Pod "client" looks up "web"
    Then the queries are:
      | name                           | type | rcode    |
      | web.default.svc.cluster.local. | A    | NOERROR  |
      | web.default.svc.cluster.local. | AAAA | <second> |

    Examples:
      | kernel | second  |
      | 6.1    | NOERROR |
      | 5.7    | NOERROR |

  @mode-iptables @mode-ipvs
  Scenario: a kernel before 5.0 loses the second query, and glibc then asks one by one
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: races }
      spec: { kernelVersion: "4.19" }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: c, image: "debian:12" }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: careful }
      spec:
        dnsConfig: { options: [{ name: single-request-reopen }] }
        containers: [{ name: c, image: "debian:12" }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, ports: [{ port: 80 }] }
      """
    And the A and AAAA queries of Pod "client" race
    And the A and AAAA queries of Pod "careful" race
    When Pod "client" looks up "web.default.svc.cluster.local."
    Then the queries are:
      | name                           | type | rcode   |
      | web.default.svc.cluster.local. | A    | NOERROR |
      | web.default.svc.cluster.local. | AAAA | TIMEOUT |
      | web.default.svc.cluster.local. | A    | NOERROR |
      | web.default.svc.cluster.local. | AAAA | NOERROR |
    When Pod "careful" looks up "web.default.svc.cluster.local."
    Then the queries are:
      | name                           | type | rcode   |
      | web.default.svc.cluster.local. | A    | NOERROR |
      | web.default.svc.cluster.local. | AAAA | NOERROR |
