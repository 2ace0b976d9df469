// What the proxy process does with a connection or a datagram: finds an endpoint that answers within the dial time-outs,
// and copies bytes, so that the endpoint sees the node. UDP keeps one session per client until it has been idle.
// Models TryConnectEndpoints, ProxyTCP and udpProxySocket of pkg/proxy/userspace/proxysocket.go (1.25).
import { type Addr, formatEndpoint } from '../../net/addr.ts';
import { nextEndpoint, type Target } from './balancer.ts';
import type { UserspaceState } from './mode.ts';

/** How long each attempt to connect may take, milliseconds. */
export const dialTimeoutsMs: readonly number[] = [250, 500, 1_000, 2_000];

export interface Client {
  readonly addr: Addr;
  readonly port: number;
}

/** A dial from the node: whether it connected, and how long that took. */
export interface Dialled<R> {
  readonly connected: boolean;
  readonly elapsedMs: number;
  readonly result: R;
  /** What the proxy remembers by then: it may have served others meanwhile. Absent: what it did before. */
  readonly after?: UserspaceState;
}

export interface Relayed<R> {
  /** Null: there is no endpoint, or none of four answered; the client's connection is closed. */
  readonly result: R | null;
  /** The dials before, in order, that did not connect. */
  readonly failed: readonly R[];
  readonly elapsedMs: number;
  readonly after: UserspaceState;
}

/** One TCP connection of `client` to the service port. */
export function relayStream<R>(
  state: UserspaceState,
  service: string,
  client: Client,
  nowMs: number,
  dial: (endpoint: Target, timeoutMs: number, now: UserspaceState) => Dialled<R>,
): Relayed<R> {
  let after = state;
  let elapsedMs = 0;
  const failed: R[] = [];
  for (const [i, timeoutMs] of dialTimeoutsMs.entries()) {
    const next = take(after, service, client, i > 0, nowMs + elapsedMs);
    if (next === undefined) break;
    const dialled = dial(next.endpoint, timeoutMs, next.after);
    after = dialled.after ?? next.after;
    elapsedMs += dialled.elapsedMs;
    if (dialled.connected) return { result: dialled.result, failed, elapsedMs, after };
    failed.push(dialled.result);
  }
  return { result: null, failed, elapsedMs, after };
}

/** One datagram. Sending always succeeds, so the first endpoint is the one; within the idle time-out the client keeps
 * its session. */
export function relayDatagram<R>(
  state: UserspaceState,
  service: string,
  client: Client,
  nowMs: number,
  idleMs: number,
  send: (endpoint: Target, now: UserspaceState) => Dialled<R>,
): Relayed<R> {
  const key = `${service} ${formatEndpoint(client.addr, client.port)}`;
  const session = state.sessions.get(key);
  // A session outlives its endpoint: it is a socket that was connected once.
  const known = session !== undefined && nowMs < session.untilMs ? session.endpoint : undefined;
  const next =
    known === undefined
      ? take(state, service, client, false, nowMs)
      : { endpoint: known, after: state };
  if (next === undefined) return { result: null, failed: [], elapsedMs: 0, after: state };
  const { elapsedMs, result, after = next.after } = send(next.endpoint, next.after);
  const untilMs = nowMs + elapsedMs + idleMs;
  const live = [...after.sessions].filter(([, one]) => one.untilMs > nowMs);
  const sessions = new Map(live).set(key, { endpoint: next.endpoint, untilMs });
  return { result, failed: [], elapsedMs, after: { ...after, sessions } };
}

function take(
  state: UserspaceState,
  service: string,
  client: Client,
  reset: boolean,
  nowMs: number,
): { readonly endpoint: Target; readonly after: UserspaceState } | undefined {
  const balancer = state.balancers.get(service);
  if (balancer === undefined) return undefined;
  const next = nextEndpoint(balancer, client.addr, reset, nowMs);
  if (next === undefined) return undefined;
  const balancers = new Map(state.balancers).set(service, next.after);
  return { endpoint: next.endpoint, after: { ...state, balancers } };
}
