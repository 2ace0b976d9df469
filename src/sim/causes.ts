// Origins: one opaque integer per (object, path) that caused a rule. Interning is append-only and shared by all forks
// of a cluster, so fragments of rules can be shared too. Numbers are never printed; src/analysis reads them back.

export interface Cause {
  /** "Service/demo/web": kind and key. */
  readonly object: string;
  /** JSON path inside the object: "spec.ports[0]"; empty for the whole object. */
  readonly path: string;
  /** Who wrote the rule: "kube-proxy", "cni", "kubelet". */
  readonly owner: string;
}

export class Causes {
  readonly #list: Cause[] = [{ object: '', path: '', owner: '' }];
  readonly #index = new Map<string, number>();

  /** The number of this cause; the same cause always has the same number. */
  intern(object: string, path: string, owner: string): number {
    const key = `${owner}|${object}|${path}`;
    let origin = this.#index.get(key);
    if (origin === undefined) {
      origin = this.#list.length;
      this.#list.push({ object, path, owner });
      this.#index.set(key, origin);
    }
    return origin;
  }

  get(origin: number): Cause | undefined {
    return origin === 0 ? undefined : this.#list[origin];
  }
}
