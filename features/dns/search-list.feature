Feature: Short names become full ones by the search list

  The kubelet writes each Pod a resolv.conf with three search domains and "ndots:5". The Pod's resolver does the
  rest: CoreDNS only ever sees full names.

  Background:
    Given the cluster "names"

  @doc-003 @case-5
  Scenario: the resolv.conf of a Pod
    When I run "kubectl exec -n test asker -- cat /etc/resolv.conf"
    Then it prints:
      """
      search test.svc.cluster.local svc.cluster.local cluster.local
      nameserver 10.96.0.10
      options ndots:5
      """

  @doc-002 @case-5
  Scenario: name.namespace is found at the second search domain
    When Pod "test/asker" looks up "my-service.default" A
    Then the queries are:
      | name                                       | type | server        | rcode    |
      | my-service.default.test.svc.cluster.local. | A    | 10.96.0.10:53 | NXDOMAIN |
      | my-service.default.svc.cluster.local.      | A    | 10.96.0.10:53 | NOERROR  |

  @doc-001 @case-5
  Scenario: an unknown name walks the whole list and ends as it was typed
    When Pod "default/asker" looks up "my-servise" A
    Then the answer is NXDOMAIN
    And the queries are:
      | name                                  | type | server        | rcode    |
      | my-servise.default.svc.cluster.local. | A    | 10.96.0.10:53 | NXDOMAIN |
      | my-servise.svc.cluster.local.         | A    | 10.96.0.10:53 | NXDOMAIN |
      | my-servise.cluster.local.             | A    | 10.96.0.10:53 | NXDOMAIN |
      | my-servise.                           | A    | 10.96.0.10:53 | NXDOMAIN |

  @doc-003 @case-5
  Scenario: a full name has four dots, so even it goes through the list first
    When Pod "default/asker" looks up "my-service.default.svc.cluster.local" A
    Then the queries are:
      | name                                                            | rcode    |
      | my-service.default.svc.cluster.local.default.svc.cluster.local. | NXDOMAIN |
      | my-service.default.svc.cluster.local.svc.cluster.local.         | NXDOMAIN |
      | my-service.default.svc.cluster.local.cluster.local.             | NXDOMAIN |
      | my-service.default.svc.cluster.local.                           | NOERROR  |

  @doc-003 @case-5
  Scenario Outline: one query is enough with <why>
    When Pod "default/asker" looks up "<name>" A
    Then the queries are:
      | name    | rcode   |
      | <asked> | NOERROR |

    Examples:
      | why                    | name                                        | asked                                       |
      | a dot at the end       | my-service.default.svc.cluster.local.       | my-service.default.svc.cluster.local.       |
      | five dots              | my-db-0.my-db.default.svc.cluster.local     | my-db-0.my-db.default.svc.cluster.local.    |
      | the short name at home | my-service                                  | my-service.default.svc.cluster.local.       |

  @doc-003 @case-5
  Scenario: a Pod may lower ndots, and asks for outside names at once
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: impatient }
      spec:
        dnsConfig: { options: [{ name: ndots, value: "1" }] }
        containers: [{ name: shell, image: "debian:12" }]
      """
    When Pod "default/impatient" looks up "example.com" A
    Then the queries are:
      | name         | server        | rcode   |
      | example.com. | 10.96.0.10:53 | NOERROR |

  @doc-003 @case-5
  Scenario Outline: <policy> decides whom a Pod asks
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: chooser }
      spec:
        hostNetwork: <host network>
        dnsPolicy: <policy>
        containers: [{ name: shell, image: "debian:12" }]
      """
    When Pod "default/chooser" connects to "my-service:80"
    Then the connection <outcome>

    Examples:
      | policy                  | host network | outcome                                    |
      | ClusterFirst            | false        | is answered by Deployment "default/my-app" |
      | ClusterFirst            | true         | fails to resolve                           |
      | ClusterFirstWithHostNet | true         | is answered by Deployment "default/my-app" |
      | Default                 | false        | fails to resolve                           |

  @doc-003 @case-5
  Scenario: BusyBox 1.28 knows no ndots: a name with a dot is asked for as it is first
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: old }
      spec: { containers: [{ name: shell, image: "busybox:1.28" }] }
      """
    When Pod "default/old" looks up "my-service.default" A
    Then the queries are:
      | name                                          | rcode    |
      | my-service.default.                           | NXDOMAIN |
      | my-service.default.default.svc.cluster.local. | NXDOMAIN |
      | my-service.default.svc.cluster.local.         | NOERROR  |

  @doc-003 @case-5
  Scenario Outline: a name without an address of the family ends the walk of musl, not that of <library>
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: walker, annotations: { svcspec.dev/resolver: <library> } }
      spec: { containers: [{ name: shell, image: "debian:12" }] }
      """
    When Pod "default/walker" looks up "my-service" AAAA
    Then the queries are:
      | name                                  | rcode    |
      | my-service.default.svc.cluster.local. | NOERROR  |
      | my-service.svc.cluster.local.         | NXDOMAIN |
      | my-service.cluster.local.             | NXDOMAIN |
      | my-service.                           | NXDOMAIN |

    Examples:
      | library |
      | glibc   |
      | go      |

  @doc-003 @case-5
  Scenario: musl stops at the first name that exists, even without an address
    When Pod "default/alpine" looks up "my-service" AAAA
    Then the answer is NODATA
    And the queries are:
      | name                                  | rcode   |
      | my-service.default.svc.cluster.local. | NOERROR |

  @doc-003 @case-5
  Scenario: musl never searches for a name with enough dots
    When Pod "default/alpine" looks up "a.b.c.d.e.f" A
    Then the queries are:
      | name         | rcode    |
      | a.b.c.d.e.f. | NXDOMAIN |

  @doc-003 @case-5
  Scenario: nslookup of a later BusyBox takes a name with a dot as it is, so name.namespace is not found
    When I run "kubectl exec alpine -- nslookup my-service.default"
    Then it prints:
      """
      Server:		10.96.0.10
      Address:	10.96.0.10:53

      ** server can't find my-service.default: NXDOMAIN

      ** server can't find my-service.default: NXDOMAIN

      command terminated with exit code 1
      """

  @doc-003 @case-5
  Scenario Outline: nslookup of <image> <what> the search list
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: box }
      spec: { containers: [{ name: shell, image: "<image>" }] }
      """
    When I run "kubectl exec box -- nslookup -type=a kubernetes"
    Then it prints:
      """
      Server:		10.96.0.10
      Address:	10.96.0.10:53

      <answer>

      <missing>
      """

    Examples:
      | image       | what         | answer                                                                     | missing                                                                                                                                     |
      | alpine:3.9  | does not use | ** server can't find kubernetes: NXDOMAIN                                  |                                                                                                                                             |
      | alpine:3.10 | uses         | Name: kubernetes.default.svc.cluster.local\nAddress: 10.96.0.1           | ** server can't find kubernetes.svc.cluster.local: NXDOMAIN\n\n** server can't find kubernetes.cluster.local: NXDOMAIN\n |
