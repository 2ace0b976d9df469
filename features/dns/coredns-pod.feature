Feature: dig asks a CoreDNS Pod itself, past the kube-dns Service

  Document 004 looks up a headless Service from the control-plane node, at the address of one of two CoreDNS Pods on
  node02. The answer is authoritative, offers no recursion, and has both Pods; the server's name stands behind the
  looked-up one, so dig counts no servers.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: document-004 }
      spec:
        nodes:
          - { name: master, internalIP: 192.168.4.101, roles: [control-plane] }
          - { name: node01, internalIP: 192.168.4.102, podCIDR: 10.244.196.0/24 }
          - { name: node02, internalIP: 192.168.4.103, podCIDR: 10.244.140.0/24 }
        pins:
          - { object: Pod/default/nginx-a, ip: 10.244.140.72, node: node02 }
          - { object: Pod/default/nginx-b, ip: 10.244.196.133, node: node01 }
          - object: Deployment/kube-system/coredns
            hash: 6f6b679f8f
            pods:
              - { suffix: 64n7l, ip: 10.244.140.67, node: node02 }
              - { suffix: xgxjc, ip: 10.244.140.66, node: node02 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: nginx-a, labels: { app: nginx-deployment } }
      spec: { containers: [{ name: nginx, image: "nginx:1.15-alpine" }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: nginx-b, labels: { app: nginx-deployment } }
      spec: { containers: [{ name: nginx, image: "nginx:1.15-alpine" }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: nginx-deployment-service }
      spec: { clusterIP: None, selector: { app: nginx-deployment }, ports: [{ port: 80, targetPort: 80 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: root }
      spec: { hostNetwork: true, nodeName: master, containers: [{ name: shell, image: "debian:12" }] }
      """

  @doc-004 @case-9
  Scenario: the document's transcript
    When I run "kubectl exec root -- dig -t A nginx-deployment-service.default.svc.cluster.local. @10.244.140.67"
    Then it prints:
      """

      ; <<>> DiG 9.18.49-1~deb12u1-Debian <<>> -t A nginx-deployment-service.default.svc.cluster.local. @10.244.140.67
      ;; global options: +cmd
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1
      ;; WARNING: recursion requested but not available

      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags:; udp: 1232
      ; COOKIE: * (echoed)
      ;; QUESTION SECTION:
      ;nginx-deployment-service.default.svc.cluster.local. IN A

      ;; ANSWER SECTION:
      nginx-deployment-service.default.svc.cluster.local. 30 IN A *
      nginx-deployment-service.default.svc.cluster.local. 30 IN A *

      ;; Query time: * msec
      ;; SERVER: 10.244.140.67#53(10.244.140.67) (UDP)
      ;; WHEN: * * * * * *
      ;; MSG SIZE  rcvd: 223
      """

  @doc-004 @case-9
  Scenario: the two records are the two Pods
    When Pod "default/nginx-a" looks up "nginx-deployment-service" A
    Then the answer is:
      """
      nginx-deployment-service.default.svc.cluster.local. 30 IN A 10.244.140.72
      nginx-deployment-service.default.svc.cluster.local. 30 IN A 10.244.196.133
      """

  @doc-004 @case-9
  Scenario: without @ the node's own resolver is asked, which knows no cluster
    When Pod "default/root" looks up "nginx-deployment-service.default.svc.cluster.local." A
    Then the answer is NXDOMAIN

  @doc-004 @case-9
  Scenario Outline: both CoreDNS Pods run on node02, each asked at its own address: <pod>
    Then Pod "kube-system/coredns-6f6b679f8f-<pod>" has:
      | path          | value  |
      | spec.nodeName | node02 |
      | status.podIP  | <ip>   |
    When I run "kubectl exec root -- dig +short nginx-deployment-service.default.svc.cluster.local. @<ip>"
    Then it prints:
      """
      *
      *
      """

    Examples:
      | pod   | ip            |
      | 64n7l | 10.244.140.67 |
      | xgxjc | 10.244.140.66 |
