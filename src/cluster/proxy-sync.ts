// When each kube-proxy writes what has changed: at once, after its lag, or not at all while it is stopped; and the UDP
// flows it deletes afterwards. What it writes is proxies.ts's and src/proxy's work.
// Models the order of syncProxyRules: rules first, then conntrack.CleanStaleEntries.
import type { WatchEvent } from '../api/types.ts';
import type { FlowEntry } from '../netfilter/netfilter.ts';
import { defaultProxyConfig, type ProxyConfig } from '../proxy/config.ts';
import { isStale, type StaleFlows, staleFlows } from '../proxy/conntrack.ts';
import { healthCheckNodePorts } from '../proxy/health.ts';
import { emptySnapshot, type ProxySnapshot } from '../proxy/snapshot.ts';
import { type Obstacle, obstacleTo } from '../proxy/supported.ts';
import { asksNodePorts, checkBalancers } from './balancer-checks.ts';
import { familiesOf, refreshRules } from './dialling.ts';
import { lagOf } from './lateness.ts';
import type { Received } from './proxies.ts';
import { endProcess, syncEager } from './proxy-eager.ts';
import { openHealth, syncHealthPorts } from './proxy-health.ts';
import type { State } from './state.ts';

/** All proxies read the same events. Where syncs take time of their own, one is planned no sooner than the least time
 * between two; all that is received until it begins is in it. */
export function receiveByProxies(state: State, events: readonly WatchEvent[]): void {
  const { proxies, engine, api } = state.parts;
  const before = proxies.current;
  proxies.receive(events);
  planPeriodic(state);
  if (proxies.current === before) return;
  const { proxyMinSyncMs, proxySyncMs } = state.parts.spec.timing;
  if (proxyMinSyncMs === 0 && proxySyncMs === 0) {
    write(state, before);
    return;
  }
  for (const { metadata } of api.list('Node')) {
    proxies.hold(metadata.name, before, state.nowMs);
  }
  if (state.proxySyncPlanned) return;
  state.proxySyncPlanned = true;
  const waitMs = state.proxySyncedMs + minSyncMs(state) - state.nowMs;
  engine.call('proxies-sync', null, Math.max(0, waitMs));
}

/** minSyncPeriod where the timing has one: KubeProxyConfiguration's before the profile's. */
function minSyncMs({ parts }: State): number {
  const { proxyMinSyncMs } = parts.spec.timing;
  const given = parts.spec.kubeProxyConfiguration?.[parts.spec.proxyMode];
  const isGiven = (given as { readonly minSyncPeriod?: unknown } | undefined)?.minSyncPeriod;
  return isGiven === undefined || proxyMinSyncMs === 0
    ? proxyMinSyncMs
    : parts.proxies.config.minSyncPeriodMs;
}

/** A sync begins: what is received by now will be in force when it has ended. */
export function proxiesSync(state: State): void {
  const { proxies, engine, api, spec } = state.parts;
  const received = proxies.current;
  const { proxySyncMs } = spec.timing;
  state.proxySyncPlanned = false;
  state.proxySyncedMs = state.nowMs + proxySyncMs;
  for (const { metadata } of api.list('Node')) {
    const node = metadata.name;
    const lag = lagOf(state, `kube-proxy ${node}`);
    const takesMs =
      proxySyncMs + engine.lateMs(state, proxySyncMs, `the rules of ${node} are in force`);
    engine.call('proxy-loads', { node, received }, takesMs + lag, lag > 0);
  }
}

/** They write at once; those that lag what they saw, later, each at its own time. */
function write(state: State, before: Received): void {
  const { proxies, engine, api } = state.parts;
  const received = proxies.current;
  const stale = staleBetween(state, before.snapshot, received.snapshot);
  const isAlike = state.lags.size === 0 && !proxies.someBehind && stale.length === 0;
  for (const { metadata } of isAlike ? [] : api.list('Node')) {
    const node = metadata.name;
    const lag = lagOf(state, `kube-proxy ${node}`);
    if (lag > 0) {
      proxies.hold(node, before, state.nowMs);
      engine.call('proxy-loads', { node, received }, lag, true);
    } else if (proxies.isBehind(node)) proxyLoads(state, { node, received });
    else if (stale.length > 0) deleteStale(state, node, before.snapshot, received.snapshot);
  }
  proxies.wrote(state.nowMs);
  planPeriodic(state);
  syncCurrent(state);
  syncHealth(state, before.snapshot);
  loadWhereRemembered(state);
}

/** Health check node ports of the nodes that have everything, when some came or went; and who asks there. */
function syncHealth(state: State, before: ProxySnapshot): void {
  const { proxies, api } = state.parts;
  const was = [...healthCheckNodePorts(before)].join();
  const now = [...healthCheckNodePorts(proxies.current.snapshot)].join();
  if (was === '' && now === '' && !asksNodePorts(state)) return;
  for (const { metadata } of was === now ? [] : api.list('Node')) {
    if (!proxies.isBehind(metadata.name)) syncHealthPorts(state, metadata.name);
  }
  checkBalancers(state);
}

