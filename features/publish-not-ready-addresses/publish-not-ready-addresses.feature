Feature: publishNotReadyAddresses publishes Pods before they are ready

  The controllers act on it: they write such Pods down as ready. So it reaches whoever reads endpoints, DNS as much
  as kube-proxy, for headless Services and others alike.

  @doc-003 @case-26
  Scenario: by default a Pod that is not ready is listed, and left out of the name
    Given the cluster "names"
    When Pod "default/my-db-1" stops being ready
    Then the endpoints of Service "default/my-db" are:
      | address    | ready |
      | 10.244.1.5 | yes   |
      | 10.244.2.7 | no    |
    And Endpoints "default/my-db" has:
      | path                               | value      |
      | subsets[0].addresses[0].ip         | 10.244.1.5 |
      | subsets[0].notReadyAddresses[0].ip | 10.244.2.7 |

  @doc-003 @case-26
  Scenario: true makes it an endpoint like the others, in Endpoints too
    Given the cluster "names"
    And Pod "default/my-db-1" stops being ready
    When I set "spec.publishNotReadyAddresses" of Service "default/my-db" to "true"
    Then the endpoints of Service "default/my-db" are:
      | address    | ready |
      | 10.244.1.5 | yes   |
      | 10.244.2.7 | yes   |
    And Endpoints "default/my-db" has:
      | path                         | value      |
      | subsets[0].addresses[1].ip   | 10.244.2.7 |
      | subsets[0].notReadyAddresses | <none>     |
    And Pod "default/my-db-1" is not ready

  @doc-003 @case-26
  Scenario Outline: the headless name with <value>
    Given the cluster "names"
    And I set "spec.publishNotReadyAddresses" of Service "default/my-db" to "<value>"
    And Pod "default/my-db-1" stops being ready
    When Pod "default/asker" looks up "<name>"
    Then the answer is:
      """
      <answer>
      """

    Examples:
      | value | name          | answer                                                                                                        |
      | false | my-db         | my-db.default.svc.cluster.local. IN A 10.244.1.5                                                              |
      | true  | my-db         | my-db.default.svc.cluster.local. IN A 10.244.1.5\nmy-db.default.svc.cluster.local. IN A 10.244.2.7 |
      | true  | my-db-1.my-db | my-db-1.my-db.default.svc.cluster.local. IN A 10.244.2.7                                                      |

  @doc-003 @case-26
  Scenario: false takes the Pod's own name away as well
    Given the cluster "names"
    And Pod "default/my-db-1" stops being ready
    When Pod "default/asker" looks up "my-db-1.my-db"
    Then the answer is NXDOMAIN

  @doc-003 @case-26
  Scenario Outline: behind a cluster IP it decides who gets traffic: <value>
    Given the cluster "nginx-demo"
    And I set "spec.publishNotReadyAddresses" of Service "demo/nginx-prod-svc-demo" to "<value>"
    When Pod "demo/nginx-prod-deploy-6fb6fbb77d-r78k9" stops being ready
    Then Service "demo/nginx-prod-svc-demo" has <endpoints> endpoints
    And connections from Pod "demo/client" to "nginx-prod-svc-demo:80" spread evenly over <endpoints> Pods
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"

    Examples:
      | value | endpoints |
      | false | 2         |
      | true  | 3         |

  @doc-003 @case-26
  Scenario: members of a new StatefulSet find each other before any of them is ready
    Given the cluster "names"
    And I set "spec.publishNotReadyAddresses" of Service "default/my-db" to "true"
    And Pod "default/my-db-0" stops being ready
    And Pod "default/my-db-1" stops being ready
    When Pod "default/my-db-0" connects to "my-db-1.my-db:5432"
    Then the connection is answered by Pod "default/my-db-1"

  @doc-003 @case-26
  Scenario Outline: with <value> a Pod that is not ready has <names> of port and address
    Given the cluster "names"
    And I set "spec.publishNotReadyAddresses" of Service "default/my-db" to "<value>"
    And Pod "default/my-db-1" stops being ready
    When Pod "default/asker" looks up "my-db-1.my-db.default.svc.cluster.local." SRV
    Then the queries are:
      | type | rcode   |
      | SRV  | <rcode> |
    When Pod "default/asker" looks up "7.2.244.10.in-addr.arpa." PTR
    Then the queries are:
      | type | rcode   |
      | PTR  | <rcode> |

    Examples:
      | value | names | rcode    |
      | true  | names | NOERROR  |
      | false | none  | NXDOMAIN |

  @doc-003 @case-26
  Scenario Outline: a Pod that ends slowly leaves the name at once, with true when it is gone: <value>
    Given the cluster "names"
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: slow, labels: { app: my-db }, annotations: { svcspec.dev/stop-after: 20s } }
      spec: { containers: [{ name: db, image: "postgres:17" }] }
      """
    And I set "spec.publishNotReadyAddresses" of Service "default/my-db" to "<value>"
    When I delete Pod "default/slow"
    And Pod "default/asker" looks up "my-db.default.svc.cluster.local." A
    Then the queries are:
      | rcode   | answers |
      | NOERROR | <now>   |
    When 20 seconds pass
    Then Pod "default/asker" looks up "my-db.default.svc.cluster.local." A
    And the queries are:
      | rcode   | answers |
      | NOERROR | 2       |

    Examples:
      | value | now |
      | false | 2   |
      | true  | 3   |
