Feature: ClusterIP, NodePort, external IP and host port side by side

  The comparison table of document 004, row by row: who reaches it, which ports it may have, what kind of rule makes it.

  Background:
    Given the cluster "external-ips"
    And I apply "four-ways.yaml"

  @doc-004 @case-21
  Scenario Outline: <type>: <every> connection from <client> to <target>
    Then <every> connection from <client> to <target> is answered

    Examples:
      | type        | every | client          | target                              |
      | ClusterIP   | every | Pod "client"    | port 80 of Service "my-cluster-ip"  |
      | ClusterIP   | every | Node "node02"   | port 80 of Service "my-cluster-ip"  |
      | ClusterIP   | no    | host "customer" | port 80 of Service "my-cluster-ip"  |
      | NodePort    | every | host "customer" | port 30007 of Node "node01"         |
      | NodePort    | every | host "customer" | port 30007 of Node "node02"         |
      | NodePort    | every | Pod "client"    | port 30007 of Node "control-plane"  |
      | NodePort    | every | Pod "client"    | port 80 of Service "my-node-port"   |
      | external IP | every | host "customer" | "203.0.113.10:80"                   |
      | external IP | every | Pod "client"    | "203.0.113.10:80"                   |
      | external IP | no    | host "bank"     | "203.0.113.10:80"                   |
      | host port   | every | host "customer" | port 8080 of Node "node01"          |
      | host port   | every | Pod "client"    | port 8080 of Node "node01"          |
      | host port   | no    | host "customer" | port 8080 of Node "node02"          |

  @doc-004 @case-21
  Scenario Outline: any port will do for a <type>: <port>
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: any, labels: { app: any } }
      spec:
        nodeName: node01
        containers: [{ name: c, image: nginx, ports: [{ containerPort: 80, hostPort: <port> }] }]
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: any }
      spec:
        clusterIP: 10.96.0.77
        externalIPs: [203.0.113.10]
        selector: { app: any }
        ports: [{ port: <port>, targetPort: 80 }]
      """
    Then every connection from <client> to "<address>:<port>" is answered by Pod "any"

    Examples:
      | type        | client          | address        | port  |
      | ClusterIP   | Pod "client"    | 10.96.0.77     | 1     |
      | ClusterIP   | Pod "client"    | 10.96.0.77     | 65535 |
      | external IP | host "customer" | 203.0.113.10   | 443   |
      | external IP | host "customer" | 203.0.113.10   | 31000 |
      | host port   | host "customer" | 192.168.66.101 | 22    |
      | host port   | host "customer" | 192.168.66.101 | 31000 |

  @doc-004 @case-21
  Scenario: a NodePort takes its own from 30000-32767
    When I apply:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: low }
      spec: { type: NodePort, selector: { app: my-pod }, ports: [{ port: 80, nodePort: 8080 }] }
      """
    Then the API server refuses it:
      """
      spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767
      """

  @mode-iptables @doc-004 @case-21
  Scenario Outline: what makes a <type>: <chain>, which leads to <next>
    When <client> connects to <target>
    Then the trace passes:
      | at          | stage          | chain   | effect |
      | node/node01 | nat/PREROUTING | <chain> | jump   |
      | node/node01 | nat/PREROUTING | <next>  | <what> |

    Examples:
      | type        | client          | target                             | chain          | next              | what |
      | ClusterIP   | Pod "client"    | port 80 of Service "my-cluster-ip" | PREROUTING     | KUBE-SERVICES     | jump |
      | NodePort    | host "customer" | port 30007 of Node "node01"        | KUBE-SERVICES  | KUBE-NODEPORTS    | jump |
      | external IP | host "customer" | "203.0.113.10:80"                  | KUBE-SERVICES  | KUBE-MARK-MASQ    | mark |
      | host port   | host "customer" | port 8080 of Node "node01"         | PREROUTING     | CNI-HOSTPORT-DNAT | jump |
