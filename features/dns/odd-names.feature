Feature: Names of the cluster whose answers surprise

  Each is what CoreDNS's plugin `kubernetes` does, whatever one may think of it.

  Background:
    Given the cluster "names"

  @doc-003 @case-40
  Scenario Outline: B4 [q]: port and protocol go without their underscores, but both must be there: <name>
    When Pod "asker" looks up "<name>.my-db.default.svc.cluster.local." A
    Then the queries are:
      | name                                     | rcode   | answers   |
      | <name>.my-db.default.svc.cluster.local.  | <rcode> | <answers> |

    Examples:
      | name      | rcode    | answers |
      | _sql._tcp | NOERROR  | 2       |
      | sql.tcp   | NOERROR  | 2       |
      | sql.udp   | NXDOMAIN | 0       |
      | 5432.tcp  | NXDOMAIN | 0       |

  @doc-003 @case-7
  Scenario Outline: B6 [q]: only the label before the namespace is read as an address: <name>
    When Pod "asker" looks up "<name>.default.pod.cluster.local." A
    Then the queries are:
      | name                                | rcode   |
      | <name>.default.pod.cluster.local.   | <rcode> |

    Examples:
      | name                   | rcode    |
      | 10-244-1-5             | NOERROR  |
      | my-db-0.10-244-1-5     | NOERROR  |
      | a.my-db-0.10-244-1-5   | NOERROR  |
      | 10-244-1-5.my-db-0     | NXDOMAIN |
      | 10-244-01-5            | NXDOMAIN |

  @doc-003 @case-6
  Scenario: B7 [q]: a headless Service without a ready Pod is NXDOMAIN, one with a cluster IP is not
    Given I scale StatefulSet "my-db" to 0 replicas
    And I scale Deployment "my-app" to 0 replicas
    When Pod "asker" looks up "my-db.default.svc.cluster.local." A
    Then the answer is NXDOMAIN
    When Pod "asker" looks up "my-service.default.svc.cluster.local." A
    Then the answer is:
      """
      my-service.default.svc.cluster.local. IN A 10.100.200.1
      """

  @doc-003 @case-40
  Scenario Outline: B10 [q]: for TXT the names above the Services do not exist, for A they do: <name>
    When Pod "asker" looks up "<name>" A
    Then the answer is NODATA
    When Pod "asker" looks up "<name>" TXT
    Then the answer is NXDOMAIN

    Examples:
      | name                       |
      | cluster.local.             |
      | svc.cluster.local.         |
      | default.svc.cluster.local. |

  @doc-003 @case-40
  Scenario: B10: a name that has addresses has no TXT either, but exists
    When Pod "asker" looks up "my-service.default.svc.cluster.local." TXT
    Then the answer is NODATA
    When Pod "asker" looks up "dns-version.cluster.local." TXT
    Then the answer is:
      """
      dns-version.cluster.local. 30 IN TXT "1.1.0"
      """

  @doc-003 @case-7
  Scenario: B11 [q]: the name of an address is asked for as a service: port 0
    When Pod "asker" looks up "10-244-1-5.default.pod.cluster.local." SRV
    Then the answer is:
      """
      10-244-1-5.default.pod.cluster.local. 30 IN SRV 0 100 0 10-244-1-5.default.pod.cluster.local.
      """

  @doc-003 @case-40
  Scenario: B12 [q]: namespace_labels hides names, and not the addresses' way back
    Given CoreDNS is configured with:
      """
      .:53 {
          kubernetes cluster.local in-addr.arpa {
              namespace_labels team=red
          }
      }
      """
    When Pod "asker" looks up "my-service.default.svc.cluster.local." A
    Then the answer is NXDOMAIN
    When Pod "asker" looks up "1.200.100.10.in-addr.arpa." PTR
    Then the answer is:
      """
      1.200.100.10.in-addr.arpa. IN PTR my-service.default.svc.cluster.local.
      """

  @doc-003 @case-44
  Scenario: B13 [q]: the name server of the zone is the Service in front of CoreDNS, as long as nobody writes capitals
    When Pod "asker" looks up "cluster.local." NS
    Then the answer is:
      """
      cluster.local. 30 IN NS kube-dns.kube-system.svc.cluster.local.
      """
    When Pod "asker" looks up "Cluster.local." NS
    Then the answer is NODATA

  @doc-003 @case-40
  Scenario Outline: B14 [q]: below the apex nothing has a SOA, and nothing is missing: <name>
    When Pod "asker" looks up "<name>" SOA
    Then the answer is NODATA
    When Pod "asker" looks up "<name>" A
    Then the answer is <address>

    Examples:
      | name                              | address  |
      | default.svc.cluster.local.        | NODATA   |
      | nosuch.default.svc.cluster.local. | NXDOMAIN |
      | nowhere.cluster.local.            | NXDOMAIN |

  @doc-003 @case-16
  Scenario: a headless Service without ports has names, and no records of ports
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: portless }
      spec: { clusterIP: None, selector: { app: my-db } }
      """
    When Pod "asker" looks up "portless.default.svc.cluster.local." SRV
    Then the answer is NODATA
    And every connection from Pod "asker" to "portless:5432" is answered by StatefulSet "my-db"
