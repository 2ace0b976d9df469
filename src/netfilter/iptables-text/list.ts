// Rules as `iptables -nL` with its variants and `iptables -S` print them (1.8.9, nf_tables), byte for byte. Counters are
// always zero. Not modelled: names for addresses and ports (-n is taken for granted), -x, -Z, a rule's number. Models
// print_header and print_rule_details of iptables/xshared.c and the print functions of extensions/libxt_*.c.
import { type Family, formatAddr, formatEndpoint } from '../../net/addr.ts';
import { protoName } from '../../net/packet.ts';
import type { Chain, Match, Rule, RuleSource, TableName, Target } from '../rule.ts';
import { builtIns } from '../ruleset.ts';
import { appendLine, hex, probability } from './print.ts';
import { rejectWords, stateOrder, wholeMask } from './words.table.ts';

export interface Listing {
  readonly table: TableName;
  /** Null: all chains of the table. */
  readonly chain: string | null;
}

export interface ListOptions {
  /** -v: counters, and the devices of each rule. */
  readonly verbose: boolean;
  /** --line-numbers. */
  readonly numbered: boolean;
}

/** What `iptables -t TABLE -nL [CHAIN]` prints; undefined: there is no such chain. */
export function listRules(
  rules: RuleSource,
  { table, chain: only }: Listing,
  options: ListOptions,
): string | undefined {
  const references = referencesIn(rules, table);
  const chains = chainsOf(rules, table, only);
  const blocks = chains?.map((chain) => {
    const count = references.get(chain.name) ?? 0;
    const lines = [headOf(chain, count, options), columnsOf(options)];
    chain.rules.forEach((rule, i) => {
      lines.push(lineOf(rule, i + 1, rules.family, options));
    });
    return lines.map((line) => `${line}\n`).join('');
  });
  return blocks?.join('\n');
}

/** What `iptables -t TABLE -S [CHAIN]` prints; undefined: there is no such chain. */
export function listSpecifications(
  rules: RuleSource,
  { table, chain: only }: Listing,
): string | undefined {
  const chains = chainsOf(rules, table, only);
  const heads = chains?.map(({ name, policy }) => {
    return policy === null ? `-N ${name}` : `-P ${name} ${policy}`;
  });
  const bodies = chains?.flatMap(({ name, rules: own }) =>
    own.map((rule) => appendLine(name, rule, rules.family)),
  );
  return heads && bodies && [...heads, ...bodies].map((line) => `${line}\n`).join('');
}

/** A table that nobody wrote to has its built-in chains alone. */
function chainsOf(
  rules: RuleSource,
  table: TableName,
  only: string | null,
): readonly Chain[] | undefined {
  const written = rules.tables().includes(table);
  const names = written ? rules.chains(table) : builtIns[table];
  if (only !== null && !names.includes(only)) return undefined;
  return (only === null ? names : [only]).map(
    (name) =>
      rules.chain(table, name) ?? { table, name, policy: 'ACCEPT', rules: [], owner: 'kernel' },
  );
}

/** How many rules of the table lead to each chain. */
function referencesIn(rules: RuleSource, table: TableName): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const chain of chainsOf(rules, table, null) ?? []) {
    for (const { target } of chain.rules) {
      if (target.kind !== 'jump' && target.kind !== 'goto') continue;
      counts.set(target.chain, (counts.get(target.chain) ?? 0) + 1);
    }
  }
  return counts;
}

function headOf({ name, policy }: Chain, references: number, { verbose }: ListOptions): string {
  if (policy === null) return `Chain ${name} (${references} references)`;
  return `Chain ${name} (policy ${policy}${verbose ? ' 0 packets, 0 bytes' : ''})`;
}

function columnsOf({ verbose, numbered }: ListOptions): string {
  const number = numbered ? 'num  ' : '';
  const counters = verbose ? ' pkts bytes ' : '';
  const devices = verbose ? ' in     out    ' : '';
  return `${number}${counters}${'target'.padEnd(9)}  prot opt${devices} ${'source'.padEnd(19)}  ${'destination'.padEnd(19)} `;
}

function lineOf(rule: Rule, number: number, family: Family, options: ListOptions): string {
  const { verbose, numbered } = options;
  const start = numbered ? `${`${number}`.padEnd(4)} ` : '';
  const counters = verbose ? '    0     0 ' : '';
  const devices = verbose
    ? ` ${deviceOf(rule, 'in').padEnd(6)} ${deviceOf(rule, 'out').padEnd(6)} `
    : '';
  const ends = `${addressOf(rule, 'src', family)} ${addressOf(rule, 'dst', family)} `;
  const goto = rule.target.kind === 'goto' ? '[goto] ' : '';
  const matches = rule.matches.map((match, i) => matchText(match, rule.matches[i - 1], family));
  const what = `${matches.join('')}${targetText(rule.target, family)}`;
  return `${start}${counters}${targetName(rule.target).padEnd(9)} ${protoOf(rule)}-- ${devices}${ends}${goto}${what}`;
}

function protoOf({ matches }: Rule): string {
  const match = matches.find((one) => one.kind === 'protocol');
  const sign = match?.negated === true ? '!' : ' ';
  return `${sign}${`${match?.proto ?? 0}`.padEnd(4)} `;
}

function deviceOf({ matches }: Rule, side: 'in' | 'out'): string {
  const match = matches.find((one) => one.kind === 'interface' && one.side === side);
  if (match?.kind !== 'interface' || match.name === '+') return '*';
  return `${match.negated ? '!' : ''}${match.name}`;
}

