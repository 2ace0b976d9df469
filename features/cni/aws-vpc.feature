Feature: CNI profile aws-vpc: what servers see of their clients

  Pods have addresses of the VPC; inside it nobody is masqueraded, not even towards other nodes.

  Background:
    Given the cluster "cni-aws-vpc"

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
      | Pod "client-b" | port 8080 of Node "node01"  | the address of Pod "client-b" |
      | Node "node01"  | port 8080 of Node "node01"  | the address of Node "node01"  |
      | Node "node01"  | "127.0.0.1:8080"            | the address of Node "node01"  |
      | Pod "client-a" | "93.184.216.34:80"          | the address of Node "node01"  |
      | Pod "client-b" | "93.184.216.34:80"          | the address of Node "node02"  |

  Scenario: Pods take addresses of the nodes' subnet, and nodes have no range
    Then Pod "web-a" has:
      | path         | value       |
      | status.podIP | 192.168.4.6 |
    And Node "node01" has:
      | path         | value  |
      | spec.podCIDR | <none> |

  Scenario: who stands in the VPC reaches a Pod without Service or node
    When host "laptop" connects to port 80 of Pod "web-a"
    Then the connection is answered by Pod "web-a"
    And the server sees the address of host "laptop"
