Feature: A whole application behind policies

  Nobody in the namespace shop speaks to anybody but as its policies say; the operators keep the edge out of the data.

  Background:
    Given the cluster "shop"
    And I apply "policies.yaml"

  Scenario: who reaches what; the web is near itself, and no policy keeps a Pod from itself
    Then the reachability is:
      | who                        | "web.shop:80" | "api.shop:8080" | "cart.shop:7070" | "catalog.shop:3550" | "cache.data:6379" | "orders-db.data:5432" |
      | Deployment "edge/gateway"  | answered      | timeout         | timeout          | timeout             | timeout           | timeout               |
      | Deployment "shop/web"      | answered      | answered        | timeout          | timeout             | timeout           | timeout               |
      | Deployment "shop/checkout" | timeout       | timeout         | timeout          | timeout             | timeout           | timeout               |
      | Pod "shop/visitor-a"       | timeout       | timeout         | timeout          | timeout             | timeout           | timeout               |

  Scenario: the API reaches its cart and its data
    Then every connection from Deployment "shop/api" to "cart:7070" is answered by Deployment "shop/cart"
    And every connection from Deployment "shop/api" to "cache.data:6379" is answered by Deployment "data/cache"
    And every connection from Deployment "shop/api" to "orders-db.data:5432" is answered by Pod "data/orders-db-0"

  Scenario: customers still come in
    When host "laptop" connects to "http://shop.example.com"
    Then the connection is answered by Deployment "edge/gateway"

  Scenario: probes come from the node, and Pods stay ready
    When 60 seconds pass
    Then Service "shop/web" has 3 endpoints
    And Service "shop/api" has 2 endpoints

  Scenario Outline: whatever is dropped is a policy's doing: <client> to <target>
    When <client> connects to "<target>"
    Then the connection times out
    And the trace blames "network-policy"

    Examples:
      | client                      | target              |
      | Deployment "edge/gateway"   | api.shop:8080       |
      | Deployment "edge/gateway"   | cache.data:6379     |
      | Deployment "edge/gateway"   | orders-db.data:5432 |
      | Deployment "shop/web"       | catalog:3550        |
      | Deployment "shop/web"       | cache.data:6379     |
      | Deployment "shop/api"       | catalog:3550        |
      | Deployment "shop/checkout"  | mailer:25           |
      | Pod "shop/visitor-c"        | web:80              |

  Scenario: the catalog has no rule of its own, so the API's way to it ends at its door
    When Deployment "shop/api" connects to "catalog:3550"
    Then the connection times out
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: catalog, namespace: shop }
      spec:
        podSelector: { matchLabels: { app: catalog } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: grpc }] }]
      """
    Then every connection from Deployment "shop/api" to "catalog:3550" is answered by Deployment "shop/catalog"

  Scenario: the web's rule means its own port, 3000, not the Service's
    When I set "spec.ingress[0].ports[0].port" of NetworkPolicy "shop/web" to "80"
    Then no connection from Deployment "edge/gateway" to "web.shop:80" is answered
