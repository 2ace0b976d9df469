// Sets as `ipset -sorted save`, `ipset -sorted list`, `ipset list -name` and `ipset test` of version 7.17 print them on
// Linux 6.18. The kernel draws a set's initval and orders members by it; here it follows from the set's name, and
// members are sorted.
import { folded, mix } from '../flow-table.ts';
import type { Chain, RuleSource, SetSource } from '../rule.ts';
import { occupied } from './buckets.ts';
import { holds } from './match.ts';
import { compareTexts } from './order.ts';
import type { IpSet, SetType } from './set.ts';
import { compareMembers, memberText, parseMember } from './text.ts';

/** Highest revision of each type that this kernel and this tool know. */
const revisions: Readonly<Record<SetType, number>> = {
  'hash:ip': 6,
  'hash:net': 7,
  'hash:ip,port': 7,
  'hash:ip,port,ip': 6,
  'hash:ip,port,net': 8,
  'bitmap:port': 3,
};

/** The kernel's random number for the set, here the same in every run. */
export function initvalOf(name: string): number {
  let hash = folded(0x1505);
  for (let i = 0; i < name.length; i++) hash = mix(hash, name.charCodeAt(i));
  return hash >>> 0;
}

function parameters(set: IpSet): string {
  if (set.type === 'bitmap:port') return 'range 0-65535';
  const initval = initvalOf(set.name);
  const { hashsize } = occupied(set, initval);
  const family = set.family === 6 ? 'inet6' : 'inet';
  const hash = `0x${initval.toString(16).padStart(8, '0')}`;
  return `family ${family} hashsize ${hashsize} maxelem ${set.maxelem} bucketsize 12 initval ${hash}`;
}

function sortedTexts({ type, family, members }: IpSet): readonly string[] {
  if (family === 6) {
    return members
      .list()
      .map((member) => memberText(type, member))
      .sort(compareTexts);
  }
  return [...members.list()].sort(compareMembers).map((member) => memberText(type, member));
}

/** The sets of sources that share a namespace, in the order in which they were created. */
export function setsOf(sources: readonly SetSource[]): readonly IpSet[] {
  const sets = sources.flatMap((source) => source.sets().map((name) => source.set(name)));
  const found = new Map<string, IpSet>();
  for (const set of sets) if (set !== undefined && !found.has(set.name)) found.set(set.name, set);
  return [...found.values()];
}

/** `ipset -sorted save`; with a name that of one set. */
export function saveSets(sets: readonly IpSet[], only?: string): string {
  const lines = chosen(sets, only).flatMap((set) => [
    `create ${set.name} ${set.type} ${parameters(set)}`,
    ...sortedTexts(set).map((member) => `add ${set.name} ${member}`),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

/** `ipset -sorted list`. `references`: how many rules name a set. */
export function listSets(
  sets: readonly IpSet[],
  references: (name: string) => number,
  only?: string,
): string {
  const blocks = chosen(sets, only).map((set) => {
    const lines = [
      `Name: ${set.name}`,
      `Type: ${set.type}`,
      `Revision: ${revisions[set.type]}`,
      `Header: ${parameters(set)}`,
      `Size in memory: ${occupied(set, initvalOf(set.name)).bytes}`,
      `References: ${references(set.name)}`,
      `Number of entries: ${set.members.size}`,
      'Members:',
      ...sortedTexts(set),
    ];
    return lines.map((line) => `${line}\n`).join('');
  });
  return blocks.join('\n');
}

/** `ipset list -name`. */
export function listNames(sets: readonly IpSet[]): string {
  return sets.map(({ name }) => `${name}\n`).join('');
}

export interface Tested {
  /** What is printed on standard error. */
  readonly text: string;
  readonly exit: 0 | 1;
}

/** `ipset test SET MEMBER`. */
export function testMember(set: IpSet | undefined, text: string): Tested {
  if (set === undefined) return refused('The set with the given name does not exist');
  try {
    const member = parseMember(set.type, set.family ?? 4, text);
    const isThere = holds(set, member);
    const shown = memberText(set.type, member);
    return isThere
      ? { text: `Warning: ${shown} is in set ${set.name}.\n`, exit: 0 }
      : { text: `${shown} is NOT in set ${set.name}.\n`, exit: 1 };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function refused(why: string): Tested {
  return { text: `ipset v7.17: ${why}\n`, exit: 1 };
}

function chosen(sets: readonly IpSet[], only: string | undefined): readonly IpSet[] {
  return only === undefined ? sets : sets.filter(({ name }) => name === only);
}

/** How many rules of these sources name each set: what the kernel counts as references. */
export function referencesOf(sources: readonly RuleSource[]): (name: string) => number {
  const counts = new Map<string, number>();
  const count = (chain: Chain | undefined): void => {
    for (const { matches } of chain?.rules ?? []) {
      for (const match of matches) {
        if (match.kind === 'set') counts.set(match.set, (counts.get(match.set) ?? 0) + 1);
      }
    }
  };
  for (const source of sources) {
    for (const table of source.tables()) {
      for (const name of source.chains(table)) count(source.chain(table, name));
    }
  }
  return (name) => counts.get(name) ?? 0;
}
