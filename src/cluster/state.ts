// Everything a simulated cluster is made of, as one forkable value, and the one way into its API: every write goes
// through `client`, which tells the index, the wiring and the change log at once. No rules of its own.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Client, WatchEvent } from '../api/types.ts';
import type { ApiServer } from '../apiserver/server.ts';
import type { LoadBalancers } from '../cloud/load-balancers.ts';
import type { HostLocal } from '../cni/host-local.ts';
import type { HostPorts } from '../cni/host-ports.ts';
import type { PolicyPicture, PolicyWorld } from '../cni/policy/world.ts';
import type { ControllerContext } from '../controllers/controller.ts';
import { indexedClient } from '../controllers/indexed-client.ts';
import type { Memory } from '../controllers/memory.ts';
import type { ObjectIndex } from '../controllers/object-index.ts';
import type { Fabric } from '../fabric/fabric.ts';
import type { KubeletContext } from '../kubelet/context.ts';
import type { Runtime } from '../kubelet/runtime.ts';
import type { KubeletState } from '../kubelet/state.ts';
import type { Causes } from '../sim/causes.ts';
import type { Choices } from '../sim/choices.ts';
import { formatTime } from '../sim/time.ts';
import type { Carrier } from './carrier.ts';
import { cloudOf } from './cloud.ts';
import type { DirectorState } from './director-state.ts';
import type { DnsServers } from './dns-servers.ts';
import type { Engine } from './engine.ts';
import type { Proxies } from './proxies.ts';
import type { ReadProxyConfiguration } from './proxy-container.ts';
import type { Requests } from './repeating.ts';
import type { View } from './view.ts';

/** The parts; all but `spec`, `seed` and `causes` are forked with the cluster. */
export interface Parts {
  readonly spec: ClusterSpec;
  readonly seed: number;
  readonly causes: Causes;
  readonly engine: Engine<State>;
  readonly api: ApiServer;
  readonly index: ObjectIndex;
  readonly memory: Memory;
  /** Null: the cluster has no cloud provider. */
  readonly cloud: LoadBalancers | null;
  readonly kubelets: KubeletState;
  readonly addresses: HostLocal;
  readonly hostPorts: HostPorts;
  fabric: Fabric;
  proxies: Proxies;
  readonly policies: PolicyWorld;
  dns: DnsServers;
  /** How kube-proxy's ConfigMap is read; absent: it is not. */
  readProxyConfiguration?: ReadProxyConfiguration;
  readonly requests: Requests;
  readonly directors: DirectorState;
}

/** All that an exchange of messages can change. */
export interface Kept {
  readonly fabric: Fabric;
  readonly dns: DnsServers;
  readonly proxies: Proxies;
  readonly stale: boolean;
}

export class State {
  readonly parts: Parts;
  choices: Choices;
  readonly notices: string[];
  /** Component -> how many milliseconds it lags behind. */
  readonly lags: Map<string, number>;
  /** What components know that hear of writes late; the others read the store. */
  readonly views: Map<string, View>;
  /** Machines whose queries for A and AAAA overtake their own connection tracking. */
  readonly racing: Set<string>;
  /** When the last sync of the kube-proxies ended, and whether one is planned. */
  proxySyncedMs = Number.NEGATIVE_INFINITY;
  proxySyncPlanned = false;
  /** When kube-proxies next sync without a cause; null: it would change nothing. */
  proxyPeriodicMs: number | null = null;
  /** When a record of CoreDNS's zones changed last, one of external zones, and one of a cluster set's; null: never. */
  dnsChangeMs = 0;
  dnsExternalMs: number | null = null;
  dnsImportsMs: number | null = null;
  /** Connection attempts and DNS queries made so far: their numbers. */
  attempts = 0;
  queries = 0;
  /** Components that stand still since the API server stopped; null: it runs. */
  apiStopped: readonly string[] | null = null;
  /** The policies that were looked through for those that mean nobody. */
  policiesNoted: PolicyPicture | null = null;
  /** Who makes clients' connections for real; null: nobody. */
  carrier: Carrier | null = null;
  readonly client: Client;
  readonly runtime: Runtime;
  readonly #runtimeOf: (state: State) => Runtime;
  readonly #wire: (state: State, event: WatchEvent) => void;

  constructor(
    parts: Parts,
    choices: Choices,
    runtimeOf: (state: State) => Runtime,
    wire: (state: State, event: WatchEvent) => void,
  ) {
    this.parts = parts;
    this.choices = choices;
    this.notices = [];
    this.lags = new Map();
    this.views = new Map();
    this.racing = new Set();
    this.#runtimeOf = runtimeOf;
    this.#wire = wire;
    this.client = indexedClient(parts.api, () => this.absorb());
    this.runtime = runtimeOf(this);
  }

