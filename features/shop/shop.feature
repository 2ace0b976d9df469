Feature: A whole application, asked the questions its teams would ask

  The scenario shop is an application of three namespaces: a gateway at the edge, a dozen programs behind it, and the
  data they keep. No source document: this is how the parts look together.

  Background:
    Given the cluster "shop"

  Scenario: every program finds the ones it is told to use
    Then the reachability is:
      | who                       | "web.shop:80" | "api.shop:8080" | "cart.shop:7070" | "cache.data:6379" | "orders-db.data:5432" |
      | Deployment "edge/gateway" | answered      | answered        | answered         | answered          | timeout               |
      | Deployment "shop/web"     | answered      | answered        | answered         | answered          | timeout               |
      | Deployment "shop/api"     | answered      | answered        | answered         | answered          | answered              |
      | host "laptop"             | nxdomain      | nxdomain        | nxdomain         | nxdomain          | nxdomain              |

  Scenario: the Service orders-db leads to the primary alone, however many there are
    When I scale StatefulSet "data/orders-db" to 5 replicas
    Then Service "data/orders-db-nodes" has 5 endpoints
    And every connection from Deployment "shop/api" to "orders-db.data:5432" is answered by Pod "data/orders-db-0"

  Scenario: a database is found by its own name
    When Deployment "shop/api" connects to "orders-db-2.orders-db-nodes.data:5432"
    Then the connection is answered by Pod "data/orders-db-2"

  Scenario: the orders are kept from everybody but the API
    When Pod "shop/visitor-a" connects to "orders-db.data:5432"
    Then the connection times out
    And the trace blames "network-policy"

  Scenario: the web keeps to the visitor's zone while it can
    Given every connection from Pod "shop/visitor-a" to "web:80" is answered by Deployment "shop/web"
    When Pod "shop/visitor-a" connects to "web:80" 6 times
    Then 1 endpoint of Service "shop/web" is on Node "worker-a"
    And connections from Pod "shop/visitor-a" to "web:80" spread evenly over 1 Pod

  Scenario: a zone without a Pod of its own is served by the others
    Given Node "worker-a" goes down
    When 60 seconds pass
    Then every connection from Pod "shop/visitor-c" to "web:80" is answered by Deployment "shop/web"
    And Service "shop/web" has 2 endpoints

  Scenario: a customer's cart stays where it is
    Then connections from Deployment "shop/api" to "cart:7070" stay on one Pod

  Scenario: logs go to the collector of the node itself
    Then every connection from Pod "shop/visitor-a" to "logs.data:5170" over UDP is answered by DaemonSet "data/logs"
    And connections from Pod "shop/visitor-a" to "logs.data:5170" over UDP spread evenly over 1 Pod

  Scenario: outside partners have names inside
    When Deployment "shop/checkout" looks up "payment-gateway" A
    Then the answer is:
      """
      payment-gateway.shop.svc.cluster.local. 30 IN CNAME api.payments.example.
      api.payments.example. 30 IN A 192.0.2.80
      """

  Scenario: a Service may lead out of the cluster
    When Deployment "shop/api" connects to "warehouse.data:443"
    Then the connection is answered by host "payments"

  Scenario: the gateway sees the customer's own address
    Given at least 1 endpoint of Service "edge/gateway" is on Node "worker-a"
    When host "laptop" connects to port 30080 of Node "worker-a"
    Then the connection is answered by Deployment "edge/gateway"
    And the server sees the address of host "laptop"

  Scenario: customers come in by the shop's name, through the load balancer
    When host "laptop" connects to "http://shop.example.com" 4 times
    Then the connections are answered by Deployment "edge/gateway"
    And the server sees the address of host "laptop"

  Scenario: a new release keeps the Service's endpoints
    When I set "spec.template.spec.containers[0].image" of Deployment "shop/web" to "web:2"
    Then Service "shop/web" has 3 endpoints
    And every connection from Pod "shop/visitor-c" to "web:80" is answered by Deployment "shop/web"
