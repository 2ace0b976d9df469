Feature: Which of the addresses a client dials first

  The C library sorts what it has heard, by the address that the machine would send from. glibc puts addresses of the
  Pod's own subnet first, the nearest before all; it ranks unique local IPv6 addresses (fd00::/8) above IPv4, musl and Go
  below.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: both }
      spec:
        networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: "10.96.0.0/16,fd00:10:96::/112" }
        nodes:
          - { name: node01, internalIP: "192.168.4.102,fd00:192:168:4::102" }
          - { name: node02, internalIP: "192.168.4.103,fd00:192:168:4::103" }
        pins: [{ object: Pod/default/db-0, node: node01 }, { object: Pod/default/db-1, node: node02 }]
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: { name: db }
      spec:
        serviceName: db
        replicas: 2
        selector: { matchLabels: { app: db } }
        template:
          metadata: { labels: { app: db } }
          spec: { containers: [{ name: db, image: "postgres:17", ports: [{ containerPort: 5432 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: db }
      spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 5432 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec:
        ipFamilyPolicy: RequireDualStack
        clusterIP: 10.96.0.80
        clusterIPs: ["10.96.0.80", "fd00:10:96::80"]
        selector: { app: db }
        ports: [{ port: 80, targetPort: 5432 }]
      """

  @doc-003 @case-43
  Scenario: glibc dials the Pod of its own subnet, however CoreDNS has shuffled them
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { nodeName: node02, containers: [{ name: shell, image: "debian:12" }] }
      """
    Then every connection from Pod "client" to "db:5432" is answered by Pod "db-1"

  @doc-003 @case-43
  Scenario Outline: <library> leaves IPv4 addresses as CoreDNS has shuffled them
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: client, annotations: { svcspec.dev/resolver: <library> } }
      spec: { nodeName: node02, containers: [{ name: shell, image: "debian:12" }] }
      """
    Then connections from Pod "client" to "db:5432" spread evenly over 2 Pods

    Examples:
      | library |
      | musl    |
      | go      |

  Scenario Outline: a Service of both families: <library> dials <address> first
    Given I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: client, annotations: { svcspec.dev/resolver: <library> } }
      spec: { nodeName: node02, containers: [{ name: shell, image: "debian:12" }] }
      """
    When Pod "client" connects to "web:80"
    Then the connection is answered by StatefulSet "db"
    And the client sees "<address>"

    Examples:
      | library | address             |
      | glibc   | [fd00:10:96::80]:80 |
      | musl    | 10.96.0.80:80       |
      | go      | 10.96.0.80:80       |
