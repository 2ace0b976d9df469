// One listed rule back into statements. Everything that print-rule.ts does not print is an error that names the word.
import type { Family } from '../../net/addr.ts';
import { parsePlace, portNumber, wordNumber } from '../iptables-text/parse-words.ts';
import { type NftField, nftFields } from './field.table.ts';
import { parsePart, parseSeconds, parseValue, type Tokens } from './parse-tokens.ts';
import type {
  NftData,
  NftElement,
  NftKey,
  NftPlace,
  NftRule,
  NftStatement,
  NftTo,
  NftType,
  NftVerdict,
} from './table.ts';
import type { ElementTypes } from './value.ts';

/** The rule up to the end of its line. */
export function parseRule(tokens: Tokens, family: Family): NftRule {
  const statements: NftStatement[] = [];
  let comment: string | null = null;
  while (!tokens.takes('\n')) {
    if (tokens.takes('comment')) comment = tokens.quoted('a comment');
    else statements.push(statement(tokens, family));
  }
  return { statements, comment, origin: 0 };
}

function statement(tokens: Tokens, family: Family): NftStatement {
  if (tokens.takes('counter')) {
    if (tokens.takes('packets')) {
      wordNumber(tokens.word('a count'));
      tokens.wants('bytes');
      wordNumber(tokens.word('a count'));
    }
    return { kind: 'counter' };
  }
  const verdict = takenVerdict(tokens);
  if (verdict !== undefined) return { kind: 'verdict', verdict };
  if (tokens.takes('reject')) return { kind: 'reject', with: rejectReason(tokens) };
  for (const op of ['add', 'update'] as const) if (tokens.takes(op)) return dynset(tokens, op);
  for (const type of ['dnat', 'snat'] as const) {
    if (tokens.takes(type)) return nat(tokens, type, family);
  }
  if (tokens.takes('redirect')) {
    const port = tokens.takes('to') ? portNumber(tokens.word('a port').replace(/^:/, '')) : null;
    return { kind: 'redirect', port };
  }
  if (tokens.takes('masquerade')) {
    return { kind: 'masquerade', fullyRandom: tokens.takes('fully-random') };
  }
  if (tokens.takes('meta', 'mark', 'set')) return mark(tokens);
  return match(tokens);
}

function takenVerdict(tokens: Tokens): NftVerdict | undefined {
  for (const kind of ['accept', 'drop', 'return', 'continue'] as const) {
    if (tokens.takes(kind)) return { kind };
  }
  for (const kind of ['jump', 'goto'] as const) {
    if (tokens.takes(kind)) return { kind, chain: tokens.word('a chain') };
  }
  return undefined;
}

function rejectReason(tokens: Tokens) {
  if (!tokens.takes('with')) return 'port-unreachable';
  if (tokens.takes('tcp', 'reset')) return 'tcp-reset';
  if (tokens.takes('icmp', 'admin-prohibited') || tokens.takes('icmpv6', 'admin-prohibited')) {
    return 'admin-prohibited';
  }
  throw new Error(`reject with ${tokens.peek()} is not modelled`);
}

function mark(tokens: Tokens): NftStatement {
  const signs = { '&': 'and', '|': 'or', '^': 'xor' } as const;
  if (!tokens.takes('meta', 'mark')) {
    return { kind: 'mark', op: 'set', value: wordNumber(tokens.word('a mark')) };
  }
  const sign = tokens.word('an operator');
  const op = signs[sign as keyof typeof signs];
  if (op === undefined) throw new Error(`"${sign}" is none of & | ^`);
  return { kind: 'mark', op, value: wordNumber(tokens.word('a mark')) };
}

function dynset(tokens: Tokens, op: 'add' | 'update'): NftStatement {
  const set = setName(tokens);
  tokens.wants('{');
  const key = fields(tokens);
  const timeoutSeconds = tokens.takes('timeout') ? parseSeconds(tokens.word('a time')) : null;
  tokens.wants('}');
  return { kind: 'dynset', op, set, key, timeoutSeconds };
}

function setName(tokens: Tokens): string {
  const name = tokens.word('a set');
  if (!name.startsWith('@')) throw new Error(`"${name}" is no name of a set: @NAME`);
  return name.slice(1);
}

function nat(tokens: Tokens, type: 'dnat' | 'snat', family: Family): NftStatement {
  const port = tokens.takes(family === 4 ? 'ip' : 'ip6', 'to');
  if (!port) tokens.wants('to');
  const key = takenKey(tokens);
  const to = key === undefined ? constant(tokens, family) : mapped(tokens, key, port, family);
  return { kind: 'nat', type, to, fullyRandom: tokens.takes('fully-random') };
}

