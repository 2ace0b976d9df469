// The last-change-trigger-time annotation: when that happened which endpoints follow. Models
// staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go, its approximations included: a Service that is synced
// for the first time has its creation; later the earliest time that moved since the last sync, or none.
import type { ObjectMeta, Pod, Service } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ControllerContext } from '../controller.ts';
import { conditionOf } from '../pods.ts';

export const triggerAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Instants as RFC 3339 texts of whole seconds, which sort as they follow each other. */
interface Seen {
  readonly service: string;
  /** By pod name. */
  readonly pods: ReadonlyMap<string, string>;
}

function seenBy(controller: string, { memory }: ControllerContext) {
  return memory.table<Seen>(`${controller} trigger times`);
}

/** The annotation's value, undefined for none. Call it in every sync: it remembers what it saw. */
export function triggerTime(
  controller: string,
  service: Service,
  pods: readonly Pod[],
  context: ControllerContext,
): string | undefined {
  const table = seenBy(controller, context);
  const key = keyOf(service);
  const before = table.get(key);
  const created = service.metadata.creationTimestamp ?? '';
  const times = new Map<string, string>();
  const moved: string[] = created > (before?.service ?? '') ? [created] : [];
  for (const pod of pods) {
    const { name } = pod.metadata;
    const time = conditionOf(pod, 'Ready')?.lastTransitionTime ?? '';
    if (time === '') continue;
    times.set(name, time);
    if (time > (before?.pods.get(name) ?? '')) moved.push(time);
  }
  const news = moved.length > 0 || times.size !== before?.pods.size;
  if (news) table.set(key, { service: created, pods: times });
  return before === undefined ? created : moved.sort(byCodeUnit)[0];
}

/** For a Service that is gone. */
export function forgetTriggerTimes(
  controller: string,
  key: string,
  context: ControllerContext,
): void {
  const table = seenBy(controller, context);
  if (table.has(key)) table.delete(key);
}

/** Annotations with the trigger time, or without one. */
export function withTriggerTime(
  annotations: ObjectMeta['annotations'],
  time: string | undefined,
): Readonly<Record<string, string>> {
  const { [triggerAnnotation]: _, ...rest } = annotations ?? {};
  return time === undefined ? rest : { ...rest, [triggerAnnotation]: time };
}
