Feature: IPv6 on a dual-stack cluster, under each CNI profile

  Scenario Outline: <profile>: <client> at a cluster IP is seen as <source>
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: dual }
      spec:
        cni: { profile: <profile> }
        networking: { podSubnet: "10.244.0.0/16,fd00:10:244::/56", serviceSubnet: "10.96.0.0/16,fd00:10:96::/112" }
        nodes:
          - { name: node01, internalIP: "192.168.4.102,fd00:192:168:4::102" }
          - { name: node02, internalIP: "192.168.4.103,fd00:192:168:4::103" }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: web } }
      spec: { nodeName: node01, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: "fd00:10:96::77", ipFamilies: [IPv6], selector: { app: web }, ports: [{ port: 80 }] }
      """
    When <client> connects to "[fd00:10:96::77]:80"
    Then the connection is answered by Pod "web"
    And the server sees "<source>"

    Examples:
      | profile | client        | source             |
      | bridge  | Pod "web"     | fd00:10:244::1     |
      | ptp     | Pod "web"     | fd00:10:244::1     |
      | calico  | Pod "web"     | fd00:192:168:4::102 |
      | flannel | Pod "web"     | fd00:10:244::1     |
      | bridge  | Node "node02" | fd00:192:168:4::103 |
      | ptp     | Node "node02" | fd00:192:168:4::103 |
      | calico  | Node "node02" | fd00:192:168:4::103 |
      | flannel | Node "node02" | fd00:192:168:4::103 |
