// When each kube-proxy writes what has changed: at once, after its lag, or not at all while it is stopped; and the UDP
// flows it deletes afterwards. What it writes is proxies.ts's and src/proxy's work.
// Models the order of syncProxyRules: rules first, then conntrack.CleanStaleEntries.
import type { WatchEvent } from '../api/types.ts';
import type { FlowEntry } from '../netfilter/netfilter.ts';
import { isStale, type StaleFlows, staleFlows } from '../proxy/conntrack.ts';
import { emptySnapshot, type ProxySnapshot } from '../proxy/snapshot.ts';
import { refreshRules } from './dialling.ts';
import type { Received } from './proxies.ts';
import type { State } from './state.ts';

/** All proxies read the same events; those that lag write what they saw later, each at its own time. */
export function receiveByProxies(state: State, events: readonly WatchEvent[]): void {
  const { proxies, engine, api } = state.parts;
  const before = proxies.current;
  proxies.receive(events);
  const received = proxies.current;
  if (received === before) return;
  const stale = staleBetween(state, before.snapshot, received.snapshot);
  const isAlike = state.lags.size === 0 && !proxies.someBehind && stale.length === 0;
  for (const { metadata } of isAlike ? [] : api.list('Node')) {
    const node = metadata.name;
    const lag = state.lags.get(`kube-proxy ${node}`) ?? 0;
    if (lag > 0) {
      proxies.hold(node, before);
      engine.call('proxy-loads', { node, received }, lag, true);
    } else if (proxies.isBehind(node)) proxyLoads(state, { node, received });
    else deleteFlows(state, node, stale);
  }
  loadWhereRemembered(state);
}

/** The node's running proxy writes what it has received, if that is newer than its rules. */
export function proxyLoads(
  state: State,
  { node, received }: { readonly node: string; readonly received: Received },
): void {
  const { proxies } = state.parts;
  if (proxies.isStopped(node)) return;
  const before = proxies.snapshotOf(node);
  proxies.load(node, received);
  deleteFlows(state, node, staleBetween(state, before, proxies.snapshotOf(node)));
  loadWhereRemembered(state);
}

/** A proxy that was stopped lists everything anew, and so compares every flow. */
export function startProxy(state: State, node: string): void {
  const { proxies } = state.parts;
  if (!proxies.isStopped(node)) return;
  proxies.start(node);
  deleteFlows(state, node, staleBetween(state, emptySnapshot(), proxies.snapshotOf(node)));
  loadWhereRemembered(state);
}

function staleBetween(state: State, before: ProxySnapshot, after: ProxySnapshot) {
  return staleFlows(before, after, 4, state.parts.spec.minor);
}

function deleteFlows(state: State, node: string, stale: readonly StaleFlows[]): void {
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
