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

/** One rule without indent and line end. */
export function ruleText(rule: NftRule, family: Family): string {
  const words = listed(rule.statements).map((statement) => statementText(statement, family));
  if (rule.comment !== null) words.push(`comment "${rule.comment}"`);
  return words.join(' ');
}

/** The statements as they are listed. */
function listed(statements: readonly NftStatement[]): readonly NftStatement[] {
  const shown: NftStatement[] = [];
  let implied = -1;
  for (const statement of statements) {
    let next = statement;
    const proto = implied < 0 ? null : protoAsked(shown[implied] as NftStatement);
    if (proto !== null && needsProto(statement)) {
      next = ofProto(statement, proto);
      shown.splice(implied, 1);
      implied = -1;
    } else if (!isMatch(statement)) implied = -1;
    const before = shown.at(-1);
    if (before !== undefined && isSwapped(before, next)) shown.splice(-1, 0, next);
    else shown.push(next);
    if (protoAsked(statement) !== null) implied = shown.length - 1;
  }
  return shown;
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
  return statement.kind === 'compare' && nftFields[statement.field] === 'inet_service';
}

const protoFields: Readonly<Record<string, NftField>> = {
  [`${TCP} sport`]: 'tcp sport',
  [`${TCP} dport`]: 'tcp dport',
  [`${UDP} sport`]: 'udp sport',
  [`${UDP} dport`]: 'udp dport',
  [`${SCTP} sport`]: 'sctp sport',
  [`${SCTP} dport`]: 'sctp dport',
};

function ofProto(statement: NftStatement, proto: number): NftStatement {
  if (statement.kind !== 'compare') return statement;
  const field = protoFields[`${proto} ${statement.field.split(' ')[1]}`];
  return { ...statement, field: field ?? statement.field };
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
      const types = { key: statement.key.map((field) => nftFields[field]), data: [] };
      return `${statement.key.join(' . ')} ${not(statement)}${setText(types, statement.set)}`;
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

/** A set with one element of one field is printed as a comparison. */
function setText(types: ElementTypes, set: NftPlace): string {
  if (set.kind === 'named') return `@${set.name}`;
  const [only] = set.elements;
  if (set.elements.length === 1 && only !== undefined && only.key.length === 1) {
    return formatPart(types.key[0] ?? null, only.key[0] as NftPart);
  }
  return braced(types, mergedElements(set.elements));
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