  /** A copy that shares all tables until one side writes. */
  fork(choices: Choices): State {
    const { parts } = this;
    const engine = parts.engine.fork();
    const copy = new State(
      {
        ...parts,
        engine,
        api: parts.api.fork({ choices, nowMs: () => engine.queue.nowMs }),
        index: parts.index.fork(),
        memory: parts.memory.fork(),
        cloud: parts.cloud?.fork() ?? null,
        kubelets: parts.kubelets.fork(),
        addresses: parts.addresses.fork(),
        hostPorts: parts.hostPorts.fork(),
        fabric: parts.fabric.fork(),
        proxies: parts.proxies.fork(),
        policies: parts.policies.fork(),
        dns: parts.dns.fork(),
        requests: parts.requests.fork(),
        directors: parts.directors.fork(),
      },
      choices,
      this.#runtimeOf,
      this.#wire,
    );
    copy.notices.push(...this.notices);
    for (const [component, ms] of this.lags) copy.lags.set(component, ms);
    for (const machine of this.racing) copy.racing.add(machine);
    for (const [component, view] of this.views) copy.views.set(component, view.fork());
    copy.proxySyncedMs = this.proxySyncedMs;
    copy.proxySyncPlanned = this.proxySyncPlanned;
    copy.proxyPeriodicMs = this.proxyPeriodicMs;
    copy.dnsChangeMs = this.dnsChangeMs;
    copy.dnsExternalMs = this.dnsExternalMs;
    copy.dnsImportsMs = this.dnsImportsMs;
    copy.attempts = this.attempts;
    copy.queries = this.queries;
    copy.apiStopped = this.apiStopped;
    copy.policiesNoted = this.policiesNoted;
    copy.carrier = this.carrier;
    return copy;
  }

  /** The next DNS message id: counted, so that two runs send the same bytes. */
  nextQueryId(): number {
    this.queries = (this.queries + 1) % 65_536;
    return this.queries;
  }

  /** What `resume` goes on from. */
  keep(): Kept {
    const { fabric, dns, proxies } = this.parts;
    // A mode with a past may go on with each connection; the others only load what is stale.
    const kept = proxies.someEager ? proxies.fork() : proxies;
    return { fabric: fabric.fork(), dns: dns.fork(), proxies: kept, stale: proxies.stale };
  }

  /** Stands where the state that kept this stood. */
  resume(kept: Kept): void {
    this.parts.fabric = kept.fabric.fork();
    this.parts.dns = kept.dns.fork();
    if (kept.proxies !== this.parts.proxies) this.parts.proxies = kept.proxies.fork();
    this.parts.proxies.stale = kept.stale;
  }

  get nowMs(): number {
    return this.parts.engine.queue.nowMs;
  }

  get now(): string {
    return formatTime(this.nowMs);
  }

  /** Takes in what was written to the API since the last call, by `writer` if it was a component. */
  absorb(writer = ''): void {
    const events = this.parts.api.drainEvents();
    for (const event of events) {
      this.parts.index.apply(event);
      this.views.get(writer)?.wrote(event);
      for (const view of this.views.values()) view.hear(event);
      this.#wire(this, event);
    }
    if (events.length > 0) this.parts.engine.publish(this, events);
  }

  controllerContext(name: string): ControllerContext {
    const { spec, engine, index, api, memory } = this.parts;
    const view = this.views.get(name);
    return {
      client: view?.client(indexedClient(api, () => this.absorb(name))) ?? this.client,
      index: view?.index ?? index,
      memory,
      cloud: cloudOf(this),
      spec,
      choices: this.choices,
      nowMs: this.nowMs,
      now: this.now,
      minor: spec.minor,
      again: (key, delayMs, idle = false) => engine.enqueue(name, key, delayMs, idle),
    };
  }

  kubeletContext(): KubeletContext {
    const { spec, engine, kubelets } = this.parts;
    const view = this.views.get('kubelet');
    return {
      ...(view === undefined ? {} : { podAsHeard: (key) => view.get('Pod', key, this.client) }),
      client: this.client,
      runtime: this.runtime,
      state: kubelets,
      spec,
      nowMs: this.nowMs,
      now: this.now,
      minor: spec.minor,
      again: (key, delayMs, idle = false) => engine.enqueue('kubelet', key, delayMs, idle),
    };
  }
}
