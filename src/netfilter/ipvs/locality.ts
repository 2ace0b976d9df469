// lblc and lblcr: a service's address keeps its server, or a growing set of servers, while these are not overloaded. A
// service without firewall mark has one address, so one cache entry. What they pick next depends on the load alone, so
// an enumeration sees what comes next and no more. Models ip_vs_lblc.c and ip_vs_lblcr.c.
import { leastByWeight, overhead } from './least.ts';
import type { Scheduler, SchedulerState, Scheduling, Server, Servers } from './scheduler.ts';

type Cached = Extract<SchedulerState, { kind: 'lblc' }>;
type CachedSet = Extract<SchedulerState, { kind: 'lblcr' }>;

/** net.ipv4.vs.lblc_expiration and lblcr_expiration: 24 hours. What was not used for so long is forgotten: the kernel looks
 * every half hour, this model at the next connection. */
const expirationMs = 24 * 3600 * 1000;

/** More active connections than its weight, while another is not half used. */
function isOverloaded(server: Server, scheduling: Scheduling): boolean {
  if (scheduling.active(server) <= server.weight) return false;
  return scheduling.servers.some((other) => scheduling.active(other) * 2 < other.weight);
}

export const lblc: Scheduler = {
  start: () => ({ kind: 'lblc', cached: null, usedMs: 0 }),
  changed: (state) => state,
  pick: (state, scheduling) => {
    const { servers, nowMs } = scheduling;
    const { cached, usedMs } = state as Cached;
    const isOver = nowMs >= usedMs + expirationMs;
    const known = servers.find((server) => server.key === cached && server.weight > 0);
    const server =
      !isOver && known !== undefined && !isOverloaded(known, scheduling)
        ? known
        : leastByWeight(servers, overhead(scheduling));
    const kept = server === null ? cached : server.key;
    return { server, state: { kind: 'lblc', cached: kept, usedMs: nowMs } };
  },
};

export const lblcr: Scheduler = {
  start: () => ({ kind: 'lblcr', cached: [], changedMs: 0, usedMs: 0 }),
  changed: (state) => state,
  pick: (state, scheduling) => {
    const { servers, nowMs } = scheduling;
    const kept = state as CachedSet;
    const before = nowMs < kept.usedMs + expirationMs ? kept : { ...kept, cached: [] };
    const load = overhead(scheduling);
    const members = before.cached.flatMap((key) => servers.filter((s) => s.key === key));
    const least = leastByWeight(members, load);
    const used = { ...shrunk(before, members, load, nowMs), usedMs: nowMs };
    if (least !== null && !isOverloaded(least, scheduling)) return { server: least, state: used };
    const server = leastByWeight(servers, load);
    if (server === null || used.cached.includes(server.key)) return { server, state: used };
    const cached = [server.key, ...used.cached];
    return { server, state: { ...used, cached, changedMs: nowMs } };
  },
};

/** A set of several that has not changed for a day loses its most loaded member. */
function shrunk(
  state: CachedSet,
  members: Servers,
  load: (server: Server) => number,
  nowMs: number,
): CachedSet {
  if (state.cached.length < 2 || nowMs <= state.changedMs + expirationMs) return state;
  const most = mostByWeight(members, load);
  if (most === null) return state;
  return { ...state, cached: state.cached.filter((key) => key !== most.key), changedMs: nowMs };
}

function mostByWeight(servers: Servers, load: (server: Server) => number): Server | null {
  let most: Server | null = null;
  for (const server of servers) {
    if (server.weight <= 0) continue;
    if (most === null || load(most) * server.weight < load(server) * most.weight) most = server;
  }
  return most;
}
