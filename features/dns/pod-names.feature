Feature: Pods have names

  Every Pod has one made of its address, below pod. Every endpoint has one below its Service: made of the address,
  or of the Pod's hostname where the Pod says that it belongs there, as a StatefulSet's Pods do.

  @doc-002 @case-7
  Scenario: the dashed address of a Pod is its name below pod
    Given the cluster "nginx-demo"
    And I apply "nginx-deploy2.yaml"
    When Pod "default/visitor" connects to "10-1-0-32.demo.pod.cluster.local:80"
    Then the connection is answered by Pod "demo/nginx-prod-deploy2-68d8fb9586-4m5hr"
    And the client sees "10.1.0.32:80"

  @doc-002 @case-7
  Scenario: with "pods insecure" any address in any namespace has such a name
    Given the cluster "nginx-demo"
    When Pod "demo/client" looks up "10-9-9-9.default.pod.cluster.local"
    Then the answer is:
      """
      10-9-9-9.default.pod.cluster.local. 30 IN A 10.9.9.9
      """

  @doc-003 @case-7
  Scenario Outline: neither dots nor the Pod's name will do below pod: <name>
    Given the cluster "names"
    When Pod "default/asker" looks up "<name>"
    Then the answer is NXDOMAIN
    And Pod "default/my-db-0" is ready

    Examples:
      | name                                         |
      | 10.244.1.5.default.pod.cluster.local         |
      | my-db-0.default.pod.cluster.local            |
      | my-db-0.my-db.default.pod.cluster.local      |
      | 10-244-1-5.nowhere.pod.cluster.local         |

  @doc-002 @case-7
  Scenario: every endpoint has a name below its Service
    Given the cluster "nginx-demo"
    And I apply "nginx-deploy2.yaml"
    And I apply "headless-svc.yaml"
    When Pod "demo/client" connects to "10-1-0-32.nginx-prod-demo-headless-svc:80"
    Then the connection is answered by Pod "demo/nginx-prod-deploy2-68d8fb9586-4m5hr"
    And the server sees the address of Pod "demo/client"

  @doc-001 @case-7
  Scenario: also below a Service with a cluster IP
    Given the cluster "nginx-demo"
    When Pod "demo/client" looks up "10-1-0-29.nginx-prod-svc-demo"
    Then the answer is:
      """
      10-1-0-29.nginx-prod-svc-demo.demo.svc.cluster.local. 30 IN A 10.1.0.29
      """

  @doc-001 @doc-002 @case-7
  Scenario: a Deployment's Pods have no names of their own
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    When Pod "demo/client" looks up "nginx-prod-deploy-6fb6fbb77d-r78k9.nginx-prod-demo-headless-svc"
    Then the answer is NXDOMAIN

  @doc-002 @doc-003 @case-7
  Scenario Outline: a StatefulSet's Pod has its own name below the headless Service: <name>
    Given the cluster "names"
    When Pod "<client>" looks up "<name>"
    Then the answer is:
      """
      my-db-0.my-db.default.svc.cluster.local. 30 IN A 10.244.1.5
      """

    Examples:
      | client        | name                                    |
      | default/asker | my-db-0.my-db                           |
      | test/asker    | my-db-0.my-db.default                   |
      | test/asker    | my-db-0.my-db.default.svc.cluster.local |

  @doc-002 @case-7
  Scenario: the name outlives the Pod and its address
    Given the cluster "names"
    And I apply "stateful-web.yaml"
    And Pod "default/web-0" has:
      | path         | value      |
      | status.podIP | 10.244.1.6 |
    When I delete Pod "default/web-0"
    Then Pod "default/web-0" has:
      | path         | value      |
      | status.podIP | 10.244.1.7 |
    And every connection from Pod "default/asker" to "web-0.nginx:80" is answered by Pod "default/web-0"

  @doc-001 @case-7
  Scenario Outline: a plain Pod gets a name by hostname and subdomain: <hostname>, <subdomain>
    Given the cluster "names"
    And I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: extra, labels: { app: my-db } }
      spec:
        hostname: <hostname>
        subdomain: <subdomain>
        containers: [{ name: db, image: "postgres:17", ports: [{ containerPort: 5432 }] }]
      """
    When Pod "default/asker" connects to "reporting.my-db:5432"
    Then the connection <outcome>

    Examples:
      | hostname  | subdomain | outcome                            |
      | reporting | my-db     | is answered by Pod "default/extra" |
      | reporting | my-other  | fails to resolve                   |
      | ""        | my-db     | fails to resolve                   |

  @doc-002 @doc-003 @case-7
  Scenario: the Pods of a StatefulSet reach each other by name
    Given the cluster "names"
    Then every connection from Pod "default/my-db-0" to "my-db-1.my-db:5432" is answered by Pod "default/my-db-1"
    And every connection from Pod "default/my-db-1" to "my-db-0.my-db:5432" is answered by Pod "default/my-db-0"

  @doc-002 @case-7
  Scenario: a container that crashes keeps the Pod's name and address
    Given the cluster "names"
    And Pod "default/my-db-0" crashes
    When Pod "default/asker" looks up "my-db-0.my-db"
    Then the answer is:
      """
      my-db-0.my-db.default.svc.cluster.local. 30 IN A 10.244.1.5
      """

  @doc-003 @case-7
  Scenario: the name below pod goes backwards to nobody: addresses lead to Services
    Given the cluster "names"
    When Pod "default/my-db-0" looks up "5.1.244.10.in-addr.arpa." PTR
    Then the answer is:
      """
      5.1.244.10.in-addr.arpa. 30 IN PTR my-db-0.my-db.default.svc.cluster.local.
      """
