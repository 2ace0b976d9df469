// Rules as `nft list` prints them (1.0.6), which is not always as they were written: a protocol that a port implies goes
// unsaid, a source port stands before a destination port. Models the delinearization of netlink_delinearize.c.
import { type Addr, type Family, formatAddr, formatEndpoint } from '../../net/addr.ts';
import { SCTP, TCP, UDP } from '../../net/packet.ts';
import { type NftField, nftFields } from './field.table.ts';
import type {
  NftElement,
  NftKey,
  NftPart,
  NftPlace,
  NftRule,
  NftStatement,
  NftType,
} from './table.ts';
import {
  type ElementTypes,
  formatElement,
  formatPart,
  formatVerdict,
  hex,
  mergedElements,
  sortedElements,
} from './value.ts';
import { flagOrder } from './words.table.ts';

/** One rule as it is listed, without indent and line end. */
export function ruleText(rule: NftRule, family: Family): string {
  return writtenText({ ...rule, statements: listed(rule.statements) }, family);
}

/** One rule as its writer means it, which nft takes and lists as `ruleText`. */
export function writtenText(rule: NftRule, family: Family): string {
  const words = rule.statements.map((statement) => statementText(statement, family));
  if (rule.comment !== null) words.push(`comment "${rule.comment}"`);
  return words.join(' ');
}

/** The statements as they are listed. */
function listed(statements: readonly NftStatement[]): readonly NftStatement[] {
  const shown: NftStatement[] = [];
  let proto: number | null = null;
  // Where a comparison of the protocol stands that a later port makes superfluous.
  let implied = -1;
  for (const statement of withReset(statements)) {
    const own = ownSet(statement);
    const next = proto === null ? own : ofProto(own, proto);
    if (implied >= 0 && needsProto(statement)) {
      shown.splice(implied, 1);
      implied = -1;
    } else if (!isMatch(statement)) implied = -1;
    const before = shown.at(-1);
    if (before !== undefined && isSwapped(before, next)) shown.splice(-1, 0, next);
    else shown.push(next);
    const asked = protoAsked(statement);
    if (asked !== null) implied = shown.length - 1;
    proto = asked ?? protoSaid(statement) ?? proto;
  }
  return shown;
}

/** A reset asks for TCP at the start of the rule, unless the rule does. */
function withReset(statements: readonly NftStatement[]): readonly NftStatement[] {
  const resets = statements.some((one) => one.kind === 'reject' && one.with === 'tcp-reset');
  const isKnown = statements.some((one) => (protoAsked(one) ?? protoSaid(one)) === TCP);
  if (!resets || isKnown) return statements;
  return [{ kind: 'compare', field: 'meta l4proto', negated: false, value: TCP }, ...statements];
}

/** A rule's own set of one element of one field is a comparison; what touches in one of ranges is joined. */
function ownSet(statement: NftStatement): NftStatement {
  if (statement.kind !== 'in' || statement.set.kind !== 'anonymous') return statement;
  const { key, negated, set } = statement;
  const [field, another] = key;
  const [only, more] = set.elements;
  if (field !== undefined && another === undefined && only !== undefined && more === undefined) {
    return { kind: 'compare', field, negated, value: only.key[0] as NftPart };
  }
  return { ...statement, set: { kind: 'anonymous', elements: mergedElements(set.elements) } };
}

function isMatch({ kind }: NftStatement): boolean {
  return kind === 'compare' || kind === 'bits' || kind === 'flags' || kind === 'in';
}

/** The protocol that a comparison asks for, so that a later port need not. */
function protoAsked(statement: NftStatement): number | null {
  if (statement.kind !== 'compare' || statement.negated) return null;
  if (nftFields[statement.field] !== 'inet_proto') return null;
  return typeof statement.value === 'number' ? statement.value : null;
}

function needsProto(statement: NftStatement): boolean {
  if (statement.kind === 'reject') return statement.with === 'tcp-reset';
  if (statement.kind === 'compare') return nftFields[statement.field] === 'inet_service';
  return keyOf(statement).some((field) => nftFields[field] === 'inet_service');
}

const protoNames: Readonly<Record<number, string>> = { [TCP]: 'tcp', [UDP]: 'udp', [SCTP]: 'sctp' };

/** The protocol whose port a comparison names. */
function protoSaid(statement: NftStatement): number | null {
  const fields = statement.kind === 'compare' ? [statement.field] : keyOf(statement);
  for (const field of fields) {
    const [name] = field.split(' ');
    for (const proto of [TCP, UDP, SCTP]) if (protoNames[proto] === name) return proto;
  }
  return null;
}

function keyOf(statement: NftStatement): readonly NftField[] {
  if (statement.kind === 'in') return statement.key;
  if (statement.kind !== 'vmap' || statement.key.kind !== 'fields') return [];
  return statement.key.fields;
}

/** Where the protocol is known, a port is called its port. */
function ofProto(statement: NftStatement, proto: number): NftStatement {
  const name = protoNames[proto];
  if (name === undefined) return statement;
  const own = (field: NftField) => field.replace(/^th /, `${name} `) as NftField;
  if (statement.kind === 'compare') return { ...statement, field: own(statement.field) };
  if (statement.kind === 'in') return { ...statement, key: statement.key.map(own) };
  if (statement.kind !== 'vmap' || statement.key.kind !== 'fields') return statement;
  return { ...statement, key: { kind: 'fields', fields: statement.key.fields.map(own) } };
}

