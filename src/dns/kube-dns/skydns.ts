// The server inside the container kubedns, which answers on port 10053 what dnsmasq does not know (skydns
// server/server.go as kubernetes/dns 1.14 vendors it, with its defaults: no round robin, no cache of its own).
import { formatAddr, parseAddr } from '../../net/addr.ts';
import { UDP } from '../../net/packet.ts';
import { parseResolvConf } from '../../net/resolv-conf.ts';
import { decode } from '../message/decode.ts';
import { encode } from '../message/encode.ts';
import { IN, type Message, type ResourceRecord, replyTo, typeName } from '../message/message.ts';
import { absolute, addressOfReverse, isSubdomain, labelsOf, lower } from '../message/name.ts';
import type { Turn } from '../plugin.ts';
import { priority, recordsOf, reverseOf, type SkyRecord, ttl, weight } from './records.ts';

const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;
/** Seconds: of SOA records in negative answers, and their last field. */
const minTtl = 60;
const hourSeconds = 3600;
/** CNAMEs that are followed. */
const chainMax = 7;
const forwardTimeoutMs = 2000;
/** A name with fewer labels is not asked of others (config.Ndots). */
const labelsMin = 2;

/** What it says; never nothing. `domain`: "cluster.local.". `nowSeconds`: Unix time. */
export function skydns(message: Message, turn: Turn, domain: string, nowSeconds: number): Message {
  const question = message.questions[0];
  const head = { ...replyTo(message), aa: true, ra: true, edns: null };
  if (question === undefined) return { ...head, rcode: SERVFAIL };
  const type = typeName(question.type);
  const name = lower(question.name);
  if (type === 'ANY') return { ...head, aa: false, ra: false, rd: false, rcode: REFUSED };
  if ((type === 'PTR' && isSubdomain('in-addr.arpa.', name)) || isSubdomain('ip6.arpa.', name)) {
    const found = reversed(question.name, turn, domain);
    return found === null ? forwarded(message, turn) : { ...head, answers: [found] };
  }
  if (!isSubdomain(domain, name)) return forwarded(message, turn);
  const soa = soaOf(domain, nowSeconds);
  if (name === domain && type === 'SOA') return { ...head, answers: [{ ...soa, ttl: 3600 }] };
  const records = recordsOf(turn.environment.lister, domain, labelsUnder(name, domain));
  if (records === null) return { ...replyTo(message, NXDOMAIN), edns: null, authority: [soa] };
  const owner = { name: question.name, class: IN, ttl };
  const of = { message, turn, domain };
  const { answers, additional } = answersOf(type, owner, records, of);
  return answers.length > 0 ? { ...head, answers, additional } : { ...head, authority: [soa] };
}

interface Of {
  readonly message: Message;
  readonly turn: Turn;
  readonly domain: string;
}

type Owner = Pick<ResourceRecord, 'name' | 'class' | 'ttl'>;

function labelsUnder(name: string, domain: string): readonly string[] {
  return labelsOf(name.slice(0, name.length - domain.length));
}

function soaOf(domain: string, nowSeconds: number): ResourceRecord {
  return {
    kind: 'SOA',
    name: domain,
    class: IN,
    ttl: minTtl,
    mname: `ns.dns.${domain}`,
    rname: `hostmaster.${domain}`,
    serial: nowSeconds - (nowSeconds % hourSeconds),
    refresh: 28_800,
    retry: 7200,
    expire: 604_800,
    minimum: minTtl,
  };
}

function reversed(name: string, turn: Turn, domain: string): ResourceRecord | null {
  const addr = addressOfReverse(lower(name));
  if (addr === undefined) return null;
  const target = reverseOf(turn.environment.lister, domain, formatAddr(addr));
  return target === null ? null : { kind: 'PTR', name, class: IN, ttl, target };
}

type Sections = Pick<Message, 'answers' | 'additional'>;

