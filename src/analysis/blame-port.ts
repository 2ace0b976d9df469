// What is to blame when a Service's address was dialled at a port that the Service has not.
import type { Service, ServicePort } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { type Proto, parseProto, protoName } from '../net/packet.ts';
import { clusterIPOwner, type Finding, objectOf } from './blame-finding.ts';

/** `rest` says what happens to other ports. Null: nobody's cluster IP, a port that is there, or a host outside, to which a cluster IP means nothing. */
export function portFinding(
  cluster: Cluster,
  { dial, from, proto }: Attempt,
  rest: string,
): Finding | null {
  const to = dial?.dialled;
  const service = to === undefined ? undefined : clusterIPOwner(cluster, to.addr);
  if (to === undefined || service === undefined) return null;
  if (from.startsWith('host/') || hasPort(service, to.port, proto)) return null;
  const ports = (service.spec.ports ?? []).map(portText).join(', ');
  return {
    reason: 'noSuchPort',
    object: objectOf(service),
    name: `${to.port}/${protoName(proto).toUpperCase()}`,
    detail: `it has ${ports}, and ${rest}`,
  };
}

function hasPort(service: Service, port: number, proto: Proto): boolean {
  const ports = service.spec.ports ?? [];
  return ports.some((p) => p.port === port && parseProto(p.protocol ?? 'TCP') === proto);
}

/** "http 80/TCP". */
export function portText({ name, port, protocol = 'TCP' }: ServicePort): string {
  return `${name === undefined || name === '' ? '' : `${name} `}${port}/${protocol}`;
}
