// An address that several Services claim: whoever dials it may be sent to another one's Pods than were meant, so blame
// says that there are others. Reads the stored Services alone.

import { claimantsOf, claimText } from '../cluster/claims.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { formatEndpoint } from '../net/addr.ts';
import { protoName } from '../net/packet.ts';
import { type Finding, listed, objectOf } from './blame-finding.ts';

/** The finding, with the Services that share what was dialled, where there are several. */
export function withClaims(cluster: Cluster, { dial, proto }: Attempt, finding: Finding): Finding {
  if (dial === null) return finding;
  const { addr, port } = dial.dialled;
  const claim = claimText(formatEndpoint(addr, port), protoName(proto));
  const services = claimantsOf(cluster.objects.list('Service'), claim);
  if (services.length < 2) return finding;
  const said = `${claim} is claimed by ${listed(services.map(objectOf))}: each kube-proxy gives it to one of them`;
  const { detail = '' } = finding;
  return { ...finding, detail: detail === '' ? said : `${detail}; ${said}` };
}
