// How late each component hears of a write and does its work: the delays of the Cluster document's timing and what
// steps add with "lags by". A component that hears late reads its own view of the store, never the store itself.
import { isInstant } from '../api/timing.table.ts';
import type { AnyObject, WatchEvent } from '../api/types.ts';
import { kubelet } from '../kubelet/kubelet.ts';
import { coreDns } from './dns-servers.ts';
import { policyAgents } from './policies.ts';
import type { State } from './state.ts';
import { View } from './view.ts';

export const endpointControllers: readonly string[] = [
  'endpoints',
  'endpointslice',
  'endpointslicemirroring',
];

/** What the API server's own lag is called: it delays every watch. */
export const everyWatch = 'kube-apiserver';

/** `isController`: its work waits in a queue of its own. */
export function delaysOf(state: State, name: string, isController: boolean) {
  const { watchMs, controllerMs, endpointsMs } = state.parts.spec.timing;
  const gathers = endpointControllers.includes(name) ? endpointsMs : 0;
  const workMs = isController ? controllerMs + gathers : 0;
  return { watchMs, workMs, lagMs: lagOf(state, name) + lagOf(state, everyWatch) };
}

export function lagOf({ lags }: State, name: string): number {
  return lags.get(name) ?? 0;
}

/** From now on the component knows what its watch events tell it. Some have snapshots of their own. */
export function hearLate(state: State, name: string): void {
  const { api, index, engine } = state.parts;
  const watches = name === 'kubelet' ? kubeletHears : engine.watchesOf(name);
  if (watches === undefined || state.views.has(name)) return;
  state.views.set(
    name,
    View.of(watches, (kind) => api.rawList(kind), index),
  );
}

const kubeletHears = new Set(['Pod']);

/** Those that take in watch events and read nothing else. */
const keepSnapshots: ReadonlySet<string> = new Set(['kube-proxy', policyAgents]);

/** Called before the first write. */
export function prepareViews(state: State): void {
  if (isInstant(state.parts.spec.timing)) return;
  for (const name of state.parts.engine.names) {
    if (!keepSnapshots.has(name)) hearLate(state, name);
  }
}

/** What reaches a component now; `keysOf` is asked about each event after the view has taken it in. */
export function received(
  state: State,
  name: string,
  events: readonly WatchEvent[],
  keysOf: (event: WatchEvent) => readonly string[],
): readonly string[] {
  const view = state.views.get(name);
  if (view === undefined) return events.flatMap(keysOf);
  return events.flatMap((event) => {
    view.deliver(event);
    return keysOf(event);
  });
}

/** As `received`; what is about Pods of nodes whose kubelet lags reaches it later. */
export function receivedByKubelets(state: State, events: readonly WatchEvent[]): readonly string[] {
  const now: WatchEvent[] = [];
  for (const event of events) {
    const lag = lagOf(state, `kubelet ${nodeOf(event.object)}`);
    if (event.kind !== 'Pod' || lag === 0) now.push(event);
    else state.parts.engine.call('kubelet-hears', event, lag, true);
  }
  const context = state.kubeletContext();
  return received(state, 'kubelet', now, (event) => kubelet.keysOf(event, context));
}

/** A kubelet that lags hears of one event. */
export function hearAtKubelet(state: State, event: WatchEvent): void {
  const context = state.kubeletContext();
  const keys = received(state, 'kubelet', [event], (one) => kubelet.keysOf(one, context));
  for (const key of keys) state.parts.engine.enqueue('kubelet', key);
}

function nodeOf(pod: AnyObject): string {
  return (pod['spec'] as { readonly nodeName?: string } | undefined)?.nodeName ?? '';
}

/** CoreDNS reads the store as it is unless it hears late. */
export function corednsListens(state: State): boolean {
  return state.views.has(coreDns);
}
