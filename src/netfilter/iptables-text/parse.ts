// Reads iptables-save text, and what is written for iptables-restore, back into typed rules. Everything it does not
// model is an error that names the line and the word: nothing is skipped. Not a shell: one line is one command, and
// only chain lines, `-A`, table names and COMMIT are commands. Models iptables/iptables-restore.c and xshared.c.
import type { Family } from '../../net/addr.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { Chain, Hook, Rule, RuleSource, SetSource, TableName } from '../rule.ts';
import { builtIns, tableOrder } from '../ruleset.ts';
import { parseRule } from './parse-rule.ts';

/** Text that is no rule set of ours, with its line from 1 (0: the text as a whole). */
export class RulesTextError extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(line === 0 ? message : `line ${line}: ${message}`);
    this.name = 'RulesTextError';
    this.line = line;
  }
}

interface Draft {
  policy: 'ACCEPT' | 'DROP' | null;
  readonly rules: Rule[];
}

type Drafts = Map<TableName, Map<string, Draft>>;

/** The rule set that the text loads into a namespace with these ip sets; chains belong to `owner`. A rule that names a
 * missing set does not load; without `sets` names are not looked up. Throws RulesTextError. */
export function parseRules(
  text: string,
  family: Family,
  owner = 'text',
  sets?: SetSource,
): RuleSource {
  const drafts: Drafts = new Map();
  let table: TableName | null = null;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    try {
      if (line === '' || line.startsWith('#')) continue;
      if (line.startsWith('*')) table = openTable(drafts, line.slice(1));
      else if (table === null) throw new Error(`no table is open for "${line}"`);
      else if (line === 'COMMIT') table = null;
      else readCommand(drafts.get(table) as Map<string, Draft>, line, family, sets);
    } catch (error) {
      throw new RulesTextError(i + 1, error instanceof Error ? error.message : String(error));
    }
  }
  if (table !== null) throw new RulesTextError(text.split('\n').length, 'COMMIT is missing');
  return sourceOf(drafts, family, owner, sets);
}

function openTable(drafts: Drafts, name: string): TableName {
  const table = tableOrder.find((known) => known === name);
  if (table === undefined) throw new Error(`table "${name}" is unknown: ${tableOrder.join(', ')}`);
  if (!drafts.has(table)) {
    const policy = 'ACCEPT' as const;
    drafts.set(table, new Map(builtIns[table].map((hook) => [hook, { policy, rules: [] }])));
  }
  return table;
}

function readCommand(
  chains: Map<string, Draft>,
  line: string,
  family: Family,
  sets: SetSource | undefined,
): void {
  const words = splitWords(line);
  const first = words[0] ?? '';
  if (first.startsWith(':')) {
    const policy = words[1] ?? '-';
    if (policy !== '-' && policy !== 'ACCEPT' && policy !== 'DROP') {
      throw new Error(`policy "${policy}" of chain ${first.slice(1)}: - or ACCEPT or DROP`);
    }
    const known = chains.get(first.slice(1));
    if (known === undefined) chains.set(first.slice(1), { policy: null, rules: [] });
    else if (known.policy !== null && policy !== '-') known.policy = policy;
  } else if (first === '-A') {
    const chain = chains.get(words[1] ?? '');
    if (chain === undefined) throw new Error(`chain "${words[1] ?? ''}" does not exist`);
    const rule = parseRule(words.slice(2), family);
    if (sets !== undefined) checkSets(rule, sets, family);
    chain.rules.push(rule);
  } else throw new Error(`"${first}" is not modelled: chain lines and -A only`);
}

/** libxt_set asks the kernel for the set's number when it reads the rule. */
function checkSets({ matches }: Rule, sets: SetSource, family: Family): void {
  for (const match of matches) {
    if (match.kind !== 'set') continue;
    const set = sets.set(match.set);
    if (set === undefined) throw new Error(`Set ${match.set} doesn't exist.`);
    if (set.family !== null && set.family !== family) {
      const other = `IPv${set.family}, which is not applicable.`;
      throw new Error(`The protocol family of set ${match.set} is ${other}`);
    }
  }
}

/** Blanks separate; double quotes hold them, with a backslash before ", \ and '. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (isQuoted && c === '\\' && i + 1 < line.length) word = `${word ?? ''}${line[++i]}`;
    else if (c === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (!isQuoted && (c === ' ' || c === '\t')) {
      if (word !== null) words.push(word);
      word = null;
    } else word = `${word ?? ''}${c}`;
  }
  if (isQuoted) throw new Error('a quote is not closed');
  if (word !== null) words.push(word);
  return words;
}

function sourceOf(
  drafts: Drafts,
  family: Family,
  owner: string,
  sets: SetSource | undefined,
): RuleSource {
  const made = new Map<TableName, Map<string, Chain>>();
  for (const [table, chains] of drafts) {
    const entries = [...chains].map(([name, { policy, rules }]): [string, Chain] => {
      return [name, { table, name, policy, rules, owner: policy === null ? owner : 'kernel' }];
    });
    made.set(table, new Map(entries));
    checkJumps(made.get(table) as Map<string, Chain>);
  }
  return {
    family,
    chain: (table, name) => made.get(table)?.get(name),
    chains: (table) => {
      const names = [...(made.get(table)?.keys() ?? [])];
      const hooks: readonly string[] = builtIns[table];
      const own = names.filter((name) => !hooks.includes(name)).sort(byCodeUnit);
      return names.length === 0 ? [] : [...builtIns[table], ...own];
    },
    tables: () => tableOrder.filter((table) => made.has(table)),
    nft: [],
    set: (name) => sets?.set(name),
    sets: () => sets?.sets() ?? [],
    made: () => tableOrder.filter((table) => made.has(table)),
  };
}

function checkJumps(chains: ReadonlyMap<string, Chain>): void {
  const isHook = (name: string) => (builtIns.mangle as readonly string[]).includes(name);
  for (const chain of chains.values()) {
    for (const { target } of chain.rules) {
      if (target.kind !== 'jump' && target.kind !== 'goto') continue;
      if (!chains.has(target.chain) || isHook(target.chain as Hook)) {
        throw new RulesTextError(0, `${chain.name} jumps to "${target.chain}", which is no chain`);
      }
    }
  }
}
