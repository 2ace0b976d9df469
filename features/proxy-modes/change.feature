@mode-iptables @mode-ipvs @mode-nftables
Feature: kube-proxy starts again in another mode

  Before it writes anything it removes what its own mode is sure not to use: nftables mode all of iptables and IPVS mode, those
  two the table of nftables mode (platformCleanup). What is shared with the kubelet stays, and so does everything between
  iptables and IPVS mode. Connections and time-outs are the kernel's.

  Background:
    Given the cluster "balance"

  Rule: from iptables mode

    Background:
      Given kube-proxy runs in iptables mode

    Scenario: nftables mode leaves no chain of iptables mode but the one that the kubelet has too
      When kube-proxy on Node "node01" restarts in nftables mode
      Then the rules on Node "node01" lead to exactly the endpoints of Service "my-service"
      And iptables-save on Node "node01" prints:
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :KUBE-FIREWALL - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        -A INPUT -j KUBE-FIREWALL
        -A OUTPUT -j KUBE-FIREWALL
        -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
        COMMIT
        """
      And nft list ruleset on Node "node01" prints:
        """
        table ip kube-proxy {
        """
      And the rules on Node "node02" lead to exactly the endpoints of Service "my-service"

    Scenario Outline: an open connection does not notice that <mode> mode takes over
      Given Pod "client-on-node01" opens a connection to "10.100.200.1:80"
      When kube-proxy restarts in <mode> mode
      Then the open connection is answered by Deployment "my-app"
      And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 3 Pods

      Examples:
        | mode     |
        | nftables |
        | ipvs     |

    Scenario: the lists of session affinity go with the rules that keep them
      Given I set "spec.sessionAffinity" of Service "my-service" to "ClientIP"
      And Pod "client-on-node01" connects to "10.100.200.1:80"
      And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 1 Pod
      When kube-proxy restarts in nftables mode
      Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

    Scenario: IPVS mode rewrites the chains that both have, and leaves the others where nothing leads any more
      When kube-proxy on Node "node01" restarts in ipvs mode
      Then iptables-save on Node "node01" prints:
        """
        -A INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER
        -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        *nat
        :KUBE-SVC-FXIYY6OHUSNBITIX - [0:0]
        -A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
        -A KUBE-SERVICES ! -s 10.244.0.0/16 -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
        -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
        -A KUBE-SVC-FXIYY6OHUSNBITIX -m comment --comment "default/my-service -> 10.244.2.7:8080" -j KUBE-SEP-ACMQ5PCCMV2VI7NA
        """
      And ipvsadm -Ln on Node "node01" prints:
        """
        TCP  10.100.200.1:80 rr
        """
      And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

    Scenario: a node port that iptables mode refused for want of endpoints stays refused in IPVS mode
      Nobody writes KUBE-EXTERNAL-SERVICES again, and INPUT goes through it before IPVS sees the packet. The node's own
      connections meet IPVS first.

      Given I scale Deployment "my-app" to 0 replicas
      And kube-proxy restarts in ipvs mode
      When I scale Deployment "my-app" to 3 replicas
      Then every connection from host "laptop" to port 30080 of Node "node01" is refused
      And every connection from Node "node01" to port 30080 of Node "node01" is answered
      And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods
      And iptables-save on Node "node01" prints:
        """
        -A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "default/my-nodeport-service has no endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30080 -j REJECT --reject-with icmp-port-unreachable
        """

  Rule: from IPVS mode

    Background:
      Given kube-proxy runs in ipvs mode

    Scenario: iptables mode leaves the virtual servers and their addresses; its rules come first
      When kube-proxy on Node "node01" restarts in iptables mode
      Then ipvsadm -Ln on Node "node01" prints:
        """
        TCP  10.100.200.1:80 rr
        """
      And ip addr on Node "node01" prints:
        """
            inet 10.100.200.1/32 scope global kube-ipvs0
        """
      And ipset save on Node "node01" prints:
        """
        add KUBE-CLUSTER-IP 10.100.200.1,tcp:80
        """
      And the rules on Node "node01" lead to exactly the endpoints of Service "my-service"

    Scenario: so a Service that is deleted in iptables mode goes on working, as IPVS mode knew it
      Given kube-proxy restarts in iptables mode
      When I delete Service "my-service"
      Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

    Scenario: nftables mode removes everything of IPVS mode
      When kube-proxy on Node "node01" restarts in nftables mode
      Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods
      And the rules on Node "node01" lead to exactly the endpoints of Service "my-service"
      And iptables-save on Node "node01" prints:
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :KUBE-FIREWALL - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        -A INPUT -j KUBE-FIREWALL
        -A OUTPUT -j KUBE-FIREWALL
        """

    Scenario: so what is deleted afterwards is gone
      Given kube-proxy restarts in nftables mode
      When I delete Service "my-service"
      Then no connection from Pod "client-on-node01" to "10.100.200.1:80" is answered

    Scenario: the connections that went through virtual servers are picked up by the new rules
      With their servers IPVS forgets them, and their conntrack entries with them (Linux 5.9). The next packet begins a new
      entry, and reaches the Pod that knows it where there is no other.

      Given I scale Deployment "my-app" to 1 replica
      And Pod "client-on-node01" opens a connection to "10.100.200.1:80"
      When kube-proxy restarts in nftables mode
      Then the open connection is answered by Deployment "my-app"

    Scenario: iptables mode leaves the connections of IPVS mode
      Given Pod "client-on-node01" opens a connection to "10.100.200.1:80"
      When kube-proxy restarts in iptables mode
      Then the open connection is answered by Deployment "my-app"

  Rule: from nftables mode

    Background:
      Given kube-proxy runs in nftables mode

    Scenario Outline: <mode> mode removes the table; open connections go on
      Given Pod "client-on-node01" opens a connection to "10.100.200.1:80"
      When kube-proxy restarts in <mode> mode
      Then the open connection is answered by Deployment "my-app"
      And connections from Pod "client-on-node02" to "10.100.200.1:80" spread evenly over 3 Pods

      Examples:
        | mode     |
        | iptables |
        | ipvs     |

    Scenario Outline: session affinity is forgotten on the way to <mode> mode
      Given I set "spec.sessionAffinity" of Service "my-service" to "ClientIP"
      And Pod "client-on-node01" connects to "10.100.200.1:80"
      And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 1 Pod
      When kube-proxy restarts in <mode> mode
      Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

      Examples:
        | mode     |
        | iptables |
        | ipvs     |

    Scenario: a table that nft refuses is not loaded: the old one stays, and changes do not arrive
      Up to Kubernetes 1.34 the prefix of a device's name is written `iif veth*`, and there is no device of that name.

      Given kube-proxy is configured with:
        """
        mode: nftables
        detectLocalMode: InterfaceNamePrefix
        detectLocal: { interfaceNamePrefix: veth }
        """
      And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods
      When I scale Deployment "my-app" to 1 replica
      Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread:
        | pod                     | share |
        | my-app-6d4cf56db6-7qtjl | 1/3   |
        | unreachable             | 2/3   |

    Scenario: it is mended by a configuration that nft takes
      Given kube-proxy is configured with:
        """
        mode: nftables
        detectLocalMode: InterfaceNamePrefix
        detectLocal: { interfaceNamePrefix: veth }
        """
      And I scale Deployment "my-app" to 1 replica
      When kube-proxy is configured with:
        """
        mode: nftables
        """
      Then connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 1 Pod
