// rr and wrr: a pointer that walks the list of servers. Both draw nothing; what an enumeration sees is said in
// scheduler.ts: every server with a weight, in the long run's shares. Models ip_vs_rr.c and ip_vs_wrr.c.
import {
  drawn,
  enumerates,
  gcd,
  type Picked,
  type Scheduler,
  type SchedulerState,
  type Server,
  type Servers,
  weightMax,
} from './scheduler.ts';

type RrState = Extract<SchedulerState, { kind: 'rr' }>;
type WrrState = Extract<SchedulerState, { kind: 'wrr' }>;

function indexOf(servers: Servers, key: string | null): number {
  return key === null ? -1 : servers.findIndex((server) => server.key === key);
}

export const rr: Scheduler = {
  start: () => ({ kind: 'rr', last: null }),
  changed: (state, before, servers) => {
    const { last } = state as RrState;
    if (last === null || indexOf(servers, last) >= 0) return state;
    // The pointer's server went: it steps back.
    const place = indexOf(before, last);
    return { kind: 'rr', last: before[place - 1]?.key ?? null };
  },
  pick: (state, scheduling): Picked => {
    const { servers } = scheduling;
    const { last } = state as RrState;
    const open = servers.filter(({ weight }) => weight > 0);
    const server = enumerates(scheduling)
      ? drawn('ipvs/rr', open, scheduling, () => 1)
      : after(servers, indexOf(servers, last));
    return { server, state: server === null ? state : { kind: 'rr', last: server.key } };
  },
};

/** The next server with a weight behind a place, round to that place itself. */
function after(servers: Servers, place: number): Server | null {
  for (let i = 1; i <= servers.length; i++) {
    const server = servers[(place + i) % servers.length] as Server;
    if (server.weight > 0) return server;
  }
  return null;
}

export const wrr: Scheduler = {
  start: (servers) => {
    const { max, step } = measures(servers);
    return { kind: 'wrr', last: null, current: max, max, step };
  },
  changed: (state, _before, servers) => {
    const { current } = state as WrrState;
    const { max, step } = measures(servers);
    return { kind: 'wrr', last: null, current: bounded(current, max, step), max, step };
  },
  pick: (state, scheduling): Picked => {
    const { servers } = scheduling;
    const before = state as WrrState;
    const { max, step } = before;
    if (max === 0) return { server: null, state };
    if (enumerates(scheduling)) {
      const open = servers.filter(({ weight }) => weight > 0);
      const server = drawn('ipvs/wrr', open, scheduling, ({ weight }) => weight) as Server;
      // The highest level at which the server is met.
      const current = max - step * Math.max(0, Math.ceil((max - server.weight) / step));
      return { server, state: { ...before, last: server.key, current } };
    }
    let { current } = before;
    for (let place = indexOf(servers, before.last) + 1; ; place++) {
      const server = servers[place];
      if (server === undefined) {
        place = -1;
        current -= step;
        if (current <= 0) current = max;
      } else if (server.weight >= current) {
        return { server, state: { ...before, last: server.key, current } };
      }
    }
  },
};

/** A first server may come long before the others: the level starts at its weight and not at the maximum. */
function bounded(current: number, max: number, step: number): number {
  if (current > max || current === 0) return max;
  return step > 1 ? Math.floor(current / step) * step + 1 : current;
}

function measures(servers: Servers): { readonly max: number; readonly step: number } {
  const step = servers.reduce((g, { weight }) => gcd(weight, g), 0) || 1;
  return { max: weightMax(servers) - (step - 1), step };
}
