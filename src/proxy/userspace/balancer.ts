// Which endpoint the proxy dials next: round robin over a shuffled list, with an affinity of client addresses on top.
// Values, never changed in place: a choice gives the endpoint and the balancer as it is afterwards.
// Models LoadBalancerRR of pkg/proxy/userspace/roundrobin.go (1.25).
import { type Addr, formatAddr } from '../../net/addr.ts';
import type { Choices } from '../../sim/choices.ts';

export interface Target {
  /** "10.244.1.5:80": what endpoints are compared by. */
  readonly text: string;
  readonly address: Addr;
  readonly port: number;
  /** As a rule's: what caused it. */
  readonly origin: number;
}

interface Client {
  readonly endpoint: Target;
  readonly lastUsedMs: number;
}

export interface Balancer {
  readonly endpoints: readonly Target[];
  readonly index: number;
  readonly affinity: boolean;
  /** Set when the balancer is made: a later timeoutSeconds of the Service is not heard of. */
  readonly ttlSeconds: number;
  /** Client address -> where it went last. */
  readonly clients: ReadonlyMap<string, Client>;
}

/** What a balancer has that endpoints made before the Service was known (newServiceInternal). */
export const ttlSecondsDefault = 10_800;

export function newBalancer(affinity: boolean, ttlSeconds: number): Balancer {
  return { endpoints: [], index: 0, affinity, ttlSeconds, clients: new Map() };
}

/** OnEndpointsUpdate: another set of endpoints is shuffled and begun at its head; the same one changes nothing. */
export function withEndpoints(
  balancer: Balancer,
  endpoints: readonly Target[],
  choices: Choices,
): Balancer {
  const texts = new Set(endpoints.map(({ text }) => text));
  const same = endpoints.length === balancer.endpoints.length;
  if (same && balancer.endpoints.every(({ text }) => texts.has(text))) return balancer;
  const kept = [...balancer.clients].filter(([, { endpoint }]) => texts.has(endpoint.text));
  return {
    ...balancer,
    endpoints: shuffled(endpoints, choices),
    index: 0,
    clients: new Map(endpoints.length === 0 ? [] : kept),
  };
}

/** Fisher and Yates's. */
function shuffled(list: readonly Target[], choices: Choices): readonly Target[] {
  const left = [...list];
  const order: Target[] = [];
  while (left.length > 0) {
    const at = choices.pick('userspace/shuffle', new Array<number>(left.length).fill(1));
    order.push(...left.splice(at, 1));
  }
  return order;
}

/** NextEndpoint. `reset`: the client's last endpoint did not answer. Undefined: there is none. */
export function nextEndpoint(
  balancer: Balancer,
  client: Addr,
  reset: boolean,
  nowMs: number,
): { readonly endpoint: Target; readonly after: Balancer } | undefined {
  const { endpoints, index } = balancer;
  const next = endpoints[index];
  if (next === undefined) return undefined;
  const key = formatAddr(client);
  const known = balancer.affinity && !reset ? balancer.clients.get(key) : undefined;
  if (known !== undefined && isFresh(known, balancer, nowMs)) {
    return { endpoint: known.endpoint, after: noted(balancer, key, known.endpoint, nowMs) };
  }
  const moved = { ...balancer, index: (index + 1) % endpoints.length };
  return { endpoint: next, after: balancer.affinity ? noted(moved, key, next, nowMs) : moved };
}

/** Whole seconds are compared. */
function isFresh({ lastUsedMs }: Client, { ttlSeconds }: Balancer, nowMs: number): boolean {
  return Math.floor((nowMs - lastUsedMs) / 1000) < ttlSeconds;
}

function noted(balancer: Balancer, key: string, endpoint: Target, nowMs: number): Balancer {
  const clients = new Map(balancer.clients).set(key, { endpoint, lastUsedMs: nowMs });
  return { ...balancer, clients };
}

/** CleanupStaleStickySessions, at each sync. */
export function withoutStale(balancer: Balancer, nowMs: number): Balancer {
  const fresh = [...balancer.clients].filter(([, client]) => isFresh(client, balancer, nowMs));
  return fresh.length === balancer.clients.size
    ? balancer
    : { ...balancer, clients: new Map(fresh) };
}