function answersOf(type: string, owner: Owner, records: readonly SkyRecord[], of: Of): Sections {
  switch (type) {
    case 'A':
    case 'AAAA':
      return { answers: addresses(type, owner, records, of), additional: [] };
    case 'CNAME': {
      const [first] = records;
      const isName = first !== undefined && parseAddr(first.host) === undefined;
      const answers = isName ? [cname(owner, first.host)] : [];
      return { answers, additional: [] };
    }
    case 'SRV':
      return services(owner, records, of);
    default:
      return { answers: [], additional: [] };
  }
}

function cname(owner: Owner, host: string) {
  return { ...owner, kind: 'CNAME' as const, target: absolute(host) };
}

/** A name leads on: inside the domain through its own records, outside through the name servers. */
function addresses(
  type: 'A' | 'AAAA' | 'both',
  owner: Owner,
  records: readonly SkyRecord[],
  of: Of,
  hops = 0,
): readonly ResourceRecord[] {
  return records.flatMap(({ host }): readonly ResourceRecord[] => {
    const addr = parseAddr(host);
    if (typeof addr === 'number') return type === 'AAAA' ? [] : [{ ...owner, kind: 'A', addr }];
    if (typeof addr === 'bigint') return type === 'A' ? [] : [{ ...owner, kind: 'AAAA', addr }];
    const alias = cname(owner, host);
    const target = lower(alias.target);
    if (target === lower(owner.name) || hops > chainMax) return [];
    if (!isSubdomain(of.domain, target)) {
      const found = lookedUp(target, type === 'AAAA' ? 28 : 1, of);
      return found === null ? [] : [alias, ...found];
    }
    const { lister } = of.turn.environment;
    const next = recordsOf(lister, of.domain, labelsUnder(target, of.domain));
    const own = { ...owner, name: alias.target };
    const found = next === null ? [] : addresses(type, own, next, of, hops + 1);
    return found.length === 0 ? [] : [alias, ...found];
  });
}

function services(owner: Owner, records: readonly SkyRecord[], of: Of): Sections {
  const share = Math.floor((100 / (records.length * weight)) * weight);
  const additional: ResourceRecord[] = [];
  const seen = new Set<string>();
  const answers = records.map(({ host, port, name }): ResourceRecord => {
    const isAddress = parseAddr(host) !== undefined;
    const target = isAddress ? name : absolute(host);
    if (!seen.has(target)) {
      seen.add(target);
      const { lister } = of.turn.environment;
      const inside = isAddress
        ? [{ host, port, name }]
        : recordsOf(lister, of.domain, labelsUnder(lower(target), of.domain));
      additional.push(...addresses('both', { ...owner, name: target }, inside ?? [], of));
    }
    return { ...owner, kind: 'SRV', priority, weight: share, port, target };
  });
  return { answers, additional };
}

/** Answers of the name servers; null: nobody answered. */
function lookedUp(name: string, type: number, { message, turn }: Of) {
  const asked = { ...message, questions: [{ name, type, class: IN }] };
  const reply = ask(asked, turn);
  return reply === null || reply.rcode !== 0 || reply.answers.length === 0 ? null : reply.answers;
}

function forwarded(message: Message, turn: Turn): Message {
  const failed = { ...replyTo(message, SERVFAIL), ra: true, edns: null };
  const [question] = message.questions;
  if (labelsOf(question?.name ?? '').length < labelsMin) return failed;
  return ask(message, turn) ?? failed;
}

/** The name servers of its own resolv.conf in turn. */
function ask(message: Message, turn: Turn): Message | null {
  const { nameservers } = parseResolvConf(turn.environment.resolvConf);
  for (const server of nameservers) {
    const result = turn.exchange(UDP, server, 53, encode(message), forwardTimeoutMs);
    if (result.kind !== 'reply') continue;
    const decoded = decode(result.message);
    if (decoded.kind === 'message') return { ...decoded.message, id: message.id };
  }
  return null;
}
