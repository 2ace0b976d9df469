// The text that kube-proxy feeds to `nft -f -`: the same typed nodes in the words in which
// kube-proxy writes them, which is not how nft lists them afterwards.
// Models the objects of sigs.k8s.io/knftables and the rules of pkg/proxy/nftables/proxier.go.
import { type Family, formatAddr, formatEndpoint } from '../../net/addr.ts';
import { type Proto, protoName } from '../../net/packet.ts';
import { type NftField, nftFields } from '../../netfilter/nft/field.table.ts';
import type {
  NftElement,
  NftKey,
  NftPart,
  NftPlace,
  NftRule,
  NftSet,
  NftStatement,
  NftTo,
  NftVerdict,
} from '../../netfilter/nft/table.ts';
import { setTable } from './base.table.ts';
import type { Operation } from './operation.ts';
import { tableName } from './setup.ts';

type PartType = 'address' | 'inet_proto' | 'text';

/** One line for each operation, each ending in a newline. */
export function transactionText(operations: readonly Operation[], family: Family): string {
  const table = `${family === 4 ? 'ip' : 'ip6'} ${tableName}`;
  return operations.map((operation) => `${line(operation, table)}\n`).join('');
}

function line(operation: Operation, table: string): string {
  switch (operation.kind) {
    case 'addTable':
      return `add table ${table} { comment "${operation.comment}" ; }`;
    case 'addChain':
      return `add chain ${table} ${operation.name}${chainBlock(operation)}`;
    case 'flushChain':
      return `flush chain ${table} ${operation.name}`;
    case 'deleteChain':
      return `delete chain ${table} ${operation.name}`;
    case 'addSet':
      return `add ${setWord(operation.set.data !== null)} ${table} ${setBlock(operation.set)}`;
    case 'flushSet':
      return `flush ${setWord(operation.isMap)} ${table} ${operation.name}`;
    case 'deleteSet':
      return `delete ${setWord(operation.isMap)} ${table} ${operation.name}`;
    case 'addRule':
      return `add rule ${table} ${operation.chain} ${ruleWords(operation.rule)}`;
    case 'addElement':
      return `add element ${table} ${operation.set} { ${elementWords(operation)} }`;
    case 'deleteElement':
      return `delete element ${table} ${operation.set} { ${keyWords(operation)} }`;
  }
}

function setWord(isMap: boolean): string {
  return isMap ? 'map' : 'set';
}

function chainBlock(chain: Extract<Operation, { kind: 'addChain' }>): string {
  const { base, comment } = chain;
  const words = [
    ...(base === null
      ? []
      : [`type ${base.type} hook ${base.hook.toLowerCase()} priority ${base.priority} ;`]),
    ...(comment === null ? [] : [`comment "${comment}" ;`]),
  ];
  return words.length === 0 ? '' : ` { ${words.join(' ')} }`;
}

function setBlock({ name, type, data, flags, timeoutSeconds, comment }: NftSet): string {
  const values = data === null ? '' : ` : ${typeof data === 'string' ? data : data.join(' . ')}`;
  const words = [
    `type ${type.join(' . ')}${values} ;`,
    ...(flags.length === 0 ? [] : [`flags ${flags.join()} ;`]),
    ...(timeoutSeconds === null ? [] : [`timeout ${timeoutSeconds}s ;`]),
    ...(comment === null ? [] : [`comment "${comment}" ;`]),
  ];
  return `${name} { ${words.join(' ')} }`;
}

type ElementOperation = Extract<Operation, { kind: 'addElement' | 'deleteElement' }>;

/** The key of an element as it is written: "10.96.0.1 . tcp . 80". */
export function keyWords({ set, element }: Pick<ElementOperation, 'set' | 'element'>): string {
  const types = setTable.find((row) => row.name === set)?.type ?? [];
  const words = element.key.map((part, i) => partText(part, wordsOf(types[i] ?? 'address')));
  return words.join(' . ');
}

function elementWords(operation: ElementOperation): string {
  const { comment, data } = operation.element;
  const about = comment === null ? '' : ` comment "${comment}"`;
  const value = data === null || data.kind === 'values' ? '' : ` : ${verdictWords(data)}`;
  return keyWords(operation) + about + value;
}