/** The next sync of a lazy mode that has no cause, where it would change something. */
function planPeriodic(state: State): void {
  const dueMs = state.parts.proxies.periodicMs();
  if (dueMs === state.proxyPeriodicMs) return;
  state.proxyPeriodicMs = dueMs;
  if (dueMs === null) return;
  state.parts.engine.call('proxies-periodic', dueMs, Math.max(0, dueMs - state.nowMs), true);
}

/** It is due, unless a later one took its place. */
export function proxiesPeriodic(state: State, dueMs: number): void {
  if (state.proxyPeriodicMs !== dueMs) return;
  state.proxyPeriodicMs = null;
  state.parts.proxies.syncPeriodically(state.nowMs);
  planPeriodic(state);
  loadWhereRemembered(state);
}

/** Eager modes of the nodes that have everything. */
function syncCurrent(state: State): void {
  const { proxies, api } = state.parts;
  if (!proxies.someEager) return;
  for (const { metadata } of api.list('Node')) {
    if (!proxies.isBehind(metadata.name)) syncEager(state, metadata.name);
  }
}

/** The node's running proxy writes what it has received, if that is newer than its rules. */
export function proxyLoads(
  state: State,
  { node, received }: { readonly node: string; readonly received: Received },
): void {
  const { proxies } = state.parts;
  if (proxies.isStopped(node)) return;
  const before = proxies.snapshotOf(node);
  proxies.load(node, received, state.nowMs);
  planPeriodic(state);
  syncEager(state, node);
  syncHealthPorts(state, node);
  checkBalancers(state);
  deleteStale(state, node, before, proxies.snapshotOf(node));
  loadWhereRemembered(state);
}

/** The process ends; what it has written stays, and changes do not arrive. */
export function stopProxy(state: State, node: string): void {
  const { proxies } = state.parts;
  if (proxies.isStopped(node)) return;
  proxies.stop(node, state.nowMs);
  endProcess(state, node);
  checkBalancers(state);
}

/** What keeps the node's kube-proxy from running with this configuration. */
export function obstacleOn(state: State, node: string, config: ProxyConfig): Obstacle | null {
  const { spec } = state.parts;
  const missing = spec.nodes.find(({ name }) => name === node)?.missingModules ?? [];
  return obstacleTo(config, missing, familiesOf(spec));
}

/** What the process runs with: an older one whose mode the kernel lacks takes iptables mode, and says why. */
export function runnable(state: State, node: string, config: ProxyConfig): ProxyConfig {
  const obstacle = obstacleOn(state, node, config);
  if (obstacle === null || !obstacle.fallsBack) return config;
  say(state, node, obstacle);
  const minSyncPeriodMs = config.minSyncPeriodMs || defaultProxyConfig.minSyncPeriodMs;
  return { ...config, mode: 'iptables', minSyncPeriodMs };
}

/** A process that cannot run in its mode ends, and says why. */
export function refusesToStart(state: State, node: string): boolean {
  const obstacle = obstacleOn(state, node, state.parts.proxies.configOf(node));
  if (obstacle === null) return false;
  say(state, node, obstacle);
  return true;
}

function say(state: State, node: string, { message }: Obstacle): void {
  const notice = `kube-proxy on Node "${node}": ${message}`;
  if (!state.notices.includes(notice)) state.notices.push(notice);
}

/** A proxy that was stopped lists everything anew, and so compares every flow. */
export function startProxy(state: State, node: string): void {
  const { proxies } = state.parts;
  if (!proxies.isStopped(node) || refusesToStart(state, node)) return;
  proxies.start(node, state.nowMs);
  planPeriodic(state);
  syncEager(state, node);
  openHealth(state, node);
  checkBalancers(state);
  deleteStale(state, node, emptySnapshot(), proxies.snapshotOf(node));
  loadWhereRemembered(state);
}

function staleBetween(state: State, before: ProxySnapshot, after: ProxySnapshot, node = '') {
  const { spec } = state.parts;
  const { minor } = spec;
  return familiesOf(spec).flatMap((family) => staleFlows(before, after, family, minor, node));
}

function deleteStale(state: State, node: string, before: ProxySnapshot, after: ProxySnapshot) {
  const stale: readonly StaleFlows[] = staleBetween(state, before, after, node);
  if (stale.length === 0) return;
  const isDead = (flow: FlowEntry) => stale.some((row) => isStale(flowOf(flow), row));
  state.parts.fabric.deleteFlows(`node/${node}`, isDead, state.nowMs);
}

function flowOf({ proto, original, reply }: FlowEntry) {
  const { dst, dport } = original;
  return { proto, dst, dport, replySrc: reply.src, replySport: reply.sport };
}

/** Rules are loaded when somebody dials. Recent lists go with their rules, so where there are any, every step counts. */
function loadWhereRemembered(state: State): void {
  if (state.parts.fabric.remembers()) refreshRules(state);
}
