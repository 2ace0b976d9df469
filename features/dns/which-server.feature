Feature: Which DNS server a cluster runs depends on its version

  kubeadm installs kube-dns up to 1.10 and CoreDNS since 1.11; the Service has been called kube-dns ever since.

  @doc-001 @doc-003 @case-8
  Scenario Outline: Kubernetes <version> runs <server>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { kubernetesVersion: "<version>" }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: "debian:12" }] }
      """
    When Pod "client" looks up "kubernetes" A
    Then the answer is:
      """
      kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1
      """
    And Deployment "kube-system/<server>" has:
      | path                                   | value   |
      | status.readyReplicas                   | <ready> |
      | spec.template.spec.containers[0].image | <image> |
    And Deployment "kube-system/<other>" does not exist

    Examples:
      | version | server   | other    | ready | image                                                  |
      | 1.9     | kube-dns | coredns  | 1     | gcr.io/google_containers/k8s-dns-kube-dns-amd64:1.14.7 |
      | 1.10    | kube-dns | coredns  | 1     | k8s.gcr.io/k8s-dns-kube-dns-amd64:1.14.8               |
      | 1.16    | coredns  | kube-dns | 2     | k8s.gcr.io/coredns:1.6.2                               |
      | 1.34    | coredns  | kube-dns | 2     | registry.k8s.io/coredns/coredns:v1.12.1                |

  @doc-003 @case-8
  Scenario: the name of the Service stays, the server behind it does not
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { kubernetesVersion: "1.10" }
      """
    Then Service "kube-system/kube-dns" has:
      | path                                  | value      |
      | spec.clusterIP                        | 10.96.0.10 |
      | metadata.labels["kubernetes.io/name"] | KubeDNS    |
    And Service "kube-system/kube-dns" has 1 endpoint
    And the rules on Node "node01" lead to exactly the endpoints of Service "kube-system/kube-dns"
