// How many ICMP errors a machine sends to one peer: a token bucket for each, as Linux limits destination-unreachable and
// its like (net.ipv4.icmp_ratelimit; answers to echoes and RSTs are not limited). Off by default. The limit of all errors
// together (icmp_msgs_per_sec) is not modelled. Models net/ipv4/inetpeer.c (inet_peer_xrlim_allow).
import type { Addr } from '../net/addr.ts';
import type { Table } from '../sim/table.ts';

export interface Peer {
  readonly tokensMs: number;
  readonly lastMs: number;
}

/** XRLIM_BURST_FACTOR. */
const burst = 6;

/** Takes a token; false: the error is not sent. */
export function allowsError(
  peers: Table<Peer>,
  machine: string,
  to: Addr,
  limitMs: number,
  nowMs: number,
): boolean {
  if (limitMs <= 0) return true;
  const key = `${machine} ${to}`;
  const peer = peers.get(key);
  // A peer that is new has not been written to for a minute.
  const saved = peer === undefined ? 60_000 : peer.tokensMs + nowMs - peer.lastMs;
  const tokensMs = Math.min(saved, burst * limitMs);
  const allowed = tokensMs >= limitMs;
  peers.set(key, { tokensMs: allowed ? tokensMs - limitMs : tokensMs, lastMs: nowMs });
  return allowed;
}
