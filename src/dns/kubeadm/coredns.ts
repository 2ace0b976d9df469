// The objects `kubeadm init` creates for cluster DNS: Deployment coredns, Service kube-dns, ConfigMap coredns and
// ServiceAccount, for a given Kubernetes minor version (kubeadm cmd/kubeadm/app/phases/addons/dns/manifests.go). As
// written, before the API server's defaults. RBAC objects are not simulated and left out.
import type { ConfigMap, Deployment, Service, ServiceAccount } from '../../api/types.ts';
import { type Addr, formatAddr } from '../../net/addr.ts';
import { type Cidr, nth } from '../../net/cidr.ts';
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

/** kubeadm's default Corefile; from 1.32 on answers for the cluster's own domain are never cached. What older ones lack
 * says coredns/corefile-migration's versions.go. */
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
${minor >= 17 ? '    health {\n       lameduck 5s\n    }\n' : '    health\n'}    ready
    kubernetes ${dnsDomain} in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf${minor >= 19 ? ' {\n       max_concurrent 1000\n    }' : ''}
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
          ...(minor < 25 ? {} : { affinity }),
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            ...taintKeys(minor).map((key) => ({ key, effect: 'NoSchedule' })),
          ],
          nodeSelector: { [minor < 18 ? 'beta.kubernetes.io/os' : 'kubernetes.io/os']: 'linux' },
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

/** Prefers to spread its Pods over nodes. */
const affinity = {
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          labelSelector: {
            matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }],
          },
          topologyKey: 'kubernetes.io/hostname',
        },
      },
    ],
  },
};

/** The control plane's taint had two names from 1.20 to 1.25. */
function taintKeys(minor: number): readonly string[] {
  return [
    ...(minor < 26 ? ['node-role.kubernetes.io/master'] : []),
    ...(minor >= 20 ? ['node-role.kubernetes.io/control-plane'] : []),
  ];
}

function imageOf(minor: number): string {
  const version = coreDnsOf(minor);
  if (minor >= 25) return `registry.k8s.io/coredns/coredns:v${version}`;
  return minor >= 21 ? `k8s.gcr.io/coredns/coredns:v${version}` : `k8s.gcr.io/coredns:${version}`;
}

function container(minor: number) {
  const named = minor >= 34;
  return {
    name: 'coredns',
    image: imageOf(minor),
    imagePullPolicy: 'IfNotPresent',
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    args: ['-conf', '/etc/coredns/Corefile'],
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
    ports: [
      { containerPort: 53, name: 'dns', protocol: 'UDP' },
      { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
      { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
      ...(named ? probePorts : []),
    ],
    livenessProbe: {
      httpGet: { path: '/health', port: named ? 'liveness-probe' : 8080, scheme: 'HTTP' },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: {
      httpGet: { path: '/ready', port: named ? 'readiness-probe' : 8181, scheme: 'HTTP' },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: [minor < 29 ? 'all' : 'ALL'] },
      readOnlyRootFilesystem: true,
    },
  };
}

const probePorts = [
  { containerPort: 8080, name: 'liveness-probe', protocol: 'TCP' },
  { containerPort: 8181, name: 'readiness-probe', protocol: 'TCP' },
];
