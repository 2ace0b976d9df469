// ip sets for the real tool: each set is made if it is not there, emptied and filled, since a set that rules name cannot be
// taken away. Sets of before that no rule names now stay.
import type { Scene } from '../../cluster/carrier.ts';
import { saveSets, setsOf } from '../../netfilter/ipset/print.ts';
import type { RuleSource } from '../../netfilter/rule.ts';
import type { RuleText } from './rules.ts';

/** What `ipset restore` takes before the node's rules are loaded; nothing where they name no set. */
export function setsText(scene: Scene, node: string): readonly RuleText[] {
  const sources = scene.families.flatMap((family) => scene.loaded(node, family) ?? []);
  const lines = saveSets(setsOf(sources as readonly RuleSource[])).split('\n');
  if (lines.every((line) => line === '')) return [];
  const made = lines.filter((line) => line.startsWith('create '));
  const empty = made.map((line) => `flush ${line.split(' ')[1]}`);
  const filled = lines.filter((line) => line.startsWith('add '));
  const text = [...made, ...empty, ...filled, ''].join('\n');
  return [{ tool: ['ipset', '-exist', 'restore'], text }];
}
