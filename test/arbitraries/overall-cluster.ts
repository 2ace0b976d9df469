// One Service of each kind: the cluster of upstream's TestOverallIPTablesRules and
// TestOverallNFTablesRules.
import { service, slice } from './proxy-objects.ts';

const p80 = { name: 'p80', port: 80, protocol: 'TCP' };

export const overallObjects = [
  service('ns1/svc1', { clusterIP: '172.30.0.41' }),
  slice('ns1/svc1', ['10.180.0.1']),
  service(
    'ns2/svc2',
    {
      type: 'LoadBalancer',
      clusterIP: '172.30.0.42',
      ports: [{ ...p80, nodePort: 3001 }],
      externalTrafficPolicy: 'Local',
      externalIPs: ['192.168.99.22'],
      healthCheckNodePort: 30000,
    },
    { loadBalancer: ['1.2.3.4'] },
  ),
  slice('ns2/svc2', ['10.180.0.2']),
  service('ns3/svc3', {
    type: 'NodePort',
    clusterIP: '172.30.0.43',
    ports: [{ ...p80, nodePort: 3003 }],
  }),
  slice('ns3/svc3', ['10.180.0.3']),
  service('ns4/svc4', {
    type: 'NodePort',
    clusterIP: '172.30.0.44',
    externalIPs: ['192.168.99.33'],
  }),
  slice('ns4/svc4', ['10.180.0.4', { ip: '10.180.0.5', nodeName: 'testhost' }]),
  service(
    'ns5/svc5',
    {
      type: 'LoadBalancer',
      clusterIP: '172.30.0.45',
      ports: [{ ...p80, nodePort: 3002 }],
      externalTrafficPolicy: 'Cluster',
      loadBalancerSourceRanges: [' 203.0.113.0/25'],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
      healthCheckNodePort: 30001,
    },
    { loadBalancer: ['5.6.7.8'] },
  ),
  slice('ns5/svc5', ['10.180.0.3']),
  service('ns6/svc6', { clusterIP: '172.30.0.46' }),
];
