// What kube-proxy feeds to iptables-restore on a full sync: the same typed rules in the words and
// in the order in which kube-proxy writes them, which is not how iptables-save prints them back.
// Deletions of stale chains are not part of it.

import { append } from '../rule-words.ts';
import { filterChains, natChains } from './constant.table.ts';
import {
  forwardRules,
  localnetGuard,
  markRules,
  nodePortJumps,
  postroutingRules,
} from './constant.ts';
import type { IptablesLayer } from './layer.ts';

/** The text of one full sync, both tables, ending in a newline. */
export function restoreInput(layer: IptablesLayer): string {
  const { constant } = layer.settings;
  const guarded = constant.localhostNodePorts;
  const filter: string[] = guarded ? [append('KUBE-FIREWALL', localnetGuard)] : [];
  const nat: string[] = [
    ...postroutingRules(constant).map((rule) => append('KUBE-POSTROUTING', rule)),
    ...markRules(constant).map((rule) => append('KUBE-MARK-MASQ', rule)),
  ];
  const ownChains: string[] = [];
  for (const view of layer.views()) {
    for (const { chain, rule } of view.portal.rules) {
      const [table, name] = chain.split(' ') as [string, string];
      (table === 'nat' ? nat : filter).push(append(name, rule));
    }
    const fragment = view.fragment();
    ownChains.push(...fragment.chains);
    for (const own of fragment.rules) nat.push(append(own.chain, own.rule, own.writesRange));
  }
  nat.push(...nodePortJumps(constant).map((rule) => append('KUBE-SERVICES', rule)));
  filter.push(...forwardRules(constant).map((rule) => append('KUBE-FORWARD', rule)));
  const lines = [
    '*filter',
    ...[...filterChains, ...(guarded ? ['KUBE-FIREWALL'] : [])].map(chainLine),
    ...filter,
    'COMMIT',
    '*nat',
    ...[...natChains, ...ownChains].map(chainLine),
    ...nat,
    'COMMIT',
  ];
  return `${lines.join('\n')}\n`;
}

function chainLine(name: string): string {
  return `:${name} - [0:0]`;
}
