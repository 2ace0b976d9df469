Feature: What a Service gets that does not say it

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ name: http, containerPort: 80 }] }] }
      """

  Scenario Outline: type <type>: <path> is <value>
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: <type>, selector: { app: web }, ports: [{ port: 80 }] }
      """
    Then Service "web" has:
      | path   | value   |
      | <path> | <value> |
    And every connection from Node "node01" to port 80 of Service "web" is answered by Pod "web"

    Examples:
      | type         | path                               | value   |
      | ClusterIP    | spec.ports[0].protocol             | TCP     |
      | ClusterIP    | spec.ports[0].targetPort           | 80      |
      | ClusterIP    | spec.ports[0].nodePort             | <none>  |
      | ClusterIP    | spec.sessionAffinity               | None    |
      | ClusterIP    | spec.internalTrafficPolicy         | Cluster |
      | ClusterIP    | spec.externalTrafficPolicy         | <none>  |
      | ClusterIP    | spec.ipFamilyPolicy                | SingleStack |
      | NodePort     | spec.externalTrafficPolicy         | Cluster |
      | NodePort     | spec.allocateLoadBalancerNodePorts | <none>  |
      | LoadBalancer | spec.externalTrafficPolicy         | Cluster |
      | LoadBalancer | spec.allocateLoadBalancerNodePorts | true    |
      | LoadBalancer | spec.healthCheckNodePort           | <none>  |

  Scenario: an ExternalName gets neither address nor traffic policy
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: db }
      spec: { type: ExternalName, externalName: db.example.com }
      """
    Then Service "db" has:
      | path                       | value  |
      | spec.clusterIP             | <none> |
      | spec.clusterIPs            | <none> |
      | spec.ipFamilies            | <none> |
      | spec.internalTrafficPolicy | <none> |
      | spec.sessionAffinity       | None   |

  Scenario: session affinity lasts three hours when nobody says how long
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { sessionAffinity: ClientIP, selector: { app: web }, ports: [{ port: 80 }] }
      """
    Then Service "web" has:
      | path                                               | value |
      | spec.sessionAffinityConfig.clientIP.timeoutSeconds | 10800 |

  Scenario: a local load balancer gets a port for health checks
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: two-ports }
      spec:
        networking: { serviceNodePortRange: 31000-31001 }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        selector: { app: web }
        ports: [{ port: 80, nodePort: 31000 }]
      """
    Then Service "web" has:
      | path                     | value |
      | spec.healthCheckNodePort | 31001 |
