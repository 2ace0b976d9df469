// Which servers a Corefile's `forward`, or a kube-dns's ConfigMap, sends look-ups to where nothing answers: no machine has the
// address, or nothing listens at the port. Loops are corefile-advice.ts's; what an upstream answers is nobody's here.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { Manifest } from '../../api/manifest.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { kubeDnsUntil } from '../../dns/kubeadm/kube-dns.ts';
import { publicResolvers } from '../../dns/public-resolvers.table.ts';
import { type Addr, formatAddr, isLoopback, parseAddr } from '../../net/addr.ts';
import { type CheckFinding, objectName, placeOf } from './check.ts';

export interface Silent {
  readonly message: string;
  readonly effect: string;
  readonly fix: string;
}

/** "10.0.0.53", "dns://10.0.0.53:5353", "[fd00::1]:53"; undefined: another thing, such as a file. */
export function serverOf(text: string): { readonly addr: Addr; readonly port: number } | undefined {
  const bare = text.replace(/^dns:\/\//, '');
  const whole = parseAddr(bare);
  if (whole !== undefined) return { addr: whole, port: 53 };
  const [, host = '', port = '53'] = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(bare) ?? [];
  const addr = parseAddr(host);
  return addr === undefined ? undefined : { addr, port: Number(port) };
}

/** What to say of a server that does not answer; null: it does, or nobody can tell. */
export function silent(cluster: Cluster | null, who: string, target: string): Silent | null {
  const server = serverOf(target);
  if (cluster === null || server === undefined || isLoopback(server.addr)) return null;
  const { addr, port } = server;
  const ip = formatAddr(addr);
  if (port === 53 && publicResolvers.includes(addr)) return null;
  if (hasService(cluster, ip)) return null;
  const { machines, sockets, floating, announced } = cluster.blueprint();
  if (floating.includes(addr) || announced.some((one) => one.addr === addr)) return null;
  const owner = machines.find(({ devices }) =>
    devices.some(({ addresses }) => addresses.some((own) => own.addr === addr)),
  );
  const isOpen = sockets.some(
    ({ machine, socket }) =>
      machine === owner?.name &&
      socket.port === port &&
      (socket.addr === null || socket.addr === addr),
  );
  if (isOpen) return null;
  const why =
    owner === undefined ? 'no machine has that address' : `${owner.name} does not listen there`;
  return {
    message: `${who} sends look-ups to ${ip}${port === 53 ? '' : `:${port}`}, where nothing answers: ${why}`,
    effect:
      'look-ups that go there wait in vain: SERVFAIL after seconds, unless another server answers',
    fix: fixOf(ip, port, owner?.name),
  };
}

function fixOf(ip: string, port: number, owner: string | undefined): string {
  const listen = 'listen: [53/UDP, 53/TCP]';
  if (owner !== undefined && !owner.startsWith('host/')) return 'name a server that answers DNS';
  const at = port === 53 ? '' : ' (a host answers names at port 53 only)';
  const does = 'and it answers what spec.upstreamDNS says';
  if (owner !== undefined) return `give ${owner} ${listen}${at}, ${does}`;
  return `write the server under spec.hosts of the Cluster document: { name: dns, ip: "${ip}", ${listen} }${at}, ${does}`;
}

/** A cluster IP, or an address that a Service takes besides. */
function hasService(cluster: Cluster, ip: string): boolean {
  return cluster.objects.list('Service').some(({ spec, status }) => {
    const balancers = status?.loadBalancer?.ingress ?? [];
    const own = [...(spec.clusterIPs ?? []), ...(spec.externalIPs ?? [])];
    return own.includes(ip) || balancers.some((one) => one.ip === ip);
  });
}

/** Of kube-dns's ConfigMap, where the cluster has a kube-dns. */
export function kubeDnsUpstreams(
  manifests: readonly Manifest[],
  { minor }: ClusterSpec,
  cluster: Cluster | null,
): readonly CheckFinding[] {
  const map = manifests.find((one) => objectName(one) === 'ConfigMap/kube-system/kube-dns');
  if (map === undefined || minor > kubeDnsUntil) return [];
  const data = (map.object['data'] ?? {}) as Readonly<Record<string, unknown>>;
  const stubs = Object.entries(parsed(data['stubDomains']) ?? {});
  const all = [
    ...stubs.map(([zone, servers]) => ({
      key: 'stubDomains',
      who: `stub domain ${zone}`,
      servers,
    })),
    { key: 'upstreamNameservers', who: 'kube-dns', servers: parsed(data['upstreamNameservers']) },
  ];
  return all.flatMap(({ key, who, servers }) =>
    (Array.isArray(servers) ? servers : []).flatMap((target: unknown) => {
      const said = silent(cluster, who, String(target));
      if (said === null) return [];
      const place = placeOf(map, `data.${key}`);
      return { id: upstreamId, severity: 'warning', object: objectName(map), ...place, ...said };
    }),
  );
}

export const upstreamId = 'dns-upstream';

function parsed(text: unknown): object | null {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