/** nft loads both ports at once when both are compared with one number. */
function isSwapped(before: NftStatement, next: NftStatement): boolean {
  return isOnePort(before, 'dport') && isOnePort(next, 'sport');
}

function isOnePort(statement: NftStatement, side: string): boolean {
  if (statement.kind !== 'compare' || statement.negated) return false;
  return statement.field.endsWith(side) && typeof statement.value === 'number';
}

function statementText(statement: NftStatement, family: Family): string {
  switch (statement.kind) {
    case 'compare': {
      const type = nftFields[statement.field];
      return `${statement.field} ${not(statement)}${formatPart(type, statement.value)}`;
    }
    case 'bits': {
      const op = statement.negated ? '!=' : '==';
      return `${statement.field} & ${hex(statement.mask)} ${op} ${hex(statement.value)}`;
    }
    case 'flags': {
      const flags = flagOrder.filter((flag) => statement.flags.includes(flag));
      return `${statement.field} ${not(statement)}${flags.join(statement.negated ? ' | ' : ',')}`;
    }
    case 'in': {
      const { key, set } = statement;
      return `${key.join(' . ')} ${not(statement)}${mapText({ kind: 'fields', fields: key }, set, [])}`;
    }
    case 'vmap':
      return `${keyText(statement.key)} vmap ${mapText(statement.key, statement.map, [])}`;
    case 'counter':
      return 'counter packets 0 bytes 0';
    case 'mark':
      return markText(statement.op, statement.value);
    case 'dynset': {
      const { op, set, key, timeoutSeconds } = statement;
      const timeout = timeoutSeconds === null ? '' : ` timeout ${timeoutSeconds}s`;
      return `${op} @${set} { ${key.join(' . ')}${timeout} }`;
    }
    case 'verdict':
      return formatVerdict(statement.verdict);
    case 'reject':
      return rejectText(statement.with, family);
    case 'nat':
      return natText(statement, family);
    case 'redirect':
      return statement.port === null ? 'redirect' : `redirect to :${statement.port}`;
    case 'masquerade':
      return statement.fullyRandom ? 'masquerade fully-random' : 'masquerade';
  }
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? '!= ' : '';
}

function markText(op: 'set' | 'and' | 'or' | 'xor', value: number): string {
  if (op === 'set') return `meta mark set ${hex(value)}`;
  const sign = { and: '&', or: '|', xor: '^' }[op];
  return `meta mark set meta mark ${sign} ${hex(value)}`;
}

function rejectText(
  reason: 'port-unreachable' | 'tcp-reset' | 'admin-prohibited',
  family: Family,
): string {
  if (reason === 'port-unreachable') return 'reject';
  if (reason === 'tcp-reset') return 'reject with tcp reset';
  return `reject with ${family === 4 ? 'icmp' : 'icmpv6'} ${reason}`;
}

function natText(statement: Extract<NftStatement, { kind: 'nat' }>, family: Family): string {
  const { type, to, fullyRandom } = statement;
  const tail = fullyRandom ? ' fully-random' : '';
  if (to.kind === 'constant') return `${type} to ${place(to.addr, to.port)}${tail}`;
  const map = mapText(to.key, to.map, natTypes(family));
  // Where a port comes out too, nft says the family.
  const said = to.port ? ` ${family === 4 ? 'ip' : 'ip6'}` : '';
  return `${type}${said} to ${keyText(to.key)} map ${map}${tail}`;
}

function natTypes(family: Family): readonly NftType[] {
  return [family === 4 ? 'ipv4_addr' : 'ipv6_addr', 'inet_service'];
}

function place(addr: Addr, port: number | null): string {
  return port === null ? formatAddr(addr) : formatEndpoint(addr, port);
}

function keyText(key: NftKey): string {
  return key.kind === 'numgen' ? `numgen random mod ${key.mod}` : key.fields.join(' . ');
}

function mapText(key: NftKey, map: NftPlace, data: readonly NftType[]): string {
  if (map.kind === 'named') return `@${map.name}`;
  return braced(keyTypes(key, data), map.elements);
}

function keyTypes(key: NftKey, data: readonly NftType[]): ElementTypes {
  return {
    key: key.kind === 'numgen' ? [null] : key.fields.map((field) => nftFields[field]),
    data,
  };
}

function braced(types: ElementTypes, elements: readonly NftElement[]): string {
  const texts = sortedElements(types, elements).map((element) => formatElement(types, element));
  return `{ ${texts.join(', ')} }`;
}

/** The element that decided in a rule's look-up, as it stands in its map: `10.96.0.1 . tcp . 80 : goto x`. */
export function elementText(rule: NftRule, element: NftElement, family: Family): string {
  for (const statement of rule.statements) {
    if (statement.kind === 'vmap') return formatElement(keyTypes(statement.key, []), element);
    if (statement.kind !== 'nat' || statement.to.kind !== 'map') continue;
    return formatElement(keyTypes(statement.to.key, natTypes(family)), element);
  }
  throw new Error('no statement of the rule looks up an element');
}
