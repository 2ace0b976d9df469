Feature: The Corefile of document 003, plugin by plugin

  Unlike kubeadm's it gives the names of the cluster no `ttl`, so they live for five seconds. CoreDNS reads it while it
  runs: the Corefile that it began with has `reload`. Its one Pod has the address 10.244.0.2.

  Background:
    Given the cluster "names"
    And I scale Deployment "kube-system/coredns" to 1 replica
    And 5 seconds pass
    And I apply "document-corefile.yaml"

  @doc-003 @case-40
  Scenario: errors: a query that fails leaves a line in the log
    Given upstream DNS stops
    When I run "kubectl exec asker -- dig +tries=1 +time=20 +short www.example.com"
    And I run "kubectl logs -n kube-system deployment/coredns --tail=1"
    Then it prints:
      """
      [ERROR] plugin/errors: 2 www.example.com. A: read udp * i/o timeout
      """

  @doc-003 @case-40
  Scenario: health: port 8080 says that the process lives
    When I run "kubectl exec asker -- curl -s http://10.244.0.2:8080/health"
    Then it prints:
      """
      OK
      """
    And every connection from Pod "asker" to port 8080 of Pod "asker" is refused

  @doc-003 @case-40
  Scenario: ready: port 8181 says that the plugins are ready, and the kubelet asks it
    When I run "kubectl exec asker -- curl -s http://10.244.0.2:8181/ready"
    Then it prints:
      """
      OK
      """
    And Service "kube-system/kube-dns" has 1 endpoint

  @doc-003 @case-40
  Scenario: without ready the readiness probe fails, and nobody is sent there
    Given CoreDNS is configured with:
      """
      .:53 {
          kubernetes cluster.local
          reload
      }
      """
    When 40 seconds pass
    Then Service "kube-system/kube-dns" has no endpoints
    And Pod "asker" looks up "my-service" A
    And the answer is a timeout

  @doc-003 @case-40
  Scenario Outline: kubernetes: <what>
    When Pod "asker" looks up "<name>." A
    Then the answer is:
      """
      <name>. 5 IN A <address>
      """

    Examples:
      | what                                         | name                                 | address      |
      | the name of a Service                        | my-service.default.svc.cluster.local | 10.100.200.1 |
      | pods insecure makes a name of every address  | 10-9-9-9.default.pod.cluster.local   | 10.9.9.9     |

  @doc-003 @case-40
  Scenario Outline: kubernetes: fallthrough passes on unknown addresses, not unknown names: <name>
    Given upstream DNS stops
    When Pod "asker" looks up "<name>" <type>
    Then the answer is <rcode>

    Examples:
      | name                           | type | rcode    |
      | 34.216.184.93.in-addr.arpa.    | PTR  | SERVFAIL |
      | nowhere.svc.cluster.local.     | A    | NXDOMAIN |

  @doc-003 @case-40
  Scenario: prometheus: port 9153 counts the queries
    Given Pod "asker" looks up "my-service" A
    And curl -s http://10.244.0.2:9153/metrics on Node "node01" prints:
      """
      coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="A",view="",zone="."} 1
      """
    When Pod "asker" looks up "my-service" A
    Then curl -s http://10.244.0.2:9153/metrics on Node "node01" prints:
      """
      coredns_cache_hits_total{server="dns://:53",type="success",view="",zones="."} 1
      coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="A",view="",zone="."} 2
      """

  @doc-003 @case-40
  Scenario: prometheus [q]: before CoreDNS 1.14 the label `plugin` names not the one that answered but the outermost
    When Pod "asker" looks up "my-service.default.svc.cluster.local." A
    Then curl -s http://10.244.0.2:9153/metrics on Node "node01" prints:
      """
      coredns_dns_responses_total{plugin="loadbalance",rcode="NOERROR",server="dns://:53",view="",zone="."} 1
      """

  @doc-003 @case-40 @case-42
  Scenario: forward: other names are asked of the node's name server, and cache 30 keeps them for so long
    When Pod "asker" looks up "example.com." A
    Then the answer is:
      """
      example.com. 30 IN A 93.184.216.34
      """
    And every connection from Pod "asker" to "example.com:80" is answered by host "example"

  @doc-003 @case-40 @case-42 @case-43
  Scenario: cache: the time to live counts down, without the server that was asked
    Given Pod "asker" looks up "example.com." A
    And upstream DNS stops
    When 10 seconds pass
    And Pod "asker" looks up "example.com." A
    Then the answer is:
      """
      example.com. 20 IN A 93.184.216.34
      """
    When 21 seconds pass
    And Pod "asker" looks up "example.com." A
    Then the answer is SERVFAIL

  @doc-003 @case-40 @case-43
  Scenario: reload: another Corefile is in force without a restart
    Given CoreDNS is configured with:
      """
      .:53 {
          ready
          kubernetes cluster.local { ttl 7 }
          reload
      }
      """
    When Pod "asker" looks up "my-service" A
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 7 IN A 10.100.200.1
      """
    When I run "kubectl logs -n kube-system deployment/coredns --tail=1"
    Then it prints:
      """
      [INFO] Reloading complete
      """

  @doc-003 @case-40 @case-43
  Scenario: loadbalance: either address comes first as often as the other
    Then connections from Pod "alpine" to "my-db:5432" spread:
      | Pod     | share |
      | my-db-0 | 1/2   |
      | my-db-1 | 1/2   |

  @doc-003 @case-40 @case-43
  Scenario: without loadbalance the first address is always the same
    Given CoreDNS is configured with:
      """
      .:53 {
          ready
          kubernetes cluster.local
          reload
      }
      """
    Then connections from Pod "alpine" to "my-db:5432" stay on one Pod

  @doc-003 @case-41
  Scenario: log: a line for each query
    Given CoreDNS is configured with:
      """
      .:53 {
          log
          ready
          kubernetes cluster.local
          reload
      }
      """
    And Pod "asker" looks up "my-servise.default.svc.cluster.local." A
    And Pod "asker" looks up "my-service" A
    When I run "kubectl logs -n kube-system deployment/coredns --tail=2"
    Then it prints:
      """
      [INFO] 10.244.2.2:32768 - * "A IN my-servise.default.svc.cluster.local. udp 54 false 512" NXDOMAIN qr,aa,rd 147 0s
      [INFO] 10.244.2.2:32769 - * "A IN my-service.default.svc.cluster.local. udp 54 false 512" NOERROR qr,aa,rd 106 0s
      """

  @doc-003 @case-41
  Scenario: log: one class of answers alone
    Given CoreDNS is configured with:
      """
      .:53 {
          log . {
              class denial
          }
          ready
          kubernetes cluster.local
          reload
      }
      """
    And Pod "asker" looks up "my-servise.default.svc.cluster.local." A
    And Pod "asker" looks up "my-service" A
    When I run "kubectl logs -n kube-system deployment/coredns --tail=2"
    Then it prints:
      """
      [INFO] Reloading complete
      [INFO] 10.244.2.2:32768 - * "A IN my-servise.default.svc.cluster.local. udp 54 false 512" NXDOMAIN qr,aa,rd 147 0s
      """
    And every connection from Pod "asker" to "my-service:80" is answered by Deployment "my-app"
