// What kube-proxy feeds to iptables-restore: the same typed rules in the words and in the order in
// which kube-proxy writes them, which is not how iptables-save prints them back. A partial sync
// leaves out the own chains of Services that have not changed; stale chains are deleted in passing.

import { byCodeUnit } from '../../sim/table.ts';
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
import { ownChains, staleChains } from './standing.ts';
import { type Sync, writtenServices } from './sync.ts';

/** What a sync leaves out and deletes. */
export interface Part {
  /** Services whose own chains are written, "ns/name"; null: all. */
  readonly services: ReadonlySet<string> | null;
  /** Names of chains to delete, in order. */
  readonly deleted: readonly string[];
}

const everything: Part = { services: null, deleted: [] };

/** The text of one sync, both tables, ending in a newline; without `part` that of a full one. */
export function restoreInput(layer: IptablesLayer, part: Part = everything): string {
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
    if (part.services?.has(view.service) === false) continue;
    const fragment = view.fragment();
    ownChains.push(...fragment.chains);
    for (const own of fragment.rules) nat.push(append(own.chain, own.rule, own.writesRange));
  }
  ownChains.push(...part.deleted);
  nat.push(...part.deleted.map((name) => `-X ${name}`));
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

/** What a sync that ends in `layer` feeds to iptables-restore; `before` is the layer it began with. */
export function syncInput(layer: IptablesLayer, sync: Sync, before: IptablesLayer): string {
  const services = writtenServices(sync);
  if (!sync.cleans || sync.before === null) return restoreInput(layer, { services, deleted: [] });
  const active = new Set(ownChains(layer));
  const standing = [...ownChains(before), ...staleChains(before, sync.before).keys()];
  const deleted = new Set(standing.filter((name) => !active.has(name)));
  return restoreInput(layer, { services, deleted: [...deleted].sort(byCodeUnit) });
}

function chainLine(name: string): string {
  return `:${name} - [0:0]`;
}
