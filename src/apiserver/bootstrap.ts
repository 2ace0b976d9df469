// What the API server writes by itself when a cluster starts: the system namespaces, the ServiceCIDR
// of the cluster's own ranges (1.33), the Service default/kubernetes on the first service address, and its Endpoints and EndpointSlice (A3).
// Models pkg/controlplane/controller/{systemnamespaces,kubernetesservice} and pkg/controlplane/reconcilers.
import { type ClusterSpec, serviceSubnets } from '../api/cluster-spec.ts';
import type { Client, EndpointSlice, Endpoints, Service } from '../api/types.ts';
import { familyOf, formatAddr } from '../net/addr.ts';
import { nth } from '../net/cidr.ts';
import { CIDR_OBJECTS_SINCE, ownRange } from './service-cidrs.ts';

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;
const metadata = { name: 'kubernetes', namespace: 'default' } as const;

/** Creates what no manifest gives. */
export function bootstrap(client: Client, spec: ClusterSpec): void {
  for (const name of namespaces) {
    client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  if (spec.minor >= CIDR_OBJECTS_SINCE) client.create(ownRange(serviceSubnets(spec)));
  const { address, port } = spec.apiServer;
  const family = familyOf(spec.serviceSubnet.low) === 4 ? 'IPv4' : 'IPv6';
  const clusterIP = formatAddr(nth(spec.serviceSubnet, 1));
  client.create<Service>({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: [family],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  });
  client.create<Endpoints>({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [
      {
        addresses: [{ ip: formatAddr(address) }],
        ports: [{ name: 'https', port, protocol: 'TCP' }],
      },
    ],
  });
  client.create<EndpointSlice>({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: familyOf(address) === 4 ? 'IPv4' : 'IPv6',
    endpoints: [{ addresses: [formatAddr(address)], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  });
}
