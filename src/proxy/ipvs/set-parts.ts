// What chunks of service ports add to the ip sets, and the sets made of it. A set that differs in a
// few parts from the one the same node had last is that one with the difference put in, so that an
// event costs what its chunk costs, however many Services there are. Nothing here can be seen in a
// result: members are the same whichever way they came in.
import { HashMembers } from '../../netfilter/ipset/members.ts';
import { bounded, inner, memo } from '../../sim/memo.ts';
import type { ServicePort } from '../service-port.ts';
import { isStorable, memberOf } from './entry.ts';
import type { Member } from './frontends.ts';
import type { SetName } from './sets.table.ts';

/** A service port's members of one set; equal ids mean equal members. */
export interface PortMembers {
  readonly id: number;
  readonly members: readonly Member[];
}

/** A chunk's members of one set, by their text; equal ids mean equal members. */
export interface SetPart {
  readonly id: number;
  readonly members: ReadonlyMap<string, Member>;
}

interface Last {
  readonly parts: readonly SetPart[];
  readonly members: HashMembers;
}

const partsMax = 4096;
const lastMax = 512;

export class SetParts {
  readonly #ports = new WeakMap<ServicePort, Map<string, PortMembers>>();
  readonly #parts = new Map<string, SetPart>();
  readonly #last = new Map<string, Last>();
  #count = 0;

  /** By set. */
  ofPort(service: ServicePort, members: readonly Member[]): ReadonlyMap<SetName, PortMembers> {
    const found = new Map<SetName, Member[]>();
    for (const member of members) {
      const same = found.get(member.set);
      if (same === undefined) found.set(member.set, [member]);
      else same.push(member);
    }
    const known = inner(this.#ports, service);
    const bySet = new Map<SetName, PortMembers>();
    for (const [set, own] of found) {
      const key = `${set} ${own.map(({ text, origin }) => `${text}#${origin}`).join(' ')}`;
      bySet.set(
        set,
        memo(known, key, () => ({ id: ++this.#count, members: own })),
      );
    }
    return bySet;
  }

  ofChunk(set: SetName, ports: readonly PortMembers[]): SetPart {
    return bounded(this.#parts, partsMax, `${set} ${ports.map(({ id }) => id).join()}`, () => {
      const members = new Map<string, Member>();
      for (const port of ports) {
        for (const member of port.members) {
          if (!members.has(member.text)) members.set(member.text, member);
        }
      }
      return { id: ++this.#count, members };
    });
  }

  /** All members of a set; `place` names the set and whose it is. */
  membersOf(place: string, parts: readonly SetPart[]): HashMembers {
    const members = this.#moved(this.#last.get(place), parts) ?? fresh(parts);
    this.#last.delete(place);
    bounded(this.#last, lastMax, place, () => ({ parts, members }));
    return members;
  }

  /** Undefined: it is less work to begin anew. */
  #moved(last: Last | undefined, parts: readonly SetPart[]): HashMembers | undefined {
    if (last === undefined) return undefined;
    const gone = without(last.parts, parts);
    const added = without(parts, last.parts);
    if (gone.length + added.length > parts.length) return undefined;
    let { members } = last;
    for (const { text, entry } of gone.flatMap((part) => [...part.members.values()])) {
      if (!parts.some((part) => part.members.has(text))) members = members.without(memberOf(entry));
    }
    return withAll(members, added);
  }
}

function without(parts: readonly SetPart[], others: readonly SetPart[]): readonly SetPart[] {
  const known = new Set(others);
  return parts.filter((part) => !known.has(part));
}

function fresh(parts: readonly SetPart[]): HashMembers {
  return withAll(HashMembers.empty, parts);
}

function withAll(before: HashMembers, parts: readonly SetPart[]): HashMembers {
  let members = before;
  for (const part of parts) {
    for (const { entry } of part.members.values()) {
      if (isStorable(entry)) members = members.with(memberOf(entry));
    }
  }
  return members;
}
