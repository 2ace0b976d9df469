// Deletes Jobs that have been finished for ttlSecondsAfterFinished, with what they own. Modelled after
// pkg/controller/ttlafterfinished.
import type { Controller } from '../controller.ts';
import { seconds } from '../time.ts';
import { finishCondition } from './job.ts';

export const ttlAfterFinished: Controller = {
  name: 'ttl-after-finished',
  watches: ['Job'],
  keysOf(event) {
    return event.type === 'DELETED' ? [] : [event.key];
  },
  sync(key, { client, now, again }) {
    const job = client.get('Job', key);
    const ttl = job?.spec.ttlSecondsAfterFinished;
    if (job === undefined || ttl === undefined) return;
    const finished = finishCondition(job.status?.conditions);
    if (job.metadata.deletionTimestamp !== undefined || finished === undefined) return;
    const left = seconds(finished.lastTransitionTime) + ttl - seconds(now);
    if (left > 0) again(key, left * 1000, true);
    else client.delete('Job', key, { propagation: 'Foreground' });
  },
};
