// All kube-proxies of a cluster: what each has written, and the rules that follow from it. Every running proxy reads
// the same change log, so they share one snapshot; a stopped or slow one keeps an older snapshot of its own.
// The rules themselves are the modes' work, whose table stands here; those of a lazy mode are built when a node's rules
// are first walked or printed, those of an eager one are kept beside the node.

import type { NodeSpec } from '../api/cluster-spec.ts';
import type { Node, WatchEvent } from '../api/types.ts';
import type { Addr, Family } from '../net/addr.ts';
import { parseAddr } from '../net/addr.ts';
import { parseCidr } from '../net/cidr.ts';
import type { ProxyConfig, ProxyNode } from '../proxy/config.ts';
import { iptablesMode } from '../proxy/iptables/mode.ts';
import { ipvsMode } from '../proxy/ipvs/mode.ts';
import {
  fullSyncPeriodMs,
  type LazyMode,
  type LazyPast,
  type Mode,
  type ModeName,
  type ModeState,
  type SyncInput,
  type Written,
} from '../proxy/mode.ts';
import { nftablesMode } from '../proxy/nftables/mode.ts';
import { emptySnapshot, type ProxySnapshot, withEvent } from '../proxy/snapshot.ts';
import { userspaceMode } from '../proxy/userspace/mode.ts';
import type { Causes } from '../sim/causes.ts';
import { Table } from '../sim/table.ts';
import { ProxyPasts, type ProxySync, pastAfter } from './proxy-pasts.ts';
import { ServiceRanges } from './service-ranges.ts';

export const modes: Readonly<Record<ModeName, Mode>> = {
  iptables: iptablesMode,
  ipvs: ipvsMode,
  nftables: nftablesMode,
  userspace: userspaceMode,
};

/** A snapshot and how many came before it: a slow proxy never goes back to an older one. */
export interface Received {
  readonly snapshot: ProxySnapshot;
  readonly version: number;
}

/** What a slow or stopped proxy has written, and since when there is more. */
interface Behind extends Received {
  readonly sinceMs: number;
}

/** What a process in `mode` wrote and did not take away when it ended. */
export interface Left extends ModeState {
  readonly mode: ModeName;
}

export class Proxies {
  readonly config: ProxyConfig;
  readonly #causes: Causes;
  #current: Received;
  /** Node -> what its stopped or slow proxy last wrote. */
  #behind: Table<Behind>;
  /** Node -> when a proxy that came late last wrote. */
  #synced: Table<number>;
  /** Nodes whose proxy does not run. */
  #stopped: Table<true>;
  /** Node -> its configuration, where it is not the cluster's. */
  #configs: Table<ProxyConfig>;
  /** "node01 4" -> what an eager mode keeps of that node and family. */
  #states: Table<ModeState>;
  /** "node01 4 key" -> when that timer of an eager mode comes due. */
  #timers: Table<number>;
  /** "node01 4" -> what processes that ended have left there, oldest first, and the one that died last. */
  #left: Table<readonly Left[]>;
  #pasts: ProxyPasts;
  #ranges: ServiceRanges;
  /** Something was written that the nodes have not loaded yet. */
  stale = true;

  constructor(config: ProxyConfig, causes: Causes) {
    this.config = config;
    this.#causes = causes;
    this.#current = { snapshot: emptySnapshot(config.minor), version: 0 };
    this.#behind = new Table();
    this.#synced = new Table();
    this.#stopped = new Table();
    this.#configs = new Table();
    this.#states = new Table();
    this.#timers = new Table();
    this.#left = new Table();
    this.#pasts = new ProxyPasts();
    this.#ranges = new ServiceRanges(config.serviceCIDRs);
  }

