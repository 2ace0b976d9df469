Feature: sessionAffinity keeps a client on one Pod

  Background:
    Given the cluster "two-nodes"
    And I set "spec.sessionAffinity" of Service "demo/web" to "ClientIP"

  @doc-003 @case-39
  Scenario: the default is three hours, which is 10800 seconds
    Then Service "demo/web" has:
      | path                                              | value |
      | spec.sessionAffinityConfig.clientIP.timeoutSeconds | 10800 |
    And connections from Pod "demo/client-on-node01" to "web:80" stay on one Pod

  @doc-003 @case-39
  Scenario: the first connection is free, the following ones are not
    Given connections from Pod "demo/client-on-node02" to "web:80" spread evenly over 2 Pods
    When Pod "demo/client-on-node02" connects to "web:80"
    Then connections from Pod "demo/client-on-node02" to "web:80" spread evenly over 1 Pods
    And connections from Pod "demo/client-on-node01" to "web:80" spread evenly over 2 Pods

  @doc-003 @case-39
  Scenario: the time-out can be set
    Given I set "spec.sessionAffinityConfig.clientIP.timeoutSeconds" of Service "demo/web" to "120"
    When Pod "demo/client-on-node01" connects to "web:80"
    And 121 seconds pass
    Then connections from Pod "demo/client-on-node01" to "web:80" spread evenly over 2 Pods

  @doc-003 @case-39 @mode-iptables
  Scenario: it needs no IPVS: the rules of iptables mode remember clients
    When host "laptop" connects to port 30080 of Node "node02"
    Then the connection is answered by Deployment "demo/web"
    And connections from host "laptop" to "192.168.66.102:30080" stay on one Pod

  @doc-003 @case-39
  Scenario: without it connections are free again
    When I set "spec.sessionAffinity" of Service "demo/web" to "None"
    And Pod "demo/client-on-node01" connects to "web:80"
    Then connections from Pod "demo/client-on-node01" to "web:80" spread evenly over 2 Pods
