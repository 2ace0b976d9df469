// What a Service may not change, checked before the ordinary rules: metadata, cluster IPs and families, the
// load-balancer class, the health-check port. Models ValidateServiceUpdate.
import type { Cause } from '../error.ts';
import { forbiddenField, IMMUTABLE, invalid, invalids } from '../field/errors.ts';
import { dns1035Label } from '../field/names.ts';
import type { RuleContext } from '../kind-rules.ts';
import { metadataUpdateCauses } from '../metadata/validation.ts';
import type { Service } from '../types.ts';
import { clusterIPChangeCauses } from './cluster-ips.ts';
import { needsHealthCheck } from './defaults.ts';
import { serviceSpecCauses } from './validation.ts';

/** ValidateServiceUpdate; up to 1.33 the name is checked again. */
export function serviceUpdateCauses(service: Service, old: Service, context: RuleContext): Cause[] {
  const { spec } = service;
  const causes = metadataUpdateCauses(service.metadata, old.metadata);
  causes.push(...clusterIPChangeCauses(service, old, context));
  if (
    old.spec.type === 'LoadBalancer' &&
    spec.type === 'LoadBalancer' &&
    spec.loadBalancerClass !== old.spec.loadBalancerClass
  ) {
    const value = spec.loadBalancerClass;
    causes.push(invalid('spec.loadBalancerClass', value, 'may not change once set'));
  }
  if (
    needsHealthCheck(spec) &&
    needsHealthCheck(old.spec) &&
    spec.healthCheckNodePort !== old.spec.healthCheckNodePort
  ) {
    causes.push(forbiddenField('spec.healthCheckNodePort', IMMUTABLE));
  }
  if (context.minor <= 33) {
    const name = service.metadata.name ?? '';
    causes.push(...invalids('metadata.name', name, dns1035Label(name)));
  }
  causes.push(...serviceSpecCauses(service, context));
  return causes;
}
