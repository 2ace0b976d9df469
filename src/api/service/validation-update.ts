// What a Service may not change, checked before the ordinary rules: metadata, cluster IPs and families, the
// load-balancer class, the health-check port. Models ValidateServiceUpdate.
import type { Cause } from '../error.ts';
import { forbiddenField, IMMUTABLE } from '../field/errors.ts';
import type { RuleContext } from '../kind-rules.ts';
import { metadataUpdateCauses } from '../metadata/validation.ts';
import type { Service } from '../types.ts';
import { clusterIPChangeCauses } from './cluster-ips.ts';
import { needsHealthCheck } from './defaults.ts';
import { loadBalancerClassCauses, serviceCauses, serviceSpecCauses } from './validation.ts';

/** ValidateServiceUpdate; up to 1.33 all of the metadata is checked again. */
export function serviceUpdateCauses(service: Service, old: Service, context: RuleContext): Cause[] {
  const { spec } = service;
  const causes = metadataUpdateCauses(service.metadata, old.metadata);
  causes.push(...clusterIPChangeCauses(service, old, context));
  causes.push(...loadBalancerClassCauses(service, context, old));
  if (
    needsHealthCheck(spec) &&
    needsHealthCheck(old.spec) &&
    spec.healthCheckNodePort !== old.spec.healthCheckNodePort
  ) {
    causes.push(forbiddenField('spec.healthCheckNodePort', IMMUTABLE));
  }
  const rest = context.minor <= 33 ? serviceCauses : serviceSpecCauses;
  causes.push(...rest(service, context, old));
  return causes;
}
