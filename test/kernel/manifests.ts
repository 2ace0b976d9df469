// A case as manifests, and the cluster that they make.
import type { Cluster } from '../../src/cluster/cluster.ts';
import { createSimulated } from '../../src/cluster/simulated.ts';
import { loadTexts } from '../../src/input/load.ts';
import {
  balancerIP,
  clientIP,
  clusterIP,
  clusterIP6,
  endpointIP,
  externalIP,
  externalIP6,
  legacy,
  legacy6,
  legacyPort,
  nodeIP,
  nodeIP6,
  nodePort,
  numbersTo,
  podName,
  targetPort,
} from './addresses.ts';
import { type Case, type CaseEndpoint, type CaseService, hasNodePorts } from './case.ts';
import { hostPodIP, hostPodName, hostPodObject } from './host-ports.ts';
import { policyObjects } from './policies.ts';

function podObject(id: number, e: number, one: CaseEndpoint, plan: CaseService): object {
  const ports = plan.ports.map(({ protocol }, p) => ({
    name: `p${p}`,
    containerPort: targetPort(id, e, p, one),
    protocol,
  }));
  const stops = one.state.startsWith('terminating');
  const annotations = {
    ...(one.state === 'closed' ? { 'svcspec.dev/listen': `${7000 + id * 10 + e}/TCP` } : {}),
    ...(stops ? { 'svcspec.dev/stop-after': '3000s' } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'demo', name: podName(id, e), labels: { app: `s${id}` }, annotations },
    spec: {
      nodeName: `n${one.node}`,
      ...(one.hostNetwork ? { hostNetwork: true } : {}),
      ...(stops ? { terminationGracePeriodSeconds: 3600 } : {}),
      containers: [{ name: 'web', image: 'nginx', ports }],
    },
  };
}

function serviceObjects(plan: CaseService, dual: boolean): readonly object[] {
  const { id, type, affinity } = plan;
  const metadata = { namespace: 'demo', name: `s${id}` };
  const headless = type === 'headless';
  const outward = type === 'NodePort' || type === 'LoadBalancer' || plan.externalIP;
  const spec = {
    ...(headless ? {} : { type, internalTrafficPolicy: plan.internal }),
    clusterIP: headless ? 'None' : clusterIP(id),
    ...(dual ? { ipFamilyPolicy: 'RequireDualStack' } : {}),
    ...(dual && !headless ? { clusterIPs: [clusterIP(id), clusterIP6(id)] } : {}),
    ...(outward ? { externalTrafficPolicy: plan.external } : {}),
    ...(plan.externalIP
      ? { externalIPs: [externalIP(id), ...(dual ? [externalIP6(id)] : [])] }
      : {}),
    ...(type === 'LoadBalancer'
      ? {
          allocateLoadBalancerNodePorts: plan.nodePorts,
          ...(plan.sourceRanges === null ? {} : { loadBalancerSourceRanges: plan.sourceRanges }),
        }
      : {}),
    ...(affinity === null
      ? {}
      : {
          sessionAffinity: 'ClientIP',
          sessionAffinityConfig: { clientIP: { timeoutSeconds: affinity } },
        }),
    ...(plan.publishNotReady ? { publishNotReadyAddresses: true } : {}),
    ...(plan.preferClose && !headless ? { trafficDistribution: 'PreferClose' } : {}),
    ...(plan.endpoints === null ? {} : { selector: { app: `s${id}` } }),
    ports: plan.ports.map(({ protocol, port }, p) => ({
      name: `p${p}`,
      ...(hasNodePorts(plan) ? { nodePort: nodePort(id, p) } : {}),
      protocol,
      port,
      targetPort: `p${p}`,
    })),
  };
  const made = { apiVersion: 'v1', kind: 'Service', metadata, spec };
  if (plan.endpoints !== null) return [made];
  const ports = plan.ports.map(({ protocol }, p) => ({
    name: `p${p}`,
    protocol,
    port: legacyPort[protocol],
  }));
  const addresses = legacy.map((ip) => ({ ip }));
  const subsets = [{ addresses, ports }];
  return [made, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets }];
}

