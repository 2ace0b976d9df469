Feature: A Corefile with rules of its own is tried before it reaches a cluster

  rewrite, template and acl change what a Pod hears. They run in the order of plugin.cfg, not of the file.

  Background:
    Given the cluster "names"

  @doc-003 @case-41
  Scenario: rewrite lends a Service an outside name, and nobody sees the inside one
    Given CoreDNS is configured with:
      """
      .:53 {
          rewrite name shop.example.org my-service.default.svc.cluster.local
          kubernetes cluster.local
      }
      """
    When Pod "default/asker" looks up "shop.example.org." A
    Then the answer is:
      """
      shop.example.org. 5 IN A 10.100.200.1
      """
    And every connection from Pod "default/asker" to "shop.example.org:80" is answered by Deployment "default/my-app"

  @doc-003 @case-41
  Scenario: a suffix without `answer auto` shows the inside name
    Given CoreDNS is configured with:
      """
      .:53 {
          rewrite name suffix .example.org .default.svc.cluster.local
          kubernetes cluster.local
      }
      """
    When I run "kubectl exec asker -- dig +noall +answer my-service.example.org"
    Then it prints:
      """
      my-service.default.svc.cluster.local. 5	IN A	10.100.200.1
      """

  @doc-003 @case-41
  Scenario: template answers names from their own text
    Given CoreDNS is configured with:
      """
      .:53 {
          template IN A nodes.test {
              match "^ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]nodes[.]test[.]$"
              answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
              fallthrough
          }
          kubernetes cluster.local nodes.test
      }
      """
    When Pod "default/asker" looks up "ip-192-168-66-101.nodes.test." A
    Then the answer is:
      """
      ip-192-168-66-101.nodes.test. 60 IN A 192.168.66.101
      """

  @doc-003 @case-41
  Scenario: acl keeps a zone from clients, who hear REFUSED
    Given CoreDNS is configured with:
      """
      .:53 {
          acl default.svc.cluster.local {
              block net 10.244.0.0/16
          }
          kubernetes cluster.local
      }
      """
    When Pod "default/asker" looks up "my-service.default.svc.cluster.local." A
    Then the queries are:
      | name                                  | rcode   |
      | my-service.default.svc.cluster.local. | REFUSED |
      | my-service.default.svc.cluster.local. | REFUSED |

  @doc-003 @case-40
  Scenario: A1 [q]: a # inside of a word hides the rest of the word, not of the line
    Given CoreDNS is configured with:
      """
      .:53 {
          kubernetes cluster.local#comment in-addr.arpa # comment
      }
      """
    When Pod "default/asker" looks up "1.200.100.10.in-addr.arpa." PTR
    Then the answer is:
      """
      1.200.100.10.in-addr.arpa. 5 IN PTR my-service.default.svc.cluster.local.
      """

  @doc-003 @case-40
  Scenario Outline: A12 [q]: a zone without plugins refuses, and so does a name without a zone: <name>
    Given CoreDNS is configured with:
      """
      cluster.local:53 {
          kubernetes
      }
      empty.test:53 {
      }
      """
    When I run "kubectl exec asker -- dig +noall +comments +noedns <name>"
    Then it prints:
      """
      ;; Got answer:
      ;; ->>HEADER<<- opcode: QUERY, status: REFUSED, id: *
      ;; flags: qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0
      ;; WARNING: recursion requested but not available

      """

    Examples:
      | name         |
      | a.empty.test |
      | example.com  |

  @doc-003 @case-41
  Scenario: rewrite changes the name that is asked for, never the request that follows
    Given CoreDNS is configured with:
      """
      .:53 {
          rewrite name shop.example.org my-service.default.svc.cluster.local
          kubernetes cluster.local
      }
      """
    When I run "kubectl exec asker -- curl -sv http://shop.example.org/cart"
    Then it prints:
      """
      * Trying 10.100.200.1:80...
      * Connected to shop.example.org (10.100.200.1) port 80 (#0)
      > GET /cart HTTP/1.1
      > Host: shop.example.org
      > User-Agent: *
      > Accept: */*
      >
      < HTTP/1.1 200 OK
      < Content-Type: text/plain; charset=utf-8
      < Content-Length: 22
      < Connection: close
      <
      * Closing connection 0
      """
