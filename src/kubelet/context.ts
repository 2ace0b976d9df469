// What a kubelet sync works with: the API, the machine below, its state and the clock.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Client } from '../api/types.ts';
import type { Runtime } from './runtime.ts';
import type { KubeletState } from './state.ts';

export interface KubeletContext {
  readonly client: Client;
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

/** All delays 0: pending probes are asked at once, with their thresholds, instead of period by period. */
export function isInstant(spec: ClusterSpec): boolean {
  const { watchMs, controllerMs, proxySyncMs, podStartMs } = spec.timing;
  return watchMs === 0 && controllerMs === 0 && proxySyncMs === 0 && podStartMs === 0;
}
