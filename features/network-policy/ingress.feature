Feature: A NetworkPolicy says who may reach a Pod

  As soon as one policy selects a Pod for a direction, only what some rule of some such policy allows gets through.
  Policies are judged behind the Service's translation, so a Service changes nothing about them.

  Background:
    Given the cluster "three-nodes"
    And I apply "database.yaml"

  @doc-004 @case-34
  Scenario: the document's policy has no name, so nobody takes it
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      spec:
        podSelector:
          matchLabels:
            role: db
        ingress:
          - from:
              - podSelector:
                  matchLabels:
                    role: frontend
      """
    Then the API server refuses it:
      """
      metadata.name: Required value: name or generateName is required
      """

  @doc-004 @case-34
  Scenario: without a policy everybody reaches the database
    Then every connection from Pod "batch" to "db:13306" is answered by Pod "db"

  @doc-004 @case-34
  Scenario Outline: only role=frontend reaches role=db: <client>
    Given I apply "network-policy.yaml"
    When Pod "<client>" connects to "db:13306"
    Then the connection <outcome>

    Examples:
      | client     | outcome                 |
      | frontend   | is answered by Pod "db" |
      | frontend-2 | is answered by Pod "db" |
      | batch      | times out               |

  @doc-004 @case-34 @mode-iptables @mode-nftables
  Scenario: who is kept out is told which policy did it
    Given I apply "network-policy.yaml"
    When Pod "batch" connects to "db:13306"
    Then the trace blames "network-policy"
    And the trace passes:
      | at          | stage                                | chain                  | effect |
      | node/node01 | nft ip network-policy filter/FORWARD | ingress-pod-default/db | drop   |

  @doc-004 @case-34
  Scenario: the way around the Service is closed as well
    Given I apply "network-policy.yaml"
    When Pod "batch" connects to port 3306 of Pod "db"
    Then the connection times out

  Scenario: the database itself may go where it likes
    Given I apply "network-policy.yaml"
    When Pod "db" connects to "nginx-deployment-service:80"
    Then the connection is answered by Deployment "nginx-deployment"

  Scenario: the node of the Pod reaches it whatever its policies say, another node does not
    Given I apply "network-policy.yaml"
    Then every connection from Node "node01" to port 3306 of Pod "db" is answered
    And no connection from Node "node02" to port 3306 of Pod "db" is answered

  Scenario: a label decides from the moment it is set
    Given I apply "network-policy.yaml"
    When I set "metadata.labels.role" of Pod "batch" to "frontend"
    Then every connection from Pod "batch" to "db:13306" is answered by Pod "db"

  Scenario: what a deleted policy forbade is allowed again
    Given I apply "network-policy.yaml"
    When I delete NetworkPolicy "db"
    Then every connection from Pod "batch" to "db:13306" is answered by Pod "db"

  Scenario: a connection that is open stays open when a policy comes that would forbid it
    Given Pod "batch" opens a connection to "db:13306"
    When I apply "network-policy.yaml"
    Then the open connection is answered by Pod "db"
    And no connection from Pod "batch" to "db:13306" is answered
