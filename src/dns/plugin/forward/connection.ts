// What `forward` remembers of one upstream server: since when it fails, its idle connections, how long dials take
// (CoreDNS plugin/pkg/proxy: persistent.go, connect.go). Values: a handler and its forks share them. A connection of
// UDP is a source port that is used again; one of TCP is only counted, for here each message over TCP opens its own.
import { type Proto, UDP } from '../../../net/packet.ts';
import type { ForwardOptions } from './options.ts';

interface Idle {
  readonly port: number;
  readonly createdMs: number;
  readonly usedMs: number;
}

export interface Line {
  /** When the first probe after a failure was sent; null: it is taken to be well. */
  readonly failingSinceMs: number | null;
  /** Probes that have failed since then and are counted. */
  readonly failsCounted: number;
  /** A moving average, of which the patience of the next dial is made. */
  readonly avgDialMs: number;
  /** Oldest first. */
  readonly udp: readonly Idle[];
  readonly tcp: readonly Idle[];
}

const minDialMs = 1000;
const maxDialMs = 30_000;
/** How slowly the average follows. */
const weight = 4;

export const freshLine: Line = {
  failingSinceMs: null,
  failsCounted: 0,
  avgDialMs: maxDialMs / 2,
  udp: [],
  tcp: [],
};

/** How long a dial may take: twice the average, within bounds. */
export function dialTimeoutMs({ avgDialMs }: Line): number {
  if (avgDialMs < minDialMs) return minDialMs;
  return avgDialMs < maxDialMs / 2 ? 2 * avgDialMs : maxDialMs;
}

export function dialled(line: Line, tookMs: number): Line {
  return { ...line, avgDialMs: line.avgDialMs + (tookMs - line.avgDialMs) / weight };
}

/** The connection to use again, if there is one, and the line without it and those that are too old. */
export function takeIdle(
  line: Line,
  proto: Proto,
  nowMs: number,
  { expireMs, maxAgeMs }: ForwardOptions,
): { readonly line: Line; readonly idle: Idle | undefined } {
  const kind = proto === UDP ? 'udp' : 'tcp';
  const fresh = line[kind].filter(
    ({ usedMs, createdMs }) =>
      nowMs - usedMs <= expireMs && (maxAgeMs === 0 || nowMs - createdMs <= maxAgeMs),
  );
  // What another query gives back later than now is still in use.
  const idle = fresh.find(({ usedMs }) => usedMs <= nowMs);
  return { idle, line: { ...line, [kind]: fresh.filter((one) => one !== idle) } };
}

/** A connection that answered waits for the next query. */
export function giveBack(
  line: Line,
  proto: Proto,
  idle: Idle,
  { maxIdleConns }: ForwardOptions,
): Line {
  const kind = proto === UDP ? 'udp' : 'tcp';
  if (maxIdleConns > 0 && line[kind].length >= maxIdleConns) return line;
  return { ...line, [kind]: [...line[kind], idle] };
}
