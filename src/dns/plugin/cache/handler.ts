// Answers from the cache, and stores and caps what comes from behind (CoreDNS plugin/cache/handler.go, cache.go). A
// store may be disabled for a zone: its TTLs are capped all the same. Refreshes beside the queries run in a turn of
// their own; what they bring is seen from its time on.

import { atLeast } from '../../kubeadm/version.ts';
import { type Message, type ResourceRecord, replyTo } from '../../message/message.ts';
import { longestZone, lower } from '../../message/name.ts';
import { METRICS } from '../../metrics/metrics.table.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  onCopy,
  type Served,
  type Turn,
  withReply,
} from '../../plugin.ts';
import { answersQuestion, classify } from './classify.ts';
import { Counter } from './counter.ts';
import type { CacheOptions, Stale } from './options.ts';
import {
  add,
  find,
  forkStores,
  type Item,
  type Key,
  keyed,
  remove,
  type Store,
  type Stores,
  swap,
  ttlLeft,
} from './store.ts';

const SERVFAIL = 2;
const NXDOMAIN = 3;

/** Who wants a reply kept: a client that missed, `verify`, or a refresh beside the queries. */
type Writer = 'miss' | 'verify' | 'beside';

interface Hit {
  readonly item: Item;
  readonly store: Store;
}

export class CacheHandler implements Handler {
  readonly name = 'cache';
  readonly #options: CacheOptions;
  readonly #stores: Stores;
  readonly #counter: Counter;

  constructor(options: CacheOptions, stores: Stores) {
    this.#options = options;
    this.#stores = stores;
    this.#counter = new Counter(options.zones);
  }