function constant(tokens: Tokens, family: Family): NftTo {
  const { to, port } = parsePlace(tokens.word('an address'), family);
  return { kind: 'constant', addr: to, port };
}

function mapped(tokens: Tokens, key: NftKey, port: boolean, family: Family): NftTo {
  tokens.wants('map');
  const address: NftType = family === 4 ? 'ipv4_addr' : 'ipv6_addr';
  const data: readonly NftType[] = port ? [address, 'inet_service'] : [address];
  return { kind: 'map', key, map: place(tokens, { key: keyTypes(key), data }), port };
}

function keyTypes(key: NftKey): ElementTypes['key'] {
  return key.kind === 'numgen' ? [null] : key.fields.map((field) => nftFields[field]);
}

/** `numgen random mod N` or fields; undefined when neither is next. */
function takenKey(tokens: Tokens): NftKey | undefined {
  if (tokens.takes('numgen', 'random', 'mod')) {
    return { kind: 'numgen', mod: wordNumber(tokens.word('a number')) };
  }
  return fieldNext(tokens) === undefined ? undefined : { kind: 'fields', fields: fields(tokens) };
}

const fieldWords = (Object.keys(nftFields) as NftField[]).map((field) => ({
  field,
  words: field.split(' '),
}));

function fieldNext(tokens: Tokens) {
  return fieldWords.find(({ words }) => words.every((word, i) => tokens.peek(i) === word));
}

function fields(tokens: Tokens): readonly NftField[] {
  const found: NftField[] = [];
  do {
    const next = fieldNext(tokens);
    if (next === undefined) throw new Error(`"${tokens.peek()?.trim()}" is not modelled`);
    tokens.takes(...next.words);
    found.push(next.field);
  } while (tokens.takes('.'));
  return found;
}

function match(tokens: Tokens): NftStatement {
  const key = takenKey(tokens);
  if (key === undefined) throw new Error(`"${tokens.peek()?.trim()}" is not modelled`);
  if (tokens.takes('vmap')) {
    return { kind: 'vmap', key, map: place(tokens, { key: keyTypes(key), data: [] }) };
  }
  if (key.kind === 'numgen') throw new Error('numgen without a map is not modelled');
  const [field] = key.fields;
  if (field === 'meta mark' && tokens.takes('&')) return bits(tokens, field);
  const negated = tokens.takes('!=');
  if (tokens.peek() === '{' || tokens.peek()?.startsWith('@') === true) {
    const set = place(tokens, { key: keyTypes(key), data: [] });
    return { kind: 'in', key: key.fields, negated, set };
  }
  if (field === undefined || key.fields.length > 1) throw new Error('several fields need a set');
  if (field === 'ct state' || field === 'ct status') {
    const flags = tokens.word('a flag').split(',');
    while (tokens.takes('|')) flags.push(tokens.word('a flag'));
    return { kind: 'flags', field, negated, flags };
  }
  return { kind: 'compare', field, negated, value: parsePart(nftFields[field], tokens.next()) };
}

function bits(tokens: Tokens, field: 'meta mark'): NftStatement {
  const mask = wordNumber(tokens.word('a mask'));
  const negated = tokens.takes('!=');
  if (!negated) tokens.wants('==');
  return { kind: 'bits', field, mask, negated, value: wordNumber(tokens.word('a value')) };
}

function place(tokens: Tokens, types: ElementTypes): NftPlace {
  if (tokens.peek() !== '{') return { kind: 'named', name: setName(tokens) };
  return { kind: 'anonymous', elements: parseElements(tokens, types) };
}

/** `{ KEY [comment "..."] [: DATA], ... }`. When an element goes is not read: it is state, not a rule. */
export function parseElements(tokens: Tokens, types: ElementTypes): readonly NftElement[] {
  tokens.wants('{');
  const elements: NftElement[] = [];
  do {
    tokens.skipLines();
    const key = types.key.map((type, i) => {
      if (i > 0) tokens.wants('.');
      return parsePart(type, tokens.next());
    });
    if (tokens.takes('expires')) parseSeconds(tokens.word('a time'));
    const comment = tokens.takes('comment') ? tokens.quoted('a comment') : null;
    const data = tokens.takes(':') ? parseData(tokens, types) : null;
    elements.push({ key, data, comment, origin: 0 });
  } while (tokens.takes(','));
  tokens.wants('}');
  return elements;
}

function parseData(tokens: Tokens, types: ElementTypes): NftData {
  const verdict = types.data.length === 0 ? takenVerdict(tokens) : undefined;
  if (verdict !== undefined) return verdict;
  const values = types.data.map((type, i) => {
    if (i > 0) tokens.wants('.');
    return parseValue(type, tokens.next());
  });
  if (values.length === 0) throw new Error(`"${tokens.peek()?.trim()}" is no verdict`);
  return { kind: 'values', values };
}
