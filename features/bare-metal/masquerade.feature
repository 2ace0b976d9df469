Feature: What a director needs beside its keepalived.conf

  IPVS rewrites where a packet goes (lb_kind NAT), and must see the answer to write the virtual address back. A node answers
  whom it has heard of: the client, unless the director masquerades what it sends on, and forwards what comes back.

  Scenario Outline: <what>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.66.11 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
          - name: lb1
            ip: 192.168.66.21
            sysctls: { net.ipv4.ip_forward: <forward>, net.ipv4.vs.conntrack: <conntrack> }
            iptables: |
              *nat
              -A POSTROUTING -m ipvs --vaddr <masqueraded>/32 -j MASQUERADE
              COMMIT
            keepalived: |
              vrrp_instance VI_1 {
                  interface eth0
                  virtual_router_id 51
                  virtual_ipaddress {
                      192.168.66.100
                  }
              }
              virtual_server 192.168.66.100 80 {
                  lb_algo rr
                  lb_kind NAT
                  protocol TCP
                  real_server 192.168.66.11 30080 {
                      weight 1
                  }
              }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, nodePort: 30080 }] }
      """
    When host "laptop" connects to "192.168.66.100:80"
    Then the connection <outcome>

    @doc-003 @case-13
    Examples:
      | what                                               | forward | conntrack | masqueraded    | outcome                  |
      | it forwards, masquerades, and IPVS keeps conntrack | 1       | 1         | 192.168.66.100 | is answered by Pod "web" |
      | it masquerades something else                      | 1       | 1         | 192.168.66.99  | times out                |
      | without net.ipv4.vs.conntrack nothing is masked    | 1       | 0         | 192.168.66.100 | times out                |
      | without net.ipv4.ip_forward no answer is forwarded | 0       | 1         | 192.168.66.100 | times out                |

  @doc-003 @case-13
  Scenario: the trace says why: the node answers the client itself
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      spec:
        nodes:
          - { name: node01, internalIP: 192.168.66.11 }
        hosts:
          - { name: laptop, ip: 203.0.113.50 }
          - name: lb1
            ip: 192.168.66.21
            sysctls: { net.ipv4.ip_forward: 1 }
            keepalived: |
              vrrp_instance VI_1 {
                  interface eth0
                  virtual_router_id 51
                  virtual_ipaddress {
                      192.168.66.100
                  }
              }
              virtual_server 192.168.66.100 80 {
                  lb_algo rr
                  lb_kind NAT
                  protocol TCP
                  real_server 192.168.66.11 30080 {
                      weight 1
                  }
              }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { containers: [{ name: web, image: "nginx:1.27", ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, nodePort: 30080 }] }
      """
    When host "laptop" connects to "192.168.66.100:80"
    Then the connection times out
    And the trace blames "answer-past-director"
