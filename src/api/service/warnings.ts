// Warnings the API server sends with an accepted Service, in upstream's order (A9).
// Models pkg/api/service/warnings.go.
import { cidrWarnings, ipWarnings } from '../field/ips.ts';
import type { Service } from '../types.ts';
import { isUnset } from '../values.ts';
import { isHeadless } from './defaults.ts';

export function serviceWarnings({ metadata, spec }: Service): string[] {
  const out: string[] = [];
  if (metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined) {
    out.push(
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    );
  }
  if (isHeadless(spec)) {
    if (!isUnset(spec.loadBalancerIP)) {
      out.push('spec.loadBalancerIP is ignored for headless services');
    }
    if ((spec.externalIPs ?? []).length > 0) {
      out.push('spec.externalIPs is ignored for headless services');
    }
    if (spec.sessionAffinity !== 'None') {
      out.push('spec.SessionAffinity is ignored for headless services');
    }
  } else {
    for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
      out.push(...ipWarnings(`spec.clusterIPs[${i}]`, ip));
    }
  }
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    out.push(...ipWarnings(`spec.externalIPs[${i}]`, ip));
  }
  if (!isUnset(spec.loadBalancerIP)) {
    out.push(...ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP));
  }
  for (const [i, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    out.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, range.trim()));
  }
  if (spec.type === 'ExternalName' && (spec.externalIPs ?? []).length > 0) {
    out.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (spec.type !== 'ExternalName' && !isUnset(spec.externalName)) {
    out.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  return out;
}
