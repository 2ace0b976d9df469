@mode-iptables
Feature: iptables mode counts with nfacct where the node's kernel can

  Two rules count packets for kube-proxy's metrics: those dropped as INVALID, and those to node ports on localhost.

  Scenario Outline: Kubernetes <version>, a node whose nfacct is <nfacct>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec:
        kubernetesVersion: "<version>"
        nodes:
          - { name: node01, internalIP: 192.168.66.101, nfacct: <nfacct> }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec:
        containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec:
        type: NodePort
        selector: { app: web }
        ports: [{ port: 80, nodePort: 30080 }]
      """
    And kube-proxy runs in iptables mode
    Then iptables-save on Node "node01" prints:
      """
      *filter
      <invalid>
      *nat
      <localhost>
      -A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
      """
    And every connection from Node "node01" to "127.0.0.1:30080" is answered by Pod "web"

    Examples:
      | version | nfacct | invalid | localhost |
      | 1.34 | true | -A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP | -A KUBE-NODEPORTS -d 127.0.0.0/8 -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -m nfacct --nfacct-name  localhost_nps_accepted_pkts -j KUBE-EXT-LOLE4ISW44XBNF3G |
      | 1.34 | false | -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP | :KUBE-NODEPORTS - [0:0] |
      | 1.30 | true | -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP | :KUBE-NODEPORTS - [0:0] |
