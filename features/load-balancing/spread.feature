Feature: Connections are shared out over the Pods

  Every Pod gets the same share of new connections, wherever it stands and wherever the client stands. Shares are exact:
  each random branch of the rules is walked with its probability.

  @doc-000 @doc-002 @case-32
  Scenario: each of three Pods gets a third
    Given the cluster "nginx-demo"
    Then connections from Pod "demo/client" to "10.111.193.186:80" spread:
      | backend                                 | share |
      | demo/nginx-prod-deploy-6fb6fbb77d-r78k9 | 1/3   |
      | demo/nginx-prod-deploy-6fb6fbb77d-xm8tp | 1/3   |
      | demo/nginx-prod-deploy-6fb6fbb77d-h2gn4 | 1/3   |

  @doc-001 @doc-003 @doc-004 @case-32
  Scenario Outline: the node plays no part: <client> at <target>
    Given the cluster "balance"
    And 2 endpoints of Service "my-service" are on Node "node01"
    And 1 endpoint of Service "my-service" is on Node "node02"
    Then connections from <client> to "<target>" spread:
      | backend                 | share |
      | my-app-6d4cf56db6-2bq5x | 1/3   |
      | my-app-6d4cf56db6-4mvzk | 1/3   |
      | my-app-6d4cf56db6-7qtjl | 1/3   |

    Examples:
      | client                 | target               |
      | Pod "client-on-node01" | 10.100.200.1:80      |
      | Pod "client-on-node02" | 10.100.200.1:80      |
      | Node "node01"          | 10.100.200.1:80      |
      | Node "control-plane"   | 10.100.200.1:80      |
      | host "laptop"          | 192.168.66.100:30080 |
      | host "laptop"          | 192.168.66.101:30080 |
      | host "laptop"          | 192.168.66.102:30080 |
      | Pod "client-on-node01" | 192.168.66.102:30080 |

  @doc-004 @case-32
  Scenario Outline: wherever the client stands, both Pods of document 004 answer alike: <client>
    Given the cluster "three-nodes"
    Then connections from <client> to "10.98.182.100:80" spread evenly over 2 Pods

    Examples:
      | client                                |
      | Node "master"                         |
      | Node "node01"                         |
      | Node "node02"                         |
      | Deployment "default/nginx-deployment" |

  @doc-004 @case-32
  Scenario: many connections in a row, as the document's loop makes them
    Given the cluster "three-nodes"
    When Node "master" connects to "10.98.182.100:80" 20 times
    Then the connections are answered by Deployment "default/nginx-deployment"
    And Service "nginx-deployment-service" has 2 endpoints

  @doc-003 @doc-004 @case-32 @mode-iptables
  Scenario: at random, not in turn: what came before does not matter
    Given the cluster "balance"
    When Pod "client-on-node01" connects to "10.100.200.1:80"
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-001 @doc-003 @case-32
  Scenario Outline: the shares stay equal when <pods> Pods are left
    Given the cluster "nginx-demo"
    When I scale Deployment "demo/nginx-prod-deploy" to <pods> replicas
    Then connections from Pod "demo/client" to "10.111.193.186:80" spread evenly over <pods> Pods
    And Service "demo/nginx-prod-svc-demo" has <pods> endpoints
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "demo/nginx-prod-svc-demo"

    Examples:
      | pods |
      | 1    |
      | 2    |
      | 5    |
      | 7    |
      | 12   |

  @doc-003 @case-32
  Scenario: a Pod that is not ready has no share, and gets it back
    Given the cluster "balance"
    And Pod "my-app-6d4cf56db6-2bq5x" stops being ready
    And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 2 Pods
    When Pod "my-app-6d4cf56db6-2bq5x" becomes ready
    Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-003 @case-32
  Scenario: datagrams are shared out too
    Given the cluster "balance"
    Then connections from Pod "client-on-node02" to "10.100.200.3:53" over UDP spread evenly over 3 Pods
    And every connection from Pod "client-on-node02" to "10.100.200.3:53" over UDP is answered by Deployment "my-app"

  @doc-003 @case-32
  Scenario: without Pods nobody takes a share, and other Services go on
    Given the cluster "balance"
    When I scale Deployment "my-app" to 0 replicas
    Then every connection from Pod "client-on-node01" to "10.100.200.1:80" is refused
    And every connection from host "laptop" to "192.168.66.101:30080" is refused
    And every connection from Pod "client-on-node01" to "10.96.0.1:443" is answered
