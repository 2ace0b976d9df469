// Pods that no kubelet will ever finish: of nodes that are gone or never were, after a quarantine; on nodes out of service; and those
// that are deleted without ever having had a node. The limit of 12,500 ended Pods is deliberately not here.
// Modelled after pkg/controller/podgc/gc_controller.go.
import { keyOf, type Node, type Pod } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { isTerminal } from '../pods.ts';

/** quarantineTime, and one more gcCheckPeriod until the next look. */
export const quarantineMs = 40_000 + 20_000;
/** gcCheckPeriod. */
const periodMs = 20_000;
const outOfService = 'node.kubernetes.io/out-of-service';

export const podGC: Controller = {
  name: 'podgc',
  watches: ['Node', 'Pod'],
  keysOf(event, { client, nowMs }) {
    if (event.kind === 'Node') {
      if (event.type === 'DELETED') return [`gone ${event.key} ${nowMs}`];
      return isOut(event.object as unknown as Node) ? [`out ${event.key} ${nowMs}`] : [];
    }
    const pod = event.object as unknown as Pod;
    if (event.type === 'DELETED') return [];
    const name = pod.spec.nodeName ?? '';
    const before = event.previous as unknown as Pod | undefined;
    const isNew = name !== '' && before?.spec.nodeName !== name;
    if (isNew && client.get('Node', name) === undefined) return [`gone ${name} ${nowMs}`];
    if (pod.metadata.deletionTimestamp === undefined) return [];
    if (name === '') return [`unscheduled ${event.key} ${nowMs}`];
    const node = client.get('Node', name);
    return node !== undefined && isOut(node) ? [`out ${name} ${nowMs}`] : [];
  },
  sync(key, context) {
    const { client, index, nowMs, again } = context;
    const [what = '', name = '', sinceMs = ''] = key.split(' ');
    const left = Number(sinceMs) + (what === 'gone' ? quarantineMs : periodMs) - nowMs;
    if (left > 0) {
      again(key, left, true);
      return;
    }
    if (what === 'unscheduled') {
      const pod = client.get('Pod', name);
      if (pod?.metadata.deletionTimestamp !== undefined && (pod.spec.nodeName ?? '') === '') {
        remove(pod, false, context);
      }
      return;
    }
    const node = client.get('Node', name);
    const isGone = what === 'gone';
    if (isGone ? node !== undefined : node === undefined || !isOut(node)) return;
    for (const podKey of [...index.podKeysOnNode(name)]) {
      const pod = client.get('Pod', podKey);
      if (pod === undefined) continue;
      if (isGone || pod.metadata.deletionTimestamp !== undefined) remove(pod, isGone, context);
    }
  },
};

/** Not ready, and declared to be out of service: what was to end there has ended. */
function isOut({ spec, status }: Node): boolean {
  const ready = status?.conditions?.find((one) => one.type === 'Ready')?.status;
  return ready !== 'True' && spec.taints?.some((one) => one.key === outOfService) === true;
}

/** PodDisruptionConditions is on by default since this minor. */
const tellsSince = 26;

/** The Pod has failed, says why when its node is gone, and goes without grace. */
function remove(pod: Pod, isOrphan: boolean, { client, now, minor }: ControllerContext): void {
  const key = keyOf(pod);
  if (!isTerminal(pod)) {
    const target = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
      lastTransitionTime: now,
    };
    const others = (pod.status?.conditions ?? []).filter((one) => one.type !== target.type);
    const isTold = isOrphan && minor >= tellsSince;
    const conditions = isTold ? [...others, target] : (pod.status?.conditions ?? []);
    client.updateStatus({ ...pod, status: { ...pod.status, phase: 'Failed', conditions } });
  }
  client.delete('Pod', key, { gracePeriodSeconds: 0 });
}
