// kube-dns, the cluster DNS that kubeadm installed before Kubernetes 1.11: three containers (kubedns answers, dnsmasq
// caches and relays, sidecar reports) behind the Service kube-dns. Source: kubeadm's addons/dns/manifests.go of 1.9 and
// 1.10. What it answers stands in kube-dns/.
import type { Deployment, Service, ServiceAccount } from '../../api/types.ts';

/** The last Kubernetes minor version whose kubeadm installs kube-dns unasked. */
export const kubeDnsUntil = 10;

const namespace = 'kube-system';
const labels = { 'k8s-app': 'kube-dns' };

/** Version of the three images (kubeadm's addons/dns/versions.go). */
function imageVersion(minor: number): string {
  return minor >= 10 ? '1.14.8' : '1.14.7';
}

function image(name: string, minor: number): string {
  const place = minor >= 10 ? 'k8s.gcr.io' : 'gcr.io/google_containers';
  return `${place}/k8s-dns-${name}-amd64:${imageVersion(minor)}`;
}

/** TCP ports on which the containers answer health checks, by image; the kubelet and the sidecar ask there. */
export function healthPortsOf(image: string | undefined): readonly number[] | null {
  if (/k8s-dns-kube-dns/.test(image ?? '')) return [8081, 10053, 10055];
  return /k8s-dns-sidecar/.test(image ?? '') ? [10054] : null;
}

/** Whether the container is the one that answers on port 53. */
export function runsDnsmasq(image: string | undefined): boolean {
  return /k8s-dns-dnsmasq/.test(image ?? '');
}

export function kubeDnsService(clusterIP: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace,
      labels: {
        ...labels,
        'kubernetes.io/cluster-service': 'true',
        'kubernetes.io/name': 'KubeDNS',
      },
    },
    spec: {
      clusterIP,
      selector: labels,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
  };
}

export const kubeDnsServiceAccount: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'kube-dns', namespace },
};

export function kubeDnsDeployment(minor: number, dnsDomain: string): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'kube-dns', namespace, labels },
    spec: {
      strategy: { rollingUpdate: { maxSurge: '10%', maxUnavailable: 0 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { name: '', labels },
        spec: {
          volumes: [{ name: 'kube-dns-config', configMap: { name: 'kube-dns', optional: true } }],
          containers: [
            kubedns(minor, dnsDomain),
            dnsmasq(minor, dnsDomain),
            sidecar(minor, dnsDomain),
          ],
          dnsPolicy: 'Default',
          serviceAccountName: 'kube-dns',
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' },
          ],
        },
      },
    },
  };
}

function alive(path: string) {
  return {
    httpGet: { path, port: 10054, scheme: 'HTTP' },
    initialDelaySeconds: 60,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 5,
  };
}

function kubedns(minor: number, dnsDomain: string) {
  return {
    name: 'kubedns',
    image: image('kube-dns', minor),
    imagePullPolicy: 'IfNotPresent',
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    livenessProbe: alive('/healthcheck/kubedns'),
    readinessProbe: {
      httpGet: { path: '/readiness', port: 8081, scheme: 'HTTP' },
      initialDelaySeconds: 3,
      timeoutSeconds: 5,
    },
    args: [`--domain=${dnsDomain}.`, '--dns-port=10053', '--config-dir=/kube-dns-config', '--v=2'],
    env: [{ name: 'PROMETHEUS_PORT', value: '10055' }],
    ports: [
      { containerPort: 10053, name: 'dns-local', protocol: 'UDP' },
      { containerPort: 10053, name: 'dns-tcp-local', protocol: 'TCP' },
      { containerPort: 10055, name: 'metrics', protocol: 'TCP' },
    ],
    volumeMounts: [{ name: 'kube-dns-config', mountPath: '/kube-dns-config' }],
  };
}

function dnsmasq(minor: number, dnsDomain: string) {
  const zones = [dnsDomain, 'in-addr.arpa', 'ip6.arpa'];
  return {
    name: 'dnsmasq',
    image: image('dnsmasq-nanny', minor),
    imagePullPolicy: 'IfNotPresent',
    livenessProbe: alive('/healthcheck/dnsmasq'),
    args: [
      '-v=2',
      '-logtostderr',
      '-configDir=/etc/k8s/dns/dnsmasq-nanny',
      '-restartDnsmasq=true',
      '--',
      '-k',
      '--cache-size=1000',
      '--no-negcache',
      '--log-facility=-',
      ...zones.map((zone) => `--server=/${zone}/127.0.0.1#10053`),
    ],
    ports: [
      { containerPort: 53, name: 'dns', protocol: 'UDP' },
      { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
    ],
    resources: { requests: { cpu: '150m', memory: '20Mi' } },
    volumeMounts: [{ name: 'kube-dns-config', mountPath: '/etc/k8s/dns/dnsmasq-nanny' }],
  };
}

function sidecar(minor: number, dnsDomain: string) {
  const asked = `kubernetes.default.svc.${dnsDomain},5,SRV`;
  return {
    name: 'sidecar',
    image: image('sidecar', minor),
    imagePullPolicy: 'IfNotPresent',
    livenessProbe: alive('/metrics'),
    args: [
      '--v=2',
      '--logtostderr',
      `--probe=kubedns,127.0.0.1:10053,${asked}`,
      `--probe=dnsmasq,127.0.0.1:53,${asked}`,
    ],
    ports: [{ containerPort: 10054, name: 'metrics', protocol: 'TCP' }],
    resources: { requests: { memory: '20Mi', cpu: '10m' } },
  };
}
