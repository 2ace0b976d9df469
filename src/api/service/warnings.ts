// Warnings the API server sends with an accepted Service, in upstream's order (A9), by version.
// Models pkg/api/service/warnings.go of 1.32 to 1.36 and the status strategy's.
import { cidrWarnings, ipWarnings } from '../field/ips.ts';
import type { RuleContext } from '../kind-rules.ts';
import type { Service, ServiceSpec } from '../types.ts';
import { isUnset } from '../values.ts';

const HINTS = 'service.kubernetes.io/topology-aware-hints';

/** Since which minor version a warning is given. */
const since = { headless: 34, affinityUnlessNone: 35, preferClose: 35, externalIPs: 36 } as const;

function headlessWarnings(spec: ServiceSpec, minor: number): string[] {
  const ignored = (field: string) => `${field} is ignored for headless services`;
  const out: string[] = [];
  if (!isUnset(spec.loadBalancerIP)) out.push(ignored('spec.loadBalancerIP'));
  if ((spec.externalIPs ?? []).length > 0) out.push(ignored('spec.externalIPs'));
  // 1.34 looks whether it is set, and the default None is.
  const affinity = minor < since.affinityUnlessNone || spec.sessionAffinity !== 'None';
  if (affinity && !isUnset(spec.sessionAffinity)) out.push(ignored('spec.SessionAffinity'));
  return out;
}

function addressWarnings(spec: ServiceSpec, minor: number): string[] {
  const out: string[] = [];
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    out.push(...ipWarnings(`spec.externalIPs[${i}]`, ip, minor));
  }
  if (!isUnset(spec.loadBalancerIP)) {
    out.push(...ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP, minor));
  }
  for (const [i, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    out.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, range, minor));
  }
  return out;
}

export function serviceWarnings(
  { metadata, spec }: Service,
  _old: Service | undefined,
  { minor }: RuleContext,
): string[] {
  const out: string[] = [];
  if (metadata.annotations?.[HINTS] !== undefined) {
    out.push(
      `annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`,
    );
  }
  const none = spec.clusterIP === 'None';
  const headless = none && spec.type === 'ClusterIP';
  if (!none && !isUnset(spec.clusterIP)) {
    for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
      out.push(...ipWarnings(`spec.clusterIPs[${i}]`, ip, minor));
    }
  }
  if (headless && minor >= since.headless) out.push(...headlessWarnings(spec, minor));
  const external = (spec.externalIPs ?? []).length > 0;
  const named = spec.type === 'ExternalName';
  if (minor >= since.externalIPs && external && !headless && !named) {
    out.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  out.push(...addressWarnings(spec, minor));
  if (named && external) {
    out.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (!named && !isUnset(spec.externalName)) {
    out.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (minor >= since.preferClose && spec.trafficDistribution === 'PreferClose') {
    out.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return out;
}

/** Ingress points of a status update, since 1.33. */
export function serviceStatusWarnings({ status }: Service, { minor }: RuleContext): string[] {
  if (minor < 33) return [];
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, i) =>
    isUnset(ip) ? [] : ipWarnings(`status.loadBalancer.ingress[${i}]`, ip, minor),
  );
}
