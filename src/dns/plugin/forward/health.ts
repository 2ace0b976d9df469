// Whether an upstream that failed is down by now (CoreDNS plugin/pkg/proxy/health.go, plugin/pkg/up). Upstream a loop of
// probes runs beside the queries from the first failure until a probe is answered; here the next query sends one probe,
// and how many have failed by then follows from the clock: each is taken to have gone as this one goes.
import { TCP, UDP } from '../../../net/packet.ts';
import { encode } from '../../message/encode.ts';
import { query } from '../../message/message.ts';
import type { Turn } from '../../plugin.ts';
import type { ForwardOptions } from './options.ts';
import type { Upstream } from './upstreams.ts';

const NS = 2;
const probeTimeoutMs = 1000;
/** Fewer bytes are no header. */
export const headerBytes = 12;

export interface Health {
  /** A probe was answered: the upstream is well again. */
  readonly well: boolean;
  /** Probes that have failed since the first failure. */
  readonly fails: number;
}

/** `sinceMs`: when the first probe was sent. */
export function probed(to: Upstream, sinceMs: number, options: ForwardOptions, turn: Turn): Health {
  const elapsedMs = turn.nowMs() - sinceMs;
  if (elapsedMs < 0) return { well: false, fails: 0 };
  const { forceTcp, probeDomain, probeRecursion, healthCheckMs } = options;
  const probe = encode(query(0, probeDomain, NS, { rd: probeRecursion }));
  const result = turn.aside(forceTcp ? TCP : UDP, to.addr, to.port, probe, probeTimeoutMs);
  if (result.kind === 'reply' && result.message.length >= headerBytes) {
    return { well: result.elapsedMs <= elapsedMs, fails: 0 };
  }
  const failedAfterMs = result.kind === 'timeout' ? probeTimeoutMs : 0;
  if (elapsedMs < failedAfterMs) return { well: false, fails: 0 };
  const periodMs = Math.max(1, failedAfterMs + healthCheckMs);
  return { well: false, fails: 1 + Math.floor((elapsedMs - failedAfterMs) / periodMs) };
}
