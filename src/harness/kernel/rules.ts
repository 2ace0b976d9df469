// A node's rules as the texts that the real tools take, by the mode of its kube-proxy: what is kept in the tables of
// iptables goes to iptables-restore and ip6tables-restore, what nf_tables keeps beside them to nft.
import type { RulesFormat } from '../../cluster/cluster.ts';
import type { Family } from '../../net/addr.ts';

/** A node's rules in the words of one tool, which takes the text on standard input and replaces all it had. */
export interface RuleText {
  readonly tool: readonly string[];
  readonly text: string;
  /** Those of nf_tables that packets put elements into. Absent: none. */
  readonly dynamicSets?: readonly NftSetName[];
  /** Fed to the same tool before the next text: takes away what this one has made. Absent: the tool does so itself. */
  readonly undo?: string;
}

export interface NftSetName {
  readonly family: 'ip' | 'ip6';
  readonly table: string;
  readonly set: string;
}

export type RulesOf = (format: RulesFormat) => string;

export const nft = ['nft', '-f', '-'] as const;

/** Which iptables: the machine's default, or one by name. */
export type Flavour = '' | '-nft' | '-legacy';

const noRules = '*filter\nCOMMIT\n*nat\nCOMMIT\n*mangle\nCOMMIT\n';

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

/** The tables of nf_tables, whoever wrote them, without what packets have put into their sets. */
export function nftText(rulesOf: RulesOf): RuleText {
  const text = withoutLive(rulesOf('nft'));
  const tables = [...text.matchAll(/^table (\S+ \S+) \{$/gm)];
  const undo = tables.map(([, table]) => `delete table ${table}\n`).join('');
  return { tool: nft, text, dynamicSets: dynamicSets(text), undo };
}

function dynamicSets(text: string): readonly NftSetName[] {
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const body = text.split(`table ${family} kube-proxy {\n`)[1]?.split('\n}\n')[0] ?? '';
    const names = body.matchAll(/^\tset (affinity-\S+)/gm);
    return [...names].map(([, set = '']) => ({ family, table: 'kube-proxy', set }));
  });
}

/** What rules put into sets goes by itself; what they declare stays. */
function withoutLive(text: string): string {
  return text.replaceAll(/^\t\telements = \{[^}]* expires [^}]*\}\n/gm, '');
}
