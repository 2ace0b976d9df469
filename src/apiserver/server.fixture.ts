// Small clusters and objects for the tests of this room. Not part of the product.
import type { ClusterSpec, Pin } from '../api/cluster-spec.ts';
import { instant } from '../api/timing.table.ts';
import type { Service, ServiceSpec } from '../api/types.ts';
import { addr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { type Choices, seeded } from '../sim/choices.ts';
import { type ApiServer, createApiServer } from './server.ts';

interface ShortPin {
  readonly object: string;
  readonly clusterIP?: string;
  readonly nodePorts?: Readonly<Record<string, number>>;
}

function pinOf({ object, clusterIP, nodePorts = {} }: ShortPin): Pin {
  return {
    object,
    clusterIP: clusterIP === undefined ? null : addr(clusterIP),
    nodePorts,
    loadBalancerIP: null,
    ip: null,
    node: null,
    hash: null,
    pods: [],
    position: { file: 'cluster.yaml', line: 7, column: 5 },
  };
}

export function clusterSpec(
  more: {
    minor?: number;
    serviceSubnet?: string;
    secondary?: string;
    pins?: readonly ShortPin[];
  } = {},
): ClusterSpec {
  const minor = more.minor ?? 34;
  return {
    name: 'lab',
    kubernetesVersion: `1.${minor}`,
    minor,
    podSubnet: cidr('10.244.0.0/16'),
    serviceSubnet: cidr(more.serviceSubnet ?? '10.96.0.0/12'),
    ...(more.secondary === undefined ? {} : { secondary: { serviceSubnet: cidr(more.secondary) } }),
    dnsDomain: 'cluster.local',
    nodePortRange: { low: 30000, high: 32767 },
    nodes: [],
    apiServer: { address: addr('192.168.4.101'), port: 6443 },
    cniProfile: 'bridge',
    cloudProvider: null,
    hosts: [],
    upstreamDNS: '',
    timing: instant,
    pins: (more.pins ?? []).map(pinOf),
    kubeProxyConfiguration: null,
    proxyMode: 'iptables',
  };
}

export function newServer(
  more: { spec?: ClusterSpec; choices?: Choices; nowMs?: () => number } = {},
): ApiServer {
  return createApiServer({
    spec: more.spec ?? clusterSpec(),
    choices: more.choices ?? seeded(1),
    nowMs: more.nowMs ?? (() => 0),
  });
}

export function service(name: string, spec: ServiceSpec, namespace = 'default'): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec };
}
