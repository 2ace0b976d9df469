// The names of a zone in canonical order (RFC 4034 section 6.1), each with its records by type: what CoreDNS keeps in
// a tree (plugin/file/tree). Empty names between others are not in it.
import { type ResourceRecord, typeOf } from '../message/message.ts';
import { labelsOf, lower } from '../message/name.ts';

export class Elem {
  readonly name: string;
  /** By type, in the order of the file. */
  readonly #types = new Map<number, ResourceRecord[]>();

  constructor(name: string) {
    this.name = name;
  }

  add(record: ResourceRecord): void {
    const type = typeOf(record);
    const known = this.#types.get(type);
    if (known === undefined) this.#types.set(type, [record]);
    else known.push(record);
  }

  type(type: number): readonly ResourceRecord[] {
    return this.#types.get(type) ?? [];
  }

  /** All records. Upstream's order of types is random; here it goes by number. */
  all(): readonly ResourceRecord[] {
    const types = [...this.#types.keys()].sort((a, b) => a - b);
    return types.flatMap((type) => this.type(type));
  }
}

/** Labels from the root down, lower case, decimal escapes as their characters. */
function sortKey(name: string): readonly string[] {
  return labelsOf(lower(name))
    .map((label) => label.replace(/\\(\d{3})/g, (_, d: string) => String.fromCharCode(Number(d))))
    .reverse();
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a[i] as string, b[i] as string];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

interface Node {
  readonly key: readonly string[];
  readonly elem: Elem;
}

export class ZoneTree {
  readonly #byKey = new Map<string, Node>();
  #sorted: readonly Node[] | null = null;

  insert(record: ResourceRecord): void {
    const key = sortKey(record.name);
    const text = key.join('\0');
    let node = this.#byKey.get(text);
    if (node === undefined) {
      node = { key, elem: new Elem(record.name) };
      this.#byKey.set(text, node);
      this.#sorted = null;
    }
    node.elem.add(record);
  }

  search(name: string): Elem | undefined {
    return this.#byKey.get(sortKey(name).join('\0'))?.elem;
  }

  /** The first name that is `name` or after it. */
  ceil(name: string): Elem | undefined {
    return this.#nodes()[this.#place(sortKey(name))]?.elem;
  }

  /** The last name that is `name` or before it. */
  floor(name: string): Elem | undefined {
    const key = sortKey(name);
    const at = this.#place(key);
    const here = this.#nodes()[at];
    if (here !== undefined && compare(here.key, key) === 0) return here.elem;
    return this.#nodes()[at - 1]?.elem;
  }

  /** All names in their order. */
  elems(): readonly Elem[] {
    return this.#nodes().map((node) => node.elem);
  }

  #nodes(): readonly Node[] {
    this.#sorted ??= [...this.#byKey.values()].sort((a, b) => compare(a.key, b.key));
    return this.#sorted;
  }

  /** Index of the first name that is not before `key`. */
  #place(key: readonly string[]): number {
    const nodes = this.#nodes();
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare((nodes[middle] as Node).key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether two names are one in a tree. */
export function sameName(a: string, b: string): boolean {
  return compare(sortKey(a), sortKey(b)) === 0;
}
