// Zone cuts: the NS records of names below the apex, the addresses that lead there, and DS for who asks for signatures
// (CoreDNS plugin/file/lookup.go, tree/glue.go).
import { type ResourceRecord, typeName } from '../message/message.ts';
import { isSubdomain, labelsOf } from '../message/name.ts';
import type { Elem, ZoneTree } from './tree.ts';
import { coveredType, type Zone } from './zone.ts';

export interface Delegation {
  readonly authority: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
}

const typed = (elem: Elem, type: number, dnssecOk: boolean): readonly ResourceRecord[] => {
  if (!dnssecOk) return elem.type(type);
  const name = typeName(type);
  const signatures = elem.type(46).filter((record) => coveredType(record) === name);
  return [...elem.type(type), ...signatures];
};

/** Addresses of name servers that lie below the name they serve. */
export function glueOf(
  tree: ZoneTree,
  servers: readonly ResourceRecord[],
  dnssecOk: boolean,
): readonly ResourceRecord[] {
  return servers.flatMap((record) => {
    if (record.kind !== 'NS' || !isSubdomain(record.name, record.target)) return [];
    const elem = tree.search(record.target);
    if (elem === undefined) return [];
    return [...typed(elem, 1, dnssecOk), ...typed(elem, 28, dnssecOk)];
  });
}

/** The cut at a name; DS of the very name is the parent's own. */
export function delegationAt(
  tree: ZoneTree,
  elem: Elem,
  qname: string,
  type: number,
  dnssecOk: boolean,
): Delegation | null {
  const servers = elem.type(2);
  if (servers.length === 0) return null;
  if (typeName(type) === 'DS' && elem.name === qname) return null;
  const ds = dnssecOk ? typed(elem, 43, true) : [];
  return { authority: [...servers, ...ds], additional: glueOf(tree, servers, dnssecOk) };
}

/** The first cut between the apex and a name. */
export function delegationOn(
  zone: Zone,
  name: string,
  type: number,
  dnssecOk: boolean,
  exact: Elem | undefined,
): Delegation | null {
  const labels = labelsOf(name);
  for (let i = labels.length - labelsOf(zone.origin).length - 1; i >= 0; i--) {
    const elem = i === 0 ? exact : zone.tree.search(`${labels.slice(i).join('.')}.`);
    const cut = elem === undefined ? null : delegationAt(zone.tree, elem, name, type, dnssecOk);
    if (cut !== null) return cut;
  }
  return null;
}
