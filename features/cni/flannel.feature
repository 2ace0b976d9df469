Feature: CNI profile flannel: what servers see of their clients

  To other nodes packets go by flannel.1, whose address is the first of the range.

  Background:
    Given the cluster "cni-flannel"

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
      | Pod "web-a"    | port 80 of Service "web-a"  | the gateway of Node "node01"  |
      | Node "node01"  | port 80 of Service "web-a"  | the gateway of Node "node01"  |
      | Node "node01"  | port 80 of Service "web-b"  | "10.244.1.0"                  |
      | Node "node01"  | port 80 of Pod "web-b"      | "10.244.1.0"                  |
      | host "laptop"  | port 30081 of Node "node01" | the gateway of Node "node01"  |
      | host "laptop"  | port 30082 of Node "node01" | "10.244.1.0"                  |
      | Pod "client-b" | port 30081 of Node "node01" | the gateway of Node "node01"  |
      | host "laptop"  | port 8080 of Node "node01"  | the address of host "laptop"  |
      | Pod "web-a"    | port 8080 of Node "node01"  | the gateway of Node "node01"  |
      | Pod "client-a" | port 8080 of Node "node01"  | the gateway of Node "node01"  |
      | Pod "client-b" | port 8080 of Node "node01"  | the address of Node "node02"  |
      | Node "node01"  | port 8080 of Node "node01"  | the address of Node "node01"  |
      | Node "node01"  | "127.0.0.1:8080"            | the gateway of Node "node01"  |
      | Pod "client-a" | "93.184.216.34:80"          | the address of Node "node01"  |
      | Pod "client-b" | "93.184.216.34:80"          | the address of Node "node02"  |

  Scenario: Pods' addresses are known inside the cluster only
    When host "laptop" connects to port 80 of Pod "web-a"
    Then the connection times out

  Scenario: it enforces no NetworkPolicy
    When I apply:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: deny-all }
      spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
      """
    Then every connection from Pod "client-a" to port 80 of Pod "web-b" is answered
