// What a volume still holds when its ConfigMap is gone: the kubelet can write it anew no more, and leaves the files as they
// are, so that a container that starts again finds them. A Pod that comes later gets no such volume. Only for those that
// run CoreDNS, whose files are read here. Models pkg/volume/configmap and the volume manager's reconciler.
import type { ConfigMap, Pod } from '../api/types.ts';
import type { PodRun } from '../kubelet/state.ts';
import { Table } from '../sim/table.ts';

interface Left {
  readonly object: ConfigMap;
  /** Of the Pods that have had it. */
  readonly uids: ReadonlySet<string>;
}

export class LeftFiles {
  /** By the ConfigMap's key. */
  readonly #left: Table<Left>;

  constructor(left = new Table<Left>()) {
    this.#left = left;
  }

  fork(): LeftFiles {
    return new LeftFiles(this.#left.fork());
  }

  /** The ConfigMap is deleted; `runs` are all Pods of its namespace that kubelets know. */
  gone(key: string, object: ConfigMap, runs: Iterable<PodRun>): void {
    const uids = new Set<string>();
    for (const { uid, triedMs } of runs) if (triedMs === undefined) uids.add(uid);
    if (uids.size > 0) this.#left.set(key, { object, uids });
  }

  /** There is one of that name again. */
  back(key: string): void {
    if (this.#left.get(key) !== undefined) this.#left.delete(key);
  }

  of(key: string, { metadata: { uid = '' } }: Pod): ConfigMap | undefined {
    const left = this.#left.get(key);
    return left?.uids.has(uid) === true ? left.object : undefined;
  }
}
