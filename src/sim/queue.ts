// The virtual clock and everything that is still to happen. Tasks are data, never closures, so that a cluster
// can be forked at any point. A channel is first-in first-out; `Choices` picks among the channels due now.
import type { Choices } from './choices.ts';

export interface TaskBody {
  readonly kind: string;
}

export interface Task {
  /** Virtual milliseconds since the cluster was made. */
  readonly atMs: number;
  /** Tasks of one channel never overtake each other: one watch stream, one flow, one timer owner. */
  readonly channel: string;
  /** Order of insertion, unique in a queue and its forks' common past. */
  readonly seq: number;
  /** The component that handles it. */
  readonly to: string;
  readonly body: TaskBody;
}

/** Begins the names of decisions about which task is next: behind it is the moment, in virtual milliseconds. */
export const taskPoint = 'order/task/';

export class Queue {
  nowMs: number;
  #seq: number;
  /** Due tasks, oldest first, from #head on. */
  #ready: Task[];
  #head: number;
  /** Future tasks as a binary heap by (atMs, seq). */
  #later: Task[];

  constructor(nowMs = 0) {
    this.nowMs = nowMs;
    this.#seq = 0;
    this.#ready = [];
    this.#head = 0;
    this.#later = [];
  }

  fork(): Queue {
    const copy = new Queue(this.nowMs);
    copy.#seq = this.#seq;
    copy.#ready = this.#ready.slice(this.#head);
    copy.#later = this.#later.slice();
    return copy;
  }

  /** Adds a task `delayMs` from now (0: due at once, after what is already due on its channel). */
  push(to: string, channel: string, body: TaskBody, delayMs = 0): void {
    const task = { atMs: this.nowMs + Math.max(0, delayMs), channel, seq: this.#seq++, to, body };
    if (delayMs <= 0) this.#ready.push(task);
    else heapPush(this.#later, task);
  }

  /** Whether something is due at this instant. */
  get busy(): boolean {
    return this.#head < this.#ready.length;
  }

  /** When the next future task is due; undefined when there is none. */
  get nextAtMs(): number | undefined {
    return this.busy ? this.nowMs : this.#later[0]?.atMs;
  }

  /** The next task that is due no later than `untilMs`, moving the clock to it; undefined when none is. */
  next(choices: Choices, untilMs: number): Task | undefined {
    if (!this.busy) {
      const first = this.#later[0];
      if (first === undefined || first.atMs > untilMs) return undefined;
      this.nowMs = Math.max(this.nowMs, first.atMs);
      this.#ready = [];
      this.#head = 0;
      while (this.#later[0] !== undefined && this.#later[0].atMs <= this.nowMs) {
        this.#ready.push(heapPop(this.#later));
      }
    }
    return this.#take(choices);
  }

  #take(choices: Choices): Task {
    const at = choices.explores === true ? this.#pickHead(choices) : this.#head;
    const task = this.#ready[at] as Task;
    if (at === this.#head) this.#head++;
    else this.#ready.splice(at, 1);
    return task;
  }

  /** The oldest task of one of the channels. */
  #pickHead(choices: Choices): number {
    const heads: number[] = [];
    const seen = new Set<string>();
    for (let i = this.#head; i < this.#ready.length; i++) {
      const { channel } = this.#ready[i] as Task;
      if (seen.has(channel)) continue;
      seen.add(channel);
      heads.push(i);
    }
    if (heads.length < 2) return this.#head;
    const weights = heads.map(() => 1);
    return heads[choices.pick(`${taskPoint}${this.nowMs}`, weights)] ?? this.#head;
  }

  /** Moves the clock without running anything; nothing may be due before `atMs`. */
  advanceTo(atMs: number): void {
    this.nowMs = Math.max(this.nowMs, atMs);
  }
}

function before(a: Task, b: Task): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.seq < b.seq);
}

function heapPush(heap: Task[], task: Task): void {
  let i = heap.length;
  heap.push(task);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent] as Task;
    if (!before(task, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = task;
}

function heapPop(heap: Task[]): Task {
  const top = heap[0] as Task;
  const last = heap.pop() as Task;
  if (heap.length === 0) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Task, heap[child] as Task)) child++;
    if (!before(heap[child] as Task, last)) break;
    heap[i] = heap[child] as Task;
    i = child;
  }
  heap[i] = last;
  return top;
}
