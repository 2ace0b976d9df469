// ip sets for the real tool: each set is made if it is not there, emptied and filled, since a set that rules name cannot be
// taken away. Sets of before that no rule names now stay.
import type { RulesOf, RuleText } from './rules.ts';

/** What `ipset restore` takes before the node's rules are loaded; nothing where they name no set. */
export function setsText(rulesOf: RulesOf): readonly RuleText[] {
  const lines = rulesOf('ipset-save').split('\n');
  const made = lines.filter((line) => line.startsWith('create '));
  if (made.length === 0) return [];
  const empty = made.map((line) => `flush ${line.split(' ')[1]}`);
  const filled = lines.filter((line) => line.startsWith('add '));
  const text = [...made, ...empty, ...filled, ''].join('\n');
  return [{ tool: ['ipset', '-exist', 'restore'], text }];
}
