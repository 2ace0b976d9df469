// Tables of nf_tables as text: what `nft list ruleset` (1.0.6) prints, byte for byte, and a transaction that `nft -f`
// loads. Counters are zero, as they are after a load. Models rule.c of nftables: set_print, chain_print, table_print.
import type { RuleSource } from '../rule.ts';
import type { DynamicElement } from './dynamic.ts';
import { ruleText, writtenText } from './print-rule.ts';
import type { NftElement, NftFlag, NftHook, NftSet, NftTable } from './table.ts';
import { type ElementTypes, formatElement, formatTime, sortedElements } from './value.ts';
import { elementsPerLine, priorities } from './words.table.ts';

/** What rules put into a set up to now. */
export type LiveElements = (table: string, set: NftSet) => readonly DynamicElement[];

/** What `nft list ruleset` prints of the source's tables; empty when it has none. */
export function listRuleset(source: Pick<RuleSource, 'nft'>, live?: LiveElements): string {
  return source.nft.map((table) => listTable(table, live)).join('');
}

/** What `nft list table` prints. Ends with a newline. */
export function listTable(table: NftTable, live: LiveElements = () => []): string {
  return tableText(table, live, ruleText);
}

/** A chain, set or map of a table. */
export interface TablePart {
  readonly kind: 'chain' | 'set' | 'map';
  readonly name: string;
}

/** What `nft list chain` (or `set`, or `map`) prints; undefined: the table has none of that name. */
export function listPart(
  table: NftTable,
  { kind, name }: TablePart,
  live: LiveElements = () => [],
): string | undefined {
  if (kind === 'chain') {
    return table.chain(name) && wrapped(table, chainLines(table, name, ruleText));
  }
  const set = table.set(name);
  if (set === undefined || (set.data === null) !== (kind === 'set')) return undefined;
  return wrapped(table, setLines(table, name, updatedSets(table).has(name), live));
}

function wrapped(table: NftTable, lines: readonly string[]): string {
  return `table ${tableName(table)} {\n${lines.join('\n')}\n}\n`;
}

/** What `nft list sets` prints of tables, or `maps`, or `chains`: of these without their rules. */
export function listParts(
  tables: readonly NftTable[],
  form: 'sets' | 'maps' | 'chains',
  live: LiveElements = () => [],
): string {
  return tables
    .map((table) => {
      const blocks = form === 'chains' ? headsOf(table) : setsOf(table, form, live);
      const lines = [`table ${tableName(table)} {`, ...blocks.flat(), '}'];
      return `${lines.join('\n')}\n`;
    })
    .join('');
}

function headsOf(table: NftTable): readonly (readonly string[])[] {
  return table.chains().map((name) => {
    const base = table.chain(name)?.base ?? null;
    return [`\tchain ${name} {`, ...(base === null ? [] : [`\t\t${baseText(base)}`]), '\t}'];
  });
}

function setsOf(table: NftTable, form: 'sets' | 'maps', live: LiveElements) {
  const updated = updatedSets(table);
  return table
    .sets()
    .filter((name) => (table.set(name)?.data === null) === (form === 'sets'))
    .map((name) => setLines(table, name, updated.has(name), live));
}

/** What `nft list tables` prints. */
export function listTables(source: Pick<RuleSource, 'nft'>): string {
  return source.nft.map((table) => `table ${tableName(table)}\n`).join('');
}

function tableText(table: NftTable, live: LiveElements, rule: typeof ruleText): string {
  const head = [`table ${tableName(table)} {`];
  if (table.comment !== null) head.push(`\tcomment "${table.comment}"`);
  const updated = updatedSets(table);
  const sets = table.sets().map((name) => setLines(table, name, updated.has(name), live));
  const chains = table.chains().map((name) => chainLines(table, name, rule));
  const blocks = [...sets, ...chains].map((lines) => `${lines.join('\n')}\n`).join('\n');
  return `${head.join('\n')}\n${blocks}}\n`;
}

/** Input for `nft -f` that puts the source's tables in the place of those of the same names, in one transaction. */
export function loadText(source: Pick<RuleSource, 'nft'>): string {
  return source.nft
    .map((table) => {
      const name = tableName(table);
      // Adding first makes deleting a table that is not there no error.
      return `add table ${name}\ndelete table ${name}\n${tableText(table, () => [], writtenText)}`;
    })
    .join('');
}

function tableName({ family, name }: NftTable): string {
  return `${family === 4 ? 'ip' : 'ip6'} ${name}`;
}

