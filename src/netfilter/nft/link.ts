// A table's chains made ready to be walked: every statement with the set or map it looks into and, where it always comes
// to the same, what it comes to. Made when a chain is first walked and kept with the table, so all who share the table
// share it. What a walk does with it stands in walk.ts.
import type { Verdict } from '../netfilter.ts';
import type { Effect } from '../trace.ts';
import { accept, drop } from '../walk.ts';
import { type Lookup, lookupOf, setOf } from './lookup.ts';
import type {
  NftChain,
  NftData,
  NftElement,
  NftPart,
  NftPlace,
  NftRule,
  NftSet,
  NftStatement,
  NftTable,
  NftVerdict,
} from './table.ts';

/** What a rule came to. Kept with the rule where it is always the same. */
export interface Outcome {
  readonly effect: Effect;
  /** Null: the next rule's turn. */
  readonly verdict:
    | Verdict
    | { readonly kind: 'return' }
    | Extract<NftVerdict, { chain: string }>
    | null;
  /** The map's element that said so. */
  readonly element: NftElement | null;
  /** The chain that a jump leads to, once it was taken. */
  callee: Linked | null;
}

export function outcomeOf(
  effect: Effect,
  verdict: Outcome['verdict'],
  element: NftElement | null = null,
): Outcome {
  return { effect, verdict, element, callee: null };
}

/** True for `continue`: the next statement's turn. */
export function decided(data: NftData | null, element: NftElement | null): Outcome | boolean {
  switch (data?.kind) {
    case 'accept':
      return outcomeOf('accept', accept, element);
    case 'drop':
      return outcomeOf('drop', drop, element);
    case 'return':
      return outcomeOf('return', { kind: 'return' }, element);
    case 'jump':
    case 'goto':
      return outcomeOf('jump', data as Extract<NftVerdict, { chain: string }>, element);
    case 'continue':
      return true;
    default:
      return false;
  }
}

/** A statement with what it looks into, and what it always comes to. */
export interface Part {
  readonly statement: NftStatement;
  readonly lookup: Lookup | null;
  /** The named set, when rules may write to it. */
  readonly dynamic: NftSet | null;
  readonly fixed: Outcome | boolean;
  /** By the number that numgen draws; null: it draws none for a verdict. */
  readonly drawn: readonly (Outcome | boolean)[] | null;
}

export interface Linked {
  readonly chain: NftChain;
  readonly rules: readonly (readonly Part[])[];
}

/** One table's chains that were walked. */
export class Links {
  readonly table: NftTable;
  readonly #known = new Map<string, Linked>();

  constructor(table: NftTable) {
    this.table = table;
  }

  chain(name: string, from: string): Linked {
    let linked = this.#known.get(name);
    if (linked === undefined) {
      const chain = this.table.chain(name);
      if (chain === undefined) {
        throw new Error(`chain ${from} of table ${this.table.name} jumps to ${name}: not there`);
      }
      linked = { chain, rules: chain.rules.map((rule) => this.#parts(rule)) };
      this.#known.set(name, linked);
    }
    return linked;
  }

  #parts({ statements }: NftRule): readonly Part[] {
    return statements.map(asLoaded).map((statement) => {
      const place = placeOf(statement);
      const lookup = place === null ? null : lookupOf(this.table, place);
      const set = place?.kind === 'named' ? setOf(this.table, place.name) : null;
      const dynamic = set?.flags.includes('dynamic') === true ? set : null;
      const fixed = statement.kind !== 'verdict' || decided(statement.verdict, null);
      return { statement, lookup, dynamic, fixed, drawn: drawnFrom(statement, lookup) };
    });
  }
}

/** A flag that is compared, or stands alone in a rule's own set, is loaded as a test of its bit. */
function asLoaded(statement: NftStatement): NftStatement {
  if (statement.kind !== 'compare' && statement.kind !== 'in') return statement;
  const { negated } = statement;
  const field = statement.kind === 'compare' ? statement.field : statement.key[0];
  if (field !== 'ct state' && field !== 'ct status') return statement;
  const flag = statement.kind === 'compare' ? statement.value : onlyKey(statement.set);
  return typeof flag === 'string' ? { kind: 'flags', field, negated, flags: [flag] } : statement;
}

function onlyKey(set: NftPlace): NftPart | undefined {
  const [only, more] = set.kind === 'anonymous' ? set.elements : [];
  return only !== undefined && more === undefined && only.key.length === 1
    ? only.key[0]
    : undefined;
}

function placeOf(statement: NftStatement) {
  switch (statement.kind) {
    case 'in':
      return statement.set;
    case 'vmap':
      return statement.map;
    case 'nat':
      return statement.to.kind === 'map' ? statement.to.map : null;
    case 'dynset':
      return { kind: 'named', name: statement.set } as const;
    default:
      return null;
  }
}

function drawnFrom(statement: NftStatement, lookup: Lookup | null): Part['drawn'] {
  if (statement.kind !== 'vmap' || statement.key.kind !== 'numgen') return null;
  return Array.from({ length: statement.key.mod }, (_, i) => {
    const element = lookup?.([i]);
    return element !== undefined && decided(element.data, element);
  });
}

const links = new WeakMap<NftTable, Links>();

/** The table's chains; the same object for the same table. */
export function linksOf(table: NftTable): Links {
  let known = links.get(table);
  if (known === undefined) {
    known = new Links(table);
    links.set(table, known);
  }
  return known;
}
