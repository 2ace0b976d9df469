Feature: What a look-up costs in each mode

  What the kernel does for the first packet of a connection and its answer, in rules that it looks at: a rule counts whether
  it matches or not, and once even where it asks a map or a set, which is one hash. Document 004 calls iptables mode linear
  and IPVS mode constant. No duration is claimed here.

  @doc-004 @case-35 @case-28 @mode-iptables
  Scenario Outline: iptables mode: <services> Services in front cost <services> rules, so <rules>
    Given the cluster "balance"
    And I scale Deployment "my-app" to 1 replica
    And I apply "<file>"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks <rules> rules
    And the connection is answered by Deployment "my-app"

    Examples:
      | services | file                   | rules |
      | 10       | ten-services.yaml      | 35    |
      | 100      | hundred-services.yaml  | 125   |
      | 1000     | thousand-services.yaml | 1025  |

  @doc-004 @case-35 @case-31
  Scenario Outline: nftables mode: one look-up in a map, with <services> Services in front as with none
    Given the cluster "balance"
    And kube-proxy runs in nftables mode
    And I scale Deployment "my-app" to 1 replica
    And I apply "<file>"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks 21 rules
    And the connection is answered by Deployment "my-app"

    Examples:
      | services | file                   |
      | 0        | services-behind.yaml   |
      | 10       | ten-services.yaml      |
      | 100      | hundred-services.yaml  |
      | 1000     | thousand-services.yaml |

  @doc-004 @case-35 @case-29
  Scenario Outline: IPVS mode: sets and virtual servers are hashed, with <services> Services in front as with none
    Given the cluster "balance"
    And kube-proxy runs in ipvs mode
    And I scale Deployment "my-app" to 1 replica
    And I apply "<file>"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks 27 rules
    And the connection is answered by Deployment "my-app"

    Examples:
      | services | file                   |
      | 0        | services-behind.yaml   |
      | 10       | ten-services.yaml      |
      | 100      | hundred-services.yaml  |
      | 1000     | thousand-services.yaml |

  @doc-004 @case-35 @case-27 @mode-userspace
  Scenario Outline: userspace mode: linear too, and the proxy's own way to the Pod meets every Service: <services> more
    Given the cluster "userspace"
    And I scale Deployment "my-app" to 1 replica
    And I apply "../../balance/later/<file>"
    When Pod "client-on-node02" connects to "10.100.200.1:80"
    Then the connection walks <rules> rules
    And the connection is answered by Deployment "my-app"
    When Pod "client-on-node02" connects to port 80 of Service "<last>"
    Then the connection walks <behind all> rules

    Examples: a Service that is made later stands behind, so my-service is found as soon as before
      | services | file                   | rules | last          | behind all |
      | 10       | ten-services.yaml      | 41    | a-service-09  | 52         |
      | 100      | hundred-services.yaml  | 131   | a-service-99  | 232        |
      | 1000     | thousand-services.yaml | 1031  | a-service-999 | 2032       |
