// IPVS's connections and persistence templates: found by the client's and by the destination's side, newest first, and
// forgotten when their time is over. Copy-on-write; entries are immutable. Timers are exact on the virtual clock: who
// looks first lets all that is due expire in order. Models ip_vs_conn.c.
import type { Addr } from '../../net/addr.ts';
import type { Proto, Tuple } from '../../net/packet.ts';
import { sameTuple } from '../flow-table.ts';
import type { State } from './protocol.table.ts';
import type { ConnectionView } from './service.ts';

interface Entry {
  /** Counts up over connections and templates. */
  readonly id: number;
  /** Keys of the service and of the destination it is bound to. */
  readonly service: string;
  readonly server: string;
  readonly timeoutMs: number;
  readonly expiresMs: number;
  /** When its timer next looks at it: not after `expiresMs`. */
  readonly dueMs: number;
}

export interface Connection extends Entry {
  readonly kind: 'connection';
  /** Client to virtual service, as it comes in. */
  readonly original: Tuple;
  readonly originalHash: number;
  /** Destination to client, as it comes back. */
  readonly reply: Tuple;
  readonly replyHash: number;
  readonly state: State;
  readonly active: boolean;
  /** It keeps its conntrack entry (vs.conntrack was set when it began). */
  readonly tracked: boolean;
  /** Id of the template that made it. */
  readonly template: number | null;
}

export interface Template extends Entry {
  readonly kind: 'template';
  readonly key: string;
  readonly proto: Proto;
  /** The client's network. */
  readonly client: Addr;
  readonly vaddr: Addr;
  /** 65535: set aside, nobody finds it any more. */
  readonly vport: number;
  readonly daddr: Addr;
  readonly dport: number;
  /** How many live connections it made. */
  readonly controls: number;
  readonly assured: boolean;
}

type Timed = Connection | Template;

interface Timer {
  readonly atMs: number;
  readonly entry: Timed;
}

type Buckets = Map<number, readonly Connection[]>;

export class Connections {
  #in: Buckets;
  #out: Buckets;
  #templates: Map<number, Template>;
  /** Ids of the templates that are found, by key. */
  #found: Map<string, number>;
  /** A binary heap by time. */
  #timers: Timer[];
  #shared = false;

  constructor(
    inward: Buckets = new Map(),
    outward: Buckets = new Map(),
    templates: Map<number, Template> = new Map(),
    found: Map<string, number> = new Map(),
    timers: Timer[] = [],
  ) {
    this.#in = inward;
    this.#out = outward;
    this.#templates = templates;
    this.#found = found;
    this.#timers = timers;
  }

