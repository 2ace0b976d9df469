Feature: Policies of the whole cluster stand above and below those of namespaces

  Administrators have two tiers: the admin tier is asked before any NetworkPolicy, the baseline only for Pods that no
  NetworkPolicy selects. Here the first rule that matches decides, and Pass hands over to the next tier.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: tiers }
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.4.101 }
          - { name: node02, internalIP: 192.168.4.102 }
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop }
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: monitoring }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, namespace: shop, labels: { app: web } }
      spec: { nodeName: node01, containers: [{ name: c, image: nginx, ports: [{ name: http, containerPort: 80 }, { name: metrics, containerPort: 9090 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web, namespace: shop }
      spec: { selector: { app: web }, ports: [{ name: http, port: 8080, targetPort: http }, { name: metrics, port: 9090 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client, namespace: shop, labels: { app: client } }
      spec: { nodeName: node02, containers: [{ name: c, image: nginx }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: prometheus, namespace: monitoring }
      spec: { nodeName: node02, containers: [{ name: c, image: nginx }] }
      """

  Scenario: what the admin tier allows no NetworkPolicy forbids
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: deny-all, namespace: shop }
      spec: { podSelector: {} }
      ---
      apiVersion: policy.networking.k8s.io/v1alpha1
      kind: AdminNetworkPolicy
      metadata: { name: monitoring }
      spec:
        priority: 10
        subject: { namespaces: {} }
        ingress:
          - name: scrape
            action: Allow
            from: [{ namespaces: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]
            ports: [{ namedPort: metrics }]
      """
    Then the reachability is:
      | who                         | "web.shop:8080" | "web.shop:9090" |
      | Pod "shop/client"           | timeout         | timeout         |
      | Pod "monitoring/prometheus" | timeout         | answered        |

  Scenario: what the admin tier denies no NetworkPolicy allows
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: allow-all, namespace: shop }
      spec: { podSelector: {}, ingress: [{}] }
      ---
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: { name: fence }
      spec:
        tier: Admin
        priority: 5
        subject: { pods: { podSelector: { matchLabels: { app: web } } } }
        ingress:
          - action: Deny
            from: [{ namespaces: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]
      """
    When Pod "monitoring/prometheus" connects to "web.shop:8080"
    Then the connection times out
    And the trace blames "network-policy"
    And every connection from Pod "shop/client" to "web:8080" is answered by Pod "shop/web"

  Scenario Outline: the lower priority is asked first: <deny> against <pass>
    Given I apply:
      """
      apiVersion: policy.networking.k8s.io/v1alpha1
      kind: AdminNetworkPolicy
      metadata: { name: deny }
      spec:
        priority: <deny>
        subject: { namespaces: {} }
        ingress: [{ action: Deny, from: [{ namespaces: {} }] }]
      ---
      apiVersion: policy.networking.k8s.io/v1alpha1
      kind: AdminNetworkPolicy
      metadata: { name: pass }
      spec:
        priority: <pass>
        subject: { namespaces: { matchLabels: { kubernetes.io/metadata.name: shop } } }
        ingress: [{ action: Pass, from: [{ namespaces: {} }] }]
      """
    When Pod "monitoring/prometheus" connects to port 8080 of Service "shop/web"
    Then the connection <outcome>

    Examples:
      | deny | pass | outcome                       |
      | 1    | 2    | times out                     |
      | 2    | 1    | is answered by Pod "shop/web" |

  Scenario: the baseline is for Pods that no NetworkPolicy selects
    Given I apply:
      """
      apiVersion: policy.networking.k8s.io/v1alpha1
      kind: BaselineAdminNetworkPolicy
      metadata: { name: default }
      spec:
        subject: { namespaces: {} }
        ingress: [{ action: Deny, from: [{ namespaces: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }] }]
      """
    And no connection from Pod "monitoring/prometheus" to port 8080 of Service "shop/web" is answered
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: open, namespace: shop }
      spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ namespaceSelector: {} }] }] }
      """
    Then every connection from Pod "monitoring/prometheus" to port 8080 of Service "shop/web" is answered by Pod "shop/web"

  Scenario: nodes and networks can be egress peers
    Given I apply:
      """
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: { name: no-nodes }
      spec:
        tier: Baseline
        priority: 0
        subject: { namespaces: { matchLabels: { kubernetes.io/metadata.name: shop } } }
        egress:
          - { action: Deny, to: [{ nodes: {} }], protocols: [{ tcp: { destinationPort: { number: 10250 } } }] }
      """
    Then no connection from Pod "shop/client" to port 10250 of Node "node01" is answered
    And no connection from Pod "shop/client" to port 10250 of Node "node02" is answered
    And every connection from Pod "monitoring/prometheus" to port 10250 of Node "node01" is answered

  Scenario: an unknown action is refused
    When I apply:
      """
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: { name: wrong }
      spec:
        tier: Admin
        priority: 5
        subject: { namespaces: {} }
        ingress: [{ action: Allow, from: [{ namespaces: {} }] }]
      """
    Then the API server refuses it:
      """
      spec.ingress[0].action: Unsupported value: "Allow": supported values: "Accept", "Deny", "Pass"
      """

  Scenario: kubectl shows tier and priority
    Given I apply:
      """
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: { name: fence }
      spec:
        tier: Admin
        priority: 5
        subject: { namespaces: {} }
      """
    When I run "kubectl get cnp"
    Then it prints:
      """
      NAME    TIER    PRIORITY   AGE
      fence   Admin   5          0s
      """
