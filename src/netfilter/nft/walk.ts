// The walk through a base chain of nf_tables and the chains it leads to: rule by rule, statement by statement, until a
// verdict. It says nothing of hook order, conntrack or translation: kernel.ts does, and is handed every NAT statement.
// Chains are linked when they are first walked and kept with the table. Models nft_do_chain.
import type { Table } from '../../sim/table.ts';
import type { Verdict } from '../netfilter.ts';
import { type Effect, effectCode, nftCode } from '../trace.ts';
import { accept, drop, type NatTarget, type WalkEnv } from '../walk.ts';
import { hasDynamic, updateDynamic } from './dynamic.ts';
import type { NftField } from './field.table.ts';
import { readers, stateNames } from './field.ts';
import {
  decided,
  type Linked,
  type Links,
  linksOf,
  type Outcome,
  outcomeOf,
  type Part,
} from './link.ts';
import { holds } from './lookup.ts';
import type { NftChain, NftElement, NftKey, NftStatement, NftTable, NftValue } from './table.ts';

export interface NftEnv extends WalkEnv {
  /** What rules put into dynamic sets. */
  readonly dynamic: Table<number>;
}

const effectCodes: Readonly<Record<Effect, number>> = {
  accept: effectCode('accept'),
  drop: effectCode('drop'),
  reject: effectCode('reject'),
  return: effectCode('return'),
  jump: effectCode('jump'),
  mark: effectCode('mark'),
  dnat: effectCode('dnat'),
  snat: effectCode('snat'),
  masquerade: effectCode('masquerade'),
  count: effectCode('count'),
  policy: effectCode('policy'),
  notrack: effectCode('notrack'),
};

/** The kernel loads no rules that jump deeper (NFT_JUMP_STACK_SIZE). */
const depthMax = 16;

interface Run {
  readonly env: NftEnv;
  readonly links: Links;
  /** Hook and chain type as the trace codes them. */
  readonly code: number;
}

/** The verdict of one base chain: `accept` ends this chain alone, every other verdict is the last. */
export function walkBase(table: NftTable, base: NftChain, env: NftEnv): Verdict {
  const known = linksOf(table);
  const type = base.base?.type ?? 'filter';
  const run: Run = { env, links: known, code: nftCode(type, env.hook) };
  const verdict = walkChain(run, known.chain(base.name, base.name), 0);
  if (verdict !== null || base.base?.policy !== 'drop') return verdict ?? accept;
  env.context.trace.nft(run.code + effectCodes.policy, base, -1, null);
  return drop;
}

/** Null: the end of the chain was reached or `return` was met. */
function walkChain(run: Run, { chain, rules }: Linked, depth: number): Verdict | null {
  if (depth > depthMax) {
    throw new Error(`chain ${chain.name} of table ${chain.table} stands too deep, or loops`);
  }
  const { trace } = run.env.context;
  for (let i = 0; i < rules.length; i++) {
    trace.walked(1);
    const outcome = runRule(run, rules[i] as readonly Part[]);
    if (outcome === null) continue;
    trace.nft(run.code + effectCodes[outcome.effect], chain, i, outcome.element);
    const { verdict } = outcome;
    switch (verdict?.kind) {
      case undefined:
        break;
      case 'return':
        return null;
      case 'jump': {
        const found = walkChain(run, calleeOf(run, outcome, verdict.chain, chain), depth + 1);
        if (found !== null) return found;
        break;
      }
      case 'goto':
        return walkChain(run, calleeOf(run, outcome, verdict.chain, chain), depth + 1);
      default:
        return verdict ?? null;
    }
  }
  return null;
}

function calleeOf(run: Run, outcome: Outcome, name: string, from: NftChain): Linked {
  outcome.callee ??= run.links.chain(name, from.name);
  return outcome.callee;
}

const counted = outcomeOf('count', null);
const marked = outcomeOf('mark', null);

/** Null: a comparison failed before anything was done. */
function runRule(run: Run, parts: readonly Part[]): Outcome | null {
  let did: Outcome | null = null;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Part;
    const outcome = act(run, part);
    if (outcome === false) return did;
    if (outcome === true) continue;
    if (outcome.verdict !== null) return outcome;
    did = outcome;
  }
  return did ?? counted;
}

/** False: the rule ends here; true: its next statement's turn, and nothing was done. */
function act(run: Run, part: Part): Outcome | boolean {
  const { env } = run;
  const { statement } = part;
  switch (statement.kind) {
    case 'compare': {
      const value = readers[statement.field](env);
      return value !== undefined && holds(statement.value, value) !== statement.negated;
    }
    case 'bits':
      return ((env.packet.mark & statement.mask) >>> 0 === statement.value) !== statement.negated;
    case 'flags':
      return statement.negated ? isOther(env, statement) : hasFlag(env, statement.flags);
    case 'in':
      return isIn(env, part, statement.key, statement.negated, run.links.table.name);
    case 'counter':
      return true;
    case 'mark':
      env.packet.mark = newMark(env.packet.mark, statement.op, statement.value);
      return marked;
    case 'dynset':
      return note(run, part, statement);
    case 'verdict':
      return part.fixed;
    case 'vmap': {
      if (statement.key.kind === 'numgen' && part.drawn !== null) {
        return part.drawn[drawn(env, statement.key.mod)] ?? false;
      }
      const element = foundBy(env, part, statement.key);
      return element !== undefined && decided(element.data, element);
    }
    case 'reject': {
      if (statement.with === 'tcp-reset' && env.packet.proto !== 6) return false;
      return outcomeOf('reject', { kind: 'reject', with: statement.with });
    }
    case 'nat':
      return natOf(env, part, statement);
    case 'redirect':
      return translated(env, { kind: 'redirect', port: statement.port }, null);
    case 'masquerade':
      return translated(env, { kind: 'masquerade', randomFully: statement.fullyRandom }, null);
  }
}

