Feature: The documents' nslookup

  The form of the output belongs to the program: BusyBox up to 1.28 looks every address up backwards, later ones
  and BIND print what came. In the transcript of document 002 two Pods, 10.1.0.32 and 10.1.0.33, stand behind both
  Services; here they are those of the second Deployment. CoreDNS shuffles addresses: only without its loadbalance
  plugin does every look-up show them in the order of the transcripts.

  @doc-002 @case-6
  Scenario: nslookup of BusyBox 1.28, the headless Service
    Given the cluster "nginx-demo"
    And I apply "corefile-in-order.yaml"
    And I scale Deployment "kube-system/coredns" to 0 replicas
    And I scale Deployment "kube-system/coredns" to 2 replicas
    And 5 seconds pass
    And I apply "headless-svc.yaml"
    And I apply "headless-svc-test-pod.yaml"
    And I apply "nginx-deploy2.yaml"
    And I scale Deployment "demo/nginx-prod-deploy" to 0 replicas
    When I run "kubectl exec -it -n demo headless-svc-test-pod -- nslookup nginx-prod-demo-headless-svc"
    Then it prints:
      """
      Server:    10.96.0.10
      Address 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local

      Name:      nginx-prod-demo-headless-svc
      Address 1: 10.1.0.32 10-1-0-32.nginx-prod-demo-headless-svc.demo.svc.cluster.local
      Address 2: 10.1.0.33 10-1-0-33.nginx-prod-demo-headless-svc.demo.svc.cluster.local
      """

  @doc-002 @case-6
  Scenario: nslookup of BusyBox 1.28, the Service with a cluster IP
    Given the cluster "nginx-demo"
    And I apply "headless-svc.yaml"
    And I apply "headless-svc-test-pod.yaml"
    When I run "kubectl exec -it -n demo headless-svc-test-pod -- nslookup nginx-prod-svc-demo"
    Then it prints:
      """
      Server:    10.96.0.10
      Address 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local

      Name:      nginx-prod-svc-demo
      Address 1: 10.111.193.186 nginx-prod-svc-demo.demo.svc.cluster.local
      """

  @doc-002 @case-6
  Scenario: nslookup of BusyBox 1.28, a name that is not there
    Given the cluster "nginx-demo"
    And I apply "headless-svc-test-pod.yaml"
    When I run "kubectl exec -it -n demo headless-svc-test-pod -- nslookup nginx-prod-svc"
    Then it prints:
      """
      Server:    10.96.0.10
      Address 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local

      nslookup: can't resolve 'nginx-prod-svc'
      command terminated with exit code 1
      """

  @doc-002 @case-6
  Scenario: the document writes 10.111.193.166 below its transcript, where nobody is
    Given the cluster "nginx-demo"
    When Pod "demo/client" looks up "166.193.111.10.in-addr.arpa" PTR
    Then the answer is NXDOMAIN
    And Service "demo/nginx-prod-svc-demo" has:
      | path           | value          |
      | spec.clusterIP | 10.111.193.186 |

  @doc-003 @case-6
  Scenario Outline: nslookup of a later BusyBox prints Name and Address in pairs: <name>
    Given the cluster "names"
    And I scale StatefulSet "default/my-db" to 1 replica
    When I run "kubectl exec alpine -- nslookup <name>"
    Then it prints:
      """
      Server:		10.96.0.10
      Address:	10.96.0.10:53

      Name:	<name>
      Address: <address>
      """

    Examples:
      | name                                 | address      |
      | my-service.default.svc.cluster.local | 10.100.200.1 |
      | my-db.default.svc.cluster.local      | 10.244.1.5   |

  @doc-003 @case-6
  Scenario: BIND's nslookup complains that CoreDNS offers no recursion for the cluster's names
    Given the cluster "names"
    When I run "kubectl exec asker -- nslookup my-service.default.svc.cluster.local."
    Then it prints:
      """
      ;; Got recursion not available from 10.96.0.10
      Server:		10.96.0.10
      Address:	10.96.0.10#53

      Name:	my-service.default.svc.cluster.local
      Address: 10.100.200.1
      ;; Got recursion not available from 10.96.0.10
      """

  @doc-002 @doc-003 @case-6
  Scenario: dig shows an authoritative answer, and that recursion was asked for in vain
    Given the cluster "names"
    When I run "kubectl exec asker -- dig my-service.default.svc.cluster.local"
    Then it prints:
      """

      ; <<>> DiG 9.18.49-1~deb12u1-Debian <<>> my-service.default.svc.cluster.local
      ;; global options: +cmd
      ;; Got answer:
      ;; WARNING: .local is reserved for Multicast DNS
      ;; You are currently testing what happens when an mDNS query is leaked to DNS
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
      ;; WARNING: recursion requested but not available

      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags:; udp: 1232
      ; COOKIE: * (echoed)
      ;; QUESTION SECTION:
      ;my-service.default.svc.cluster.local. IN A

      ;; ANSWER SECTION:
      my-service.default.svc.cluster.local. 30 IN A 10.100.200.1

      ;; Query time: * msec
      ;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)
      ;; WHEN: * * * * * *
      ;; MSG SIZE  rcvd: 129
      """

  @doc-003 @case-6
  Scenario Outline: dig takes the name as it is, without the search list: <name>
    Given the cluster "names"
    When I run "kubectl exec asker -- dig +short <name>"
    Then it prints:
      """
      <answer>
      """

    Examples:
      | name                                 | answer       |
      | my-service.default.svc.cluster.local | 10.100.200.1 |
      | my-service                           |              |
      | my-service +search                   | 10.100.200.1 |
