// The objects `kubeadm init` creates for cluster DNS: Deployment coredns, Service kube-dns, ConfigMap coredns and
// ServiceAccount, for a given Kubernetes minor version (kubeadm cmd/kubeadm/app/phases/addons/dns/manifests.go). As
// written, before the API server's defaults. RBAC objects are not simulated and left out.
import type { ConfigMap, Deployment, Service, ServiceAccount } from '../api/types.ts';
import { type Addr, formatAddr } from '../net/addr.ts';
import { type Cidr, nth } from '../net/cidr.ts';
import { coreDnsOf } from './version.ts';

export interface DnsObjects {
  readonly serviceAccount: ServiceAccount;
  readonly configMap: ConfigMap;
  readonly deployment: Deployment;
  readonly service: Service;
}

const namespace = 'kube-system';
const labels = { 'k8s-app': 'kube-dns' };

/** kubeadm takes the tenth address of the service range. */
export function clusterDnsAddress(serviceSubnet: Cidr): Addr {
  return nth(serviceSubnet, 10);
}

/** kubeadm's default Corefile; from 1.32 on answers for the cluster's own domain are never cached. */
export function kubeadmCorefile(minor: number, dnsDomain: string): string {
  const cache =
    minor >= 32
      ? `    cache 30 {
       disable success ${dnsDomain}
       disable denial ${dnsDomain}
    }
`
      : '    cache 30\n';
  return `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes ${dnsDomain} in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
${cache}    loop
    reload
    loadbalance
}
`;
}

/** All four objects. `corefile` replaces the default one. */
export function dnsObjects(
  minor: number,
  serviceSubnet: Cidr,
  dnsDomain: string,
  corefile: string = kubeadmCorefile(minor, dnsDomain),
): DnsObjects {
  return {
    serviceAccount: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'coredns', namespace },
    },
    configMap: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'coredns', namespace },
      data: { Corefile: corefile },
    },
    deployment: deployment(minor),
    service: service(formatAddr(clusterDnsAddress(serviceSubnet))),
  };
}

function service(clusterIP: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace,
      labels: {
        ...labels,
        'kubernetes.io/cluster-service': 'true',
        'kubernetes.io/name': 'CoreDNS',
      },
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      clusterIP,
      selector: labels,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  };
}

function deployment(minor: number): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace, labels },
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { name: '', labels },
        spec: {
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: 'coredns',
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
            ...(minor < 25
              ? [{ key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' }]
              : []),
          ],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [container(minor)],
          dnsPolicy: 'Default',
          volumes: [
            {
              name: 'config-volume',
              configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] },
            },
          ],
        },
      },
    },
  };
}

function container(minor: number) {
  return {
    name: 'coredns',
    image: `coredns/coredns:v${coreDnsOf(minor)}`,
    imagePullPolicy: 'IfNotPresent',
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    args: ['-conf', '/etc/coredns/Corefile'],
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
    ports: [
      { containerPort: 53, name: 'dns', protocol: 'UDP' },
      { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
      { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
    ],
    livenessProbe: {
      httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  };
}
