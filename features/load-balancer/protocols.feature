Feature: Load balancers for UDP, SCTP and several protocols at once

  The API takes them all. Whether a balancer comes of it is the cloud's affair: one without a name takes all, the others
  refuse in their own words, which the service controller's event repeats.

  @case-12
  Scenario Outline: in <mode> mode a balancer passes <protocol> on
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: protocols }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { loadBalancerPool: 52.15.34.16/29 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: all, labels: { app: all } }
      spec:
        nodeName: node02
        containers:
          - name: all
            image: all
            ports: [{ containerPort: 8053 }, { containerPort: 8053, protocol: UDP }, { containerPort: 8053, protocol: SCTP }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: all }
      spec:
        type: LoadBalancer
        selector: { app: all }
        ports:
          - { name: tcp, port: 53, targetPort: 8053 }
          - { name: udp, port: 53, targetPort: 8053, protocol: UDP }
          - { name: sctp, port: 53, targetPort: 8053, protocol: SCTP }
      """
    And kube-proxy runs in <mode> mode
    Then every connection from host "laptop" to "52.15.34.17:53" over <protocol> is answered by Pod "all"
    And every connection from host "laptop" to "52.15.34.17:54" over <protocol> times out

    Examples:
      | mode     | protocol |
      | iptables | TCP      |
      | iptables | UDP      |
      | iptables | SCTP     |
      | nftables | TCP      |
      | nftables | UDP      |
      | nftables | SCTP     |
      | ipvs     | TCP      |
      | ipvs     | UDP      |
      | ipvs     | SCTP     |

  @case-12
  Scenario Outline: <provider> makes none for <ports>, and says why
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: refused }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { name: <provider>, loadBalancerPool: 52.15.34.16/29 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: edge }
      """
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: mixed, namespace: edge }
      spec: { type: LoadBalancer, ports: [<ports>] }
      """
    And I run "kubectl get events -n edge"
    Then it prints:
      """
      LAST SEEN   TYPE      REASON                   OBJECT          MESSAGE
      *           Normal    EnsuringLoadBalancer     service/mixed   Ensuring load balancer
      *           Warning   SyncLoadBalancerFailed   service/mixed   Error syncing load balancer: failed to ensure load balancer: <why>
      """
    And Service "edge/mixed" has:
      | path                | value |
      | status.loadBalancer | {}    |

    Examples:
      | provider | ports                                                                   | why                                                      |
      | gce      | { name: a, port: 80 }, { name: b, port: 53, protocol: UDP }             | mixed protocol is not supported for LoadBalancer         |
      | gce      | { port: 3868, protocol: SCTP }                                          | invalid protocol SCTP, only TCP and UDP are supported    |
      | aws      | { port: 3868, protocol: SCTP }                                          | Protocol SCTP not supported by LoadBalancer              |
      | azure    | { port: 3868, protocol: SCTP }                                          | SCTP is only supported on standard loadbalancer in internal mode |

  @case-12
  Scenario: a Network Load Balancer of AWS listens on a number once: DNS over TCP alone
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: once }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { name: aws, loadBalancerPool: 52.15.34.16/29 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: dns, labels: { app: dns } }
      spec: { containers: [{ name: dns, image: dns, ports: [{ containerPort: 53 }, { containerPort: 53, protocol: UDP }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec:
        type: LoadBalancer
        selector: { app: dns }
        ports: [{ name: tcp, port: 53 }, { name: udp, port: 53, protocol: UDP }]
      """
    And every connection from host "laptop" to "52.15.34.17:53" is answered by Pod "dns"
    And every connection from host "laptop" to "52.15.34.17:53" over UDP times out
    When I set 'metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener"]' of Service "dns" to '"true"'
    Then every connection from host "laptop" to "52.15.34.17:53" over UDP is answered by Pod "dns"

  @case-12
  Scenario Outline: a Service of UDP alone behind <provider>: <how>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: datagrams }
      spec:
        kubernetesVersion: "1.34"
        cloudProvider: { name: <provider>, loadBalancerPool: 52.15.34.16/29 }
        nodes:
          - { name: node01, internalIP: 192.168.20.11 }
          - { name: node02, internalIP: 192.168.20.12 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: dns, labels: { app: dns } }
      spec: { containers: [{ name: dns, image: dns, ports: [{ containerPort: 53, protocol: UDP }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: dns }
      spec: { type: LoadBalancer, selector: { app: dns }, ports: [{ port: 53, protocol: UDP }] }
      """
    Then every connection from host "laptop" to "52.15.34.17:53" over UDP is answered by Pod "dns"

    Examples:
      | provider | how                                               |
      | gce      | kube-proxy is asked                               |
      | azure    | no node is probed                                 |
      | aws      | every node fails its check, so all of them get it |
