@mode-iptables @mode-nftables
Feature: Egress policies and NodeLocal DNSCache

  What a policy allows are Pods, and the cache is none: it answers on the node's network by addresses of its own. A rule
  for the kube-dns Pods alone therefore loses the names as soon as the addon is installed; the rule has to name the addresses.

  Background:
    Given the cluster "node-local-dns"

  Scenario: F5 a rule for the kube-dns Pods does not cover the cache
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: names-only, namespace: demo }
      spec:
        podSelector: { matchLabels: { app: client } }
        policyTypes: [Egress]
        egress:
          - to:
              - namespaceSelector: {}
                podSelector: { matchLabels: { k8s-app: kube-dns } }
            ports: [{ port: 53, protocol: UDP }]
      """
    When Pod "demo/client" looks up "web"
    Then the answer is a timeout

  Scenario: F5 a rule for the addresses of the cache and of kube-dns covers it
    Given I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: names-only, namespace: demo }
      spec:
        podSelector: { matchLabels: { app: client } }
        policyTypes: [Egress]
        egress:
          - to: [{ ipBlock: { cidr: 169.254.20.10/32 } }, { ipBlock: { cidr: 10.96.0.10/32 } }]
            ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
      """
    When Pod "demo/client" looks up "web" A
    Then the answer is:
      """
      web.demo.svc.cluster.local. 30 IN A 10.96.16.251
      """
