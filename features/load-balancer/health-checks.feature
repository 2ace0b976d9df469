Feature: kube-proxy answers health checks

  With externalTrafficPolicy Local each node answers at the Service's health check node port whether it has an endpoint; at
  10256 it answers for itself. kube-proxy listens there, so nobody answers when it does not run.

  Background:
    Given the cluster "cloud"
    And I apply "checked.yaml"

  @case-12
  Scenario: a node with an endpoint says 200, and how many it has
    When I run "kubectl exec -n demo checked -- curl -si http://192.168.20.11:30500/"
    Then it prints:
      """
      HTTP/1.1 200 OK
      Content-Type: application/json
      X-Content-Type-Options: nosniff
      X-Load-Balancing-Endpoint-Weight: 1
      Date: Thu, 01 Jan 2026 * GMT
      Content-Length: 115

      {
      	"service": {
      		"namespace": "demo",
      		"name": "checked"
      	},
      	"localEndpoints": 1,
      	"serviceProxyHealthy": true
      }
      """

  @case-12
  Scenario Outline: <what> says <status>
    When I run "kubectl exec -n demo checked -- curl -s -o /dev/null -w '%{http_code}' http://<where>"
    Then it prints:
      """
      <status>
      """

    Examples:
      | what                                    | where                        | status |
      | a node without endpoint, whatever path, | 192.168.20.12:30500/any/path | 503    |
      | kube-proxy itself                       | 192.168.20.12:10256/healthz  | 200    |
      | its liveness                            | 192.168.20.12:10256/livez    | 200    |
      | another path                            | 192.168.20.12:10256/metrics  | 404    |

  @case-12
  Scenario: the balancer sends nothing to nodes that say 503
    Then every connection from host "laptop" to "52.15.34.17:80" is answered by Pod "demo/checked"

  @case-12
  Scenario: nor to a node whose kube-proxy does not answer: it stopped
    When kube-proxy on Node "node01" stops
    Then no connection from host "laptop" to "52.15.34.17:80" is answered
    And no connection from Node "node02" to "192.168.20.11:30500" is answered
    And no connection from Node "node02" to "192.168.20.11:10256" is answered

  @case-12
  Scenario: and again when it is back
    Given kube-proxy on Node "node01" stops
    When kube-proxy on Node "node01" starts
    Then every connection from host "laptop" to "52.15.34.17:80" is answered by Pod "demo/checked"

  @case-12
  Scenario Outline: a kube-proxy whose rules are <behind> old is <state>
    Given kube-proxy on Node "node01" lags by 5 minutes
    And I apply "my-service.yaml"
    When <behind> pass
    And I run "kubectl exec -n demo checked -- curl -s -o /dev/null -w '%{http_code}' http://192.168.20.11:10256/livez"
    Then it prints:
      """
      <status>
      """

    Examples:
      | behind     | state     | status |
      | 59 seconds | healthy   | 200    |
      | 60 seconds | unhealthy | 503    |

  @case-12
  Scenario: a node that the autoscaler will delete is not eligible, and alive
    Given I set "spec.taints" of Node "node02" to '[{"key": "ToBeDeletedByClusterAutoscaler", "effect": "NoSchedule"}]'
    When I run "kubectl exec -n demo checked -- curl -s http://192.168.20.12:10256/healthz"
    Then it prints:
      """
      {"lastUpdated":"2026-01-01T00:00:00Z","currentTime":"2026-01-01T00:00:00Z","nodeEligible":false,"healthy":true,"status":{"IPv4":{"lastUpdated":"2026-01-01T00:00:00Z","healthy":true}}}
      """

  @case-12
  Scenario: the port is taken like any other
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: squatter, namespace: demo }
      spec:
        nodeName: node02
        hostNetwork: true
        containers: [{ name: web, image: nginx:1.27, ports: [{ containerPort: 30500 }] }]
      """
    Then Pod "demo/squatter" is CrashLoopBackOff
