// Checks of a Service's status: the load balancer's ingress points. Models ValidateServiceStatusUpdate and
// ValidateLoadBalancerStatus; gates AllowServiceLBStatusOnNonLB (off since 1.29) and LoadBalancerIPMode (on since 1.30).
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids, required, unsupported } from '../field/errors.ts';
import { parseLegacyIP, validIP } from '../field/ips.ts';
import { dns1123Subdomain } from '../field/names.ts';
import type { RuleContext } from '../kind-rules.ts';
import { metadataUpdateCauses } from '../metadata/validation.ts';
import type { LoadBalancerIngress, Service } from '../types.ts';
import { isUnset } from '../values.ts';
import { IP_MODE_SINCE } from './defaults.ts';

const ONLY_LB_SINCE = 29;
const ipModes: readonly string[] = ['Proxy', 'VIP'];

function ingressCauses(
  { ip, ipMode, hostname }: LoadBalancerIngress,
  at: string,
  minor: number,
  known: readonly string[],
): Cause[] {
  const causes = isUnset(ip) ? [] : validIP(`${at}.ip`, ip, { minor, known });
  if (ipMode === undefined) {
    if (!isUnset(ip) && minor >= IP_MODE_SINCE) {
      causes.push(required(`${at}.ipMode`, 'must be specified when `ip` is set'));
    }
  } else if (isUnset(ip)) {
    causes.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
  } else if (!ipModes.includes(ipMode)) {
    causes.push(unsupported(`${at}.ipMode`, ipMode, ipModes));
  }
  if (isUnset(hostname)) return causes;
  causes.push(...invalids(`${at}.hostname`, hostname, dns1123Subdomain(hostname)));
  if (parseLegacyIP(hostname) !== undefined) {
    causes.push(invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
  }
  return causes;
}

/** ValidateServiceStatusUpdate. */
export function serviceStatusCauses(
  service: Service,
  old: Service,
  { minor }: RuleContext,
): Cause[] {
  const causes = metadataUpdateCauses(service.metadata, old.metadata);
  const list = service.status?.loadBalancer?.ingress ?? [];
  const field = 'status.loadBalancer.ingress';
  if (list.length > 0 && service.spec.type !== 'LoadBalancer' && minor >= ONLY_LB_SINCE) {
    const detail = "may only be used when `spec.type` is 'LoadBalancer'";
    return [...causes, forbiddenField(field, detail)];
  }
  const known = (old.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  return [
    ...causes,
    ...list.flatMap((ingress, i) => ingressCauses(ingress, `${field}[${i}]`, minor, known)),
  ];
}