function addressOf({ matches }: Rule, side: 'src' | 'dst', family: Family): string {
  const match = matches.find((one) => one.kind === 'address' && one.side === side);
  if (match?.kind !== 'address') return ` ${(family === 4 ? '0.0.0.0/0' : '::/0').padEnd(19)}`;
  const { low, bits, negated } = match;
  const isWhole = bits === (family === 4 ? 32 : 128);
  const text = `${formatAddr(low)}${isWhole ? '' : `/${bits}`}`;
  return `${negated ? '!' : ' '}${text.padEnd(19)}`;
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? ' !' : '';
}

/** With the blank before it; empty for what stands in a column. */
function matchText(match: Match, before: Match | undefined, family: Family): string {
  switch (match.kind) {
    case 'comment':
      return ` /* ${match.text} */`;
    case 'port':
      return portText(match, before);
    case 'multiport': {
      const side = match.side === 'src' ? 'sports' : 'dports';
      return ` multiport ${side} ${match.negated ? ' !' : ''}${match.ports.join(',')}`;
    }
    case 'mark': {
      const mask = match.mask === 0xffffffff ? '' : `/${hex(match.mask)}`;
      return ` mark match${not(match)} ${hex(match.value)}${mask}`;
    }
    case 'conntrack': {
      const states = stateOrder.filter((state) => match.states.includes(state));
      return `${not(match)} ${match.module === 'state' ? 'state' : 'ctstate'} ${states.join(',')}`;
    }
    case 'addrtype': {
      const limit = match.limit === undefined ? '' : ` limit-${match.limit}`;
      return ` ADDRTYPE match ${match.side}-type ${match.negated ? '!' : ''}${match.type}${limit}`;
    }
    case 'random':
      return ` statistic mode random probability ${probability(match.below)}`;
    case 'recent':
      return recentText(match, family);
    case 'physdev':
      return ` PHYSDEV match${not(match)} --physdev-${match.test}`;
    case 'nfacct':
      return ` nfacct-name  ${match.name}`;
    case 'set':
      return `${not(match)} match-set ${match.set} ${match.flags.join(',')}`;
    case 'ipvs':
      return ipvsText(match);
    case 'address':
    case 'interface':
    case 'protocol':
      return '';
  }
}

type PortMatch = Extract<Match, { kind: 'port' }>;

/** Two matches here are one module's where the first is about the source. */
function portText(match: PortMatch, before: Match | undefined): string {
  const { proto, side, negated, low, high } = match;
  const joins =
    side === 'dst' && before?.kind === 'port' && before.side === 'src' && before.proto === proto;
  const module = joins ? '' : ` ${protoName(proto)}`;
  if (side === null || (low === 0 && high === 65535 && !negated)) return module;
  const word = side === 'src' ? 'spt' : 'dpt';
  const sign = negated ? '!' : '';
  const ports = low === high ? `:${sign}${low}` : `s:${sign}${low}:${high}`;
  return `${module} ${word}${ports}`;
}

function recentText(match: Extract<Match, { kind: 'recent' }>, family: Family): string {
  const words = [' recent:', match.op === 'rcheck' ? 'CHECK' : 'SET'];
  if (match.seconds !== null) words.push(`seconds: ${match.seconds}`);
  if (match.reap) words.push('reap');
  return [...words, `name: ${match.list} side: source mask: ${wholeMask[family]}`].join(' ');
}

function ipvsText({ vaddr, vproto, vport }: Extract<Match, { kind: 'ipvs' }>): string {
  let text = '';
  if (vproto !== null) text += `${not(vproto)} vproto ${vproto.proto}`;
  if (vaddr !== null) {
    const { low, high, bits } = vaddr.range;
    text += `${not(vaddr)} vaddr ${formatAddr(low)}${low === high ? '' : `/${bits}`}`;
  }
  if (vport !== null) text += `${not(vport)} vport ${vport.port}`;
  return text;
}

function targetName(target: Target): string {
  switch (target.kind) {
    case 'jump':
    case 'goto':
      return target.chain;
    case 'notrack':
      return 'CT';
    case 'none':
      return '';
    default:
      return target.kind.toUpperCase();
  }
}

function targetText(target: Target, family: Family): string {
  switch (target.kind) {
    case 'reject':
      return ` reject-with ${rejectWords[family][target.with]}`;
    case 'mark':
      return ` MARK ${markText(target)}`;
    case 'dnat':
      return ` to:${place(target)}${target.randomFully ? ' random' : ''}`;
    case 'snat':
      return ` to:${place(target)}${target.randomFully ? ' random-fully' : ''}`;
    case 'redirect':
      return target.port === null ? '' : ` redir ports ${target.port}`;
    case 'masquerade':
      return target.randomFully ? ' random-fully' : '';
    case 'notrack':
      return target.as === 'CT' ? ' CT notrack' : ' NOTRACK';
    case 'accept':
    case 'drop':
    case 'return':
    case 'jump':
    case 'goto':
    case 'none':
      return '';
  }
}

/** mark_tg_print: what it comes to, in one word. */
function markText({ value, mask }: Extract<Target, { kind: 'mark' }>): string {
  if (value === 0) return `and ${hex(~mask >>> 0)}`;
  if (value === mask) return `or ${hex(value)}`;
  if (mask === 0) return `xor ${hex(value)}`;
  return mask === 0xffffffff ? `set ${hex(value)}` : `xset ${hex(value)}/${hex(mask)}`;
}

function place({ to, port }: Extract<Target, { kind: 'dnat' | 'snat' }>): string {
  return port === null ? formatAddr(to) : formatEndpoint(to, port);
}
