// One look-up in a zone (CoreDNS plugin/file/lookup.go): label by label from the apex, for zone cuts and DNAMEs on the
// way; then the name itself, else the nearest wildcard; aliases are followed inside the zone, and outside by asking the
// whole server again. Where this departs from RFC 4592 upstream does, until 1.14.7.
import { nameAt } from '../message/decode.ts';
import { IN, type Message, type ResourceRecord, typeName } from '../message/message.ts';
import { isSubdomain, labelsOf } from '../message/name.ts';
import type { Turn } from '../plugin.ts';
import { delegationAt, delegationOn, glueOf } from './cuts.ts';
import type { Elem } from './tree.ts';
import { sameName } from './tree.ts';
import { coveredType, type Zone } from './zone.ts';

export type Result = 'success' | 'nxdomain' | 'delegation' | 'nodata' | 'servfail';

export interface Found {
  readonly answer: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
  readonly result: Result;
}

export interface Asked {
  /** Lower case. */
  readonly qname: string;
  readonly type: number;
  /** Signatures are wanted too. */
  readonly dnssecOk: boolean;
  readonly message: Message;
  readonly turn: Turn;
}

const loopsMax = 8;
const servfail: Found = { answer: [], authority: [], additional: [], result: 'servfail' };

/** Aliases that this turn has asked the whole server about, one inside the other. */
const depths = new WeakMap<Turn, number>();

export function lookUp(zone: Zone, asked: Asked): Found {
  return zone.soa === null ? servfail : new Lookup(zone, asked).run();
}

const signaturesOf = (elem: Elem, type: string): readonly ResourceRecord[] =>
  elem.type(46).filter((record) => coveredType(record) === type);

/** What the way down to a name meets. */
interface Walk {
  readonly elem: Elem | undefined;
  readonly wild: Elem | undefined;
  /** The name of a wildcard that has no records itself, or of `wild`. */
  readonly wildName: string;
}

class Lookup {
  readonly #zone: Zone;
  readonly #asked: Asked;
  readonly #type: string;
  readonly #depth: number;

  constructor(zone: Zone, asked: Asked) {
    this.#zone = zone;
    this.#asked = asked;
    this.#type = typeName(asked.type);
    this.#depth = depths.get(asked.turn) ?? 0;
  }