  fork(): CacheHandler {
    return new CacheHandler(this.#options, forkStores(this.#stores));
  }

  serve(request: DnsRequest, next: Next): Served {
    return onCopy(request, () => this.#serve(request, next));
  }

  #serve(request: DnsRequest, next: Next): Served {
    if (longestZone(this.#options.zones, request.qname) === undefined) return next(request);
    const { turn } = request;
    const key = this.#keyOf(request);
    const nowMs = turn.nowMs();
    const hit = this.#hit(key, nowMs, turn);
    if (hit === undefined) {
      const served = next(this.#refreshing(request));
      return this.#through(request, key, served);
    }
    const left = ttlLeft(hit.item, nowMs);
    const { stale } = this.#options;
    const isStale = left < 0 || (left === 0 && atLeast(this.#options.version, '1.14.7'));
    if (isStale && stale !== null) return this.#stale(request, next, key, hit, stale);
    const item = this.#counted(key, hit, nowMs);
    if (this.#isDue(item, left)) {
      this.#refreshBeside(request, next, key, { ...hit, item }, nowMs, false);
    }
    return this.#answer(request.message, item, left);
  }

  /** A stale item: `verify` asks first, `immediate` afterwards. */
  #stale(request: DnsRequest, next: Next, key: Key, hit: Hit, stale: Stale): Served {
    const { turn } = request;
    const nowMs = turn.nowMs();
    if (stale.verify) {
      const served = this.#verified(request, next, key, hit, stale);
      if (served !== null) return served;
    } else {
      const left = ttlLeft(hit.item, nowMs);
      this.#refreshBeside(request, next, key, hit, nowMs + left * 1000, true);
    }
    this.#counter.count(turn, METRICS.cacheServedStale);
    return this.#answer(request.message, hit.item, stale.ttl, stale.ttl > 0);
  }

  /** What is new; null: the stale item must do. */
  #verified(
    request: DnsRequest,
    next: Next,
    key: Key,
    hit: Hit,
    { verifyTimeoutMs, recheckMs }: Stale,
  ): Served | null {
    const { turn } = request;
    const item = hit.item;
    const startMs = turn.nowMs();
    if (recheckMs > 0 && (startMs < item.refreshMs || startMs < item.retryMs)) return null;
    const own = verifyTimeoutMs > 0 ? turn.beside(turn.client.proto) : turn;
    const served = next(this.#refreshing({ ...request, turn: own }));
    const { reply } = served;
    const accepted = reply !== null && this.#isNews(request, reply);
    const endMs = own.nowMs();
    if (recheckMs > 0 && !accepted) {
      swap(hit.store, key, item, { ...item, retryMs: endMs + recheckMs, refreshMs: endMs });
    }
    const beside = own !== turn;
    const inTime = endMs - startMs <= verifyTimeoutMs;
    if (beside) turn.wait(Math.min(endMs - startMs, verifyTimeoutMs));
    if (!accepted || reply === null) {
      if (reply !== null && this.#options.stale?.preferPositive) {
        this.#keep(request, key, reply, 'beside', own);
      }
      return null;
    }
    const kept = this.#keep(request, key, reply, beside ? 'beside' : 'verify', own);
    return !beside || inTime ? { ...served, reply: kept } : null;
  }

  /** Asks again without a client that waits; one refresh of an item at a time from 1.14.3 on. */
  #refreshBeside(
    request: DnsRequest,
    next: Next,
    key: Key,
    hit: Hit,
    resetMs: number,
    isStale: boolean,
  ): void {
    const { version, stale } = this.#options;
    const nowMs = request.turn.nowMs();
    const { item, store } = hit;
    if (atLeast(version, '1.14.3') && nowMs < item.refreshMs) return;
    const recheckMs = isStale ? (stale?.recheckMs ?? 0) : 0;
    if (recheckMs > 0 && nowMs < item.retryMs) return;
    this.#counter.count(request.turn, METRICS.cachePrefetches);
    const turn = request.turn.beside();
    const { reply } = next(this.#refreshing({ ...request, turn }));
    const endMs = turn.nowMs();
    const strict = isStale && atLeast(version, '1.14.7');
    const accepted = reply !== null && (!strict || this.#isNews(request, reply));
    const retryMs = !accepted && recheckMs > 0 ? endMs + recheckMs : item.retryMs;
    swap(store, key, item, { ...item, refreshMs: endMs, retryMs });
    if (reply === null) return;
    if (accepted || stale?.preferPositive) this.#keep(request, key, reply, 'beside', turn);
    if (!accepted) return;
    const again = find(this.#stores.denial, key, endMs) ?? find(this.#stores.success, key, endMs);
    if (again === undefined) return;
    const at = find(this.#stores.denial, key, endMs) === again ? 'denial' : 'success';
    swap(this.#stores[at], key, again, { ...again, hits: item.hits, hitMs: resetMs });
  }

  /** Whether a reply may take the place of a stale item (RFC 8767 section 4). */
  #isNews({ question, qname }: DnsRequest, reply: Message): boolean {
    const { version, stale } = this.#options;
    if (!atLeast(version, '1.14.7')) return reply.rcode === 0 || reply.rcode === NXDOMAIN;
    if (reply.tc || !matches(question.type, qname, reply)) return false;
    const { kind } = classify(reply, this.#options, 0);
    if (stale?.preferPositive) return kind === 'success' && answersQuestion(reply);
    return kind !== 'other' && (reply.rcode === 0 || reply.rcode === NXDOMAIN);
  }

  /** From 1.14.7 on the next plugin is always asked with AD. */
  #refreshing(request: DnsRequest): DnsRequest {
    if (!this.#options.facts.asksAd) return request;
    return { ...request, message: { ...request.message, ad: true } };
  }

  #keyOf({ message, qname, question }: DnsRequest): Key {
    const { facts } = this.#options;
    const dnssecOk = message.edns?.dnssecOk ?? false;
    const cls = facts.classes ? question.class : 1;
    const cd = facts.cd && message.cd;
    return keyed({ qname, type: question.type, class: cls, dnssecOk, cd });
  }

  /** The denial store first; from 1.14.4 on a SERVFAIL there yields to a positive answer. */
  #hit(key: Key, nowMs: number, turn: Turn): Hit | undefined {
    this.#counter.count(turn, METRICS.cacheRequests);
    const { success, denial } = this.#stores;
    const hit = (type: keyof Stores, item: Item): Hit => {
      this.#counter.count(turn, METRICS.cacheHits, type);
      return { store: this.#stores[type], item };
    };
    const answered = this.#usable(success, key, nowMs);
    const good = this.#options.stale?.preferPositive ? this.#good(key, nowMs) : undefined;
    if (good !== undefined) return hit('success', good);
    const denied = this.#usable(denial, key, nowMs);
    const yields = denied?.message.rcode === SERVFAIL && atLeast(this.#options.version, '1.14.4');
    if (denied !== undefined && !(yields && answered !== undefined)) {
      return hit('denial', denied);
    }
    if (answered !== undefined) return hit('success', answered);
    this.#counter.count(turn, METRICS.cacheMisses);
    return undefined;
  }

  #usable(store: Store, key: Key, nowMs: number): Item | undefined {
    const item = find(store, key, nowMs);
    return item !== undefined && this.#lives(item, nowMs) ? item : undefined;
  }

  #lives(item: Item, nowMs: number): boolean {
    const left = ttlLeft(item, nowMs);
    const upTo = Math.floor((this.#options.stale?.upToMs ?? 0) / 1000);
    return left > 0 || (upTo > 0 && -left < upTo);
  }

  /** The last item that answered its question, for prefer_positive. */
  #good(key: Key, nowMs: number): Item | undefined {
    const item = find(this.#stores.success, key, nowMs);
    const good = item?.answering === true ? item : item?.lastGood;
    return good != null && this.#lives(good, nowMs) ? good : undefined;
  }

  /** One hit more, where `prefetch` counts them. */
  #counted(key: Key, { item, store }: Hit, nowMs: number): Item {
    const { prefetch, prefetchMs } = this.#options;
    if (prefetch <= 0) return item;
    const again = item.hits > 0 && item.hitMs >= nowMs - prefetchMs;
    const counted = { ...item, hits: again ? item.hits + 1 : 1, hitMs: nowMs };
    swap(store, key, item, counted);
    return counted;
  }

  #isDue(item: Item, left: number): boolean {
    const { prefetch, prefetchPercent } = this.#options;
    if (prefetch <= 0 || item.hits < prefetch) return false;
    return left <= Math.ceil((prefetchPercent / 100) * item.duration);
  }

  /** `left`: the TTL that it says, unless `keepttl` keeps the one it was stored with. */
  #answer(query: Message, item: Item, left: number, forced = false): Served {
    const { message, duration } = item;
    const ttl = this.#options.keepTtl && !forced ? duration : left;
    const wantsAd = query.ad || (query.edns?.dnssecOk ?? false);
    const reply = {
      ...replyTo(query, message.rcode),
      aa: true,
      ra: message.ra,
      ad: message.ad && wantsAd,
      answers: withTtl(message.answers, ttl),
      authority: withTtl(message.authority, ttl),
      additional: withTtl(message.additional, ttl),
    };
    return { reply, rcode: 0, error: null, cached: true };
  }

  /** Everything that the chain behind writes, zone transfers too. */
  #through(request: DnsRequest, key: Key, served: Served): Served {
    if (served.reply === null) return served;
    const keep = (message: Message) => this.#keep(request, key, message, 'miss', request.turn);
    const kept = withReply(served, keep(served.reply));
    return served.more === undefined ? kept : { ...kept, more: served.more.map(keep) };
  }

  /** The reply as the client gets it; stored where it may be. */
  #keep(request: DnsRequest, key: Key, reply: Message, by: Writer, turn: Turn): Message {
    const { version } = this.#options;
    const { kind, storable, duration } = classify(reply, this.#options, turn.nowMs());
    const ttl = Math.floor(duration);
    const asked = by === 'miss' || atLeast(version, '1.14.7') ? request.message.ad : false;
    const wantsAd = asked || key.dnssecOk;
    const capped: Message = {
      ...reply,
      edns: null,
      answers: withTtl(reply.answers, ttl),
      authority: withTtl(reply.authority, ttl),
      additional: withTtl(reply.additional, ttl),
    };
    const forClient = capped.ad && !wantsAd ? { ...capped, ad: false } : capped;
    if (!storable || duration <= 0) return forClient;
    if (!matches(request.question.type, request.qname, reply)) {
      this.#counter.count(turn, METRICS.cacheDrops);
      return forClient;
    }
    const positive = kind === 'success' || kind === 'delegation';
    // Refreshes know of no exceptions.
    if (by === 'miss' && this.#isExcepted(request.qname, positive)) return forClient;
    const cutsAd = atLeast(version, '1.12.4') && !atLeast(version, '1.14.7');
    this.#store(request, key, positive, {
      message: cutsAd ? forClient : capped,
      duration: ttl,
      by,
      turn,
    });
    return forClient;
  }

  #isExcepted(qname: string, positive: boolean): boolean {
    const { successExcept, denialExcept } = this.#options;
    return longestZone(positive ? successExcept : denialExcept, qname) !== undefined;
  }

  #store(
    request: DnsRequest,
    key: Key,
    positive: boolean,
    given: { message: Message; duration: number; by: Writer; turn: Turn },
  ): void {
    const { successCap, denialCap, stale } = this.#options;
    const { message, duration, by, turn } = given;
    const { success, denial } = this.#stores;
    const store = positive ? success : denial;
    const storedMs = turn.nowMs();
    const found = find(store, key, request.turn.nowMs()) ?? null;
    // What stood there before that is seen by nobody any more.
    const old = found === null || found.before === null ? found : { ...found, before: null };
    const answering = answersQuestion(message);
    const preferPositive = stale?.preferPositive ?? false;
    const good = old?.answering === true ? old : (old?.lastGood ?? null);
    const item: Item = {
      ...{ key, message, storedMs, duration, answering },
      ...{ hits: 0, hitMs: 0, refreshMs: 0, retryMs: 0 },
      lastGood: preferPositive && positive && !answering ? good : null,
      before: by === 'beside' && storedMs > request.turn.nowMs() ? old : null,
    };
    const cap = positive ? successCap : denialCap;
    const evicted = add(store, key, item, cap, turn.environment.choices);
    if (evicted) {
      this.#counter.count(turn, METRICS.cacheEvictions, positive ? 'success' : 'denial');
    }
    const clears = preferPositive ? answering : by === 'beside';
    if (positive && clears) remove(denial, key);
    this.#counter.sizes(turn, this.#stores);
  }
}

function withTtl(records: readonly ResourceRecord[], ttl: number): readonly ResourceRecord[] {
  if (records.every((record) => record.ttl === ttl)) return records;
  return records.map((record) => ({ ...record, ttl }));
}

function matches(type: number, qname: string, reply: Message): boolean {
  const [question, ...others] = reply.questions;
  if (question === undefined || others.length > 0 || !reply.qr) return false;
  return lower(question.name) === qname && question.type === type;
}
