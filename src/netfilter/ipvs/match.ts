// `-m ipvs --vaddr --vproto --vport`: whether a packet that IPVS has just redirected belongs to a connection of that
// virtual service. A packet that is not IPVS's matches nothing, negated or not. Not modelled: --ipvs alone, --vdir,
// --vmethod, --vportctl. Models net/netfilter/xt_ipvs.c.
import type { Addr } from '../../net/addr.ts';
import { contains } from '../../net/cidr.ts';
import type { Proto } from '../../net/packet.ts';
import type { Match } from '../rule.ts';

/** Which virtual service a connection came in by. */
export interface VirtualSide {
  readonly proto: Proto;
  readonly addr: Addr;
  readonly port: number;
}

/** Whether every option of the match fits; `side` null: the packet is not IPVS's. */
export function matchIpvs(
  { vaddr, vproto, vport }: Extract<Match, { kind: 'ipvs' }>,
  side: VirtualSide | null,
): boolean {
  if (side === null) return false;
  if (vproto !== null && (vproto.proto === side.proto) === vproto.negated) return false;
  if (vport !== null && (vport.port === side.port) === vport.negated) return false;
  return vaddr === null || contains(vaddr.range, side.addr) !== vaddr.negated;
}
