// Reads what `nft list ruleset` prints back into tables. Everything that print.ts does not print is an error that names
// the line and the word: nothing is skipped. Not a reader of scripts: no commands, variables or includes.
import type { Family } from '../../net/addr.ts';
import { RulesTextError } from '../iptables-text/parse.ts';
import { wordNumber } from '../iptables-text/parse-words.ts';
import type { Hook } from '../rule.ts';
import { parseElements, parseRule } from './parse-rule.ts';
import { parseSeconds, Tokens } from './parse-tokens.ts';
import {
  type NftChain,
  type NftFlag,
  type NftHook,
  type NftRule,
  type NftSet,
  type NftTable,
  type NftType,
  plainTable,
} from './table.ts';
import { priorities } from './words.table.ts';

/** The tables of the text. Throws RulesTextError. */
export function parseRuleset(text: string): readonly NftTable[] {
  const tokens = new Tokens(text);
  const tables: NftTable[] = [];
  try {
    for (tokens.skipLines(); tokens.peek() !== undefined; tokens.skipLines()) {
      tables.push(parseTable(tokens));
    }
  } catch (error) {
    throw new RulesTextError(tokens.line, error instanceof Error ? error.message : String(error));
  }
  return tables;
}

function parseTable(tokens: Tokens): NftTable {
  tokens.wants('table');
  const word = tokens.word('a family');
  if (word !== 'ip' && word !== 'ip6') throw new Error(`family ${word} is not modelled: ip, ip6`);
  const family: Family = word === 'ip' ? 4 : 6;
  const name = tokens.word('a name');
  tokens.wants('{', '\n');
  const sets: NftSet[] = [];
  const chains: NftChain[] = [];
  let comment: string | null = null;
  for (tokens.skipLines(); !tokens.takes('}'); tokens.skipLines()) {
    if (tokens.takes('comment')) comment = tokens.quoted('a comment');
    else if (tokens.takes('set')) sets.push(parseSet(tokens, false));
    else if (tokens.takes('map')) sets.push(parseSet(tokens, true));
    else {
      tokens.wants('chain');
      chains.push(parseChain(tokens, family, name));
    }
  }
  return plainTable(family, name, { comment, sets, chains });
}

type Draft = { -readonly [K in keyof NftSet]: NftSet[K] };

function parseSet(tokens: Tokens, isMap: boolean): NftSet {
  const set: Draft = {
    name: tokens.word('a name'),
    type: [],
    data: null,
    flags: [],
    timeoutSeconds: null,
    size: null,
    comment: null,
    elements: [],
  };
  tokens.wants('{', '\n');
  while (!tokens.takes('}')) {
    const word = tokens.word('a property');
    readProperty(tokens, set, word, isMap);
    tokens.wants('\n');
  }
  return set;
}

function readProperty(tokens: Tokens, set: Draft, word: string, isMap: boolean): void {
  switch (word) {
    case 'type':
      set.type = types(tokens);
      if (isMap) {
        tokens.wants(':');
        set.data = tokens.takes('verdict') ? 'verdict' : types(tokens);
      }
      return;
    case 'size':
      set.size = wordNumber(tokens.word('a size'));
      return;
    case 'flags':
      set.flags = tokens.word('flags').split(',').map(flagOf);
      return;
    case 'timeout':
      set.timeoutSeconds = parseSeconds(tokens.word('a time'));
      return;
    case 'comment':
      set.comment = tokens.quoted('a comment');
      return;
    case 'elements': {
      tokens.wants('=');
      const { type, data } = set;
      set.elements = parseElements(tokens, { key: type, data: Array.isArray(data) ? data : [] });
      return;
    }
    default:
      throw new Error(`property ${word} of a set is not modelled`);
  }
}

const known: readonly NftType[] = [
  'ipv4_addr',
  'ipv6_addr',
  'inet_proto',
  'inet_service',
  'mark',
  'ifname',
  'iface_index',
  'ct_state',
  'ct_status',
  'fib_addrtype',
];

function types(tokens: Tokens): readonly NftType[] {
  const found: NftType[] = [];
  do {
    const word = tokens.word('a type');
    const type = known.find((one) => one === word);
    if (type === undefined) throw new Error(`type ${word} is not modelled`);
    found.push(type);
  } while (tokens.takes('.'));
  return found;
}

function flagOf(word: string): NftFlag {
  const flags: readonly NftFlag[] = ['constant', 'dynamic', 'interval', 'timeout'];
  const flag = flags.find((one) => one === word);
  if (flag === undefined) throw new Error(`flag ${word} is not modelled`);
  return flag;
}

function parseChain(tokens: Tokens, family: Family, table: string): NftChain {
  const name = tokens.word('a name');
  tokens.wants('{', '\n');
  const comment = tokens.takes('comment') ? tokens.quoted('a comment') : null;
  tokens.takes('\n');
  const base = tokens.takes('type') ? parseBase(tokens) : null;
  const rules: NftRule[] = [];
  while (!tokens.takes('}')) rules.push(parseRule(tokens, family));
  return { kind: 'nft', family, table, name, base, comment, rules };
}

function parseBase(tokens: Tokens): NftHook {
  const type = oneOf(tokens, 'filter', 'nat', 'route');
  tokens.wants('hook');
  const hook = oneOf(tokens, 'prerouting', 'input', 'forward', 'output', 'postrouting');
  tokens.wants('priority');
  const priority = parsePriority(tokens);
  tokens.wants(';', 'policy');
  const policy = oneOf(tokens, 'accept', 'drop');
  tokens.wants(';', '\n');
  return { type, hook: hook.toUpperCase() as Hook, priority, policy };
}

function oneOf<W extends string>(tokens: Tokens, ...words: readonly W[]): W {
  const found = words.find((word) => tokens.takes(word));
  if (found === undefined)
    throw new Error(`"${tokens.peek()?.trim()}" is none of ${words.join(', ')}`);
  return found;
}

/** `filter`, `dstnat - 10` or a number. */
function parsePriority(tokens: Tokens): number {
  const word = tokens.word('a priority');
  const named = priorities.find(({ name }) => name === word);
  if (named === undefined) {
    if (!/^-?\d+$/.test(word)) throw new Error(`"${word}" is no priority`);
    return Number(word);
  }
  const sign = tokens.takes('+') ? 1 : tokens.takes('-') ? -1 : 0;
  return named.value + (sign === 0 ? 0 : sign * wordNumber(tokens.word('a number')));
}
