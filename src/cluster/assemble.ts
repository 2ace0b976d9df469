// Puts a cluster together: the machines of its Cluster document, the API server with its nodes and CoreDNS, and the
// table of components that read the change log. What each component does is its own room's work.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { ApiError } from '../api/error.ts';
import type { Manifest } from '../api/manifest.ts';
import type { ConfigMap, Node, WatchEvent } from '../api/types.ts';
import { createApiServer } from '../apiserver/server.ts';
import { LoadBalancers } from '../cloud/load-balancers.ts';
import { HostPorts } from '../cni/host-ports.ts';
import { PolicyWorld, watchedKinds } from '../cni/policy/world.ts';
import type { CniProfile } from '../cni/profile.ts';
import { profileNamed } from '../cni/profiles.ts';
import { forget, retry, standard } from '../controllers/back-off.ts';
import type { Controller } from '../controllers/controller.ts';
import { controllers } from '../controllers/controllers.ts';
import { Memory } from '../controllers/memory.ts';
import { nodeIpam } from '../controllers/node-ipam/node-ipam.ts';
import { silenced } from '../controllers/node-lifecycle/node-lifecycle.ts';
import { ObjectIndex } from '../controllers/object-index.ts';
import { Fabric } from '../fabric/fabric.ts';
import { startKubelet, stopKubelet } from '../kubelet/happen.ts';
import { kubelet } from '../kubelet/kubelet.ts';
import { nodeObject } from '../kubelet/node.ts';
import { KubeletState, type PodRun } from '../kubelet/state.ts';
import { type Addr, parseAddr } from '../net/addr.ts';
import { parseCidr } from '../net/cidr.ts';
import { createNetfilter } from '../netfilter/kernel.ts';
import { proxyConfig } from '../proxy/config.ts';
import { Causes } from '../sim/causes.ts';
import type { Choices } from '../sim/choices.ts';
import { addressesOf } from './attach.ts';
import { checkBalancer, checkBalancers } from './balancer-checks.ts';
import { checkedRealServer, checkRealServer } from './director-checks.ts';
import { DirectorState } from './director-state.ts';
import { wakeDirectors } from './directors.ts';
import { noteDnsChange } from './dns-changes.ts';
import { addDns } from './dns-objects.ts';
import { coreDns, DnsServers, upstreamOf } from './dns-servers.ts';
import { dnsStarted } from './dns-start.ts';
import { sayLameduck } from './dns-stop.ts';
import { syncDns } from './dns-sync.ts';
import { type Component, Engine } from './engine.ts';
import { sctpHeartbeat } from './lasting.ts';
import {
  corednsListens,
  delaysOf,
  hearAtKubelet,
  prepareViews,
  received,
  receivedByKubelets,
} from './lateness.ts';
import { beginLease } from './leases.ts';
import { machineSysctls, netfilterOf } from './node-sysctls.ts';
import { reportNotices } from './notices.ts';
import { addOutside, listen } from './outside.ts';
import { awaitPolicies, policiesListen, policyAgents, receiveByPolicies } from './policies.ts';
import { Proxies } from './proxies.ts';
import { proxyTimer, setSysctls, syncEager } from './proxy-eager.ts';
import { openHealth } from './proxy-health.ts';
import {
  proxiesPeriodic,
  proxiesSync,
  proxyLoads,
  receiveByProxies,
  refusesToStart,
  runnable,
  stopProxy,
} from './proxy-sync.ts';
import { planReloads, reloadCorefile, reloadWaits } from './reload.ts';
import { connectAgain, Requests } from './repeating.ts';
import { runtimeOf } from './runtime.ts';
import { State } from './state.ts';

const watchedByDns = new Set(['Service', 'EndpointSlice', 'Namespace']);

/** Every reader of the change log. */
function componentsOf({ addresses, policyEngine }: CniProfile): readonly Component<State>[] {
  const rows = controllers
    .filter(({ name }) => addresses === 'node-range' || name !== nodeIpam.name)
    .map(controllerRow);
  rows.push({
    name: 'kubelet',
    watches: new Set(kubelet.watches),
    receive: receivedByKubelets,
    sync: (state, key) => kubelet.sync(key, state.kubeletContext()),
    delays: (state) => delaysOf(state, 'kubelet', false),
  });
  rows.push({
    name: 'kube-proxy',
    watches: new Set(['Service', 'EndpointSlice', 'ServiceCIDR']),
    receive: (state, events) => {
      receiveByProxies(state, events);
      return [];
    },
    sync: () => {},
    delays: (state) => delaysOf(state, 'kube-proxy', false),
  });
  rows.push({
    name: policyAgents,
    watches: new Set(watchedKinds(policyEngine?.clusterIPs === true)),
    listens: policiesListen,
    receive: (state, events) => {
      receiveByPolicies(state, events);
      return [];
    },
    sync: () => {},
    delays: (state) => delaysOf(state, policyAgents, false),
  });
  rows.push({
    name: coreDns,
    watches: watchedByDns,
    listens: corednsListens,
    receive: (state, events) => {
      for (const event of events) noteDnsChange(state, event);
      return received(state, coreDns, events, () => []);
    },
    sync: () => {},
    delays: (state) => delaysOf(state, coreDns, false),
  });
  return rows;
}

