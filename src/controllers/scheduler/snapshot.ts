// What the scheduler knows when it looks for a node: the nodes, the Pods on each, and how to reach labels of
// namespaces. Made for one Pod and thrown away. Modelled after pkg/scheduler's snapshot and NodeInfo.
import type { Node, Pod } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { isTerminal } from '../pods.ts';

/** Why a node does not do, as FailedScheduling counts it. */
export interface Refusal {
  readonly reasons: readonly string[];
  /** Other Pods that go would change nothing (UnschedulableAndUnresolvable). */
  readonly isFinal: boolean;
}

export class Snapshot {
  readonly nodes: readonly Node[];
  readonly context: ControllerContext;
  readonly #except: Pod;
  readonly #pods = new Map<string, readonly Pod[]>();

  constructor(pod: Pod, context: ControllerContext) {
    this.#except = pod;
    this.context = context;
    this.nodes = context.client.list('Node');
  }

  /** Pods on the node that have not ended, without the one to be placed. */
  podsOn({ metadata }: Node): readonly Pod[] {
    const known = this.#pods.get(metadata.name);
    if (known !== undefined) return known;
    const { client, index } = this.context;
    const pods = index
      .podKeysOnNode(metadata.name)
      .flatMap((key) => client.get('Pod', key) ?? [])
      .filter((pod) => !isTerminal(pod) && pod.metadata.uid !== this.#except.metadata.uid);
    this.#pods.set(metadata.name, pods);
    return pods;
  }

  /** Pods anywhere that keep others away by required anti-affinity. */
  repellers(): readonly Pod[] {
    const { client, index } = this.context;
    return index
      .repellers()
      .flatMap((key) => client.get('Pod', key) ?? [])
      .filter((pod) => !isTerminal(pod) && pod.metadata.uid !== this.#except.metadata.uid);
  }

  nodeOf(pod: Pod): Node | undefined {
    return this.context.client.get('Node', pod.spec.nodeName ?? '');
  }
}
