// The schedulers by the names of their kernel modules.
import { dh, sh } from './hashing.ts';
import { fo, lc, nq, ovf, sed, twos, wlc } from './least.ts';
import { lblc, lblcr } from './locality.ts';
import { mh } from './maglev.ts';
import { rr, wrr } from './round-robin.ts';
import type { Scheduler } from './scheduler.ts';
import type { SchedulerName } from './service.ts';

export const schedulerOf: Readonly<Record<SchedulerName, Scheduler>> = {
  rr,
  wrr,
  lc,
  wlc,
  lblc,
  lblcr,
  sh,
  dh,
  sed,
  nq,
  fo,
  ovf,
  mh,
  twos,
};
