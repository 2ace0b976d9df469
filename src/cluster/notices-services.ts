// What of a Service of type LoadBalancer is not what a cloud would do, said once when it is written: no cloud, a class of
// somebody else's, annotations that are only recorded, values that the provider does not take, affinity that it ignores.
import type { CloudName } from '../api/cloud-providers.table.ts';
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Service } from '../api/types.ts';
import { takes } from '../cloud/annotations.ts';
import { hashedFor, isRuling, listenersOf } from '../cloud/provider-rules.ts';

/** A sentence about an object, and the path that it is about. */
export interface Remark {
  readonly path: string;
  readonly text: string;
}

/** What clouds read in a Service's annotations. */
const providers =
  /^(service\.beta\.kubernetes\.io|service\.kubernetes\.io\/(?!topology)|cloud\.google\.com|networking\.gke\.io)/;

const cloudField = 'cloudProvider: { loadBalancerPool: CIDR }';

/** What becomes of a Service of type LoadBalancer, as far as it is not what a cloud would do. */
export function remarksOnService(service: Service, cluster: ClusterSpec): readonly Remark[] {
  const { spec } = service;
  if (spec.type !== 'LoadBalancer') return [];
  if (spec.loadBalancerClass !== undefined) {
    const text = 'keeps EXTERNAL-IP <pending>: nobody implements its loadBalancerClass';
    return [{ path: 'spec.loadBalancerClass', text }];
  }
  const { cloudProvider } = cluster;
  if (cloudProvider === null) {
    const text = `keeps EXTERNAL-IP <pending>: the cluster has no cloud provider (${cloudField} of the Cluster document)`;
    return [{ path: 'spec.type', text }];
  }
  const { name, ipMode } = cloudProvider;
  return [
    ...remarksOnAnnotations(service, name),
    ...remarksOnListeners(service, name),
    ...(ipMode === 'Proxy' ? remarksOnProxy(spec) : remarksOnAffinity(service, name)),
  ];
}

function remarksOnAnnotations({ metadata }: Service, name: CloudName | null): readonly Remark[] {
  return Object.entries(metadata.annotations ?? {}).flatMap(([annotation, value]): Remark[] => {
    if (!providers.test(annotation)) return [];
    if (isRuling(name, annotation, value)) return [];
    const path = `metadata.annotations[${annotation}]`;
    const said = `has ${annotation}: ${value}`;
    const what = takes(name, annotation, value);
    if (what === 'taken') return [];
    if (what === 'unknown') {
      return [{ path, text: `${said}: the cloud is told, and does nothing about it` }];
    }
    return [{ path, text: `${said}, which is no number ${what}: the check stays as it is` }];
  });
}

function remarksOnListeners(service: Service, name: CloudName | null): readonly Remark[] {
  const { ports = [] } = service.spec;
  const open = listenersOf(name, service);
  return ports.flatMap((one, i): Remark[] => {
    if (open.includes(one)) return [];
    const text = `has port ${one.port} twice, and a balancer of ${name} listens once: not for ${one.protocol ?? 'TCP'}`;
    return [{ path: `spec.ports[${i}]`, text }];
  });
}

function remarksOnAffinity(service: Service, name: CloudName | null): readonly Remark[] {
  if (service.spec.sessionAffinity !== 'ClientIP' || hashedFor(name, service) === 'client') {
    return [];
  }
  const text = `has sessionAffinity ClientIP, which balancers of ${name} do not look at: each node keeps it for itself`;
  return [{ path: 'spec.sessionAffinity', text }];
}

/** What a balancer that ends connections cannot do here. */
function remarksOnProxy({
  loadBalancerSourceRanges,
  ports = [],
  sessionAffinity,
}: Service['spec']): readonly Remark[] {
  const remarks: Remark[] = [];
  if (loadBalancerSourceRanges !== undefined) {
    const text =
      'has source ranges that nobody enforces: kube-proxy ignores an address of ipMode Proxy';
    remarks.push({ path: 'spec.loadBalancerSourceRanges', text });
  }
  if (sessionAffinity === 'ClientIP') {
    const text =
      'has sessionAffinity ClientIP: a load balancer of ipMode Proxy picks a node for each connection, and nodes see its address';
    remarks.push({ path: 'spec.sessionAffinity', text });
  }
  for (const [i, { nodePort }] of ports.entries()) {
    if (nodePort !== undefined) continue;
    const text =
      'has a port without node port: a load balancer of ipMode Proxy has nowhere to send to';
    remarks.push({ path: `spec.ports[${i}]`, text });
  }
  return remarks;
}
