// What a node's netfilter holds, as iptables-save prints it, and what its kube-proxy fed to iptables-restore.
import { InputError } from '../api/input-error.ts';
import { saveText } from '../netfilter/iptables-text/print.ts';
import { composeRules } from '../netfilter/ruleset.ts';
import type { RulesOptions } from './cluster.ts';
import { layersOn, rulesOn, writtenOn } from './dialling.ts';
import type { State } from './state.ts';

/** Who writes rules on a node. */
const owners: readonly string[] = ['kube-proxy', 'kubelet', 'cni'];

export function printRules(state: State, node: string, options: RulesOptions): string {
  const names = state.parts.api.list('Node').map((n) => n.metadata.name);
  if (!names.includes(node)) {
    throw new InputError('unknown-object', `there is no node "${node}"`, {
      hint: `nodes: ${names.join(', ')}`,
    });
  }
  const family = options.format === 'iptables-save' ? 4 : 6;
  if (options.input === true) {
    return writtenOn(state, node, family)?.input('iptables-restore') ?? '';
  }
  const { owner } = options;
  if (owner === undefined) return saveText(rulesOn(state, node, family));
  if (!owners.includes(owner)) {
    throw new InputError('usage', `unknown owner "${owner}"`, { hint: owners.join(', ') });
  }
  return saveText(
    composeRules(
      family,
      layersOn(state, node, family).filter((layer) => layer.owner === owner),
    ),
  );
}
