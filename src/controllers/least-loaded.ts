// Names in the order of a count that changes all the time, fewest first, ties in the order given: a tournament tree,
// so that a change and the first name both cost the logarithm of how many names there are. Not a table of its own:
// it follows the counts that ObjectIndex keeps.

/** A subtree that waits for its turn: its least count and where its leaves begin. */
interface Waiting {
  readonly at: number;
  readonly count: number;
  readonly place: number;
}

export class LeastLoaded {
  readonly names: readonly string[];
  readonly #places: Map<string, number>;
  /** Leaves are the power of two from #leaves on; every node above holds its children's minimum. */
  readonly #least: Float64Array;
  readonly #leaves: number;

  constructor(names: readonly string[], countOf: (name: string) => number) {
    this.names = names;
    this.#places = new Map(names.map((name, place) => [name, place]));
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, names.length)));
    this.#least = new Float64Array(2 * this.#leaves).fill(Number.POSITIVE_INFINITY);
    for (const [place, name] of names.entries()) this.#least[this.#leaves + place] = countOf(name);
    for (let at = this.#leaves - 1; at > 0; at--) this.#update(at);
  }

  /** Unknown names are ignored. */
  set(name: string, count: number): void {
    const place = this.#places.get(name);
    if (place === undefined) return;
    let at = this.#leaves + place;
    this.#least[at] = count;
    while (at > 1) {
      at >>= 1;
      this.#update(at);
    }
  }

  /** All names, fewest first; no count may change while this is read. */
  *ascending(): IterableIterator<string> {
    const waiting: Waiting[] = [this.#subtree(1, 0)];
    for (;;) {
      const next = takeFirst(waiting);
      if (next === undefined || next.count === Number.POSITIVE_INFINITY) return;
      if (next.at >= this.#leaves) {
        yield this.names[next.at - this.#leaves] as string;
        continue;
      }
      const width = this.#leaves >> (32 - Math.clz32(next.at));
      add(waiting, this.#subtree(2 * next.at, next.place));
      add(waiting, this.#subtree(2 * next.at + 1, next.place + width));
    }
  }

  #subtree(at: number, place: number): Waiting {
    return { at, count: this.#least[at] as number, place };
  }

  #update(at: number): void {
    const [left, right] = [this.#least[2 * at] as number, this.#least[2 * at + 1] as number];
    this.#least[at] = Math.min(left, right);
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.count < b.count || (a.count === b.count && a.place < b.place);
}

/** Binary heap: adds one. */
function add(heap: Waiting[], one: Waiting): void {
  let i = heap.length;
  heap.push(one);
  while (i > 0) {
    const above = heap[(i - 1) >> 1] as Waiting;
    if (!isBefore(one, above)) break;
    heap[i] = above;
    i = (i - 1) >> 1;
  }
  heap[i] = one;
}

/** Binary heap: takes the first one. */
function takeFirst(heap: Waiting[]): Waiting | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Waiting, heap[child] as Waiting)) {
      child++;
    }
    if (!isBefore(heap[child] as Waiting, last)) break;
    heap[i] = heap[child] as Waiting;
    i = child;
  }
  heap[i] = last;
  return first;
}
