// Pods whose Node object is gone: after a quarantine they are deleted without grace, so that their owners replace them.
// Of upstream's collector only this part: terminated and unscheduled Pods are left alone. pkg/controller/podgc gcOrphaned.
import type { Controller } from '../controller.ts';

/** quarantineTime, and one more gcCheckPeriod until the next look. */
export const quarantineMs = 40_000 + 20_000;

export const podGC: Controller = {
  name: 'podgc',
  watches: ['Node'],
  keysOf(event, { nowMs }) {
    return event.type === 'DELETED' ? [`${event.key} ${nowMs}`] : [];
  },
  sync(key, { client, index, nowMs, again }) {
    const [node = '', sinceMs = ''] = key.split(' ');
    if (client.get('Node', node) !== undefined) return;
    const left = Number(sinceMs) + quarantineMs - nowMs;
    if (left > 0) {
      again(key, left, true);
      return;
    }
    for (const pod of [...index.podKeysOnNode(node)]) {
      client.delete('Pod', pod, { gracePeriodSeconds: 0 });
    }
  },
};
