Feature: The files that the kubelet writes for a container, and its host name

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: behind }
      spec: { clusterIP: None, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        hostname: web-1
        subdomain: behind
        hostAliases: [{ ip: 10.0.0.9, hostnames: [db.local, db] }]
        dnsConfig: { nameservers: [192.0.2.53], searches: [corp.example], options: [{ name: ndots, value: "2" }] }
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: whole, labels: { app: web } }
      spec:
        hostname: whole
        subdomain: behind
        setHostnameAsFQDN: true
        containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: lonely }
      spec:
        dnsPolicy: None
        dnsConfig: { nameservers: [192.0.2.53], searches: [corp.example] }
        containers: [{ name: shell, image: "alpine:3" }]
      """

  Scenario: the hosts file has the Pod's own names, then the aliases
    When I run "kubectl exec web -- cat /etc/hosts"
    Then it prints:
      """
      # Kubernetes-managed hosts file.
      127.0.0.1 localhost
      ::1 localhost ip6-localhost ip6-loopback
      fe00::0 ip6-localnet
      fe00::0 ip6-mcastprefix
      fe00::1 ip6-allnodes
      fe00::2 ip6-allrouters
      * web-1.behind.default.svc.cluster.local web-1

      # Entries added by HostAliases.
      10.0.0.9 db.local db
      """

  Scenario: dnsConfig adds to what the policy gives
    When I run "kubectl exec web -- cat /etc/resolv.conf"
    Then it prints:
      """
      search default.svc.cluster.local svc.cluster.local cluster.local corp.example
      nameserver 10.96.0.10
      nameserver 192.0.2.53
      options ndots:2
      """

  Scenario: and is all there is under the policy None
    When I run "kubectl exec lonely -- cat /etc/resolv.conf"
    Then it prints:
      """
      search corp.example
      nameserver 192.0.2.53
      """

  Scenario Outline: Pod <pod> is called <name>
    When I run "kubectl exec <pod> -- hostname"
    Then it prints:
      """
      <name>
      """
    And the environment of Pod "<pod>" contains:
      """
      HOSTNAME=<name>
      """

    Examples:
      | pod    | name                                    |
      | lonely | lonely                                  |
      | web    | web-1                                   |
      | whole  | whole.behind.default.svc.cluster.local  |

  Scenario: the whole name is the one in DNS
    Then every connection from Pod "lonely" to port 80 of Pod "whole" is answered
    And every connection from Pod "web" to "whole.behind:80" is answered by Pod "whole"
