Feature: What kube-proxy takes for a Pod's traffic, told by the devices of each CNI profile

  With `detectLocalMode` kube-proxy matches the device that a packet comes in by. A name that the profile does not use makes
  Pods strangers: their connections are masqueraded, as the node's own are.

  @mode-iptables
  Scenario Outline: <profile>: <prefix> makes <seen> of a Pod
    Given the cluster "cni-<profile>"
    And kube-proxy is configured with:
      """
      detectLocalMode: InterfaceNamePrefix
      detectLocal: { interfaceNamePrefix: <prefix> }
      """
    When Pod "client-a" connects to port 80 of Service "web-b"
    Then the connection is answered by Pod "web-b"
    And the server sees the address of <seen>

    Examples:
      | profile | prefix | seen           |
      | ptp     | veth   | Pod "client-a" |
      | ptp     | cali   | Node "node01"  |
      | calico  | cali   | Pod "client-a" |
      | calico  | veth   | Node "node01"  |
      | aws-vpc | eni    | Pod "client-a" |
      | bridge  | veth   | Node "node01"  |

  @mode-iptables
  Scenario Outline: <profile>: the bridge cni0 makes <seen> of a Pod
    Given the cluster "cni-<profile>"
    And kube-proxy is configured with:
      """
      detectLocalMode: BridgeInterface
      detectLocal: { bridgeInterface: cni0 }
      """
    When Pod "client-a" connects to port 80 of Service "web-b"
    Then the connection is answered by Pod "web-b"
    And the server sees <seen>

    Examples:
      | profile | seen                          |
      | bridge  | the address of Pod "client-a" |
      | flannel | the address of Pod "client-a" |
      | calico  | the address of Node "node01"  |