/** A controller, with what its work queue does about refusals. */
function controllerRow(controller: Controller): Component<State> {
  const { name } = controller;
  const refusals = standard(`${name} refusals`);
  return {
    name,
    watches: new Set(controller.watches),
    receive: (state, events) => {
      const context = state.controllerContext(name);
      return received(state, name, events, (event) => controller.keysOf(event, context));
    },
    sync: (state, key) => {
      const context = state.controllerContext(name);
      try {
        controller.sync(key, context);
        forget(refusals, key, context);
      } catch (error) {
        if (isTerminating(error) || tryAgain(state, name, key, error)) return;
        if (!(error instanceof ApiError)) throw error;
        const notice = `controller ${name}: ${key}: ${error.message}`;
        if (!state.notices.includes(notice)) state.notices.push(notice);
        retry(refusals, key, context);
      }
    },
    delays: (state) => delaysOf(state, name, true),
  };
}

/** Controllers give up in a Namespace that is being deleted (NamespaceTerminatingCause). */
function isTerminating(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.reason === 'Forbidden' &&
    error.message.endsWith('because it is being terminated')
  );
}

/** A component that hears late may write on what is no longer so: it is refused, and tries again when it knows more. */
function tryAgain(state: State, name: string, key: string, error: unknown): boolean {
  const { engine } = state.parts;
  const stale = ['Conflict', 'AlreadyExists', 'NotFound'];
  if (!(error instanceof ApiError) || !stale.includes(error.reason)) return false;
  if (!state.views.has(name)) return false;
  const { watchMs, lagMs } = delaysOf(state, name, true);
  engine.enqueue(name, key, Math.max(watchMs + lagMs, 5), lagMs > 0);
  return true;
}

/** --node-monitor-period: the node lifecycle controller looks again. */
const monitorMs = 5000;

/** Delayed calls by name: see Engine.call. */
const calls = {
  'proxies-sync': proxiesSync,
  'proxies-periodic': proxiesPeriodic,
  'proxy-loads': proxyLoads,
  'proxy-timer': proxyTimer,
  'kubelet-hears': hearAtKubelet,
  'reload-corefile': reloadCorefile,
  'dns-started': dnsStarted,
  'dns-lameduck': sayLameduck,
  'dns-sync': syncDns,
  'reload-waits': reloadWaits,
  'begin-lease': beginLease,
  'connect-again': connectAgain,
  'sctp-heartbeat': sctpHeartbeat,
  'check-balancer': checkBalancer,
  'check-real-server': checkRealServer,
  'checked-real-server': checkedRealServer,
  'wake-directors': wakeDirectors,
  'node-silent': (state: State, value: { node: string; sinceMs: number }) => {
    if (state.apiStopped !== null) {
      state.parts.engine.call('node-silent', value, monitorMs, true);
      return;
    }
    const node = state.parts.api.get('Node', value.node);
    if (node !== undefined && state.parts.kubelets.stopped.get(value.node) === value.sinceMs) {
      state.client.updateStatus(silenced(node, state.now));
    }
  },
};

/** Machines follow Node objects; everything else follows through the components. */
function wire(state: State, event: WatchEvent): void {
  if (!corednsListens(state) || !watchedByDns.has(event.kind)) noteDnsChange(state, event);
  awaitPolicies(state, event);
  reportNotices(state, event);
  if (event.kind === 'ConfigMap') wireConfigMap(state, event);
  if (event.kind !== 'Node') return;
  wireNode(state, event);
  checkBalancers(state);
}

function wireConfigMap(state: State, { type, key, object }: WatchEvent): void {
  const { dns, kubelets } = state.parts;
  if (type === 'DELETED') {
    const isNear = ([pod]: readonly [string, PodRun]) => pod.startsWith(key.replace(/[^/]*$/, ''));
    const runs = [...kubelets.pods.entries()].filter(isNear).map(([, run]) => run);
    dns.left.gone(key, object as unknown as ConfigMap, runs);
    return;
  }
  dns.left.back(key);
  planReloads(state, key);
}

