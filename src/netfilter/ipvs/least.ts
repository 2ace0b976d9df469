// The schedulers that compare servers by their connections or weights: lc, wlc, sed, nq, fo, ovf, twos. The first of
// equals in the list wins. Models ip_vs_lc.c, ip_vs_wlc.c, ip_vs_sed.c, ip_vs_nq.c, ip_vs_fo.c, ip_vs_ovf.c, ip_vs_twos.c.
import {
  drawn,
  enumerates,
  type Scheduling,
  type Server,
  type Servers,
  stateless,
} from './scheduler.ts';

type Load = (server: Server) => number;

/** ip_vs_dest_conn_overhead: an inactive connection counts a 256th of an active one. */
export function overhead(scheduling: Scheduling): Load {
  return (server) => scheduling.active(server) * 256 + scheduling.inactive(server);
}

/** The least load by weight among servers that have one; null: none has. */
export function leastByWeight(servers: Servers, load: Load): Server | null {
  let best: Server | null = null;
  let bestLoad = 0;
  for (const server of servers) {
    if (server.weight <= 0) continue;
    const own = load(server);
    if (best === null || bestLoad * server.weight > own * best.weight) {
      best = server;
      bestLoad = own;
    }
  }
  return best;
}

function open({ servers }: Scheduling): Servers {
  return servers.filter(({ weight }) => weight > 0);
}

/** Every server with a weight becomes the least loaded by connections to the others. */
function anyOpen(scheduling: Scheduling, share: (server: Server) => number): Server | null {
  return drawn('ipvs/least', open(scheduling), scheduling, share);
}

const byWeight = ({ weight }: Server): number => weight;

export const lc = stateless((scheduling) => {
  if (enumerates(scheduling)) return anyOpen(scheduling, () => 1);
  const load = overhead(scheduling);
  let best: Server | null = null;
  for (const server of open(scheduling)) {
    if (best === null || load(server) < load(best)) best = server;
  }
  return best;
});

export const wlc = stateless((scheduling) =>
  enumerates(scheduling)
    ? anyOpen(scheduling, byWeight)
    : leastByWeight(scheduling.servers, overhead(scheduling)),
);

export const sed = stateless((scheduling) =>
  enumerates(scheduling) ? anyOpen(scheduling, byWeight) : shortest(scheduling),
);

export const nq = stateless((scheduling) => {
  if (enumerates(scheduling)) return anyOpen(scheduling, byWeight);
  const idle = open(scheduling).find((server) => scheduling.active(server) === 0);
  return idle ?? shortest(scheduling);
});

function shortest(scheduling: Scheduling): Server | null {
  return leastByWeight(scheduling.servers, (server) => scheduling.active(server) + 1);
}

export const fo = stateless(({ servers }) => heaviest(servers));

/** A server takes one connection more than its weight, then the next heavier one; then none does. */
export const ovf = stateless((scheduling) =>
  heaviest(scheduling.servers.filter((server) => scheduling.active(server) <= server.weight)),
);

function heaviest(servers: Servers): Server | null {
  let best: Server | null = null;
  for (const server of servers) {
    if (server.weight > (best?.weight ?? 0)) best = server;
  }
  return best;
}

/** Two servers drawn by weight, the less loaded of both. The draw is from 0 to the sum of weights, both included, so the
 * first server's share is one larger. */
export const twos = stateless((scheduling) => {
  const servers = open(scheduling);
  const first = servers[0];
  if (first === undefined) return null;
  const share = (server: Server) => server.weight + (server === first ? 1 : 0);
  const one = drawn('ipvs/twos', servers, scheduling, share) as Server;
  const two = drawn('ipvs/twos', servers, scheduling, share) as Server;
  const load = overhead(scheduling);
  return two.weight * load(one) > one.weight * load(two) ? two : one;
});
