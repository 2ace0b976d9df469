@mode-ipvs
Feature: The schedulers of IPVS mode

  `ipvs.scheduler` of KubeProxyConfiguration is any that the kernel has; kube-proxy gives every endpoint the weight 1. The
  connections here are short and come one after another. The last endpoint in order of its text was added last, and stands
  first in the kernel's list.

  @doc-004 @case-29 @case-32
  Scenario Outline: <scheduler>: nine connections of one client are answered <a>, <b> and <c> times
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: schedulers }
      spec:
        networking: { podSubnet: 10.244.0.0/16 }
        nodes:
          - { name: node01, internalIP: 192.168.66.101, podCIDR: 10.244.1.0/24 }
        pins:
          - { object: Pod/default/a, ip: 10.244.1.11 }
          - { object: Pod/default/b, ip: 10.244.1.12 }
          - { object: Pod/default/c, ip: 10.244.1.13 }
          - { object: Pod/default/client, ip: 10.244.1.20 }
      ---
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      mode: ipvs
      ipvs: { scheduler: <scheduler> }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: a, labels: { app: web } }
      spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: b, labels: { app: web } }
      spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: c, labels: { app: web } }
      spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { clusterIP: 10.96.0.80, selector: { app: web }, ports: [{ port: 80 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: shell, image: busybox }] }
      """
    When Pod "client" connects to "10.96.0.80:80" 9 times
    Then ipvsadm -Ln on Node "node01" prints:
      """
      TCP  10.96.0.80:80 <listed>
        -> 10.244.1.11:80               Masq    1      0          <a>
        -> 10.244.1.12:80               Masq    1      0          <b>
        -> 10.244.1.13:80               Masq    1      0          <c>
      """

    Examples: in turn
      | scheduler | listed | a | b | c |
      | rr        | rr     | 3 | 3 | 3 |
      | wrr       | wrr    | 3 | 3 | 3 |

    Examples: the fewest connections, those that are closing among them
      | scheduler | listed | a | b | c |
      | lc        | lc     | 3 | 3 | 3 |
      | wlc       | wlc    | 3 | 3 | 3 |

    Examples: the fewest open connections: none is open, so always the first
      | scheduler | listed | a | b | c |
      | sed       | sed    | 0 | 0 | 9 |
      | nq        | nq     | 0 | 0 | 9 |
      | ovf       | ovf    | 0 | 0 | 9 |
      | fo        | fo     | 0 | 0 | 9 |

    Examples: by a hash of the client, of the address that was dialled, or of client and port
      | scheduler | listed       | a | b | c |
      | sh        | sh           | 0 | 0 | 9 |
      | dh        | dh           | 0 | 9 | 0 |
      | mh        | mh (mh-port) | 2 | 3 | 4 |

    Examples: one server for each address that was dialled, while it is not overloaded
      | scheduler | listed | a | b | c |
      | lblc      | lblc   | 0 | 0 | 9 |
      | lblcr     | lblcr  | 0 | 0 | 9 |
