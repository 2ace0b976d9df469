// What a reply is to the cache, and for how long (CoreDNS plugin/pkg/response Typify, plugin/pkg/dnsutil MinimalTTL,
// plugin/cache cacheResponseType and key). Each release's rules are rows of `atLeast`.
import { clockStartSeconds } from '../../../sim/time.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import {
  isTransfer,
  type Message,
  type ResourceRecord,
  typeName,
  typeOf,
} from '../../message/message.ts';
import { lower } from '../../message/name.ts';
import type { CacheOptions } from './options.ts';

export type Kind = 'success' | 'denial' | 'delegation' | 'servfail' | 'other';

export interface Classified {
  readonly kind: Kind;
  /** It may be stored. */
  readonly storable: boolean;
  /** Seconds; not always whole ones. */
  readonly duration: number;
}

const NXDOMAIN = 3;
const failsafeTtl = 5;
const ttlMax = 3600;

export function classify(reply: Message, options: CacheOptions, nowMs: number): Classified {
  const { version, facts } = options;
  const hasSoa = reply.authority.some((record) => record.kind === 'SOA');
  const first = typify(reply, hasSoa, version, nowMs);
  const byChain = first === 'success' && facts.readsAnswers;
  const isNoData = byChain && reply.answers.length > 0 && !answersQuestion(reply);
  const kind = isNoData && hasSoa ? 'denial' : first;
  const bareNx = reply.rcode === NXDOMAIN && !hasSoa;
  const storable = kind !== 'other' && !reply.tc && !bareNx && !(isNoData && !hasSoa);
  return { kind, storable, duration: durationOf(kind, reply, options) };
}

function typify(reply: Message, hasSoa: boolean, version: CoreDnsVersion, nowMs: number): Kind {
  if (reply.opcode !== 0 || isTransfer(reply.questions[0]?.type ?? 0)) return 'other';
  if (reply.edns?.dnssecOk === true && hasExpired(reply, nowMs)) return 'other';
  if (reply.rcode === 0 && reply.answers.length > 0) return 'success';
  const newer = atLeast(version, '1.14.5');
  if (newer && reply.rcode === NXDOMAIN && reply.answers.length > 0) return 'other';
  if (hasSoa && reply.rcode === 0) return 'denial';
  if (reply.rcode === NXDOMAIN && (hasSoa || newer)) return 'denial';
  if (reply.rcode === 2 || reply.rcode === 4) return 'servfail';
  if (reply.rcode !== 0) return 'other';
  return reply.authority.some((record) => record.kind === 'NS') ? 'delegation' : 'success';
}

function durationOf(kind: Kind, reply: Message, options: CacheOptions): number {
  const { successMin, successMax, denialMin, denialMax, servfail, facts } = options;
  if (kind === 'servfail') return servfail;
  const [min, max] = kind === 'denial' ? [denialMin, denialMax] : [successMin, successMax];
  const highest = facts.longTtls ? max : ttlMax;
  const counts = kind === 'success' || kind === 'denial';
  const ttl = counts ? lowestTtl(reply, highest) : failsafeTtl;
  return Math.min(Math.max(ttl, min), max);
}

function lowestTtl(reply: Message, highest: number): number {
  const { answers, authority, additional } = reply;
  if (answers.length + authority.length + additional.length === 0) return failsafeTtl;
  let lowest = highest;
  for (const { ttl } of answers) lowest = Math.min(lowest, ttl);
  for (const { ttl } of authority) lowest = Math.min(lowest, ttl);
  for (const { ttl } of additional) lowest = Math.min(lowest, ttl);
  return lowest;
}

const rrsig = 46;
const year68 = 2 ** 31;

/** A signature outside its time (RFC 4034 section 3.1.5, miekg/dns RRSIG.ValidityPeriod). */
function hasExpired({ answers, authority, additional }: Message, nowMs: number): boolean {
  const now = clockStartSeconds + Math.floor(nowMs / 1000);
  const at = (time: number): number => time + Math.trunc((time - now) / year68) * year68;
  return [...answers, ...authority, ...additional].some((record) => {
    if (record.kind !== 'opaque' || record.type !== rrsig) return false;
    const { bytes } = record;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 16) return false;
    return at(view.getUint32(12)) > now || now > at(view.getUint32(8));
  });
}

/** Whether the type that was asked for stands at the end of the chain of CNAMEs that begins at the question. */
export function answersQuestion(reply: Message): boolean {
  const question = reply.questions[0];
  if (reply.rcode !== 0 || question === undefined) return false;
  const ofClass = reply.answers.filter(
    ({ class: c }) => question.class === 255 || c === question.class,
  );
  const owned = (name: string) => ofClass.filter((record) => lower(record.name) === lower(name));
  switch (typeName(question.type)) {
    case 'ANY':
      return owned(question.name).length > 0;
    case 'CNAME':
      return targetOf(owned(question.name)) !== null;
  }
  const end = endOf(question.name, owned);
  return end !== null && owned(end).some((record) => typeOf(record) === question.type);
}

/** Where a chain ends; null: it goes round, or an alias has two targets. */
function endOf(name: string, owned: (name: string) => readonly ResourceRecord[]): string | null {
  const seen = new Set<string>();
  let at = name;
  while (!seen.has(lower(at))) {
    seen.add(lower(at));
    const records = owned(at);
    const target = targetOf(records);
    if (target === null) {
      return records.some(({ kind }) => kind === 'CNAME') ? null : at;
    }
    at = target;
  }
  return null;
}

/** The one target of an alias; null: none, or several. */
function targetOf(records: readonly ResourceRecord[]): string | null {
  const targets = records.flatMap((record) =>
    record.kind === 'CNAME' ? lower(record.target) : [],
  );
  return new Set(targets).size === 1 ? (targets[0] ?? null) : null;
}
