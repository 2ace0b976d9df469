Feature: A name that resolves for others does not resolve from here

  The Service is there and its name is right, elsewhere. Who asks decides: the namespace of the client, its dnsPolicy and
  hostAliases, and what the Service and the StatefulSet say of each other.

  Background:
    Given the cluster "names"

  @doc-003 @case-5
  Scenario: F9 a short name means the client's own namespace
    When Pod "test/asker" connects to "my-service:80"
    Then the connection fails to resolve
    And the trace blames "nxdomain"
    And every connection from Pod "test/asker" to "my-service.default:80" is answered by Deployment "default/my-app"

  @doc-003 @case-5
  Scenario Outline: F9 a whole name with <what> wrong is nobody's
    When Pod "test/asker" connects to "<name>:80"
    Then the connection fails to resolve
    And the trace blames "nxdomain"

    Examples:
      | what               | name                                 |
      | the namespace      | my-service.test.svc.cluster.local    |
      | a letter           | my-servise.default.svc.cluster.local |
      | the cluster domain | my-service.default.svc.cluster.lcoal |

  @doc-003 @case-5
  Scenario Outline: F9 Pods have names below the serviceName of their StatefulSet alone: <service>
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: db-nodes }
      spec: { clusterIP: None, selector: { app: my-db }, ports: [{ port: 5432 }] }
      """
    When Pod "default/asker" connects to "my-db-0.<service>:5432"
    Then the connection <outcome>

    Examples:
      | service  | outcome                              |
      | my-db    | is answered by Pod "default/my-db-0" |
      | db-nodes | fails to resolve                     |

  @doc-003 @case-5
  Scenario: F9 without the governing Service its Pods have no names
    When I delete Service "my-db"
    Then every connection from Pod "default/asker" to "my-db-0.my-db:5432" fails to resolve
    And Pod "my-db-0" is ready

  @doc-003 @case-5
  Scenario: F9 CoreDNS names the Pods behind a Service that is not headless, too
    Given I delete Service "my-db"
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: my-db }
      spec: { selector: { app: my-db }, ports: [{ port: 5432 }] }
      """
    When Pod "default/asker" looks up "my-db-0.my-db" A
    Then the answer is:
      """
      my-db-0.my-db.default.svc.cluster.local. A 10.244.1.5
      """

  @doc-003 @case-5
  Scenario: F9 dnsPolicy Default asks servers that have never heard of the cluster
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: stranger }
      spec: { dnsPolicy: Default, containers: [{ name: shell, image: "debian:12" }] }
      """
    When Pod "default/stranger" looks up "my-service.default.svc.cluster.local" A
    Then the queries are:
      | name                                  | server     | rcode    |
      | my-service.default.svc.cluster.local. | 8.8.8.8:53 | NXDOMAIN |

  @doc-003 @case-5
  Scenario: F9 a stale entry of hostAliases goes before any DNS server
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: stale }
      spec:
        hostAliases: [{ ip: 10.244.9.9, hostnames: [my-service] }]
        containers: [{ name: shell, image: "debian:12" }]
      """
    When Pod "default/stale" connects to "my-service:80"
    Then the connection is lost
    And every connection from Pod "default/stale" to "my-service.default:80" is answered

  @doc-001 @case-5
  Scenario: F9 an ExternalName that is an address is no name
    Given I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: legacy }
      spec: { type: ExternalName, externalName: 198.51.100.7 }
      """
    When Pod "default/asker" connects to "legacy:80"
    Then the connection fails to resolve

  @doc-003 @case-5
  Scenario: F9 without the dot the search list costs three queries more
    When Pod "default/asker" looks up "example.com" A
    Then the queries are:
      | name                                   | rcode    |
      | example.com.default.svc.cluster.local. | NXDOMAIN |
      | example.com.svc.cluster.local.         | NXDOMAIN |
      | example.com.cluster.local.             | NXDOMAIN |
      | example.com.                           | NOERROR  |
