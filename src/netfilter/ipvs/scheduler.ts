// What all IPVS schedulers share: the servers they pick from, what they may ask, and what they remember. A scheduler is
// a plain function of these; nothing but `twos` draws. Under an enumeration (`Choices.past`), where "every connection"
// stands for all that could come next, a scheduler whose next pick depends on how many came before offers every server
// that further connections lead to, and goes on from there. Models struct ip_vs_scheduler.
import type { Addr } from '../../net/addr.ts';
import type { Choices } from '../../sim/choices.ts';
import type { ServiceFlag } from './service.ts';

/** A destination as a scheduler sees it. */
export interface Server {
  /** Names it among all of the namespace. */
  readonly key: string;
  readonly addr: Addr;
  readonly port: number;
  readonly weight: number;
  /** The last weight that was not 0 (ip_vs_dest.last_weight). */
  readonly lastWeight: number;
  /** The destination's. */
  readonly origin?: number;
}

/** In the kernel's order: newest first. A changed list is a new array, so what follows from it is kept beside it. */
export type Servers = readonly Server[];

/** What is to be scheduled, and whatever may bear on it. */
export interface Scheduling {
  readonly servers: Servers;
  readonly flags: readonly ServiceFlag[];
  readonly src: Addr;
  readonly sport: number;
  readonly dst: Addr;
  readonly choices: Choices;
  readonly nowMs: number;
  active(server: Server): number;
  inactive(server: Server): number;
}

/** What a scheduler remembers of a service; servers by key. */
export type SchedulerState =
  /** Nothing. */
  | { readonly kind: 'none' }
  /** rr: the server picked last; null: the list's head. */
  | { readonly kind: 'rr'; readonly last: string | null }
  | {
      readonly kind: 'wrr';
      readonly last: string | null;
      readonly current: number;
      readonly max: number;
      readonly step: number;
    }
  /** lblc: the server of the service's address. */
  | { readonly kind: 'lblc'; readonly cached: string | null; readonly usedMs: number }
  /** lblcr: the servers of the service's address, newest first. */
  | {
      readonly kind: 'lblcr';
      readonly cached: readonly string[];
      readonly changedMs: number;
      readonly usedMs: number;
    };

export interface Picked {
  /** Null: no connection is possible now. */
  readonly server: Server | null;
  readonly state: SchedulerState;
}

export interface Scheduler {
  /** For a service that has just got this scheduler. */
  start(servers: Servers): SchedulerState;
  /** After a server came, went or changed its weight; `before` is the list as it was. */
  changed(state: SchedulerState, before: Servers, servers: Servers): SchedulerState;
  pick(state: SchedulerState, scheduling: Scheduling): Picked;
}

export const noState: SchedulerState = { kind: 'none' };

/** A scheduler that remembers nothing. */
export function stateless(pick: (scheduling: Scheduling) => Server | null): Scheduler {
  return {
    start: () => noState,
    changed: () => noState,
    pick: (state, scheduling) => ({ server: pick(scheduling), state }),
  };
}

/** Whether all that could come next is asked for, not what comes next. */
export function enumerates({ choices }: Scheduling): boolean {
  return choices.past !== undefined;
}

/** One of the servers with these weights. */
export function drawn(
  point: string,
  servers: Servers,
  { choices }: Scheduling,
  share: (server: Server) => number,
): Server | null {
  return servers[choices.pick(point, servers.map(share))] ?? null;
}

export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** The highest weight; 0 without servers. */
export function weightMax(servers: Servers): number {
  return servers.reduce((max, { weight }) => Math.max(max, weight), 0);
}
