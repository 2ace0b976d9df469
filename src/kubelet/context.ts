// What a kubelet sync works with: the API, the machine below, its state and the clock.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Client, Pod } from '../api/types.ts';
import type { Runtime } from './runtime.ts';
import type { KubeletState } from './state.ts';

export interface KubeletContext {
  readonly client: Client;
  /** The Pod as of the last watch event that reached its kubelet; absent: as it is stored. */
  readonly podAsHeard?: (key: string) => Pod | undefined;
  readonly runtime: Runtime;
  readonly state: KubeletState;
  readonly spec: ClusterSpec;
  /** Virtual milliseconds. */
  readonly nowMs: number;
  /** The instant, RFC 3339. */
  readonly now: string;
  readonly minor: number;
  /** Syncs the pod again after `delayMs`; `idle`: nothing is expected to change, settling does not wait for it. */
  again(key: string, delayMs: number, idle?: boolean): void;
}
