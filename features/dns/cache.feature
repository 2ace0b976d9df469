Feature: What CoreDNS remembers, and for how long

  `cache 30` is in the document's Corefile and in kubeadm's. Times to live count down in its answers; what it holds on to
  outlives the change of what it was made from. kubeadm since 1.32 leaves the cluster's own names out of it.

  Background:
    Given the cluster "names"
    And I scale Deployment "kube-system/coredns" to 1 replica
    And I apply "document-corefile.yaml"

  @doc-003 @case-43
  Scenario: a name of the cluster counts down from the 5 seconds of the document
    Given Pod "asker" looks up "my-service" A
    And the answer is:
      """
      my-service.default.svc.cluster.local. 5 IN A 10.100.200.1
      """
    When 3 seconds pass
    And Pod "asker" looks up "my-service" A
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 2 IN A 10.100.200.1
      """

  @doc-003 @case-43
  Scenario: what is gone is still answered until its time is over
    Given Pod "asker" looks up "my-service.default.svc.cluster.local." A
    And I delete Service "my-service"
    When Pod "asker" looks up "my-service.default.svc.cluster.local." A
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 5 IN A 10.100.200.1
      """
    When 5 seconds pass
    And Pod "asker" looks up "my-service.default.svc.cluster.local." A
    Then the answer is NXDOMAIN

  @doc-003 @case-43
  Scenario: a name that was not there is remembered too
    Given Pod "asker" looks up "new.default.svc.cluster.local." A
    And the answer is NXDOMAIN
    And I run "kubectl create service clusterip new --tcp=80 --clusterip=10.96.0.81"
    When Pod "asker" looks up "new.default.svc.cluster.local." A
    Then the answer is NXDOMAIN
    When 5 seconds pass
    And Pod "asker" looks up "new.default.svc.cluster.local." A
    Then the answer is:
      """
      new.default.svc.cluster.local. IN A 10.96.0.81
      """

  @doc-003 @case-43
  Scenario: kubeadm's Corefile keeps no names of the cluster: what is gone is gone
    Given the cluster "names"
    And Pod "asker" looks up "my-service.default.svc.cluster.local." A
    When I delete Service "my-service"
    And Pod "asker" looks up "my-service.default.svc.cluster.local." A
    Then the answer is NXDOMAIN

  @doc-003 @case-43
  Scenario: C [q]: an answer from the cache is authoritative, whoever gave it first
    Given I run "kubectl exec asker -- dig +noall +comments example.com"
    And I run "kubectl exec asker -- dig +noall +comments example.com"
    Then it prints:
      """
      ;; Got answer:
      ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: *
      ;; flags: qr aa rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1

      ;; OPT PSEUDOSECTION:
      ; EDNS: version: 0, flags:; udp: 1232
      ; COOKIE: * (echoed)
      """

  @doc-003 @case-42
  Scenario: C [q]: an upstream that fails is not remembered: the next query asks again
    Given upstream DNS stops
    And I run "kubectl exec asker -- dig +time=20 +noall +comments example.com"
    When upstream DNS starts
    And Pod "asker" looks up "example.com." A
    Then the answer is:
      """
      example.com. 30 IN A 93.184.216.34
      """

  @doc-003 @case-43
  Scenario: B21 [q]: ttl 0 shows as 5 where there is a cache
    Given CoreDNS is configured with:
      """
      .:53 {
          kubernetes cluster.local { ttl 0 }
          cache 30
          reload
      }
      """
    When Pod "asker" looks up "my-service" A
    Then the answer is:
      """
      my-service.default.svc.cluster.local. 5 IN A 10.100.200.1
      """

  @doc-003 @case-43
  Scenario: every record of an answer lives as short as the one that lives shortest
    When Pod "asker" looks up "my-external-service" A
    Then the answer is:
      """
      my-external-service.default.svc.cluster.local. 5 IN CNAME example.com.
      example.com. 5 IN A 93.184.216.34
      """