function wireNode(state: State, event: WatchEvent): void {
  const { spec } = state.parts;
  const node = event.object as unknown as Node;
  const before = event.previous as unknown as Node | undefined;
  const { fabric } = state.parts;
  if (event.type === 'DELETED') {
    fabric.retireNode(node.metadata.name);
    stopKubelet(node.metadata.name, state.nowMs, state.parts.kubelets);
    return;
  }
  if (event.type === 'ADDED')
    state.parts.engine.call('begin-lease', { node: node.metadata.name }, 0);
  // A kube-proxy follows its node's labels and ranges (OnNodeUpdate); a new node has no rules yet.
  state.parts.proxies.stale = true;
  const known = fabric.has(`node/${node.metadata.name}`);
  if (known && event.type === 'ADDED') {
    fabric.setDown(`node/${node.metadata.name}`, false);
    startKubelet(node.metadata.name, state.kubeletContext());
  } else if (known && before?.spec.podCIDRs === node.spec.podCIDRs) {
    syncEager(state, node.metadata.name);
    return;
  }
  fabric.addNode({
    name: node.metadata.name,
    addresses: freeAddressesOf(state, node),
    podCIDRs: (node.spec.podCIDRs ?? []).flatMap((text) => parseCidr(text) ?? []),
  });
  const own = spec.nodes.find(({ name }) => name === node.metadata.name);
  if (own !== undefined && !known) fabric.setSysctls(own.name, machineSysctls(own));
  if (!known) beginProxy(state, node.metadata.name);
  syncEager(state, node.metadata.name);
  if (known) return;
  setSysctls(state, node.metadata.name);
  listen(state, `node/${node.metadata.name}`, 10_250, 'kubelet');
  openHealth(state, node.metadata.name);
}

/** The process of a new machine, in a mode that its kernel has. */
function beginProxy(state: State, node: string): void {
  const { proxies } = state.parts;
  const given = proxies.configOf(node);
  const config = runnable(state, node, given);
  if (config !== given) proxies.configure(node, config);
  proxies.begin(node, state.nowMs);
  if (refusesToStart(state, node)) stopProxy(state, node);
}

/** The API server does not mind two machines with one address; the wires do: the first one has it. */
function freeAddressesOf({ parts, notices }: State, node: Node): readonly Addr[] {
  const { name } = node.metadata;
  return (node.status?.addresses ?? []).flatMap((a) => {
    const value = a.type === 'Hostname' ? undefined : parseAddr(a.address);
    if (value === undefined) return [];
    const owner = parts.fabric.ownerOf(value) ?? `node/${name}`;
    if (owner === `node/${name}`) return [value];
    notices.push(`Node "${name}": address ${a.address} belongs to ${owner}, which keeps it`);
    return [];
  });
}

/** A cluster with its nodes and DNS, before anything has run; `dns` stands over kubeadm's objects. */
export function assemble(
  spec: ClusterSpec,
  seed: number,
  choices: Choices,
  dns: readonly Manifest[],
): State {
  const profile = profileNamed(spec.cniProfile);
  const engine = new Engine<State>(componentsOf(profile), calls);
  const nowMs = () => engine.queue.nowMs;
  const causes = new Causes();
  const netfilterFor = netfilterOf(spec);
  const parts = {
    spec,
    seed,
    causes,
    engine,
    api: createApiServer({ spec, choices, nowMs }),
    index: new ObjectIndex(),
    memory: new Memory(),
    cloud: cloudFor(spec),
    kubelets: new KubeletState(),
    addresses: addressesOf(spec),
    hostPorts: new HostPorts(),
    fabric: new Fabric({
      createNetfilter: (rules, machine) => createNetfilter(rules, netfilterFor(machine)),
      network: profile.network,
    }),
    proxies: new Proxies(proxyConfig(spec), causes),
    policies: new PolicyWorld(profile.policyEngine?.clusterIPs),
    dns: new DnsServers(upstreamOf(spec.upstreamDNS)),
    requests: new Requests(),
    directors: new DirectorState(),
  };
  const state = new State(parts, choices, runtimeOf, wire);
  prepareViews(state);
  state.absorb();
  for (const node of spec.nodes) state.client.create(nodeObject(node, spec, state.now));
  addOutside(state);
  addDns(state, dns);
  return state;
}

function cloudFor({ cloudProvider, pins, minor }: ClusterSpec): LoadBalancers | null {
  if (cloudProvider === null) return null;
  return new LoadBalancers({ provider: cloudProvider, pins, minor });
}
