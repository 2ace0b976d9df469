// Runs a cluster's tasks: hands watch events to the components that want them, merges their work by key, and syncs
// one key at a time in the order `Choices` picks. Knows no component by name: each is a row { watches, receive, sync }.
// Modelled after client-go's informers and work queues, with the clock and the order in our hands.
import type { WatchEvent } from '../api/types.ts';
import type { Choices } from '../sim/choices.ts';
import { Queue, type Task, type TaskBody } from '../sim/queue.ts';
import { EventLog } from './event-log.ts';

/** One reader of the change log. `host` is the cluster it works on. */
export interface Component<Host> {
  readonly name: string;
  readonly watches: ReadonlySet<string>;
  /** Takes in events; returns the keys to sync. */
  receive(host: Host, events: readonly WatchEvent[]): readonly string[];
  sync(host: Host, key: string): void;
  /** False: it reads the store as it is, and needs no events. Default: true. */
  listens?(host: Host): boolean;
  /** Milliseconds from a change to its delivery, from a key's turn to its work, and by how much the component is
   * late: settling does not wait for one that lags. */
  delays(host: Host): { readonly watchMs: number; readonly workMs: number; readonly lagMs: number };
}

interface DeliverBody extends TaskBody {
  readonly kind: 'deliver';
  readonly component: string;
  /** Settling does not wait for it. */
  readonly idle: boolean;
}
interface SyncBody extends TaskBody {
  readonly kind: 'sync';
  readonly component: string;
  readonly key: string;
  /** Settling does not wait for it. */
  readonly idle: boolean;
}
interface CallBody extends TaskBody {
  readonly kind: 'call';
  readonly name: string;
  readonly value: unknown;
  /** Settling does not wait for it. */
  readonly idle: boolean;
}
type Body = DeliverBody | SyncBody | CallBody;

/** Tasks a settle runs before it takes the cluster for a livelock. */
const settleTasksMax = 20_000_000;

/** Whoever runs tasks has the choices that they draw by. */
export interface Chooser {
  readonly choices: Choices;
}