function ruleWords({ statements, comment }: NftRule): string {
  const about = comment === null ? [] : [`comment "${comment}"`];
  return [...statements.map(statementWords), ...about].join(' ');
}

function statementWords(statement: NftStatement): string {
  switch (statement.kind) {
    case 'compare': {
      const { field, negated, value } = statement;
      return [field, ...not(negated), partText(value, typeOf(field))].join(' ');
    }
    case 'bits':
      return `mark and ${hex(statement.mask)} ${statement.negated ? '!=' : '=='} ${statement.value}`;
    case 'flags':
      return [statement.field, ...not(statement.negated), statement.flags.join()].join(' ');
    case 'in': {
      const { key, negated, set } = statement;
      return [key.join(' . '), ...not(negated), placeWords(set, key)].join(' ');
    }
    case 'vmap':
      return `${mapKeyWords(statement.key)} vmap ${placeWords(statement.map, [])}`;
    case 'mark':
      return `mark set mark ${statement.op} ${hex(statement.value)}`;
    case 'dynset':
      return `${statement.op} @${statement.set} { ${statement.key.join(' . ')} }`;
    case 'verdict':
      return verdictWords(statement.verdict);
    case 'reject':
      return 'reject';
    case 'nat':
      return `${statement.type} ${toWords(statement.to)}`;
    case 'masquerade':
      return statement.fullyRandom ? 'masquerade fully-random' : 'masquerade';
    case 'counter':
    case 'redirect':
      throw new Error(`kube-proxy writes no ${statement.kind} in nftables mode`);
  }
}

function toWords(to: NftTo): string {
  if (to.kind === 'constant') return `to ${formatEndpoint(to.addr, to.port ?? 0)}`;
  const words = to.map.kind === 'anonymous' ? mapWords(to.map.elements) : '';
  const [first] = to.map.kind === 'anonymous' ? to.map.elements : [];
  const isIPv6 = first?.data?.kind === 'values' && typeof first.data.values[0] === 'bigint';
  return `${isIPv6 ? 'ip6' : 'ip'} addr . port to ${mapKeyWords(to.key)} map { ${words} }`;
}

function mapKeyWords(key: NftKey): string {
  return key.kind === 'numgen' ? `numgen random mod ${key.mod}` : key.fields.join(' . ');
}

/** kube-proxy joins service ranges by itself, without blanks. */
function placeWords(place: NftPlace, key: readonly NftField[]): string {
  if (place.kind === 'named') return `@${place.name}`;
  if (key.length === 0) return `{ ${mapWords(place.elements)} }`;
  const comma = key[0]?.endsWith('daddr') === true ? ',' : ' , ';
  const keys = place.elements.map(({ key: [part = ''] }) => partText(part, 'address'));
  return `{ ${keys.join(comma)} }`;
}

function mapWords(elements: readonly NftElement[]): string {
  return elements.map(({ key, data }) => `${key[0]} : ${dataWords(data)}`).join(' , ');
}

function dataWords(data: NftElement['data']): string {
  if (data === null) return '';
  if (data.kind !== 'values') return verdictWords(data);
  const [address = '', ...rest] = data.values;
  return [partText(address, 'address'), ...rest].join(' . ');
}

function verdictWords(verdict: NftVerdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

function partText(part: NftPart, type: PartType): string {
  if (typeof part === 'object') return `${formatAddr(part.low)}/${part.bits}`;
  if (typeof part === 'string') return part;
  switch (type) {
    case 'address':
      return formatAddr(part);
    case 'inet_proto':
      return protoName(Number(part) as Proto);
    case 'text':
      return String(part);
  }
}

function typeOf(field: NftField): PartType {
  return wordsOf(nftFields[field]);
}

function wordsOf(type: string): PartType {
  if (type === 'address' || type.endsWith('_addr')) return 'address';
  return type === 'inet_proto' ? 'inet_proto' : 'text';
}

function not(negated: boolean): readonly string[] {
  return negated ? ['!='] : [];
}

/** Go's %#08x: eight digits after 0x. */
function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
