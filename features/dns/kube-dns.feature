Feature: What a client of kube-dns sees that one of CoreDNS does not

  Up to Kubernetes 1.10 dnsmasq answers on port 53, from its cache or from kubedns behind it. The records of Services are
  the same; names of endpoints, wildcards, flags and what is remembered are not.

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: old }
      spec: { kubernetesVersion: "1.10" }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.7.7, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: db }
      spec: { clusterIP: None, ports: [{ port: 5432 }] }
      ---
      apiVersion: v1
      kind: Endpoints
      metadata: { name: db }
      subsets: [{ addresses: [{ ip: 192.0.2.7 }], ports: [{ port: 5432 }] }]
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: "debian:9" }] }
      """

  @doc-001 @doc-003 @case-8
  Scenario: a wildcard stands for any label
    When I run "kubectl exec client -- dig +short web.*.svc.cluster.local"
    Then it prints:
      """
      10.96.7.7
      """

  @doc-001 @doc-003 @case-8
  Scenario Outline: an endpoint is called by a hash, not by its address: <name>
    When Pod "client" looks up "<name>.db.default.svc.cluster.local." A
    Then the answer is <answer>

    Examples:
      | name      | answer   |
      | 192-0-2-7 | NXDOMAIN |

  @doc-001 @doc-003 @case-8
  Scenario: recursion is offered, and the cache's answers are not authoritative
    Given I run "kubectl exec client -- nslookup web.default.svc.cluster.local."
    And it prints:
      """
      Server: 10.96.0.10
      Address: 10.96.0.10#53

      Name: web.default.svc.cluster.local
      Address: 10.96.7.7

      """
    When I run "kubectl exec client -- nslookup web.default.svc.cluster.local."
    Then it prints:
      """
      Server: 10.96.0.10
      Address: 10.96.0.10#53

      Non-authoritative answer:
      Name: web.default.svc.cluster.local
      Address: 10.96.7.7

      """
