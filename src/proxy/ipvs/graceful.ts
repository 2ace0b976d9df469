// Real servers on their way out: a TCP server keeps its connections at weight 0 until the last has
// expired, which is looked at once a minute; a UDP or SCTP one goes at once.
// Models pkg/proxy/ipvs/graceful_termination.go, its slips included: an entry outlives its virtual
// server, and a server that is added anew under the same name is then taken away again.
import { type Proto, TCP } from '../../net/packet.ts';
import type { Ipvs } from '../../netfilter/ipvs/ipvs.ts';
import type { DestinationKey, ServiceKey } from '../../netfilter/ipvs/service.ts';

/** rsCheckDeleteInterval. */
export const checkIntervalMs = 60_000;

/** A real server whose time is up, and of which virtual server it is one. */
export interface Leaving {
  /** GetUniqueRSName: "10.96.0.1:80/TCP/10.244.1.5:8080". */
  readonly name: string;
  readonly service: ServiceKey;
  readonly real: DestinationKey;
}

/** The list of one kube-proxy process; lost when it ends. Changed in place during a sync. */
export type LeavingList = Map<string, Leaving>;

/** GracefulDeleteRS: deletes the server, or lets it run dry. */
export function takeAway(ipvs: Ipvs, list: LeavingList, leaving: Leaving, nowMs: number): void {
  if (tryDelete(ipvs, leaving, nowMs)) return;
  ipvs.updateDestination(leaving.service, { ...leaving.real, weight: 0 });
  if (!list.has(leaving.name)) list.set(leaving.name, leaving);
}

/** MoveRSOutofGracefulDeleteList: an endpoint that is back is deleted, to be added like a new one. */
export function takeBack(ipvs: Ipvs, list: LeavingList, leaving: Leaving): void {
  ipvs.deleteDestination(leaving.service, leaving.real);
  list.delete(leaving.name);
}

/** What happens each minute: servers without connections go. */
export function deleteIdle(ipvs: Ipvs, list: LeavingList, nowMs: number): void {
  for (const leaving of [...list.values()]) {
    if (tryDelete(ipvs, leaving, nowMs)) list.delete(leaving.name);
  }
}

/** deleteRsFunc: whether it need not be thought of any more. */
function tryDelete(ipvs: Ipvs, { service, real }: Leaving, nowMs: number): boolean {
  if (ipvs.service(service) === undefined) return false;
  const held = ipvs
    .destinations(service, nowMs)
    .find((other) => other.addr === real.addr && other.port === real.port);
  if (held === undefined) return true;
  if (isGraceful(service.proto) && held.active + held.inactive !== 0) return false;
  ipvs.deleteDestination(service, real);
  return true;
}

function isGraceful(proto: Proto): boolean {
  return proto === TCP;
}
