Feature: kube-proxy as kubeadm runs it: a Pod on each node

  Its log says which mode it runs in. It reads its ConfigMap when its container starts, and not before.

  Background:
    Given the cluster "balance"
    And I apply "kube-proxy.yaml"

  @mode-iptables @doc-004 @case-36
  Scenario: the log says which mode it is using
    When I run "kubectl logs -n kube-system ds/kube-proxy --tail=8"
    Then it prints:
      """
      I0101 00:00:00.000000       1 server_linux.go:132] "Using iptables Proxier"
      I0101 00:00:00.000000       1 proxier.go:242] "Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses" ipFamily="IPv4"
      I0101 00:00:00.000000       1 server.go:527] "Version info" version="v1.34.0"
      I0101 00:00:00.000000       1 server.go:529] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""
      I0101 00:00:00.000000       1 config.go:200] "Starting service config controller"
      I0101 00:00:00.000000       1 config.go:106] "Starting endpoint slice config controller"
      I0101 00:00:00.000000       1 config.go:403] "Starting serviceCIDR config controller"
      I0101 00:00:00.000000       1 config.go:309] "Starting node config controller"
      Found 3 pods, using *
      """

  @mode-iptables @doc-004 @case-36
  Scenario: a new configuration is read when the container starts anew
    Given I apply "kube-proxy-nodeports.yaml"
    And every connection from host "laptop" to port 30080 of Node "node01" is answered
    When I run "kubectl rollout restart ds/kube-proxy -n kube-system"
    Then every connection from host "laptop" to port 30080 of Node "node01" is refused
    And every connection from host "laptop" to port 30080 of Node "node02" is answered

  @mode-iptables @doc-004 @case-36
  Scenario: a mode that it does not know: it says so and gives up, and the old rules go on
    Given I apply "kube-proxy-ebpf.yaml"
    And I run "kubectl delete pod -n kube-system -l k8s-app=kube-proxy"
    When I run "kubectl logs -n kube-system ds/kube-proxy"
    Then it prints:
      """
      E0101 * 1 run.go:72] "command failed" err="failed validate: KubeProxyConfiguration.Mode.ProxyMode: Invalid value: \"ebpf\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])"
      Found 3 pods, using *
      """
    And connections from Pod "client-on-node01" to "10.100.200.1:80" spread evenly over 3 Pods

  @doc-003 @case-27
  Scenario: without its Pods no kube-proxy runs, and changes do not arrive
    When I delete DaemonSet "kube-system/kube-proxy"
    And I scale Deployment "my-app" to 1 replica
    Then Service "my-service" has 1 endpoint
    And connections from Pod "client-on-node01" to "10.100.200.1:80" spread:
      | pod                     | share |
      | my-app-6d4cf56db6-7qtjl | 1/3   |
      | unreachable             | 2/3   |
