// A node's rules as the texts that the real tools take, by the mode of its kube-proxy: what is kept in the tables of
// iptables goes to iptables-restore and ip6tables-restore, what nf_tables keeps beside them to nft.
import type { RulesFormat } from '../../cluster/cluster.ts';
import type { Family } from '../../net/addr.ts';

/** A node's rules in the words of one tool, which takes the text on standard input and replaces all it had. */
export interface RuleText {
  readonly tool: readonly string[];
  readonly text: string;
  /** Fed to the same tool: empties what packets have put into sets. Absent: they put nothing anywhere. */
  readonly forget?: string;
}

export type RulesOf = (format: RulesFormat) => string;

/** Which iptables: the machine's default, or one by name. */
export type Flavour = '' | '-nft' | '-legacy';

const noRules = '*filter\nCOMMIT\n*nat\nCOMMIT\n*mangle\nCOMMIT\n';
const nft = ['nft', '-f', '-'] as const;

/** Takes the tables of before away, whether they are there or not. */
export const noTables = ['ip', 'ip6']
  .map((family) => `table ${family} kube-proxy\ndelete table ${family} kube-proxy\n`)
  .join('');

/** The tables of iptables of both families. A family that the node does not speak gets no rules. */
export function iptablesTexts(
  rulesOf: RulesOf,
  flavour: Flavour,
  families: readonly Family[] = [4, 6],
): readonly RuleText[] {
  return ([4, 6] as const).map((family) => {
    const six = family === 4 ? '' : '6';
    const text = families.includes(family) ? rulesOf(`ip${six}tables-save`) : noRules;
    return { tool: [`ip${six}tables${flavour}-restore`], text };
  });
}

/** The tables of nf_tables. */
export function nftText(rulesOf: RulesOf): RuleText {
  const text = rulesOf('nft');
  return { tool: nft, text: noTables + text, forget: flushSets(text) };
}

const affinitySet = /^table (\S+) (kube-proxy)|^\tset (affinity-\S+)/;

/** Empties the sets that rules add to. */
function flushSets(text: string): string {
  let table = '';
  return text
    .split('\n')
    .map((line) => {
      const [, family, name, set] = affinitySet.exec(line) ?? [];
      if (family !== undefined) table = `${family} ${name}`;
      return set === undefined ? '' : `flush set ${table} ${set}\n`;
    })
    .join('');
}
