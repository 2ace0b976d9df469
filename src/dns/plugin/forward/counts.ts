// What `forward` counts for `prometheus` (CoreDNS plugin/forward/metrics.go, plugin/pkg/proxy/metrics.go). Before 1.11.0 its
// connections, answers and probes had names of its own.
import { type Proto, TCP } from '../../../net/packet.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { rcodeName } from '../../message/message.ts';
import { METRICS } from '../../metrics/metrics.table.ts';
import type { Metrics } from '../../metrics/metrics.ts';

const proxySince = '1.11.0';
const proxyName = 'forward';

/** A connection is taken, anew or from those that wait. */
export function countDial(
  metrics: Metrics | null,
  version: CoreDnsVersion,
  { to, proto, isKept }: { readonly to: string; readonly proto: Proto; readonly isKept: boolean },
): void {
  if (metrics === null) return;
  const name = proto === TCP ? 'tcp' : 'udp';
  if (atLeast(version, proxySince)) {
    const family = isKept ? METRICS.proxyConnCacheHits : METRICS.proxyConnCacheMisses;
    metrics.count(family, name, proxyName, to);
  } else {
    const family = isKept ? METRICS.forwardConnCacheHits : METRICS.forwardConnCacheMisses;
    metrics.count(family, name, to);
  }
}

/** An upstream has answered. */
export function countAnswer(
  metrics: Metrics | null,
  version: CoreDnsVersion,
  { to, rcode, seconds }: { readonly to: string; readonly rcode: number; readonly seconds: number },
): void {
  if (metrics === null) return;
  const name = rcodeName(rcode).replace('RESERVED', '');
  const isOwn = !atLeast(version, proxySince);
  const family = isOwn ? METRICS.forwardRequestDuration : METRICS.proxyRequestDuration;
  const values = isOwn ? [name, to] : [proxyName, name, to];
  metrics.observe(metrics.cell(family, values), family.buckets, seconds);
  if (!isOwn) return;
  metrics.count(METRICS.forwardRequests, to);
  metrics.count(METRICS.forwardResponses, name, to);
}

export function countFailedProbes(
  metrics: Metrics | null,
  version: CoreDnsVersion,
  to: string,
  many: number,
): void {
  if (metrics === null || many <= 0) return;
  const isOwn = !atLeast(version, proxySince);
  const cell = isOwn
    ? metrics.cell(METRICS.forwardHealthcheckFailures, [to])
    : metrics.cell(METRICS.proxyHealthcheckFailures, [proxyName, to]);
  metrics.add(cell, many);
}
