// The last-change-trigger-time annotation: when the change happened that endpoints follow. Simplified to the
// Service's creation for a new object and to now for later ones (upstream: the earliest changed pod or Service).
// staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go.
import type { Service } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';

export function triggerTime(
  service: Service,
  created: boolean,
  { now }: ControllerContext,
): string {
  return created ? (service.metadata.creationTimestamp ?? now) : now;
}
