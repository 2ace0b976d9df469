Feature: What an endpoint made by hand must not be

  Background:
    Given the cluster "selectorless"

  @doc-000 @case-17 @mode-iptables
  Scenario: a cluster IP as endpoint leads nowhere: a packet is translated once
    Given I apply "cluster-ip.yaml"
    When Pod "app" connects to "no-selector-svc:80"
    Then the connection times out
    And the trace passes:
      | at          | stage          | effect | rule          |
      | node/node01 | nat/PREROUTING | dnat   | 10.96.0.1:443 |
    And every connection from Pod "app" to "10.96.0.1:443" is answered

  @doc-000 @case-17
  Scenario Outline: <address> is refused as an endpoint
    When I apply:
      """
      apiVersion: v1
      kind: Endpoints
      metadata: { name: no-selector-svc }
      subsets:
        - addresses: [{ ip: <address> }]
          ports: [{ port: 9376 }]
      """
    Then the API server refuses it:
      """
      subsets[0].addresses[0].ip: Invalid value: "<address>": <reason>
      """
    And Service "no-selector-svc" has no endpoints

    Examples:
      | address          | reason                                                              |
      | 127.0.0.1        | may not be in the loopback range (127.0.0.0/8, ::1/128)             |
      | 169.254.169.254  | may not be in the link-local range (169.254.0.0/16, fe80::/10)      |
      | 224.0.0.1        | may not be in the link-local multicast range (224.0.0.0/24, ff02::/10) |
      | 0.0.0.0          | may not be unspecified (0.0.0.0)                                    |
      | db.example.com   | must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)       |

  @doc-000 @case-17
  Scenario: Endpoints without addresses are refused
    When I apply:
      """
      apiVersion: v1
      kind: Endpoints
      metadata: { name: no-selector-svc }
      subsets:
        - ports: [{ port: 9376 }]
      """
    Then the API server refuses it:
      """
      subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`
      """
    And every connection from Pod "app" to "no-selector-svc:80" is refused
