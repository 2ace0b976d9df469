// In which order a look-up hands out the addresses it has found: destination address selection (RFC 3484 and RFC 6724,
// section 6) with the address that the machine would send from. Which address a client dials first hangs on it: which
// family in a dual-stack cluster, and in glibc which Pod behind a headless name. Not modelled: gai.conf, deprecated and
// home addresses, tunnels (rules 3, 4 and 7).
import { type Addr, familyOf, parseAddr } from '../../net/addr.ts';
import { type Cidr, cidr, contains } from '../../net/cidr.ts';
import type { ResolverKind } from './flavour.table.ts';
import { type Policy, SORTINGS, type Sorting } from './sort.table.ts';

/** What a machine sends from, and how many bits its subnet has. */
export interface Source {
  readonly addr: Addr;
  readonly bits: number;
}

/** The source of packets to an address; undefined: no route leads there. */
export type SourceOf = (to: Addr) => Source | undefined;

interface Candidate {
  readonly text: string;
  readonly isV4: boolean;
  readonly hasSource: boolean;
  readonly scope: number;
  readonly matchesScope: boolean;
  readonly matchesLabel: boolean;
  readonly precedence: number;
  /** Rule 9: bits that destination and source have in common. */
  readonly common: number;
}

/** Stable: addresses that no rule tells apart keep their order. */
export function sortAddresses(
  kind: ResolverKind,
  addresses: readonly string[],
  sourceOf: SourceOf,
): readonly string[] {
  const sorting = SORTINGS[kind];
  if (sorting === null || addresses.length < 2) return addresses;
  const candidates = addresses.map((text) => candidate(sorting, text, sourceOf));
  if (sorting.leaves4 && candidates.every(({ isV4 }) => isV4)) return addresses;
  return candidates.toSorted((a, b) => compare(sorting, a, b)).map(({ text }) => text);
}

/** Below 0: `a` comes first. */
function compare({ sortsUnreachable }: Sorting, a: Candidate, b: Candidate): number {
  const yes = (one: boolean): number => (one ? 1 : 0);
  if (a.hasSource !== b.hasSource) return yes(b.hasSource) - yes(a.hasSource);
  if (!a.hasSource && !sortsUnreachable) return 0;
  return (
    yes(b.matchesScope) - yes(a.matchesScope) ||
    yes(b.matchesLabel) - yes(a.matchesLabel) ||
    b.precedence - a.precedence ||
    a.scope - b.scope ||
    (a.isV4 === b.isV4 ? b.common - a.common : 0)
  );
}

function candidate(sorting: Sorting, text: string, sourceOf: SourceOf): Candidate {
  const to = parseAddr(text) ?? 0;
  const source = sourceOf(to);
  const { label, precedence } = policyOf(sorting, to);
  const scope = scopeOf(sorting, to);
  return {
    text,
    isV4: familyOf(to) === 4,
    hasSource: source !== undefined,
    scope,
    matchesScope: source !== undefined && scopeOf(sorting, source.addr) === scope,
    matchesLabel: source !== undefined && policyOf(sorting, source.addr).label === label,
    precedence,
    common: source === undefined ? 0 : commonBits(sorting, to, source),
  };
}

const mapped = 0xffffn << 32n;
const wide = (value: Addr): bigint => (typeof value === 'number' ? mapped | BigInt(value) : value);

interface Range extends Policy {
  readonly range: Cidr;
}

/** Longest prefixes first. */
const ranges = new Map<Sorting, readonly Range[]>();

function policyOf(sorting: Sorting, value: Addr): Policy {
  let list = ranges.get(sorting);
  if (list === undefined) {
    const read = sorting.policies.map((one) => ({ ...one, range: cidr(one.prefix) }));
    list = read.sort((a, b) => b.range.bits - a.range.bits);
    ranges.set(sorting, list);
  }
  const found = list.find(({ range }) => contains(range, wide(value)));
  return found ?? { prefix: '', label: 0, precedence: 0 };
}

const linkScope = 2;
const siteScope = 5;
const globalScope = 14;
const link6 = cidr('fe80::/10');
const site6 = cidr('fec0::/10');

function scopeOf({ link4 }: Sorting, value: Addr): number {
  if (familyOf(value) === 4) {
    return link4.some((range) => contains(cidr(range), value)) ? linkScope : globalScope;
  }
  if (value === 1n || contains(link6, value)) return linkScope;
  return contains(site6, value) ? siteScope : globalScope;
}

function commonBits({ near4, near6 }: Sorting, to: Addr, { addr, bits }: Source): number {
  if (familyOf(to) !== familyOf(addr)) return 0;
  const same = leadingZeros(wide(to) ^ wide(addr));
  if (familyOf(to) === 6) return Math.min(same, near6);
  const same4 = same - 96;
  if (near4 === 'subnet') return same4 >= bits ? same4 : 0;
  return near4 === 'always' ? same4 : 0;
}

/** Of 128 bits. */
function leadingZeros(value: bigint): number {
  return value === 0n ? 128 : 128 - value.toString(2).length;
}
