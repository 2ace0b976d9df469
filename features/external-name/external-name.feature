Feature: An ExternalName Service is a name for another name

  It is a DNS record and nothing else: no address, no endpoints, no rules, no protocol.

  Background:
    Given the cluster "names"

  @doc-001 @doc-003 @case-15
  Scenario: the answer holds the CNAME and the address behind it
    When Pod "default/asker" looks up "my-external-service.default.svc.cluster.local"
    Then the answer is:
      """
      my-external-service.default.svc.cluster.local. 30 IN CNAME example.com.
      example.com. 30 IN A 93.184.216.34
      """

  @doc-003 @case-15
  Scenario: the Pod asks CoreDNS once, and nobody else
    When Pod "default/asker" looks up "my-external-service" A
    Then the queries are:
      | name                                           | type | server        | rcode   | answers |
      | my-external-service.default.svc.cluster.local. | A    | 10.96.0.10:53 | NOERROR | 2       |
    And every connection from Pod "default/asker" to "my-external-service:80" is answered by host "example"

  @doc-003 @case-15
  Scenario: the CNAME lives 5 seconds where the Corefile sets no ttl, as the document's
    Given I apply "document-corefile.yaml"
    And I scale Deployment "kube-system/coredns" to 0 replicas
    And I scale Deployment "kube-system/coredns" to 2 replicas
    And 5 seconds pass
    When Pod "default/asker" looks up "my-external-service" CNAME
    Then the answer is:
      """
      my-external-service.default.svc.cluster.local. 5 IN CNAME example.com.
      """

  @doc-001 @doc-003 @case-15
  Scenario: it has no cluster IP, no endpoints and no rules
    Then Service "default/my-external-service" has:
      | path           | value  |
      | spec.clusterIP | <none> |
    And Service "default/my-external-service" has no endpoints
    And the rules on Node "node01" do not mention Service "default/my-external-service"
    And the environment of Pod "default/asker" has no variable starting with "MY_EXTERNAL_SERVICE"

  @doc-003 @case-15
  Scenario: kubectl shows the outside name in the place of an address
    When I run "kubectl get svc my-external-service"
    Then it prints:
      """
      NAME                  TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
      my-external-service   ExternalName   <none>       example.com   <none>    *
      """

  @doc-003 @case-15
  Scenario: the Pod connects to the outside address itself
    When Pod "default/asker" connects to "http://my-external-service"
    Then the connection is answered by host "example"
    And the client sees "93.184.216.34:80"

  @doc-003 @case-15
  Scenario Outline: no protocol and no port is its own: <target>
    When Pod "default/asker" connects to <target>
    Then the connection <outcome>

    Examples:
      | target                             | outcome                       |
      | "my-external-service:443"          | is answered by host "example" |
      | "my-external-service:514" over UDP | is answered by host "example" |
      | "my-external-service:81"           | is refused                    |

  @doc-003 @case-15
  Scenario: the request carries the name the Pod used, not the outside one
    When I run "kubectl exec asker -- curl -sv http://my-external-service/"
    Then it prints:
      """
      example*   Trying 93.184.216.34:80...
      * Connected to my-external-service (93.184.216.34) port 80 (#0)
      > GET / HTTP/1.1
      > Host: my-external-service
      > User-Agent: *
      > Accept: */*
      >
      < HTTP/1.1 200 OK
      < Content-Type: text/plain; charset=utf-8
      < Content-Length: 7
      < Connection: close
      <
      * Closing connection 0
      """

  @doc-001 @case-15
  Scenario Outline: test.service.com for Pods of every namespace: <client>
    When Pod "<client>" looks up "<name>"
    Then the answer is:
      """
      test-service.test.svc.cluster.local. 30 IN CNAME test.service.com.
      test.service.com. 30 IN A 93.184.216.34
      """

    Examples:
      | client        | name              |
      | test/asker    | test-service      |
      | default/asker | test-service.test |

  @doc-003 @case-15
  Scenario: a name outside may itself stand for another one
    Given I set "spec.externalName" of Service "default/my-external-service" to "www.example.com"
    When Pod "default/asker" looks up "my-external-service" A
    Then the answer is:
      """
      my-external-service.default.svc.cluster.local. 30 IN CNAME www.example.com.
      www.example.com. 30 IN CNAME example.com.
      example.com. 30 IN A 93.184.216.34
      """

  @doc-003 @case-15
  Scenario: outside, www is the alias and the apex has the address
    When Pod "default/asker" looks up "www.example.com"
    Then the answer is:
      """
      www.example.com. 30 IN CNAME example.com.
      example.com. 30 IN A 93.184.216.34
      """

  @doc-003 @case-15
  Scenario: it may stand for a Service of another namespace
    Given I set "spec.externalName" of Service "test/test-service" to "my-service.default.svc.cluster.local"
    When Pod "test/asker" connects to "test-service:80"
    Then the connection is answered by Deployment "default/my-app"

  @doc-003 @case-15
  Scenario: a target that does not exist leaves the bare CNAME, without an error
    Given I set "spec.externalName" of Service "default/my-external-service" to "nowhere.example.com"
    When Pod "default/asker" looks up "my-external-service.default.svc.cluster.local." A
    Then the answer is NODATA
    And the queries are:
      | name                                           | rcode   | answers |
      | my-external-service.default.svc.cluster.local. | NOERROR | 1       |

  @doc-003 @case-15
  Scenario: so does an upstream server that fails
    Given upstream DNS stops
    When I run "kubectl exec asker -- dig +noall +answer +time=20 my-external-service.default.svc.cluster.local"
    Then it prints:
      """
      my-external-service.default.svc.cluster.local. 30 IN CNAME example.com.
      """
    And every connection from Pod "default/asker" to "my-external-service:80" fails to resolve

  @doc-003 @case-15
  Scenario: an address is no name: such a Service resolves to nothing
    Given I set "spec.externalName" of Service "default/my-external-service" to "93.184.216.34"
    When Pod "default/asker" looks up "my-external-service"
    Then the answer is NXDOMAIN
    And Service "default/my-external-service" exists

  @doc-002 @case-15
  Scenario: switching to the standby touches no Pod
    Given every connection from Pod "default/asker" to "my-external-service:80" is answered by host "example"
    When I set "spec.externalName" of Service "default/my-external-service" to "standby.example.com"
    Then every connection from Pod "default/asker" to "my-external-service:80" is answered by host "standby"

  @doc-002 @case-15
  Scenario: what was outside moves in under the same name
    Given the rules on Node "node02" do not mention Service "default/my-external-service"
    When I apply "my-external-service-inside.yaml"
    Then every connection from Pod "default/asker" to "my-external-service:80" is answered by Deployment "default/my-app"
    And Service "default/my-external-service" has 2 endpoints

  @doc-003 @case-15
  Scenario: a name of the cluster may lead through another one to the outside
    Given I set "spec.externalName" of Service "test/test-service" to "my-external-service.default.svc.cluster.local"
    When Pod "test/asker" looks up "test-service" A
    Then the answer is:
      """
      test-service.test.svc.cluster.local. 30 IN CNAME my-external-service.default.svc.cluster.local.
      my-external-service.default.svc.cluster.local. 30 IN CNAME example.com.
      example.com. 30 IN A 93.184.216.34
      """

  @doc-003 @case-15
  Scenario: names that lead in a circle lead nowhere
    Given I set "spec.externalName" of Service "test/test-service" to "my-external-service.default.svc.cluster.local"
    And I set "spec.externalName" of Service "default/my-external-service" to "test-service.test.svc.cluster.local"
    When Pod "test/asker" looks up "test-service.test.svc.cluster.local." A
    Then the answer is NODATA
    And every connection from Pod "test/asker" to "test-service:80" fails to resolve

  @doc-003 @case-15
  Scenario Outline: ports and endpoints are no names below it: <name>
    When Pod "default/asker" looks up "<name>.my-external-service.default.svc.cluster.local." A
    Then the answer is NXDOMAIN
    And Service "default/my-external-service" exists

    Examples:
      | name       |
      | _http._tcp |
      | db-0       |
