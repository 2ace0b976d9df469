import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service, ServiceSpec, ServiceStatus } from '../types.ts';
import { defaultService, dropTypeDependentFields, readService } from './defaults.ts';

// A1 and A5. Rows were compared with SetDefaults_Service and with the strategy of pkg/registry/core/service.

const ports = [{ port: 80 }];
const full = [{ port: 80, protocol: 'TCP', targetPort: 80 }];
const usual = { sessionAffinity: 'None', type: 'ClusterIP', internalTrafficPolicy: 'Cluster' };

const defaults: readonly {
  readonly name: string;
  readonly spec: ServiceSpec;
  readonly want: ServiceSpec;
}[] = [
  { name: 'A1 ports alone', spec: { ports }, want: { ...usual, ports: full } },
  { name: 'A1 nothing at all', spec: {}, want: usual },
  {
    name: 'A1 a target port of 0 or "" is the port; a name stays; other protocols stay',
    spec: {
      ports: [
        { name: 'a', port: 80, targetPort: 0 },
        { name: 'b', port: 81, targetPort: '' },
        { name: 'c', port: 82, targetPort: 'http', protocol: 'UDP' },
      ],
    },
    want: {
      ...usual,
      ports: [
        { name: 'a', port: 80, targetPort: 80, protocol: 'TCP' },
        { name: 'b', port: 81, targetPort: 81, protocol: 'TCP' },
        { name: 'c', port: 82, targetPort: 'http', protocol: 'UDP' },
      ],
    },
  },
  {
    name: 'A1 ClientIP lasts three hours',
    spec: { ports, sessionAffinity: 'ClientIP' },
    want: {
      ...usual,
      ports: full,
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
    },
  },
  {
    name: 'A1 also when its configuration is empty',
    spec: { ports, sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: {} } },
    want: {
      ...usual,
      ports: full,
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
    },
  },
  {
    name: 'A1 None clears the configuration',
    spec: { ports, sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
    want: { ...usual, ports: full },
  },
  {
    name: 'A1 NodePort is external',
    spec: { ports, type: 'NodePort' },
    want: { ...usual, ports: full, type: 'NodePort', externalTrafficPolicy: 'Cluster' },
  },
  {
    name: 'A1 LoadBalancer allocates node ports',
    spec: { ports, type: 'LoadBalancer' },
    want: {
      ...usual,
      ports: full,
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
    },
  },
  {
    name: 'A1 external IPs make a ClusterIP Service external',
    spec: { ports, externalIPs: ['203.0.113.1'] },
    want: {
      ...usual,
      ports: full,
      externalIPs: ['203.0.113.1'],
      externalTrafficPolicy: 'Cluster',
    },
  },
  {
    name: 'A1 an ExternalName has no traffic policy',
    spec: { type: 'ExternalName', externalName: 'a.b' },
    want: { type: 'ExternalName', externalName: 'a.b', sessionAffinity: 'None' },
  },
  {
    name: 'A1 nor has a type that is none',
    spec: { type: 'Nodeport', ports },
    want: { type: 'Nodeport', ports: full, sessionAffinity: 'None' },
  },
];

function make(spec: ServiceSpec, status?: ServiceStatus): Service {
  const metadata = { name: 'web', namespace: 'default' };
  const more = status === undefined ? {} : { status };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec, ...more };
}

for (const { name, spec, want } of defaults) {
  test(name, () => assert.deepEqual(defaultService(make(spec), { minor: 34 }).spec, want));
}

test('A1 an address of a load balancer is a VIP, since 1.30', () => {
  const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'a.b' }] } };
  const balancer = make({ type: 'LoadBalancer', ports }, status);
  assert.deepEqual(defaultService(balancer, { minor: 30 }).status?.loadBalancer?.ingress, [
    { ip: '1.2.3.4', ipMode: 'VIP' },
    { hostname: 'a.b' },
  ]);
  assert.deepEqual(defaultService(balancer, { minor: 29 }).status, status);
  const other = make({ type: 'NodePort', ports }, status);
  assert.deepEqual(defaultService(other, { minor: 34 }).status, status);
});

