Feature: What a name answers depends on the Service

  @doc-003 @case-6
  Scenario: a name with a cluster IP answers the virtual address alone
    Given the cluster "names"
    And Service "default/my-service" has 2 endpoints
    When Pod "default/asker" looks up "my-service.default.svc.cluster.local"
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 30 IN A 10.100.200.1
      """

  @doc-003 @case-6
  Scenario: a headless name answers every Pod
    Given the cluster "names"
    When Pod "default/asker" looks up "my-db.default.svc.cluster.local"
    Then the answer is:
      """
      my-db.default.svc.cluster.local. 30 IN A 10.244.1.5
      my-db.default.svc.cluster.local. 30 IN A 10.244.2.7
      """
    And every connection from Pod "default/asker" to "my-db:5432" is answered by StatefulSet "default/my-db"

  @doc-002 @doc-003 @case-6
  Scenario: a Pod that is not ready leaves the headless name
    Given the cluster "names"
    And Pod "default/my-db-1" stops being ready
    And the endpoints of Service "default/my-db" are:
      | address    | ready | node   |
      | 10.244.1.5 | yes   | node01 |
      | 10.244.2.7 | no    | node02 |
    When Pod "default/asker" looks up "my-db"
    Then the answer is:
      """
      my-db.default.svc.cluster.local. 30 IN A 10.244.1.5
      """

  @doc-003 @case-6
  Scenario: a headless name without a ready Pod does not exist
    Given the cluster "names"
    And I scale StatefulSet "default/my-db" to 0 replicas
    When Pod "default/asker" looks up "my-db"
    Then the answer is NXDOMAIN
    And Service "default/my-db" has no endpoints

  @doc-003 @case-6
  Scenario: a virtual address is answered whether anyone stands behind it or not
    Given the cluster "names"
    And I scale Deployment "default/my-app" to 0 replicas
    When Pod "default/asker" connects to "my-service:80"
    Then the connection is refused
    And the trace blames "no-endpoints"

  @doc-002 @case-6
  Scenario: the ports of a Service have names too
    Given the cluster "names"
    When Pod "default/asker" looks up "_sql._tcp.my-db" SRV
    Then the answer is:
      """
      _sql._tcp.my-db.default.svc.cluster.local. 30 IN SRV 0 50 5432 my-db-0.my-db.default.svc.cluster.local.
      _sql._tcp.my-db.default.svc.cluster.local. 30 IN SRV 0 50 5432 my-db-1.my-db.default.svc.cluster.local.
      """

  @doc-002 @case-6
  Scenario: the virtual address leads back to the name
    Given the cluster "nginx-demo"
    When Pod "demo/client" looks up "186.193.111.10.in-addr.arpa" PTR
    Then the answer is:
      """
      186.193.111.10.in-addr.arpa. 30 IN PTR nginx-prod-svc-demo.demo.svc.cluster.local.
      """

  @doc-002 @case-6
  Scenario: a Pod behind two Services has one reverse name before CoreDNS 1.7.0
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    And Service "demo/nginx-prod-demo-headless-svc" has 3 endpoints
    And Service "demo/nginx-prod-svc-demo" has 3 endpoints
    When Pod "demo/client" looks up "29.0.1.10.in-addr.arpa" PTR
    Then the answer is:
      """
      29.0.1.10.in-addr.arpa. 30 IN PTR 10-1-0-29.nginx-prod-demo-headless-svc.demo.svc.cluster.local.
      """

  @doc-002 @case-6
  Scenario: a Pod behind no Service has no reverse name
    Given the cluster "nginx-demo"
    When Pod "demo/client" looks up "40.0.1.10.in-addr.arpa" PTR
    Then the answer is NXDOMAIN

  @doc-002 @case-6
  Scenario: a Pod behind two Services has two reverse names from CoreDNS 1.7.0 on
    Given the cluster "names"
    And I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: replicas }
      spec: { clusterIP: 10.96.0.90, selector: { app: my-db }, ports: [{ port: 5432 }] }
      """
    When Pod "default/asker" looks up "5.1.244.10.in-addr.arpa." PTR
    Then the answer is:
      """
      5.1.244.10.in-addr.arpa. 30 IN PTR my-db-0.my-db.default.svc.cluster.local.
      5.1.244.10.in-addr.arpa. 30 IN PTR 10-244-1-5.replicas.default.svc.cluster.local.
      """

  @doc-003 @case-6
  Scenario: G6 [q]: an answer that loses nothing but its additional addresses is cut as well
    Given the cluster "names"
    And I scale StatefulSet "default/my-db" to 7 replicas
    When I run "kubectl exec asker -- dig +noedns +ignore +noall +comments my-db.default.svc.cluster.local SRV"
    Then it prints:
      """
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa tc rd; QUERY: 1, ANSWER: 7, AUTHORITY: 0, ADDITIONAL: 3
      ;; WARNING: recursion requested but not available

      """

  @doc-003 @case-6
  Scenario: and asked for again over TCP, where all of it comes
    Given the cluster "names"
    And I scale StatefulSet "default/my-db" to 7 replicas
    When Pod "default/asker" looks up "my-db.default.svc.cluster.local." SRV
    Then the queries are:
      | name                             | type | transport | answers |
      | my-db.default.svc.cluster.local. | SRV  | udp       | 7       |
      | my-db.default.svc.cluster.local. | SRV  | tcp       | 7       |
