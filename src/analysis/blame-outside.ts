// Why a machine outside of the cluster does not reach an address of the cluster that Kubernetes announces to nobody: an
// external IP, a load balancer's address without a cloud, a Pod. Says who has it and which route to declare.
import { keyOf, type Node, type Service } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { type Addr, familyOf, formatAddr, formatEndpoint } from '../net/addr.ts';
import { endpointsOf, type Finding, objectOf } from './blame-finding.ts';

/** Null: the client is no outside host, or nobody in the cluster has the address. */
export function outsideFinding(cluster: Cluster, { from, dial }: Attempt): Finding | null {
  if (dial === null || !from.startsWith('host/')) return null;
  const { addr, port } = dial.dialled;
  const text = formatAddr(addr);
  const found = { reason: 'noRoute', where: from, name: formatEndpoint(addr, port) } as const;
  for (const service of cluster.objects.list('Service')) {
    const path = pathOf(service, text);
    if (path === null) continue;
    const object = objectOf(service);
    const detail = `${object} has ${text} in ${path.replace(/\[\d+\]$/, '')}, which Kubernetes announces to nobody; ${routeText(cluster, from, addr, service)}`;
    return { ...found, object, path, detail };
  }
  const pod = cluster.objects
    .list('Pod')
    .find(({ status }) => status?.podIPs?.some(({ ip }) => ip === text));
  if (pod === undefined) return null;
  const object = `Pod/${keyOf(pod)}`;
  const detail = `${text} is the address of ${object}, which only the cluster's machines know: dial a Service's node port or load balancer`;
  return { ...found, object, path: 'metadata.name', detail };
}

function pathOf({ spec, status }: Service, text: string): string | null {
  const i = (spec.externalIPs ?? []).indexOf(text);
  if (i >= 0) return `spec.externalIPs[${i}]`;
  const balancers = status?.loadBalancer?.ingress ?? [];
  return balancers.some(({ ip }) => ip === text) ? 'status.loadBalancer' : null;
}

/** What to add to the Cluster document, ready to be copied. */
function routeText(cluster: Cluster, from: string, addr: Addr, service: Service): string {
  const name = from.slice('host/'.length);
  const to = `${formatAddr(addr)}/${familyOf(addr) === 4 ? 32 : 128}`;
  const route = `routes: [{ to: ${/:/.test(to) ? `"${to}"` : to}, via: ${viaFor(cluster, service)} }]`;
  if (cluster.hostNames.includes(name)) {
    return `to give host "${name}" a route, add to its entry under spec.hosts of the Cluster document: ${route}`;
  }
  const ip = name.includes(':') ? `"${name}"` : name;
  return `to give it a route, declare it under spec of the Cluster document: hosts: [{ name: client, ip: ${ip}, ${route} }]`;
}

/** A node that would take the packet: one with an endpoint, else one that runs Pods. */
function viaFor(cluster: Cluster, service: Service): string {
  const [served] = endpointsOf(cluster, service)
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ nodeName }) => nodeName ?? [])
    .sort();
  const isWorker = ({ metadata }: Node) =>
    metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined;
  const worker = cluster.objects.list('Node').find(isWorker);
  return served ?? worker?.metadata.name ?? cluster.nodeNames[0] ?? '';
}