export class Engine<Host extends Chooser> {
  readonly queue: Queue;
  readonly #components: ReadonlyMap<string, Component<Host>>;
  readonly #calls: Readonly<Record<string, (host: Host, value: never) => void>>;
  readonly #log: EventLog;
  readonly #wanted: ReadonlyMap<string, readonly string[]>;
  /** Components with a delivery under way, and when the soonest is due. */
  readonly #delivering: Map<string, number>;
  /** "component key" that wait for their turn now. */
  readonly #pending: Set<string>;
  /** Work that waits for its time, by key, time and whether settling waits for it. */
  readonly #timed: Set<string>;
  readonly #stopped: Set<string>;
  /** Tasks that settling waits for. */
  #busy = 0;
  /** A task is running. */
  #atWork = false;
  /** Until when nobody but tasks looks at the host. */
  #aloneUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    components: readonly Component<Host>[],
    calls: Readonly<Record<string, (host: Host, value: never) => void>>,
    from?: Engine<Host>,
  ) {
    this.#calls = calls;
    this.#components = from ? from.#components : new Map(components.map((c) => [c.name, c]));
    this.#wanted = from ? from.#wanted : wantedBy(components);
    this.queue = from ? from.queue.fork() : new Queue();
    this.#log = from ? from.#log.fork() : new EventLog();
    this.#delivering = new Map(from ? from.#delivering : []);
    this.#pending = new Set(from ? from.#pending : []);
    this.#timed = new Set(from ? from.#timed : []);
    this.#stopped = new Set(from ? from.#stopped : []);
    this.#busy = from ? from.#busy : 0;
  }

  fork(): Engine<Host> {
    return new Engine<Host>([], this.#calls, this);
  }

  /** Takes in what was just written. */
  publish(host: Host, events: readonly WatchEvent[]): void {
    const readers = this.#readersOf(events).filter(
      (name) => this.#components.get(name)?.listens?.(host) !== false,
    );
    if (readers.length === 0) return;
    this.#log.append(events, readers, this.queue.nowMs);
    for (const name of readers) this.#deliverSoon(host, name);
  }

  /** Nearly every write is one event. */
  #readersOf(events: readonly WatchEvent[]): readonly string[] {
    const [first, ...others] = events;
    const wanted = (first && this.#wanted.get(first.kind)) ?? none;
    if (others.length === 0) return wanted;
    const more = others.flatMap((event) => this.#wanted.get(event.kind) ?? none);
    return [...new Set([...wanted, ...more])];
  }

  #deliverSoon(host: Host, name: string): void {
    // Nothing is sooner than a delivery that is due now.
    const dueMs = this.#delivering.get(name) ?? Number.POSITIVE_INFINITY;
    if (dueMs <= this.queue.nowMs || this.#stopped.has(name)) return;
    const component = this.#components.get(name);
    if (component === undefined) return;
    const sinceMs = this.#log.unreadSinceMs(name);
    if (sinceMs === undefined) return;
    const { watchMs, lagMs } = component.delays(host);
    const onTimeMs = Math.max(this.queue.nowMs, sinceMs + watchMs + lagMs);
    if (dueMs <= onTimeMs) return;
    const atMs = onTimeMs + this.lateMs(host, watchMs, `${name} hears of it`);
    this.#delivering.set(name, atMs);
    const body = { kind: 'deliver', component: name, idle: lagMs > 0 } as const;
    this.#push(body, `watch/${name}`, atMs - this.queue.nowMs);
  }

  /** Syncs `key` after `delayMs`; requests for the same key that are due at the same time merge. */
  enqueue(component: string, key: string, delayMs = 0, idle = false): void {
    const pending = `${component} ${key}`;
    if (delayMs <= 0) {
      if (this.#pending.has(pending)) return;
      this.#pending.add(pending);
    } else {
      const timed = timedKey(pending, this.queue.nowMs + delayMs, idle);
      if (this.#timed.has(timed)) return;
      this.#timed.add(timed);
    }
    this.#push({ kind: 'sync', component, key, idle }, `work/${pending}`, delayMs);
  }

  /** Calls the named function with `value` after `delayMs`. */
  call(name: string, value: unknown, delayMs: number, idle = false): void {
    this.#push({ kind: 'call', name, value, idle }, `call/${name}`, delayMs);
  }

  /** A stopped component reads and does nothing; its work waits. */
  stop(component: string): void {
    this.#stopped.add(component);
  }

  isStopped(component: string): boolean {
    return this.#stopped.has(component);
  }

  start(host: Host, component: string): void {
    if (!this.#stopped.delete(component)) return;
    this.#delivering.delete(component);
    this.#deliverSoon(host, component);
    for (const pending of [...this.#pending].sort()) {
      if (!pending.startsWith(`${component} `)) continue;
      this.#pending.delete(pending);
      this.enqueue(component, pending.slice(component.length + 1));
    }
  }

  get names(): Iterable<string> {
    return this.#components.keys();
  }

  /** The kinds a component watches; undefined: there is none of this name. */
  watchesOf(component: string): ReadonlySet<string> | undefined {
    return this.#components.get(component)?.watches;
  }

  /** Runs everything due up to `untilMs` and leaves the clock there. */
  run(host: Host, choices: Choices, untilMs: number): void {
    this.#aloneUntilMs = untilMs;
    try {
      for (;;) {
        const task = this.queue.next(choices, untilMs);
        if (task === undefined) break;
        this.#handle(host, task);
      }
    } finally {
      this.#aloneUntilMs = Number.NEGATIVE_INFINITY;
    }
    this.queue.advanceTo(untilMs);
  }

  /** The end of the `run` that is under way: until then only tasks see the host. Without one it is long past. */
  get aloneUntilMs(): number {
    return this.#aloneUntilMs;
  }

  /** Runs the next thing due up to `untilMs`; without one the clock is left there. */
  step(host: Host, choices: Choices, untilMs: number): boolean {
    const task = this.queue.next(choices, untilMs);
    if (task === undefined) this.queue.advanceTo(untilMs);
    else this.#handle(host, task);
    return task !== undefined;
  }

  /** Runs until nothing is under way that is expected to change something, at most `boundMs` ahead. */
  settle(host: Host, choices: Choices, boundMs: number): void {
    const untilMs = this.queue.nowMs + boundMs;
    for (let count = 0; this.#busy > 0 || this.queue.busy; count++) {
      if (count > settleTasksMax) throw new Error('the cluster does not settle');
      const task = this.queue.next(choices, untilMs);
      if (task === undefined) return;
      this.#handle(host, task);
    }
  }

  /** By how much more than its usual time something takes: nothing, unless schedules are explored. */
  lateMs({ choices }: Chooser, usualMs: number, what: string): number {
    if (usualMs <= 0 || choices.explores !== true) return 0;
    const ms = usualMs * (lateness[choices.pick(`order/late/${what}`, anyLateness)] ?? 0);
    if (ms > 0) choices.follower?.(this.queue.nowMs, `${what} ${ms} ms later than usual`, true);
    return ms;
  }

  #push(body: Body, channel: string, delayMs: number): void {
    if (isExpected(body)) this.#busy++;
    this.queue.push('engine', channel, body, delayMs);
  }

  #handle(host: Host, task: Task): void {
    const body = task.body as Body;
    if (isExpected(body)) this.#busy--;
    this.#atWork = true;
    try {
      this.#act(host, task, body);
    } finally {
      this.#atWork = false;
    }
  }

  /** Whether a task is running: the clock is not for it to move. */
  get isAtWork(): boolean {
    return this.#atWork;
  }

  #act(host: Host, task: Task, body: Body): void {
    host.choices.follower?.(this.queue.nowMs, taskText(body), false);
    switch (body.kind) {
      case 'deliver':
        this.#deliver(host, body.component);
        break;
      case 'sync':
        this.#sync(host, body, task);
        break;
      case 'call':
        this.#calls[body.name]?.(host, body.value as never);
        break;
    }
  }

  #deliver(host: Host, name: string): void {
    this.#delivering.delete(name);
    const component = this.#components.get(name);
    if (component === undefined || this.#stopped.has(name)) return;
    const { watchMs, workMs, lagMs } = component.delays(host);
    const due = this.#log.read(name, this.queue.nowMs - watchMs - lagMs);
    const events = due.filter((event) => component.watches.has(event.kind));
    for (const key of component.receive(host, events)) {
      const lateMs = this.lateMs(host, workMs, `${name} ${key}`);
      this.#enqueueWork(name, key, workMs + lateMs);
    }
    // What was written since then has its own time.
    this.#deliverSoon(host, name);
  }

  #enqueueWork(name: string, key: string, workMs: number): void {
    const pending = `${name} ${key}`;
    if (this.#pending.has(pending)) return;
    this.#pending.add(pending);
    this.#push({ kind: 'sync', component: name, key, idle: false }, `work/${pending}`, workMs);
  }

  #sync(host: Host, body: SyncBody, task: Task): void {
    const pending = task.channel.slice('work/'.length);
    this.#timed.delete(timedKey(pending, task.atMs, body.idle));
    if (this.#stopped.has(body.component)) {
      this.#pending.add(pending);
      return;
    }
    this.#pending.delete(pending);
    this.#components.get(body.component)?.sync(host, body.key);
  }
}

function timedKey(pending: string, atMs: number, idle: boolean): string {
  return `${pending} ${atMs} ${idle}`;
}

function isExpected(body: Body): boolean {
  return !body.idle;
}

/** How many of its usual times something is late by in an explored schedule. */
const lateness = [0, 1, 3, 9];
const anyLateness = lateness.map(() => 1);

function taskText(body: Body): string {
  switch (body.kind) {
    case 'deliver':
      return `${body.component} hears of changes`;
    case 'sync':
      return `${body.component} ${body.key}`;
    case 'call':
      return body.name;
  }
}

const none: readonly string[] = [];

function wantedBy<Host>(components: readonly Component<Host>[]): Map<string, readonly string[]> {
  const wanted = new Map<string, string[]>();
  for (const component of components) {
    for (const kind of component.watches) {
      wanted.set(kind, [...(wanted.get(kind) ?? []), component.name]);
    }
  }
  return wanted;
}
