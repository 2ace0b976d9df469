// Rules that kube-proxy writes whatever Services there are: the mark and its masquerade,
// forwarding, the guard around node ports on localhost, and the last rules of KUBE-SERVICES that
// lead to the node ports.
// Models the parts of syncProxyRules before and after its loop over service ports.
import { isLoopback } from '../../net/addr.ts';
import { cidr } from '../../net/cidr.ts';
import type { Hooking, Match, Rule } from '../../netfilter/rule.ts';
import type { NodePortAddresses } from '../config.ts';
import * as parts from '../rule-parts.ts';
import { type JumpRow, jumpTable, kubeletJumpTable } from './constant.table.ts';

export interface ConstantOptions {
  readonly isIPv6: boolean;
  /** 1 << masqueradeBit. */
  readonly mark: number;
  readonly randomFully: boolean;
  readonly conntrackTCPBeLiberal: boolean;
  readonly nfacct: boolean;
  /** Effective: never for IPv6, nor when nodePortAddresses exclude loopback. */
  readonly localhostNodePorts: boolean;
  readonly nodePorts: NodePortAddresses;
}

const loopback = cidr('127.0.0.0/8');

/** KUBE-POSTROUTING: marked packets lose the mark and get this machine's address. */
export function postroutingRules({ mark, randomFully }: ConstantOptions): readonly Rule[] {
  const about = parts.comment('kubernetes service traffic requiring SNAT');
  return [
    parts.rule([parts.marked(mark, true)], { kind: 'return' }, 0),
    parts.rule([], { kind: 'mark', value: mark, mask: 0 }, 0),
    parts.rule([about], { kind: 'masquerade', randomFully }, 0),
  ];
}

export function markRules({ mark }: ConstantOptions): readonly Rule[] {
  return [parts.rule([], { kind: 'mark', value: mark, mask: mark }, 0)];
}

/** Nobody outside may use that route_localnet lets 127.0.0.1 be reached. kubelet writes the same
 * rule. */
export const localnetGuard: Rule = parts.rule(
  [
    parts.comment('block incoming localnet connections'),
    parts.range('dst', loopback),
    parts.range('src', loopback, true),
    parts.states(['RELATED', 'ESTABLISHED', 'DNAT'], true),
  ],
  parts.drop,
  0,
);

export function forwardRules(options: ConstantOptions): readonly Rule[] {
  const counted = options.nfacct ? [parts.nfacct('ct_state_invalid_dropped_pkts')] : [];
  const invalid = parts.rule([parts.states(['INVALID']), ...counted], parts.drop, 0);
  const marked = [parts.comment('kubernetes forwarding rules'), parts.marked(options.mark)];
  const established = [
    parts.comment('kubernetes forwarding conntrack rule'),
    parts.states(['RELATED', 'ESTABLISHED']),
  ];
  return [
    ...(options.conntrackTCPBeLiberal ? [] : [invalid]),
    parts.rule(marked, parts.accept, 0),
    parts.rule(established, parts.accept, 0),
  ];
}

/** What leads to the node ports: one rule for all local addresses, or one for each configured
 * address. */
export function nodePortJumps(options: ConstantOptions): readonly Rule[] {
  const { isIPv6, localhostNodePorts, nodePorts } = options;
  const text = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain';
  const lead = (matches: readonly Match[]) =>
    parts.rule([parts.comment(text), ...matches], parts.jump('KUBE-NODEPORTS'), 0);
  if (nodePorts.matchAll) {
    const excluded = isIPv6 ? [cidr('::1/128')] : localhostNodePorts ? [] : [loopback];
    return [lead([parts.local('dst'), ...excluded.map((r) => parts.range('dst', r, true))])];
  }
  return nodePorts.addresses
    .filter((address) => !isLoopback(address) || (localhostNodePorts && !isIPv6))
    .map((address) => lead([parts.address('dst', address)]));
}

/** kube-proxy's jumps; KUBE-FIREWALL's come last, and are already there where kubelet ran first. */
export function jumpHookings(): readonly Hooking[] {
  return [...jumpTable, ...kubeletJumpTable].map(hooking);
}

export function hooking({ table, from, to, comment, newOnly }: JumpRow): Hooking {
  const matches = [
    ...(newOnly ? [parts.states(['NEW'])] : []),
    ...(comment === '' ? [] : [parts.comment(comment)]),
  ];
  const rule = parts.rule(matches, parts.jump(to), 0);
  return { table, chain: from, position: 'prepend', rule };
}
