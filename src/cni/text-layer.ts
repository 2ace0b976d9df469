// A plugin's rules written as its own commands have them: `-A CHAIN ...`, and `-I HOOK ...` for what stands before what
// is there. Read once into typed rules; the layer is made of those alone. For rules that depend on no Pod.
import type { Family } from '../net/addr.ts';
import { splitWords } from '../netfilter/iptables-text/parse.ts';
import { parseRule } from '../netfilter/iptables-text/parse-rule.ts';
import type {
  Chain,
  Hook,
  Hooking,
  Rule,
  RuleLayer,
  SetSource,
  TableName,
} from '../netfilter/rule.ts';
import { builtIns, plainLayer } from '../netfilter/ruleset.ts';

const owner = 'cni';

/** Commands by table; chains that they jump to without rules of their own exist too. Throws Error on a bad word. */
export function textLayer(
  family: Family,
  tables: Readonly<Partial<Record<TableName, readonly string[]>>>,
  sets?: SetSource,
): RuleLayer {
  const chains: Chain[] = [];
  const hookings: Hooking[] = [];
  for (const [name, lines] of Object.entries(tables)) {
    const table = name as TableName;
    const made = new Map<string, Rule[]>();
    const rulesOf = (chain: string): Rule[] => {
      const rules = made.get(chain) ?? [];
      made.set(chain, rules);
      return rules;
    };
    for (const line of lines) {
      const [command, chain = '', ...words] = splitWords(line);
      const rule = parseRule(words, family);
      const hook = builtIns[table].find((one) => one === chain);
      if (hook !== undefined) hookings.push(hooking(table, hook, command, rule));
      else rulesOf(chain).push(rule);
      if (rule.target.kind === 'jump') rulesOf(rule.target.chain);
    }
    for (const [chain, rules] of made) {
      chains.push({ table, name: chain, policy: null, rules, owner });
    }
  }
  return plainLayer(owner, family, chains, hookings, sets);
}

function hooking(table: TableName, chain: Hook, command: string | undefined, rule: Rule): Hooking {
  return { table, chain, position: command === '-I' ? 'prepend' : 'append', rule };
}
