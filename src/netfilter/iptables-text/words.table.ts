// The words that print and parse share: names of rejects and states in the order in which iptables-save 1.8.9 prints
// them (extensions/libipt_REJECT.c, libip6t_REJECT.c, libxt_conntrack.c).
import type { Family } from '../../net/addr.ts';
import type { CtState, Target } from '../rule.ts';

export type RejectWith = Extract<Target, { kind: 'reject' }>['with'];

export const rejectWords: Readonly<Record<Family, Readonly<Record<RejectWith, string>>>> = {
  4: {
    'port-unreachable': 'icmp-port-unreachable',
    'tcp-reset': 'tcp-reset',
    'admin-prohibited': 'icmp-admin-prohibited',
  },
  6: {
    'port-unreachable': 'icmp6-port-unreachable',
    'tcp-reset': 'tcp-reset',
    'admin-prohibited': 'icmp6-adm-prohibited',
  },
};

/** The printed order of --ctstate, whatever the written one. */
export const stateOrder: readonly CtState[] = [
  'INVALID',
  'NEW',
  'RELATED',
  'ESTABLISHED',
  'UNTRACKED',
  'SNAT',
  'DNAT',
];

/** The only --mask of `-m recent` that is modelled: the whole address. */
export const wholeMask: Readonly<Record<Family, string>> = {
  4: '255.255.255.255',
  6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};