/** `!=` compares the whole word with the flags: a flow has one state, but more status bits than any rule names (a
 * translated one at least the bit that says so is settled). Without a flow there is no status, which ends the rule. */
function isOther(
  { ct }: NftEnv,
  { field, flags }: Extract<NftStatement, { kind: 'flags' }>,
): boolean {
  if (field === 'ct status') return ct.state !== 'INVALID';
  return flags.length > 1 || flags[0] !== stateNames[ct.state];
}

function hasFlag({ ct }: NftEnv, flags: readonly string[]): boolean {
  for (const flag of flags) {
    if (flag === 'snat' ? ct.srcNat : flag === 'dnat' ? ct.dstNat : flag === stateNames[ct.state])
      return true;
  }
  return false;
}

function isIn(
  env: NftEnv,
  part: Part,
  fields: readonly NftField[],
  negated: boolean,
  table: string,
): boolean {
  const key = keyFrom(env, fields);
  if (key === undefined) return false;
  const isStatic = part.lookup?.(key) !== undefined;
  const { dynamic } = part;
  const found =
    isStatic ||
    (dynamic !== null && hasDynamic(env.dynamic, table, dynamic.name, key, env.context.nowMs));
  return found !== negated;
}

function keyFrom(env: NftEnv, fields: readonly NftField[]): readonly NftValue[] | undefined {
  const key: NftValue[] = [];
  for (const field of fields) {
    const value = readers[field](env);
    if (value === undefined) return undefined;
    key.push(value);
  }
  return key;
}

function foundBy(env: NftEnv, part: Part, key: NftKey): NftElement | undefined {
  if (key.kind === 'numgen') return part.lookup?.([drawn(env, key.mod)]);
  const values = keyFrom(env, key.fields);
  return values === undefined ? undefined : part.lookup?.(values);
}

const weights = new Map<number, readonly number[]>();

/** `numgen random mod N` is (32 random bits * N) >> 32: how many of 2^32 numbers give each result. */
function drawn({ context }: NftEnv, mod: number): number {
  let shares = weights.get(mod);
  if (shares === undefined) {
    const from = (i: number) => Math.ceil((i * 2 ** 32) / mod);
    shares = Array.from({ length: mod }, (_, i) => from(i + 1) - from(i));
    weights.set(mod, shares);
  }
  return context.choices.pick('netfilter/numgen', shares);
}

function newMark(mark: number, op: 'set' | 'and' | 'or' | 'xor', value: number): number {
  switch (op) {
    case 'set':
      return value;
    case 'and':
      return (mark & value) >>> 0;
    case 'or':
      return (mark | value) >>> 0;
    case 'xor':
      return (mark ^ value) >>> 0;
  }
}

function note(
  run: Run,
  { dynamic: set }: Part,
  { op, key, set: name, timeoutSeconds }: Extract<NftStatement, { kind: 'dynset' }>,
): boolean {
  const { env } = run;
  const { name: table } = run.links.table;
  if (set === null) throw new Error(`set ${name} of table ${table} is not dynamic`);
  const values = keyFrom(env, key);
  if (values === undefined) return false;
  const update = { table, set, op, timeoutSeconds };
  return updateDynamic(env.dynamic, update, values, env.context.nowMs);
}

function natOf(
  env: NftEnv,
  part: Part,
  { type, to, fullyRandom }: Extract<NftStatement, { kind: 'nat' }>,
): Outcome | boolean {
  if (to.kind === 'constant') {
    const { addr, port } = to;
    return translated(env, { kind: type, to: addr, port, randomFully: fullyRandom }, null);
  }
  const element = foundBy(env, part, to.key);
  if (element?.data?.kind !== 'values') return false;
  const [addr, port] = element.data.values;
  if (addr === undefined || typeof addr === 'string') return false;
  const target: NatTarget = {
    kind: type,
    to: addr,
    port: to.port && typeof port === 'number' ? port : null,
    randomFully: fullyRandom,
  };
  return translated(env, target, element);
}

const natEffects = {
  dnat: 'dnat',
  redirect: 'dnat',
  snat: 'snat',
  masquerade: 'masquerade',
} as const;

function translated(env: NftEnv, target: NatTarget, element: NftElement | null): Outcome {
  return outcomeOf(natEffects[target.kind], env.translate(target), element);
}
