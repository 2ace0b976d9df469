// What lies behind a program that passes requests on (svcspec.dev/proxy-to): its own request as an attempt like any other,
// the machines that a request came by, and the program that had no answer to give. Reads finished attempts.
import type { Attempt, Resolution } from '../cluster/cluster.ts';
import { TCP } from '../net/packet.ts';
import type { Upstream } from '../node/upstream.ts';

/** The request that a program made on behalf of this one; null: the answer is the machine's own. */
export function upstreamOf(attempt: Attempt): Upstream | null {
  return attempt.dial?.upstream ?? null;
}

/** The program's own request; null: it made none. */
export function askedBy({ from, url, atMs, lookup, dial }: Upstream): Attempt | null {
  if (lookup === null && dial === null) return null;
  return { n: 1, atMs, from, target: url, proto: TCP, lookup: lookup as Resolution | null, dial };
}

/** The program that had nothing to pass back, the nearest to the end of the way; null: none, all did their part. */
export function failedUpstream(attempt: Attempt): Upstream | null {
  const upstream = upstreamOf(attempt);
  if (upstream === null) return null;
  const further = askedBy(upstream);
  const behind = further === null ? null : failedUpstream(further);
  return behind ?? (upstream.failure === null ? null : upstream);
}

/** The HTTP status of an answer that a program on the way gave in place of the one it was to pass back; null: none did. */
export function failedStatus(attempt: Attempt): number | null {
  if (attempt.dial?.outcome !== 'answered' || failedUpstream(attempt) === null) return null;
  return upstreamOf(attempt)?.status ?? null;
}

/** The connection at the end of the way: the one whose backend asked nobody else. */
export function lastOf(attempt: Attempt): Attempt {
  const upstream = upstreamOf(attempt);
  const further = upstream === null ? null : askedBy(upstream);
  return further === null ? attempt : lastOf(further);
}

/** The machines that have taken the request, the client's own connection first: "pod/demo/nginx-0", "pod/demo/web-1". */
export function wayOf(attempt: Attempt): readonly string[] {
  const { dial } = attempt;
  if (dial?.outcome !== 'answered' || dial.backend === null) return [];
  const upstream = upstreamOf(attempt);
  const further = upstream === null ? null : askedBy(upstream);
  return [dial.backend, ...(further === null ? [] : wayOf(further))];
}
