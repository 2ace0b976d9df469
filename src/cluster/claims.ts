// Addresses and ports that two Services claim: the API server refuses no external IP, whoever has it already, and every
// kube-proxy gives it to one of them. Nothing is decided here; see CVE-2020-8554 and the loops over service ports of
// pkg/proxy/*/proxier.go.
import type { Position } from '../api/input-error.ts';
import { keyOf, type Service, type WatchEvent } from '../api/types.ts';
import { formatEndpoint, parseAddr } from '../net/addr.ts';
import { shouldSkip, watched } from '../proxy/service-port.ts';

/** "203.0.113.10:80/TCP" of each address that kube-proxy translates for the Service, node ports left out; none of a Service
 * that it does not look at. */
export function claimsOf(service: Service): readonly string[] {
  if (!isProxied(service)) return [];
  const { spec, status } = service;
  const balancers = (status?.loadBalancer?.ingress ?? []).filter(
    ({ ipMode }) => ipMode !== 'Proxy',
  );
  const addresses = [
    ...(spec.clusterIPs ?? []),
    ...(spec.externalIPs ?? []),
    ...balancers.flatMap(({ ip }) => ip ?? []),
  ];
  return addresses.flatMap((address) => frontsOf(address, spec.ports ?? []));
}

/** Services by key that claim "203.0.113.10:80/TCP". */
export function claimantsOf(services: readonly Service[], claim: string): readonly Service[] {
  return services.filter((service) => claimsOf(service).includes(claim));
}

/** One sentence for each Service that had an address before this one named it as an external IP. */
export function claimNotices(
  { type, kind, key, object, previous }: WatchEvent,
  services: () => readonly Service[],
  locate: (object: string, path: string) => Position | null,
): readonly string[] {
  if (kind !== 'Service' || type === 'DELETED') return [];
  const { spec, metadata } = object as unknown as Service;
  if (spec.externalIPs === undefined || !isProxied(object as unknown as Service)) return [];
  const before = previous === undefined ? [] : claimsOf(previous as unknown as Service);
  const fresh = spec.externalIPs.map((address) =>
    frontsOf(address, spec.ports ?? []).filter((claim) => !before.includes(claim)),
  );
  if (fresh.every((claims) => claims.length === 0)) return [];
  const age = ({ resourceVersion }: Service['metadata']) => Number(resourceVersion ?? 0);
  return services().flatMap((other) => {
    if (keyOf(other) === key || age(other.metadata) > age(metadata)) return [];
    const theirs = new Set(claimsOf(other));
    const index = fresh.findIndex((claims) => claims.some((claim) => theirs.has(claim)));
    if (index < 0) return [];
    const at = locate(`Service/${key}`, `spec.externalIPs[${index}]`);
    const where = at === null ? '' : `${at.file}:${at.line}: `;
    const shared = fresh.flatMap((claims) => claims.filter((claim) => theirs.has(claim)));
    return [
      `${where}Service "${key}" claims ${shared.join(', ')}, which Service "${keyOf(other)}" has too: nobody refuses that, and ${givenToOne}`,
    ];
  });
}

/** What becomes of such an address. */
export const givenToOne =
  'each kube-proxy gives it to one of them, by the order of its sync, which is chance (here by name: iptables mode takes the first that has endpoints, ipvs and nftables mode the last)';

/** Whether kube-proxy looks at the Service at all. */
export function isProxied(service: Service): boolean {
  return watched(service.metadata) && !shouldSkip(service);
}

function frontsOf(address: string, ports: Service['spec']['ports']): readonly string[] {
  const value = parseAddr(address);
  if (value === undefined) return [];
  return (ports ?? []).map(({ port, protocol = 'TCP' }) =>
    claimText(formatEndpoint(value, port), protocol),
  );
}

/** "203.0.113.10:80" and "TCP" as the text of a claim. */
export function claimText(endpoint: string, protocol: string): string {
  return `${endpoint}/${protocol.toUpperCase()}`;
}
