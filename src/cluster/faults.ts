// What steps do to a cluster from outside the API: crashes, probes that fail, nodes that go down, components that stop
// or lag, links that are cut. Only switches are thrown here; what follows is the components' own doing.
import { InputError } from '../api/input-error.ts';
import { graceMs } from '../controllers/node-lifecycle/node-lifecycle.ts';
import { serviceLb } from '../controllers/service-lb/service-lb.ts';
import { endBackOff, happenToPod, startKubelet, stopKubelet } from '../kubelet/happen.ts';
import { conditions } from '../kubelet/node.ts';
import { needsApi, needsApiFor, startApi, stopApi } from './api-outage.ts';
import { checkBalancers } from './balancer-checks.ts';
import type { Cluster, Component, ObjectEvent } from './cluster.ts';
import { refreshRules } from './dialling.ts';
import { directorNamed, startDirector, stopDirector, switchHost } from './directors.ts';
import { runsCoreDns } from './dns-pod.ts';
import { coreDns } from './dns-servers.ts';
import { endpointControllers, everyWatch, hearLate } from './lateness.ts';
import { machineFor } from './machines.ts';
import { upstreamMachines } from './outside.ts';
import { startProxy, stopProxy } from './proxy-sync.ts';
import type { State } from './state.ts';

export function happenTo(state: State, kind: string, key: string, event: ObjectEvent): void {
  if (kind !== 'host') needsApi(state, `${kind} ${event}`);
  if (kind === 'Pod' && event !== 'goes down' && event !== 'comes back') {
    const pod = state.parts.api.get('Pod', key);
    if (pod === undefined) throw new InputError('unknown-object', `there is no Pod "${key}"`);
    if (!happenToPod(pod, event, state.kubeletContext())) {
      throw new InputError('unknown-object', `Pod "${key}" does not run`);
    }
    return;
  }
  if (kind === 'Node' && (event === 'goes down' || event === 'comes back')) {
    const down = event === 'goes down';
    state.parts.fabric.setDown(machineFor(state, `node/${key}`), down);
    if (down) silenceNode(state, key);
    else returnNode(state, key);
    checkBalancers(state);
    return;
  }
  if (kind === 'host' && (event === 'goes down' || event === 'comes back')) {
    switchHost(state, key, event === 'goes down');
    return;
  }
  throw new InputError('usage', `a ${kind} cannot do that: ${event}`, {
    hint: 'Pods become ready, stop being ready, crash and restart; Nodes and hosts go down and come back',
  });
}

/** The kubelet stops posting: after the grace period the node lifecycle controller notices. */
function silenceNode(state: State, node: string): void {
  const { kubelets, engine } = state.parts;
  if (kubelets.stopped.has(node)) return;
  stopKubelet(node, state.nowMs, kubelets);
  engine.call('node-silent', { node, sinceMs: state.nowMs }, graceMs, true);
}

function returnNode(state: State, name: string): void {
  const node = state.parts.api.get('Node', name);
  if (node === undefined) throw new InputError('unknown-object', `there is no node "${name}"`);
  const status = { ...node.status, conditions: conditions(state.now) };
  state.client.updateStatus({ ...node, status });
  startKubelet(name, state.kubeletContext());
}

export function switchComponent(state: State, component: Component, to: 'stops' | 'starts'): void {
  const { engine, fabric } = state.parts;
  const stops = to === 'stops';
  needsApiFor(state, component);
  switch (component.kind) {
    case 'kube-proxy': {
      refreshRules(state);
      for (const node of nodesOf(state, component.node)) {
        if (stops) stopProxy(state, node);
        else startProxy(state, node);
      }
      return;
    }
    case 'kubelet':
      nodesOf(state, component.node);
      if (stops) silenceNode(state, component.node);
      else returnNode(state, component.node);
      return;
    case 'endpoint-controllers':
      for (const name of endpointControllers) {
        if (stops) engine.stop(name);
        else engine.start(state, name);
      }
      return;
    case 'upstream-dns':
      for (const machine of upstreamMachines(state)) fabric.setDown(machine, stops);
      return;
    case 'load-balancer':
      if (stops) engine.stop(balancerController(state));
      else engine.start(state, balancerController(state));
      return;
    case 'keepalived': {
      const host = directorNamed(state, component.host);
      if (stops) stopDirector(state, host);
      else startDirector(state, host);
      return;
    }
    case 'apiserver':
      if (stops) stopApi(state);
      else startApi(state);
      return;
    case 'coredns':
      switchCoreDns(state, stops);
  }
}

/** Its containers are killed, and again each time the kubelet starts them; or they start now. */
function switchCoreDns(state: State, stops: boolean): void {
  const { api, dns } = state.parts;
  if (dns.areKilled === stops) return;
  dns.areKilled = stops;
  const context = state.kubeletContext();
  for (const pod of api.list('Pod')) {
    if (!pod.spec.containers.some(({ image }) => runsCoreDns(image))) continue;
    if (stops) happenToPod(pod, 'crashes', context);
    else endBackOff(pod, context);
  }
}

export function lagComponent(state: State, component: Component, ms: number): void {
  switch (component.kind) {
    case 'kube-proxy': {
      for (const node of nodesOf(state, component.node)) {
        state.lags.set(`kube-proxy ${node}`, ms);
      }
      return;
    }
    case 'kubelet':
      nodesOf(state, component.node);
      hearLate(state, 'kubelet');
      state.lags.set(`kubelet ${component.node}`, ms);
      return;
    case 'endpoint-controllers':
      for (const name of endpointControllers) lagWatcher(state, name, ms);
      return;
    case 'coredns':
      lagWatcher(state, coreDns, ms);
      return;
    case 'load-balancer':
      lagWatcher(state, balancerController(state), ms);
      return;
    case 'apiserver':
      for (const name of state.parts.engine.names) if (name !== 'kube-proxy') hearLate(state, name);
      state.lags.set(everyWatch, ms);
      return;
    default:
      throw notModelled(component.kind, 'lags');
  }
}

/** The controller that asks the cloud. Throws InputError where there is no cloud. */
function balancerController(state: State): string {
  if (state.parts.cloud !== null) return serviceLb.name;
  throw new InputError('usage', 'the cluster has no cloud that makes load balancers', {
    hint: 'give the Cluster document a cloudProvider with a loadBalancerPool',
  });
}

function lagWatcher(state: State, name: string, ms: number): void {
  hearLate(state, name);
  state.lags.set(name, ms);
}

/** The named node, or all when null. Throws InputError unknown-object when there is none of that name. */
export function nodesOf(state: State, name: string | null): readonly string[] {
  const { api } = state.parts;
  if (name === null) return api.list('Node').map((node) => node.metadata.name);
  if (api.get('Node', name) === undefined) {
    throw new InputError('unknown-object', `there is no node "${name}"`);
  }
  return [name];
}

function notModelled(what: string, does: string): InputError {
  return new InputError('not-modelled', `${what} ${does}: not modelled yet`);
}

export function linkBetween(
  state: State,
  a: string,
  b: string,
  to: Parameters<Cluster['setLink']>[2],
): void {
  const [one, two] = [machineFor(state, a), machineFor(state, b)];
  if (
    to.kind === 'loses' &&
    !(Number.isInteger(to.percent) && to.percent >= 0 && to.percent <= 100)
  ) {
    throw new InputError('usage', `a link cannot lose ${to.percent} %: write 0 to 100`);
  }
  try {
    state.parts.fabric.setLink(one, two, to);
  } catch (error) {
    throw new InputError('usage', (error as Error).message);
  }
}
