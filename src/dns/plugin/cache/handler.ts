// Answers from the cache, and stores and caps what comes from behind (CoreDNS plugin/cache/handler.go, cache.go). A
// store may be disabled for a zone: its TTLs are capped all the same.

import {
  type Message,
  type ResourceRecord,
  replyTo,
  typeName,
  typeOf,
} from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import type { DnsRequest, Handler, Next, Served } from '../../plugin.ts';
import { atLeast } from '../../version.ts';
import type { CacheOptions } from './setup.ts';
import {
  add,
  find,
  forkStores,
  type Item,
  type Key,
  keyText,
  type Stores,
  ttlLeft,
} from './store.ts';

/** What a reply is to the cache (CoreDNS plugin/pkg/response Typify). */
type Kind = 'success' | 'denial' | 'delegation' | 'servfail' | 'other';

const failsafeTtl = 5;
const ttlMax = 86_400;

export class CacheHandler implements Handler {
  readonly name = 'cache';
  readonly #options: CacheOptions;
  readonly #stores: Stores;

  constructor(options: CacheOptions, stores: Stores) {
    this.#options = options;
    this.#stores = stores;
  }

  fork(): CacheHandler {
    return new CacheHandler(this.#options, forkStores(this.#stores));
  }

  serve(request: DnsRequest, next: Next): Served {
    if (longestZone(this.#options.zones, request.qname) === undefined) return next(request);
    const key = this.#keyOf(request);
    const nowMs = request.turn.nowMs();
    const item = this.#hit(key, nowMs);
    if (item !== undefined) {
      const reply = this.#fromItem(request.message, item, nowMs);
      return { reply, rcode: 0, error: null, cached: true };
    }
    const served = next(request);
    return served.reply === null
      ? served
      : { ...served, reply: this.#keep(request, key, served.reply) };
  }

  #keyOf({ message, qname, question }: DnsRequest): Key {
    const dnssecOk = message.edns?.dnssecOk ?? false;
    const byClass = atLeast(this.#options.version, '1.14.7');
    const cls = byClass ? question.class : 1;
    return { qname, type: question.type, class: cls, dnssecOk, cd: message.cd };
  }

  /** The denial store first; from 1.14.4 on a SERVFAIL there yields to a live positive answer. */
  #hit(key: Key, nowMs: number): Item | undefined {
    const live = (item: Item | undefined): Item | undefined =>
      item !== undefined && ttlLeft(item, nowMs) > 0 ? item : undefined;
    const denied = live(find(this.#stores.denial, key));
    const answered = live(find(this.#stores.success, key));
    if (denied === undefined) return answered;
    const yields = denied.message.rcode === 2 && atLeast(this.#options.version, '1.14.4');
    return yields ? (answered ?? denied) : denied;
  }

  #fromItem(query: Message, item: Item, nowMs: number): Message {
    const { message } = item;
    const left = ttlLeft(item, nowMs);
    const ttlOf = (record: ResourceRecord): number => (this.#options.keepTtl ? record.ttl : left);
    const aged = (list: readonly ResourceRecord[]): readonly ResourceRecord[] =>
      list.map((record) => ({ ...record, ttl: ttlOf(record) }));
    const wantsAd = query.ad || (query.edns?.dnssecOk ?? false);
    return {
      ...replyTo(query, message.rcode),
      aa: true,
      ra: message.ra,
      ad: message.ad && wantsAd,
      answers: aged(message.answers),
      authority: aged(message.authority),
      additional: aged(message.additional),
    };
  }

  #keep(request: DnsRequest, key: Key, reply: Message): Message {
    const kind = this.#typify(reply);
    const duration = this.#duration(kind, reply);
    const except =
      kind === 'success' || kind === 'delegation'
        ? this.#options.successExcept
        : this.#options.denialExcept;
    const stored =
      kind !== 'other' && !reply.tc && longestZone(except, request.qname) === undefined;
    if (stored && duration > 0 && matches(request, reply))
      this.#store(request, key, kind, reply, duration);
    const capped = (list: readonly ResourceRecord[]): readonly ResourceRecord[] =>
      list.map((record) => ({ ...record, ttl: this.#options.keepTtl ? record.ttl : duration }));
    const wantsAd = request.message.ad || key.dnssecOk;
    return {
      ...reply,
      ad: reply.ad && wantsAd,
      answers: capped(reply.answers),
      authority: capped(reply.authority),
      additional: capped(reply.additional),
    };
  }

  #store(request: DnsRequest, key: Key, kind: Kind, message: Message, duration: number): void {
    const { successCap, denialCap } = this.#options;
    const positive = kind === 'success' || kind === 'delegation';
    const { nowMs, environment } = request.turn;
    const item = { key: keyText(key), message, storedMs: nowMs.call(request.turn), duration };
    const store = positive ? this.#stores.success : this.#stores.denial;
    add(store, key, item, positive ? successCap : denialCap, environment.choices);
  }

  #duration(kind: Kind, reply: Message): number {
    const { successMin, successMax, denialMin, denialMax, servfail } = this.#options;
    if (kind === 'servfail') return servfail;
    const ttl = kind === 'success' || kind === 'denial' ? lowestTtl(reply) : failsafeTtl;
    const [min, max] = kind === 'denial' ? [denialMin, denialMax] : [successMin, successMax];
    return Math.min(Math.max(ttl, min), max);
  }

  #typify(reply: Message): Kind {
    const type = typeName(reply.questions[0]?.type ?? 0);
    if (reply.opcode !== 0 || type === 'AXFR' || type === 'IXFR') return 'other';
    const hasSoa = reply.authority.some((record) => record.kind === 'SOA');
    if (reply.rcode === 0 && reply.answers.length > 0) {
      if (!atLeast(this.#options.version, '1.14.7') || !dangling(reply)) return 'success';
      return hasSoa ? 'denial' : 'other';
    }
    if (hasSoa && (reply.rcode === 0 || reply.rcode === 3)) return 'denial';
    if (reply.rcode === 2 || reply.rcode === 4) return 'servfail';
    if (reply.rcode !== 0) return 'other';
    return reply.authority.some((record) => record.kind === 'NS') ? 'delegation' : 'success';
  }
}

/** A CNAME chain that never reaches the type that was asked for. */
function dangling(reply: Message): boolean {
  const type = reply.questions[0]?.type ?? 0;
  if (typeName(type) === 'CNAME' || typeName(type) === 'ANY') return false;
  const aliased = reply.answers.some((record) => record.kind === 'CNAME');
  return aliased && !reply.answers.some((record) => typeOf(record) === type);
}

function lowestTtl(reply: Message): number {
  const records = [...reply.answers, ...reply.authority, ...reply.additional];
  if (records.length === 0) return failsafeTtl;
  return records.reduce((lowest, record) => Math.min(lowest, record.ttl), ttlMax);
}

function matches(request: DnsRequest, reply: Message): boolean {
  const question = reply.questions[0];
  return (
    reply.qr &&
    question !== undefined &&
    question.name.toLowerCase() === request.qname &&
    question.type === request.question.type
  );
}