  fork(): Proxies {
    const copy = new Proxies(this.config, this.#causes);
    copy.#current = this.#current;
    copy.#behind = this.#behind.fork();
    copy.#synced = this.#synced.fork();
    copy.#stopped = this.#stopped.fork();
    copy.#configs = this.#configs.fork();
    copy.#states = this.#states.fork();
    copy.#timers = this.#timers.fork();
    copy.#left = this.#left.fork();
    copy.#pasts = this.#pasts.fork();
    copy.#ranges = this.#ranges;
    copy.stale = this.stale;
    return copy;
  }

  /** What there is to write. */
  get current(): Received {
    return this.#current;
  }

  /** Whether some proxy is stopped or has something left to write. */
  get someBehind(): boolean {
    return this.#behind.size > 0;
  }

  receive(events: readonly WatchEvent[]): void {
    let { snapshot } = this.#current;
    for (const event of events) {
      if (event.kind === 'ServiceCIDR') this.#ranges = this.#ranges.withEvent(event);
      else snapshot = withEvent(snapshot, event);
    }
    if (snapshot === this.#current.snapshot) return;
    this.#current = { snapshot, version: this.#current.version + 1 };
    this.stale = true;
  }

  snapshotOf(node: string): ProxySnapshot {
    return (this.#behind.get(node) ?? this.#current).snapshot;
  }

  isBehind(node: string): boolean {
    return this.#behind.has(node);
  }

  isStopped(node: string): boolean {
    return this.#stopped.has(node);
  }

  /** The node's rules stay as they are now, until it loads something newer. */
  hold(node: string, written: Received, nowMs: number): void {
    if (this.#behind.has(node)) return;
    this.#behind.set(node, { ...written, sinceMs: nowMs });
    this.#pasts.keep(node);
  }

  /** The proxies that neither lag nor stand still have written everything. */
  wrote(nowMs: number): void {
    const sync = this.#sharedSync(nowMs);
    const { snapshot } = sync;
    this.#pasts.shared(sync);
    if (this.periodicMs() === null) this.#pasts.rejoin((node) => this.isBehind(node));
    for (const node of this.#pasts.nodes) {
      if (!this.isBehind(node)) this.#remember(node, snapshot, nowMs);
    }
  }

  #remember(node: string, snapshot: ProxySnapshot, nowMs: number, restarted = false): void {
    this.#pasts.synced(node, { ...this.#syncOf(node, nowMs), snapshot, restarted });
  }

  #sharedSync(nowMs: number): ProxySync {
    const { config } = this;
    const { snapshot } = this.#current;
    return { mode: modes[config.mode], config, snapshot, nowMs, serviceCIDRs: this.#ranges.all };
  }

  #syncOf(node: string, nowMs: number): ProxySync {
    const [mode, config] = [this.modeOf(node), this.configOf(node)];
    const snapshot = this.snapshotOf(node);
    return { mode, config, snapshot, nowMs, serviceCIDRs: this.#ranges.all };
  }

  /** The process of a node that is added. */
  begin(node: string, nowMs: number): void {
    this.#pasts.begin(node, this.#syncOf(node, nowMs));
  }

  /** When a sync without a cause would next change what stands on some node; null: never. */
  periodicMs(): number | null {
    const due = this.#parties().flatMap(({ sync: { mode }, past }) => {
      const ms = mode.kind === 'lazy' ? mode.dueMs(past, this.#ranges.all) : null;
      return ms === null ? [] : [ms];
    });
    return due.length === 0 ? null : Math.min(...due);
  }

  /** All syncs without a cause that are due now. */
  syncPeriodically(nowMs: number): void {
    for (const { node, sync, past } of this.#parties()) {
      if (sync.mode.kind !== 'lazy') continue;
      const dueMs = sync.mode.dueMs(past, this.#ranges.all);
      if (dueMs === null || dueMs > nowMs) continue;
      const periodic = { ...sync, nowMs, periodic: true };
      if (node === null) this.#pasts.shared(periodic);
      else this.#pasts.synced(node, periodic);
      this.stale = true;
    }
  }

  /** Those that sync together (node null), and the running ones that have a past of their own. */
  #parties() {
    const shared = this.#pasts.common;
    const own = this.#pasts.nodes.flatMap((node) => {
      const past = this.isStopped(node) ? null : this.#pasts.of(node);
      return past === null ? [] : [{ node, sync: this.#syncOf(node, 0), past }];
    });
    return shared === null
      ? own
      : [{ node: null, sync: this.#sharedSync(0), past: shared }, ...own];
  }

  /** Since when something waits to be written; null: nothing does. */
  queuedMs(node: string): number | null {
    return this.#behind.get(node)?.sinceMs ?? null;
  }

  /** When the node's proxy last wrote; undefined: just now, or as the last change came. */
  lastSyncMs(node: string): number | undefined {
    return this.#synced.get(node);
  }

  /** The node's proxy writes what it has received; what is older than its rules changes nothing. */
  load(node: string, received: Received, nowMs: number, restarted = false): void {
    const written = this.#behind.get(node);
    if (written === undefined || received.version < written.version) return;
    this.#remember(node, received.snapshot, nowMs, restarted);
    if (received.version === this.#current.version) this.#behind.delete(node);
    else this.#behind.set(node, { ...received, sinceMs: nowMs });
    this.#synced.set(node, nowMs);
    this.stale = true;
  }

  stop(node: string, nowMs: number): void {
    this.hold(node, this.#current, nowMs);
    this.#stopped.set(node, true);
  }

  /** The node's proxy lists everything anew. */
  start(node: string, nowMs: number): void {
    this.#stopped.delete(node);
    this.load(node, this.#current, nowMs, true);
  }

  /** What the node's kube-proxy was started with. */
  configOf(node: string): ProxyConfig {
    return this.#configs.get(node) ?? this.config;
  }

  configure(node: string, config: ProxyConfig): void {
    this.#configs.set(node, config);
    this.stale = true;
  }

  /** The mode that the node's kube-proxy runs in. */
  modeOf(node: string): Mode {
    return modes[this.configOf(node).mode];
  }

  /** Whether any node's mode takes steps of its own at each sync. */
  get someEager(): boolean {
    return (
      modes[this.config.mode].kind === 'eager' ||
      [...this.#configs.values()].some(({ mode }) => modes[mode].kind === 'eager')
    );
  }

  /** What an eager mode keeps; undefined before its first sync. */
  stateOf(node: string, family: Family): ModeState | undefined {
    return this.#states.get(`${node} ${family}`);
  }

  setState(node: string, family: Family, state: ModeState): void {
    const key = `${node} ${family}`;
    if (this.#states.get(key)?.written !== state.written) this.stale = true;
    this.#states.set(key, state);
  }

  /** What processes that ended have left on the node, oldest first. */
  leftOn(node: string, family: Family): readonly Left[] {
    return this.#left.get(`${node} ${family}`) ?? [];
  }

  /** The process has ended, or what it left is cleaned up: this is there now. */
  leave(node: string, family: Family, left: readonly Left[]): void {
    const key = `${node} ${family}`;
    this.#states.delete(key);
    this.#left.set(key, left);
    this.stale = true;
  }

  setTimer(key: string, dueMs: number): void {
    this.#timers.set(key, dueMs);
  }

  /** Whether the timer is still the one that was set for this moment; it is not any more afterwards. */
  takeTimer(key: string, dueMs: number): boolean {
    return this.#timers.get(key) === dueMs && this.#timers.delete(key);
  }

  /** All that a sync of the node's proxy depends on now. */
  inputFor(node: ProxyNode, family: Family): SyncInput {
    const config = this.configOf(node.name);
    const snapshot = this.snapshotOf(node.name);
    const past = this.#pasts.of(node.name);
    const known = past?.mode === config.mode && past.snapshot === snapshot ? { past } : {};
    return { snapshot, node, config, causes: this.#causes, family, ...known };
  }

  /** What the node's proxy has written; undefined: an eager mode has not synced yet. Of a lazy mode the same syncs and
   * node give the same object, in every fork. */
  written(node: ProxyNode, family: Family): Written | undefined {
    const mode = this.modeOf(node.name);
    if (mode.kind === 'eager') return this.stateOf(node.name, family)?.written;
    return writtenBy(mode, this.inputFor(node, family));
  }

  /** The same as of now: whole hours without a change have brought syncs that changed nothing but what the last one fed. */
  writtenNow(node: ProxyNode, family: Family, nowMs: number): Written | undefined {
    const mode = this.modeOf(node.name);
    const input = this.inputFor(node, family);
    if (mode.kind === 'eager' || input.past === undefined || this.isStopped(node.name)) {
      return this.written(node, family);
    }
    const { syncedMs } = input.past;
    const hours = Math.floor((nowMs - syncedMs) / fullSyncPeriodMs);
    const times = hours > 1 ? [1, hours] : hours === 1 ? [1] : [];
    const past = times.reduce<LazyPast>((before, hour) => {
      const sync = this.#syncOf(node.name, syncedMs + hour * fullSyncPeriodMs);
      return pastAfter(before, { ...sync, periodic: true }) ?? before;
    }, input.past);
    return past === input.past ? this.written(node, family) : mode.written({ ...input, past });
  }
}

type ByFamily = Map<Family, Written>;
const known = new WeakMap<object, WeakMap<ProxyNode, Map<ProxyConfig, ByFamily>>>();

/** By identity of past (or snapshot), node and configuration. */
function writtenBy(mode: LazyMode, input: SyncInput): Written {
  const { snapshot, past, node, config, family } = input;
  const syncs = past ?? snapshot;
  let byNode = known.get(syncs);
  if (byNode === undefined) {
    byNode = new WeakMap();
    known.set(syncs, byNode);
  }
  let byConfig = byNode.get(node);
  if (byConfig === undefined) {
    byConfig = new Map();
    byNode.set(node, byConfig);
  }
  let byFamily = byConfig.get(config);
  if (byFamily === undefined) {
    byFamily = new Map();
    byConfig.set(config, byFamily);
  }
  let written = byFamily.get(family);
  if (written === undefined) {
    written = mode.written(input);
    byFamily.set(family, written);
  }
  return written;
}

const proxyNodes = new WeakMap<Node, ProxyNode>();

/** What kube-proxy sees of the node it runs on; one object per version of the Node object. */
export function proxyNodeOf(node: Node, spec: NodeSpec | undefined): ProxyNode {
  let known = proxyNodes.get(node);
  if (known === undefined) {
    const written = (node.status?.addresses ?? []).flatMap((a): Addr[] => {
      const value = a.type === 'Hostname' ? undefined : parseAddr(a.address);
      return value === undefined ? [] : [value];
    });
    const podCIDRs = (node.spec.podCIDRs ?? []).flatMap((text) => parseCidr(text) ?? []);
    known = {
      name: node.metadata.name,
      addresses: written.length > 0 || spec === undefined ? written : [spec.internalIP],
      labels: node.metadata.labels ?? {},
      podCIDRs,
      ...(spec?.nfacct === true ? { nfacct: true } : {}),
    };
    proxyNodes.set(node, known);
  }
  return known;
}
