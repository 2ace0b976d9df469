Feature: SCTP associations in the connection table

  An association opens with four packets (INIT, INIT-ACK, COOKIE-ECHO, COOKIE-ACK) and closes with three; its entry
  follows them. A chunk that is no beginning makes no entry, so an association cannot go on without one.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: sctp }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.4.102 }
        pins:
          - { object: Pod/default/client, ip: 10.244.0.10, node: node01 }
          - { object: Pod/default/hss, ip: 10.244.0.11, node: node01 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: busybox }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: hss, labels: { app: hss } }
      spec: { containers: [{ name: hss, image: hss, ports: [{ containerPort: 3868, protocol: SCTP }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: diameter }
      spec:
        clusterIP: 10.96.0.38
        selector: { app: hss }
        ports: [{ port: 3868, protocol: SCTP }]
      """

  Scenario: a closed association is kept for ten seconds
    When Pod "client" connects to "10.96.0.38:3868" over SCTP
    Then the connection is answered by Pod "hss"
    And conntrack -L on Node "node01" prints:
      """
      sctp     132 9 CLOSED src=10.244.0.10 dst=10.96.0.38 sport=32768 dport=3868 src=10.244.0.11 dst=10.244.0.10 sport=3868 dport=32768 [ASSURED] mark=0 use=1
      """

  Scenario: heartbeats keep an idle one in the table
    Given Pod "client" opens a connection to "10.96.0.38:3868" over SCTP
    And conntrack -L on Node "node01" prints:
      """
      sctp     132 209 ESTABLISHED src=10.244.0.10 dst=10.96.0.38 sport=32768 dport=3868 src=10.244.0.11 dst=10.244.0.10 sport=3868 dport=32768 [ASSURED] mark=0 use=1
      """
    When 1 hour passes
    Then the open connection is answered by Pod "hss"

  Scenario: a program that ends says so
    Given Pod "client" opens a connection to "10.96.0.38:3868" over SCTP
    When Pod "hss" crashes
    Then the open connection is closed

  Scenario: a node that is off says nothing
    Given Pod "client" opens a connection to "10.96.0.38:3868" over SCTP
    When Node "node01" goes down
    Then the open connection times out

  Scenario: INIT has an answer where nobody listens
    Then every connection from Pod "client" to port 3869/SCTP of Pod "hss" is refused

  Scenario: nobody listens to the error that a Service without endpoints sends
    Given I delete Pod "hss"
    And 1 minute passes
    Then every connection from Pod "client" to "10.96.0.38:3868" over SCTP times out