function clusterDocument(made: Case): object {
  const { nodes, version, profile, ipMode, dual } = made;
  const numbers = numbersTo(nodes);
  const second = (text: string): string => (dual ? text : '');
  return {
    apiVersion: 'svcspec.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'case' },
    spec: {
      ...(version === undefined ? {} : { kubernetesVersion: version }),
      cni: { profile },
      networking: {
        podSubnet: `10.244.0.0/16${second(',fd00:10:244::/56')}`,
        serviceSubnet: `10.96.0.0/16${second(',fd00:10:96::/112')}`,
      },
      cloudProvider: { loadBalancerPool: '52.15.34.0/24', ipMode },
      nodes: numbers.map((n) => ({
        name: `n${n}`,
        internalIP: `${nodeIP(n)}${second(`,${nodeIP6(n)}`)}`,
        ...(profile === 'aws-vpc'
          ? {}
          : { podCIDR: `10.244.${n}.0/24${second(`,fd00:10:244:${n}::/64`)}` }),
        zone: n === 3 ? 'b' : 'a',
      })),
      hosts: hostsOf(made),
      pins: pinsOf(made),
    },
  };
}

function hostsOf({ dual }: Case): readonly object[] {
  const via = (to: string) => ({ to, via: 'n1' });
  const listen = Object.entries(legacyPort).map(([protocol, port]) => `${port}/${protocol}`);
  return [
    { name: 'outside', ip: '203.0.113.50' },
    {
      name: 'routed',
      ip: '203.0.113.60',
      routes: [via('10.96.0.0/16'), via('198.51.100.0/24'), via('10.244.0.0/16')],
    },
    ...legacy.map((ip, i) => ({ name: `legacy-${i === 0 ? 'a' : 'b'}`, ip, listen })),
    ...(dual ? [{ name: 'outside6', ip: legacy6, listen }] : []),
  ];
}

function pinsOf({ nodes, services, hostPods }: Case): readonly object[] {
  return [
    ...services.flatMap(({ id, endpoints }) =>
      (endpoints ?? []).flatMap((one, e) =>
        one.hostNetwork
          ? []
          : [{ object: `Pod/demo/${podName(id, e)}`, ip: endpointIP(id, e, one) }],
      ),
    ),
    ...services.flatMap(({ id, type }) =>
      type === 'LoadBalancer'
        ? [{ object: `Service/demo/s${id}`, loadBalancerIP: balancerIP(id) }]
        : [],
    ),
    ...numbersTo(nodes).map((n) => ({ object: `Pod/demo/c${n}`, ip: clientIP(n) })),
    ...hostPods.map((pod) => ({ object: `Pod/demo/${hostPodName(pod.id)}`, ip: hostPodIP(pod) })),
  ];
}

function documentsOf(made: Case): readonly object[] {
  const clients = numbersTo(made.nodes).map((n) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'demo', name: `c${n}` },
    spec: { nodeName: `n${n}`, containers: [{ name: 'shell', image: 'alpine' }] },
  }));
  return [
    clusterDocument(made),
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      ...made.proxy,
    },
    ...clients,
    ...made.services.flatMap((plan) => [
      ...serviceObjects(plan, made.dual),
      ...(plan.endpoints ?? []).map((one, e) => podObject(plan.id, e, one, plan)),
    ]),
    ...made.hostPods.map(hostPodObject),
    ...policyObjects(made.policies),
  ];
}

/** The case as manifests, as somebody would look at it. */
export function textOf(made: Case): string {
  return documentsOf(made)
    .map((document) => JSON.stringify(document))
    .join('\n---\n');
}

export function clusterOf(made: Case): Cluster {
  const { clusterSpec, manifests, notices } = loadTexts([
    { file: 'case.yaml', text: textOf(made) },
  ]);
  const cluster = createSimulated({ spec: clusterSpec, manifests, notices, seed: 1 });
  for (const { id, endpoints } of made.services) {
    (endpoints ?? []).forEach(({ state }, e) => {
      const key = `demo/${podName(id, e)}`;
      if (state === 'unready' || state === 'terminating-unready') {
        cluster.happen('Pod', key, 'stops being ready');
      }
      if (state.startsWith('terminating')) cluster.delete('Pod', key);
    });
  }
  return cluster;
}