  run(): Found {
    const { qname } = this.#asked;
    const { origin, ns, tree } = this.#zone;
    if (qname === origin && this.#type === 'SOA') return this.#success(this.#soa(), this.#ns());
    if (qname === origin && this.#type === 'NS') {
      return this.#success(this.#ns(), [], glueOf(tree, ns, this.#asked.dnssecOk));
    }
    if (this.#depth > loopsMax) return servfail;
    const walk = this.#walk();
    if ('result' in walk) return walk;
    if (walk.elem !== undefined) return this.#exact(walk.elem);
    return this.#wildcard(walk) ?? this.#missing();
  }

  /** Goes down from the apex; ends early at a zone cut or a DNAME. */
  #walk(): Walk | Found {
    const { qname, type } = this.#asked;
    const { origin, tree, facts } = this.#zone;
    const labels = labelsOf(qname);
    const depth = labelsOf(origin).length;
    let elem: Elem | undefined;
    let wild: Elem | undefined;
    let wildName = '';
    for (let i = 0; i <= labels.length - depth; i++) {
      const name = i === 0 ? origin : `${labels.slice(labels.length - depth - i).join('.')}.`;
      elem = tree.search(name);
      if (elem === undefined) {
        const wildcard = `*.${labelsOf(name).slice(1).join('.')}.`.replace('*..', '*.');
        const found = tree.search(wildcard);
        if (found !== undefined) [wild, wildName] = [found, found.name];
        else if (facts.cutsOnAlias && this.#hasBelow(wildcard))
          [wild, wildName] = [undefined, wildcard];
        continue;
      }
      const substituted = this.#dname(elem);
      if (substituted !== null) return substituted;
      const cut = delegationAt(tree, elem, qname, type, this.#asked.dnssecOk);
      if (cut !== null) return { answer: [], ...cut, result: 'delegation' };
    }
    return { elem, wild, wildName };
  }

  /** RFC 6672: names below a DNAME are renamed. */
  #dname(elem: Elem): Found | null {
    const { qname, dnssecOk } = this.#asked;
    const [dname] = elem.type(39);
    if (dname?.kind !== 'DNAME' || !isSubdomain(dname.name, qname)) return null;
    const own = labelsOf(dname.name).length;
    const labels = labelsOf(qname);
    if (labels.length === own) return null;
    const target = `${[...labels.slice(0, labels.length - own), ...labelsOf(dname.target)].join('.')}.`;
    if (this.#zone.facts.cutsOnAlias && sameName(target, qname)) return servfail;
    const alias = { name: qname, class: IN, ttl: dname.ttl, kind: 'CNAME' as const, target };
    const records = [...elem.type(39), ...(dnssecOk ? signaturesOf(elem, 'DNAME') : [])];
    const found =
      this.#type === 'CNAME'
        ? this.#success([alias], this.#ns())
        : this.#alias(elem, [alias], this.#depth + 1);
    return { ...found, answer: [...records, ...found.answer] };
  }

  #exact(elem: Elem): Found {
    const { type, dnssecOk } = this.#asked;
    const aliases = elem.type(5);
    if (aliases.length > 0 && this.#type !== 'CNAME') {
      return this.#alias(elem, aliases, this.#depth + 1);
    }
    const records = elem.type(type);
    if (records.length === 0) return this.#nodata(elem);
    const signed = dnssecOk ? [...records, ...signaturesOf(elem, this.#type)] : records;
    return this.#success(signed, this.#ns(), this.#additional(records));
  }

  #nodata(elem: Elem | null): Found {
    const nsec = elem !== null && this.#asked.dnssecOk ? this.#signedType(elem, 47) : [];
    return {
      answer: [],
      authority: [...this.#soa(), ...nsec],
      additional: [],
      result: 'nodata',
    };
  }

  #wildcard({ wild, wildName }: Walk): Found | null {
    const { qname, type, dnssecOk } = this.#asked;
    const { facts, tree } = this.#zone;
    if (wildName === '') return null;
    if (facts.cutsOnAlias && this.#emptyNameBelow(wildName)) return null;
    if (wild === undefined) return this.#nodata(null);
    const renamed = (of: number): readonly ResourceRecord[] =>
      wild.type(of).map((record) => ({ ...record, name: qname }));
    const aliases = renamed(5);
    if (aliases.length > 0 && this.#type !== 'CNAME') {
      return this.#alias(wild, aliases, this.#depth + 1);
    }
    const records = renamed(type);
    if (records.length === 0) return this.#nodata(wild);
    const additional = facts.wildcardAdditional ? this.#additional(records) : [];
    if (!dnssecOk) return this.#success(records, this.#ns(), additional);
    const deny = tree.floor(qname);
    const nsec = deny === undefined ? [] : this.#signedType(deny, 47);
    const signatures = renamed(46).filter((record) => coveredType(record) === this.#type);
    return this.#success([...records, ...signatures], [...this.#ns(), ...nsec], additional);
  }

  /** NXDOMAIN; a name with others below it exists, empty. */
  #missing(): Found {
    const { qname, dnssecOk } = this.#asked;
    const { tree } = this.#zone;
    const next = tree.ceil(qname);
    const isEmpty = next !== undefined && isSubdomain(qname, next.name);
    const result = isEmpty ? 'success' : 'nxdomain';
    const authority = [...this.#soa()];
    const deny = dnssecOk ? tree.floor(qname) : undefined;
    if (deny !== undefined) {
      authority.push(...this.#signedType(deny, 47));
      const wildcard = isEmpty ? undefined : tree.floor(`*.${this.#encloser(qname).name}`);
      if (wildcard !== undefined && wildcard.name !== deny.name) {
        authority.push(...this.#signedType(wildcard, 47));
      }
    }
    return { answer: [], authority, additional: [], result };
  }

  /** Follows aliases from `records` on, whose elem is `from`. */
  #alias(from: Elem, records: readonly ResourceRecord[], depth: number): Found {
    const { dnssecOk, type } = this.#asked;
    const { tree } = this.#zone;
    const answer = [...records, ...(dnssecOk ? signaturesOf(from, 'CNAME') : [])];
    let [alias] = records;
    for (let hops = 0; alias?.kind === 'CNAME'; hops++) {
      if (hops > loopsMax) return this.#followed(answer);
      const elem = tree.search(alias.target);
      const cut = this.#zone.facts.cutsOnAlias
        ? delegationOn(this.#zone, alias.target, type, dnssecOk, elem)
        : null;
      if (cut !== null) return { answer, ...cut, result: 'delegation' };
      if (elem === undefined || this.#isApexQuestion(alias.target)) {
        return this.#outside(answer, alias.target, depth);
      }
      const next = elem.type(5);
      if (next.length === 0) {
        answer.push(...elem.type(type));
        if (dnssecOk && elem.type(type).length > 0) answer.push(...signaturesOf(elem, this.#type));
        return this.#followed(answer);
      }
      answer.push(...next, ...(dnssecOk ? signaturesOf(elem, 'CNAME') : []));
      [alias] = next;
    }
    return this.#followed(answer);
  }

  #followed(answer: readonly ResourceRecord[]): Found {
    const additional = this.#zone.facts.cutsOnAlias ? this.#additional(answer) : [];
    return this.#success(answer, this.#ns(), additional);
  }

  #isApexQuestion(target: string): boolean {
    const { facts, origin } = this.#zone;
    if (!facts.apexThroughServer) return false;
    return this.#type === 'NS' || (this.#type === 'SOA' && target === origin);
  }

  /** The target is not here: the whole server is asked. */
  #outside(answer: readonly ResourceRecord[], target: string, depth: number): Found {
    const { turn, message, type } = this.#asked;
    const { facts } = this.#zone;
    depths.set(turn, depth);
    const reply = turn.lookup(message, target, type);
    depths.set(turn, this.#depth);
    const result = resultOf(reply);
    const all = [...answer, ...(reply?.answers ?? [])];
    const isDenied = result === 'nxdomain' || result === 'nodata';
    const authority = facts.wildcardAdditional && isDenied ? this.#soa() : this.#ns();
    const additional = facts.cutsOnAlias ? this.#additional(all) : [];
    return { answer: all, authority, additional, result };
  }

  /** Addresses of the names that MX, SRV and the like point to, as far as they are in the zone. */
  #additional(records: readonly ResourceRecord[]): readonly ResourceRecord[] {
    const { origin, tree, facts } = this.#zone;
    const additional: ResourceRecord[] = [];
    const seen: string[] = [];
    for (const record of records) {
      const target = targetOf(record, facts.serviceBinding);
      if (target === null || !isSubdomain(origin, target)) continue;
      if (facts.cutsOnAlias && seen.some((name) => sameName(name, target))) continue;
      seen.push(target);
      const elem = tree.search(target);
      if (elem === undefined) continue;
      for (const [type, name] of addressTypes) {
        const addresses = elem.type(type);
        additional.push(...addresses);
        if (addresses.length > 0 && this.#asked.dnssecOk) {
          additional.push(...signaturesOf(elem, name));
        }
      }
    }
    return additional;
  }

  #success(
    answer: readonly ResourceRecord[],
    authority: readonly ResourceRecord[],
    additional: readonly ResourceRecord[] = [],
  ): Found {
    return { answer, authority, additional, result: 'success' };
  }

  #soa(): readonly ResourceRecord[] {
    const { soa, soaSigs } = this.#zone;
    if (soa === null) return [];
    return this.#asked.dnssecOk ? [soa, ...soaSigs] : [soa];
  }

  #ns(): readonly ResourceRecord[] {
    const { ns, nsSigs } = this.#zone;
    return this.#asked.dnssecOk ? [...ns, ...nsSigs] : ns;
  }

  #signedType(elem: Elem, type: number): readonly ResourceRecord[] {
    return [...elem.type(type), ...signaturesOf(elem, typeName(type))];
  }

  #hasBelow(name: string): boolean {
    const next = this.#zone.tree.ceil(name);
    return next !== undefined && !sameName(next.name, name) && isSubdomain(name, next.name);
  }

  /** Whether a name without records lies between a wildcard's parent and the question (RFC 4592 section 3.3.1). */
  #emptyNameBelow(wildName: string): boolean {
    const parent = wildName.slice(2);
    const labels = labelsOf(this.#asked.qname);
    for (let i = 1; i < labels.length; i++) {
      const name = `${labels.slice(i).join('.')}.`;
      if (name === parent || !isSubdomain(parent, name)) return false;
      if (this.#hasBelow(name)) return true;
    }
    return false;
  }

  /** The longest name above the question that has records. */
  #encloser(qname: string): { readonly name: string } {
    const labels = labelsOf(qname);
    for (let i = 0; i < labels.length; i++) {
      const elem = this.#zone.tree.search(`${labels.slice(i).join('.')}.`);
      if (elem !== undefined) return elem;
    }
    return { name: this.#zone.origin };
  }
}

const addressTypes = [
  [1, 'A'],
  [28, 'AAAA'],
] as const;

function targetOf(record: ResourceRecord, withServices: boolean): string | null {
  if (record.kind === 'SRV' || record.kind === 'MX') return record.target;
  return withServices && record.kind === 'opaque' ? serviceTarget(record) : null;
}

function serviceTarget(record: Extract<ResourceRecord, { kind: 'opaque' }>): string | null {
  const type = typeName(record.type);
  if (type !== 'SVCB' && type !== 'HTTPS') return null;
  return nameAt(record.bytes, 2)?.name ?? null;
}

function resultOf(reply: Message | null): Result {
  if (reply === null) return 'success';
  if (reply.rcode === 3) return 'nxdomain';
  if (reply.rcode === 2) return 'servfail';
  return reply.rcode === 0 && reply.answers.length === 0 ? 'nodata' : 'success';
}
