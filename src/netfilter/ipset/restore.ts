// Reads what `ipset restore` reads: create, add, del, flush and destroy lines, one command a line. Options that are not
// modelled (timeout, counters, comment, netmask, forceadd) are refused. Errors are those of ipset 7.17.
import type { Family } from '../../net/addr.ts';
import { HashMembers } from './members.ts';
import { createSet, dimensions, type IpSet, type SetType } from './set.ts';
import { parseMember } from './text.ts';

/** Text that does not restore; `line` from 1. */
export class SetsTextError extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(`ipset v7.17: Error in line ${line}: ${message}`);
    this.name = 'SetsTextError';
    this.line = line;
  }
}

interface Held {
  readonly set: IpSet;
  readonly members: HashMembers;
}

/** The sets after the text, on top of those that are there. Throws SetsTextError. */
export function restoreSets(text: string, before: readonly IpSet[] = []): readonly IpSet[] {
  const sets = new Map<string, Held>();
  for (const set of before) {
    sets.set(set.name, { set, members: HashMembers.of(set.members.list()) });
  }
  for (const [i, raw] of text.split('\n').entries()) {
    const words = raw.trim().split(/\s+/);
    if (words[0] === '' || words[0] === 'COMMIT' || raw.startsWith('#')) continue;
    try {
      command(sets, words);
    } catch (error) {
      throw new SetsTextError(i + 1, error instanceof Error ? error.message : String(error));
    }
  }
  return [...sets.values()].map(({ set, members }) => ({ ...set, members }));
}

const noSet = 'The set with the given name does not exist';

function command(sets: Map<string, Held>, words: readonly string[]): void {
  const [verb = '', name = '', third = '', ...rest] = words;
  if (verb === 'create') {
    if (sets.has(name)) {
      throw new Error('Set cannot be created: set with the same name already exists');
    }
    sets.set(name, { set: create(name, third, rest), members: HashMembers.empty });
    return;
  }
  const held = sets.get(name);
  if (held === undefined) throw new Error(noSet);
  const { set, members } = held;
  const member = () => parseMember(set.type, set.family ?? 4, third);
  switch (verb) {
    case 'add': {
      const more = members.with(member());
      if (more === members) {
        throw new Error("Element cannot be added to the set: it's already added");
      }
      if (more.size > set.maxelem) throw new Error('Hash is full, cannot add more elements');
      sets.set(name, { set, members: more });
      return;
    }
    case 'del': {
      const fewer = members.without(member());
      if (fewer === members) {
        throw new Error("Element cannot be deleted from the set: it's not added");
      }
      sets.set(name, { set, members: fewer });
      return;
    }
    case 'flush':
      sets.set(name, { set, members: HashMembers.empty });
      return;
    case 'destroy':
      sets.delete(name);
      return;
    default:
      throw new Error(`Syntax error: "${verb}" is not modelled: create, add, del, flush, destroy`);
  }
}

function create(name: string, type: string, options: readonly string[]): IpSet {
  if (!Object.hasOwn(dimensions, type)) {
    throw new Error(`Syntax error: typename '${type}' is unknown`);
  }
  let family: Family = 4;
  let made: Partial<IpSet> = {};
  let range: string | null = null;
  for (let i = 0; i < options.length; i += 2) {
    const value = options[i + 1] ?? '';
    switch (options[i]) {
      case 'family':
        family = value === 'inet6' ? 6 : 4;
        break;
      case 'hashsize':
        made = { ...made, hashsize: Number(value) };
        break;
      case 'maxelem':
        made = { ...made, maxelem: Number(value) };
        break;
      case 'range':
        range = value;
        break;
      case 'bucketsize':
      case 'initval':
        break; // ours
      default:
        throw new Error(`Syntax error: option "${options[i]}" of create is not modelled`);
    }
  }
  if (type === 'bitmap:port') {
    if (range === null) throw new Error("Mandatory option `range' is missing");
    if (range !== '0-65535') throw new Error(`range ${range} is not modelled: 0-65535 only`);
  }
  return { ...createSet(name, type as SetType, family), ...made };
}
