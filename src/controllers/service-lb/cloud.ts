// What the service controller asks of a cloud: the part of cloud-provider's LoadBalancer interface that it uses. The
// composer passes in one that src/cloud made.
import type { LoadBalancerStatus, Service } from '../../api/types.ts';

export interface CloudBalancers {
  /** GetLoadBalancer. */
  exists(service: Service): boolean;
  /** EnsureLoadBalancer: the status, or why it failed. */
  ensure(service: Service, nodes: readonly string[]): LoadBalancerStatus | string;
  /** UpdateLoadBalancer. */
  update(service: Service, nodes: readonly string[]): void;
  /** EnsureLoadBalancerDeleted. */
  remove(service: Service): void;
}
