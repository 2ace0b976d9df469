Feature: Who masks the Pods that leave, under each CNI profile

  @mode-iptables @doc-004 @case-33
  Scenario Outline: <profile>: <chain> does, and not between Pods
    Given the cluster "cni-<profile>"
    And Pod "client-a" connects to port 80 of Pod "web-b"
    And the server sees the address of Pod "client-a"
    When Pod "client-a" connects to "93.184.216.34:80"
    Then the connection is answered by host "site"
    And the trace passes:
      | at          | stage           | chain   | effect |
      | node/node01 | nat/POSTROUTING | <chain> | snat   |
    And the server sees the address of Node "node01"
    And the client sees the address of host "site"

    Examples:
      | profile | chain             |
      | bridge  | IP-MASQ-AGENT     |
      | ptp     | IP-MASQ-AGENT     |
      | calico  | cali-nat-outgoing |
      | flannel | FLANNEL-POSTRTG   |
      | aws-vpc | AWS-SNAT-CHAIN-0  |

  @doc-004 @case-33
  Scenario Outline: <profile>: another node sees <source>
    Given the cluster "cni-<profile>"
    When Pod "client-a" connects to "192.168.4.103:10250"
    Then the connection is answered by Node "node02"
    And the server sees the address of <source>

    Examples:
      | profile | source         |
      | bridge  | Node "node01"  |
      | ptp     | Node "node01"  |
      | calico  | Node "node01"  |
      | flannel | Node "node01"  |
      | aws-vpc | Pod "client-a" |
