// The shape of a controller: which kinds it watches, which work keys an event touches, and one `sync` per key.
// A controller is code only; what it remembers is in the store and in `memory`. Modelled after client-go's informer + work queue.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Client, WatchEvent } from '../api/types.ts';
import type { Choices } from '../sim/choices.ts';
import type { Memory } from './memory.ts';
import type { ObjectIndex } from './object-index.ts';
import type { CloudBalancers } from './service-lb/cloud.ts';

export interface ControllerContext {
  readonly client: Client;
  /** Who owns what and which labels are where; kept up to date with every write to the store. */
  readonly index: ObjectIndex;
  /** What a controller remembers beside the store. */
  readonly memory: Memory;
  /** Null: no cloud makes load balancers. */
  readonly cloud: CloudBalancers | null;
  readonly spec: ClusterSpec;
  readonly choices: Choices;
  /** Virtual milliseconds. */
  readonly nowMs: number;
  /** The instant as RFC 3339 text for status fields, e.g. "2026-01-01T00:00:05Z". */
  readonly now: string;
  /** Kubernetes minor version: 34 for "1.34". */
  readonly minor: number;
  /** Syncs this controller's `key` again after `delayMs` (client-go AddAfter). `idle`: a check that is not expected to
   * change anything, so settling does not wait for it; it happens when the clock passes it. */
  again(key: string, delayMs: number, idle?: boolean): void;
}

export interface Controller {
  /** Upstream's name: "endpointslice", "deployment", "replicaset", ... */
  readonly name: string;
  readonly watches: readonly string[];
  /** The keys to sync for a watch event, usually owner or selecting objects. */
  keysOf(event: WatchEvent, context: ControllerContext): readonly string[];
  /** Brings the cluster one step nearer to what the key's object asks for. Idempotent. */
  sync(key: string, context: ControllerContext): void;
}