  fork(): Connections {
    this.#shared = true;
    const templates = [this.#templates, this.#found] as const;
    const copy = new Connections(this.#in, this.#out, ...templates, this.#timers);
    copy.#shared = true;
    return copy;
  }

  /** The newest connection of a client's packet. */
  find(tuple: Tuple, hash: number): Connection | undefined {
    return this.#in.get(hash)?.find((known) => sameTuple(known.original, tuple));
  }

  /** The newest connection whose destination's packet this is. */
  findReply(tuple: Tuple, hash: number): Connection | undefined {
    return this.#out.get(hash)?.find((known) => sameTuple(known.reply, tuple));
  }

  template(id: number): Template | undefined {
    return this.#templates.get(id);
  }

  /** The template of a client and a service. */
  findTemplate(key: string): Template | undefined {
    return this.#templates.get(this.#found.get(key) ?? 0);
  }

  /** The template stays with its connections, but no client finds it any more. */
  hide(template: Template): void {
    this.#own();
    this.#found.delete(template.key);
    this.#templates.set(template.id, template);
  }

  /** Puts an entry in, or in the place of the one of its id. */
  put<E extends Timed>(entry: E, isNew: boolean): E {
    this.#own();
    const isSooner = isNew || entry.expiresMs < entry.dueMs;
    const timed = isSooner ? { ...entry, dueMs: entry.expiresMs } : entry;
    if (timed.kind === 'template') {
      this.#templates.set(timed.id, timed);
      if (isNew) this.#found.set(timed.key, timed.id);
    } else {
      place(this.#in, timed.originalHash, timed, isNew);
      place(this.#out, timed.replyHash, timed, isNew);
    }
    if (isSooner) push(this.#timers, { atMs: timed.dueMs, entry: timed });
    return timed;
  }

  remove(entry: Timed): void {
    this.#own();
    if (entry.kind === 'template') {
      this.#templates.delete(entry.id);
      if (this.#found.get(entry.key) === entry.id) this.#found.delete(entry.key);
    } else {
      take(this.#in, entry.originalHash, entry.id);
      take(this.#out, entry.replyHash, entry.id);
    }
  }

  /** Calls `expired` for each entry whose time is over by now, in order; it must remove it or put it off. */
  expire(nowMs: number, expired: (entry: Timed, atMs: number) => void): void {
    while ((this.#timers[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      this.#own();
      const { atMs, entry } = pop(this.#timers);
      const current = this.#current(entry);
      if (current === undefined || current.dueMs !== atMs) continue;
      if (current.expiresMs > atMs)
        this.put({ ...current, dueMs: Number.POSITIVE_INFINITY }, false);
      else expired(current, atMs);
    }
  }

  /** Connections and templates, oldest first. */
  all(): readonly Timed[] {
    const connections = [...this.#in.values()].flat();
    return [...connections, ...this.#templates.values()].sort((a, b) => a.id - b.id);
  }

  #current(entry: Timed): Timed | undefined {
    if (entry.kind === 'template') return this.#templates.get(entry.id);
    return this.#in.get(entry.originalHash)?.find((known) => known.id === entry.id);
  }

  #own(): void {
    if (!this.#shared) return;
    this.#in = new Map(this.#in);
    this.#out = new Map(this.#out);
    this.#templates = new Map(this.#templates);
    this.#found = new Map(this.#found);
    this.#timers = [...this.#timers];
    this.#shared = false;
  }
}

/** An entry as `ipvsadm -Lnc` lists it. */
export function viewOf(entry: Connection | Template): ConnectionView {
  const { expiresMs } = entry;
  if (entry.kind === 'connection') {
    const { original, reply, state } = entry;
    return {
      proto: original.proto,
      state,
      client: { addr: original.src, port: original.sport },
      virtual: { addr: original.dst, port: original.dport },
      destination: { addr: reply.src, port: reply.sport },
      template: false,
      expiresMs,
    };
  }
  const side = (addr: Addr, port: number) => ({ addr, port });
  return {
    proto: entry.proto,
    state: entry.assured ? 'ASSURED' : 'NONE',
    client: side(entry.client, 0),
    virtual: side(entry.vaddr, entry.vport),
    destination: side(entry.daddr, entry.dport),
    template: true,
    expiresMs,
  };
}

function place(buckets: Buckets, hash: number, entry: Connection, isNew: boolean): void {
  const bucket = buckets.get(hash) ?? [];
  const next = isNew ? [entry, ...bucket] : bucket.map((e) => (e.id === entry.id ? entry : e));
  buckets.set(hash, next);
}

function take(buckets: Buckets, hash: number, id: number): void {
  const left = (buckets.get(hash) ?? []).filter((entry) => entry.id !== id);
  if (left.length === 0) buckets.delete(hash);
  else buckets.set(hash, left);
}

/** Earlier first; of one moment connections before templates, which ask whether any is left, then by age. */
function isBefore(a: Timer, b: Timer): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  if (a.entry.kind !== b.entry.kind) return a.entry.kind === 'connection';
  return a.entry.id < b.entry.id;
}

function push(heap: Timer[], timer: Timer): void {
  let at = heap.length;
  heap.push(timer);
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(timer, heap[above] as Timer)) break;
    heap[at] = heap[above] as Timer;
    at = above;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): Timer {
  const first = heap[0] as Timer;
  const last = heap.pop() as Timer;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    const right = below + 1;
    if (right < heap.length && isBefore(heap[right] as Timer, heap[below] as Timer)) below = right;
    if (!isBefore(heap[below] as Timer, last)) break;
    heap[at] = heap[below] as Timer;
    at = below;
  }
  heap[at] = last;
  return first;
}
