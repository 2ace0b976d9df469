Feature: CNI profile calico: what servers see of their clients

  No cable has an address: what is masqueraded towards a local Pod takes the first of the node.

  Background:
    Given the cluster "cni-calico"

  @mode-iptables @doc-004 @case-33
  Scenario Outline: <client> at <target> is seen as <source>
    When <client> connects to <target>
    Then the connection is answered
    And the server sees <source>

    Examples:
      | client         | target                      | source                        |
      | Pod "client-a" | port 80 of Service "web-a"  | the address of Pod "client-a" |
      | Pod "client-a" | port 80 of Service "web-b"  | the address of Pod "client-a" |
      | Pod "client-a" | port 80 of Pod "web-b"      | the address of Pod "client-a" |
      | Pod "web-a"    | port 80 of Service "web-a"  | the address of Node "node01"  |
      | Node "node01"  | port 80 of Service "web-a"  | the address of Node "node01"  |
      | Node "node01"  | port 80 of Service "web-b"  | the address of Node "node01"  |
      | Node "node01"  | port 80 of Pod "web-b"      | the address of Node "node01"  |
      | host "laptop"  | port 30081 of Node "node01" | the address of Node "node01"  |
      | host "laptop"  | port 30082 of Node "node01" | the address of Node "node01"  |
      | Pod "client-b" | port 30081 of Node "node01" | the address of Node "node01"  |
      | host "laptop"  | port 8080 of Node "node01"  | the address of host "laptop"  |
      | Pod "web-a"    | port 8080 of Node "node01"  | the address of Node "node01"  |
      | Pod "client-a" | port 8080 of Node "node01"  | the address of Pod "client-a" |
      | Pod "client-b" | port 8080 of Node "node01"  | the address of Node "node02"  |
      | Node "node01"  | port 8080 of Node "node01"  | the address of Node "node01"  |
      | Node "node01"  | "127.0.0.1:8080"            | the address of Node "node01"  |
      | Pod "client-a" | "93.184.216.34:80"          | the address of Node "node01"  |
      | Pod "client-b" | "93.184.216.34:80"          | the address of Node "node02"  |

  @mode-iptables
  Scenario Outline: nodes of another subnet are reached by the tunnel, and see its address: <target>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: two-subnets }
      spec:
        cni: { profile: calico }
        nodes:
          - { name: node01, internalIP: 192.168.4.102, podCIDR: 10.244.1.0/24 }
          - { name: node02, internalIP: 192.168.5.103, podCIDR: 10.244.2.0/24 }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { nodeName: node02, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ port: 80 }] }
      """
    When Node "node01" connects to <target>
    Then the connection is answered by Pod "web"
    And the server sees "10.244.1.0"

    Examples:
      | target                   |
      | port 80 of Pod "web"     |
      | port 80 of Service "web" |

  Scenario: an address of the node's range that no Pod has is swallowed there
    When Pod "client-a" connects to "10.244.1.200:80"
    Then the connection times out
    And the trace passes:
      | at          | stage | effect |
      | node/node01 | route | drop   |

  @mode-iptables
  Scenario: natOutgoing is one rule over two sets
    Then iptables-save on Node "node01" prints:
      """
      -A cali-nat-outgoing -m comment --comment "cali:flqWnvo8yq4ULQLa" -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully
      """
    And ipset save on Node "node01" prints:
      """
      add cali40all-ipam-pools 10.244.0.0/16
      add cali40masq-ipam-pools 10.244.0.0/16
      """

  Scenario: Pods' addresses are known inside the cluster only
    When host "laptop" connects to port 80 of Pod "web-a"
    Then the connection times out