test('A1 the internal policy of an ExternalName is not shown', () => {
  const spec = { type: 'ExternalName', externalName: 'a.b', internalTrafficPolicy: 'Local' };
  assert.equal('internalTrafficPolicy' in readService(make(spec)).spec, false);
  const kept = make({ ports, internalTrafficPolicy: 'Local' });
  assert.equal(readService(kept), kept);
});

const addresses = {
  clusterIP: '10.96.0.5',
  clusterIPs: ['10.96.0.5'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
};
const noded = [{ port: 80, nodePort: 30080 }];
const balancer: ServiceSpec = {
  ...addresses,
  type: 'LoadBalancer',
  ports: noded,
  externalTrafficPolicy: 'Local',
  healthCheckNodePort: 30999,
  allocateLoadBalancerNodePorts: true,
  loadBalancerClass: 'a/b',
  selector: { app: 'web' },
  sessionAffinity: 'None',
};
const rest = { selector: { app: 'web' }, sessionAffinity: 'None' };

const changes: readonly {
  readonly name: string;
  readonly old: ServiceSpec;
  readonly spec: ServiceSpec;
  readonly want: ServiceSpec;
}[] = [
  {
    name: 'A5 LoadBalancer to ClusterIP',
    old: balancer,
    spec: { ...balancer, type: 'ClusterIP' },
    want: { ...addresses, ...rest, type: 'ClusterIP', ports: [{ port: 80 }] },
  },
  {
    name: 'A5 LoadBalancer to NodePort',
    old: balancer,
    spec: { ...balancer, type: 'NodePort' },
    want: { ...addresses, ...rest, type: 'NodePort', ports: noded, externalTrafficPolicy: 'Local' },
  },
  {
    name: 'A5 LoadBalancer to ExternalName',
    old: balancer,
    spec: { ...balancer, type: 'ExternalName', externalName: 'a.b' },
    want: { ...rest, type: 'ExternalName', externalName: 'a.b', ports: [{ port: 80 }] },
  },
  {
    name: 'A5 what the writer changed too stays, to be refused',
    old: balancer,
    spec: {
      ...balancer,
      type: 'ClusterIP',
      ports: [{ port: 80, nodePort: 30081 }],
      healthCheckNodePort: 30998,
      externalTrafficPolicy: 'Cluster',
      loadBalancerClass: 'a/c',
      allocateLoadBalancerNodePorts: false,
    },
    want: {
      ...balancer,
      type: 'ClusterIP',
      ports: [{ port: 80, nodePort: 30081 }],
      healthCheckNodePort: 30998,
      externalTrafficPolicy: 'Cluster',
      loadBalancerClass: 'a/c',
      allocateLoadBalancerNodePorts: false,
    },
  },
  {
    name: 'A5 Local to Cluster gives the health-check port up',
    old: balancer,
    spec: { ...balancer, externalTrafficPolicy: 'Cluster' },
    want: (({ healthCheckNodePort, ...other }) => ({ ...other, externalTrafficPolicy: 'Cluster' }))(
      balancer,
    ),
  },
  {
    name: 'A5 a load balancer that allocates no node ports keeps those it has',
    old: balancer,
    spec: { ...balancer, allocateLoadBalancerNodePorts: false },
    want: { ...balancer, allocateLoadBalancerNodePorts: false },
  },
  {
    name: 'A5 without external IPs a ClusterIP Service is internal again',
    old: { type: 'ClusterIP', externalIPs: ['1.2.3.4'], externalTrafficPolicy: 'Cluster' },
    spec: { type: 'ClusterIP', externalTrafficPolicy: 'Cluster' },
    want: { type: 'ClusterIP' },
  },
];
for (const { name, old, spec, want } of changes) {
  test(name, () => assert.deepEqual(dropTypeDependentFields(spec, old), want));
}
