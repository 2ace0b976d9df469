Feature: Egress judged before DNAT, under the profile aws-vpc

  The agent of the VPC CNI stands at the Pod's cable and sees what the Pod dials: the Service's address and port. So its
  controller adds the cluster IPs of Services whose selector a policy's podSelector holds, with the Service's port for the
  Pod's. Elsewhere policies are judged behind the Service.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: before-dnat }
      spec:
        cni: { profile: aws-vpc }
        networking: { podSubnet: 192.168.0.0/16, serviceSubnet: 10.96.0.0/12 }
        nodes:
          - { name: node01, internalIP: 192.168.4.101 }
          - { name: node02, internalIP: 192.168.4.102 }
        hosts:
          - { name: site, ip: 93.184.216.34, listen: [80/TCP] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: app, labels: { app: app } }
      spec: { nodeName: node01, containers: [{ name: c, image: nginx, ports: [{ name: web, containerPort: 8080 }] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: db, labels: { app: db, tier: data } }
      spec: { nodeName: node02, containers: [{ name: c, image: db, ports: [{ name: sql, containerPort: 8080 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: db }
      spec:
        type: NodePort
        clusterIP: 10.96.0.80
        selector: { app: db }
        ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: own }
      spec: { clusterIP: 10.96.0.90, selector: { app: app }, ports: [{ port: 80, targetPort: 8080 }] }
      """

  Rule: What a policy's podSelector and the Pod's port come to

    Scenario Outline: <ports> lets the Service through: <outcome>
      Given I apply:
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: out }
        spec:
          podSelector: { matchLabels: { app: app } }
          policyTypes: [Egress]
          egress:
            - to: [{ podSelector: { matchLabels: { app: db } } }]
              ports: [<ports>]
            - ports: [{ port: 53, protocol: UDP }]
        """
      When Pod "app" connects to "db:80"
      Then the connection <outcome>
      When Pod "app" connects to port 8080 of Pod "db"
      Then the connection <by address>

      Examples:
        | ports                         | outcome                 | by address              |
        | { port: 8080 }                | is answered by Pod "db" | is answered by Pod "db" |
        | { port: sql }                 | is answered by Pod "db" | is answered by Pod "db" |
        | { protocol: TCP }             | is answered by Pod "db" | is answered by Pod "db" |
        | { port: 8080, endPort: 8090 } | is answered by Pod "db" | is answered by Pod "db" |
        | { port: 8000, endPort: 8090 } | times out               | is answered by Pod "db" |
        | { port: 80 }                  | times out               | times out               |
        | { port: 8080, protocol: UDP } | times out               | times out               |

    Scenario: a label that the Pods have and the Service's selector does not say is not enough
      Given I apply:
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: out }
        spec:
          podSelector: { matchLabels: { app: app } }
          policyTypes: [Egress]
          egress: [{ to: [{ podSelector: { matchLabels: { tier: data } } }] }]
        """
      When Pod "app" connects to port 8080 of Pod "db"
      Then the connection is answered by Pod "db"
      When Pod "app" connects to "10.96.0.80:80"
      Then the connection times out

  Rule: Rules without Pods mean what is dialled

    Scenario Outline: F4 <to> ports <ports>: what is dialled counts under <profile>
      Given a cluster:
        """
        apiVersion: svcspec.dev/v1alpha1
        kind: Cluster
        metadata: { name: dialled }
        spec:
          cni: { profile: <profile> }
          networking: { podSubnet: 10.244.0.0/16 }
          nodes:
            - { name: node01, internalIP: 192.168.4.101 }
            - { name: node02, internalIP: 192.168.4.102 }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: app, labels: { app: app } }
        spec: { nodeName: node01, containers: [{ name: c, image: nginx }] }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: db, labels: { app: db } }
        spec: { nodeName: node02, containers: [{ name: c, image: db, ports: [{ name: sql, containerPort: 8080 }] }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: db }
        spec: { clusterIP: 10.96.0.80, selector: { app: db }, ports: [{ port: 80, targetPort: 8080 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: out }
        spec:
          podSelector: { matchLabels: { app: app } }
          policyTypes: [Egress]
          egress: [{ to: [<to>], ports: [<ports>] }]
        """
      When Pod "app" connects to "10.96.0.80:80"
      Then the connection <outcome>

      Examples:
        | profile | to                                  | ports          | outcome                 |
        | aws-vpc |                                     | { port: 80 }   | is answered by Pod "db" |
        | bridge  |                                     | { port: 80 }   | times out               |
        | aws-vpc |                                     | { port: 8080 } | times out               |
        | bridge  |                                     | { port: 8080 } | is answered by Pod "db" |
        | aws-vpc |                                     | { port: sql }  | times out               |
        | bridge  |                                     | { port: sql }  | is answered by Pod "db" |
        | aws-vpc | { ipBlock: { cidr: 10.96.0.80/32 }} | { port: 80 }   | is answered by Pod "db" |
        | bridge  | { ipBlock: { cidr: 10.96.0.80/32 }} | { port: 80 }   | times out               |
        | aws-vpc | { ipBlock: { cidr: 10.244.0.0/16 }} | { port: 8080 } | times out               |
        | bridge  | { ipBlock: { cidr: 10.244.0.0/16 }} | { port: 8080 } | is answered by Pod "db" |

  Rule: The node, DNS, replies

    Background:
      Given I apply:
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: dns-only }
        spec:
          podSelector: { matchLabels: { app: app } }
          policyTypes: [Egress]
          egress:
            - to:
                - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
                  podSelector: { matchLabels: { k8s-app: kube-dns } }
              ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
        """

    Scenario: DNS by its cluster IP; nothing else
      When Pod "app" looks up "db"
      Then the answer is:
        """
        db.default.svc.cluster.local. A 10.96.0.80
        """
      When Pod "app" connects to "db:80"
      Then the connection times out

    Scenario Outline: <target> from a Pod on node01: <outcome>
      When Pod "app" connects to <target>
      Then the connection <outcome>

      Examples:
        | target                        | outcome                 |
        | port 30080 of Node "node01"   | is answered by Pod "db" |
        | port 30080 of Node "node02"   | times out               |
        | port 8080 of Pod "db"         | times out               |
        | "93.184.216.34:80"            | times out               |
        | "10.96.0.90:80"               | times out               |

    Scenario: what the Pod answers passes, by Service and by address
      When Pod "db" connects to port 8080 of Pod "app"
      Then the connection is answered by Pod "app"
      When Pod "db" connects to "own:80"
      Then the connection is answered by Pod "app"

    Scenario: a Service that comes later counts at once
      Given I apply:
        """
        apiVersion: v1
        kind: Service
        metadata: { name: late, namespace: kube-system }
        spec:
          clusterIP: 10.96.0.70
          selector: { k8s-app: kube-dns }
          ports: [{ port: 5353, targetPort: 53, protocol: TCP }]
        """
      When Pod "app" connects to "10.96.0.70:5353"
      Then the connection is answered