/** A rule that writes to a set makes it dynamic and gives it a size. */
function updatedSets(table: NftTable): ReadonlySet<string> {
  const updated = new Set<string>();
  for (const name of table.chains()) {
    for (const { statements } of table.chain(name)?.rules ?? []) {
      for (const statement of statements) {
        if (statement.kind === 'dynset') updated.add(statement.set);
      }
    }
  }
  return updated;
}

function setLines(
  table: NftTable,
  name: string,
  isUpdated: boolean,
  live: LiveElements,
): readonly string[] {
  const set = table.set(name);
  if (set === undefined)
    throw new Error(`set ${name} of table ${table.name} is listed but missing`);
  const { data, timeoutSeconds, comment } = set;
  const lines = [`\t${data === null ? 'set' : 'map'} ${name} {`];
  const mapped = data === null ? '' : ` : ${data === 'verdict' ? data : data.join(' . ')}`;
  lines.push(`\t\ttype ${set.type.join(' . ')}${mapped}`);
  const size = set.size ?? (isUpdated ? 65535 : null);
  if (size !== null) lines.push(`\t\tsize ${size}`);
  const flags = flagsOf(set, isUpdated);
  if (flags.length > 0) lines.push(`\t\tflags ${flags.join(',')}`);
  if (timeoutSeconds !== null) lines.push(`\t\ttimeout ${formatTime(timeoutSeconds * 1000)}`);
  if (comment !== null) lines.push(`\t\tcomment "${comment}"`);
  const elements = elementsText(set, live(table.name, set));
  if (elements !== '') lines.push(`\t\telements = ${elements}`);
  return [...lines, '\t}'];
}

const flagOrder: readonly NftFlag[] = ['constant', 'dynamic', 'interval', 'timeout'];

function flagsOf(set: NftSet, isUpdated: boolean): readonly NftFlag[] {
  const has = (flag: NftFlag): boolean => {
    if (flag === 'dynamic' && isUpdated) return true;
    return (flag === 'timeout' && set.timeoutSeconds !== null) || set.flags.includes(flag);
  };
  const flags = flagOrder.filter(has);
  // A default timeout says that there are timeouts: the flag goes unsaid where it would be the only one.
  return set.timeoutSeconds !== null && flags.length === 1 ? [] : flags;
}

function elementsText(set: NftSet, live: readonly DynamicElement[]): string {
  const { data } = set;
  const types: ElementTypes = {
    key: set.type,
    data: data === null || data === 'verdict' ? [] : data,
  };
  const passing = live.map(({ key, endsInMs }) => {
    const element: NftElement = { key, data: null, comment: null, origin: 0 };
    return { key, element, expires: endsInMs === null ? '' : ` expires ${formatTime(endsInMs)}` };
  });
  const lasting = set.elements.map((element) => ({ key: element.key, element, expires: '' }));
  const all = sortedElements(types, [...lasting, ...passing], set.flags.includes('interval'));
  if (all.length === 0) return '';
  const perLine = set.type.length === 1 ? (elementsPerLine[set.type[0] ?? ''] ?? 1) : 1;
  const text = all.map(({ element, expires }, i) => {
    const delimiter = i === 0 ? '' : i % perLine === 0 ? ',\n\t\t\t     ' : ', ';
    return `${delimiter}${formatElement(types, element, expires)}`;
  });
  return `{ ${text.join('')} }`;
}

function chainLines(table: NftTable, name: string, rule: typeof ruleText): readonly string[] {
  const chain = table.chain(name);
  if (chain === undefined) {
    throw new Error(`chain ${name} of table ${table.name} is listed but missing`);
  }
  const lines = [`\tchain ${name} {`];
  if (chain.comment !== null) lines.push(`\t\tcomment "${chain.comment}"`);
  if (chain.base !== null) lines.push(`\t\t${baseText(chain.base)}`);
  for (const one of chain.rules) lines.push(`\t\t${rule(one, chain.family)}`);
  return [...lines, '\t}'];
}

function baseText({ type, hook, priority, policy }: NftHook): string {
  const place = `type ${type} hook ${hook.toLowerCase()} priority ${priorityText(hook, priority)}`;
  return `${place}; policy ${policy};`;
}

/** A name, a name and up to ten more or less, or the number. */
function priorityText(hook: NftHook['hook'], priority: number): string {
  for (const { name, value, hook: only } of priorities) {
    if (only !== null && only !== hook) continue;
    const offset = priority - value;
    if (Math.abs(offset) > 10) continue;
    if (offset === 0) return name;
    return `${name} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`;
  }
  return `${priority}`;
}
