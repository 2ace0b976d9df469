// A control plane with kubelets but without a network, for tests: the real API server, all controllers, and a
// runtime that hands out addresses in order. The order of work can be chosen. Not part of the product.

import type { ClusterSpec, NodeSpec } from '../api/cluster-spec.ts';
import { ApiError } from '../api/error.ts';
import type { AnyObject, WatchEvent } from '../api/types.ts';
import { clusterSpec } from '../apiserver/server.fixture.ts';
import { type ApiServer, createApiServer } from '../apiserver/server.ts';
import type { KubeletContext } from '../kubelet/context.ts';
import { kubelet } from '../kubelet/kubelet.ts';
import { nodeObject } from '../kubelet/node.ts';
import type { Runtime } from '../kubelet/runtime.ts';
import { KubeletState } from '../kubelet/state.ts';
import { addr } from '../net/addr.ts';
import { type Choices, seeded } from '../sim/choices.ts';
import { formatTime } from '../sim/time.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { controllers } from './controllers.ts';
import { indexedClient } from './indexed-client.ts';
import { Memory } from './memory.ts';
import { ObjectIndex } from './object-index.ts';
import { podPin } from './pins.ts';

export function nodeSpec(name: string, ip: string): NodeSpec {
  return {
    name,
    internalIP: addr(ip),
    addresses: [],
    roles: [],
    zone: null,
    podCIDR: null,
    labels: {},
    taints: [],
    resolvConf: 'nameserver 8.8.8.8\n',
  };
}

interface Work {
  readonly to: string;
  readonly key: string;
  readonly atMs: number;
  readonly idle: boolean;
}

export class ControlPlane {
  readonly server: ApiServer;
  readonly state = new KubeletState();
  readonly index = new ObjectIndex();
  readonly memory = new Memory();
  readonly spec: ClusterSpec;
  readonly order: Choices;
  readonly choices = seeded(7);
  nowMs = 0;
  /** Answers of readiness probes by pod key; absent: success. */
  readonly probes = new Map<string, boolean>();
  /** Called after every write. */
  committed: () => void = () => {};
  #work: Work[] = [];
  readonly #events: WatchEvent[] = [];
  #hosts = 1;
  readonly #all: readonly Controller[];

  constructor(more: { spec?: ClusterSpec; order?: Choices; all?: readonly Controller[] } = {}) {
    const nodes = [nodeSpec('node01', '192.168.4.102'), nodeSpec('node02', '192.168.4.103')];
    this.spec = more.spec ?? { ...clusterSpec(), nodes };
    this.order = more.order ?? seeded(1);
    this.#all = more.all ?? controllers;
    const nowMs = () => this.nowMs;
    this.server = createApiServer({ spec: this.spec, choices: seeded(3), nowMs });
    for (const node of this.spec.nodes) {
      this.server.create(nodeObject(node, this.spec, formatTime(0)));
    }
    this.take();
  }

  /** Applies objects, then runs all work that is due. */
  apply(...objects: readonly object[]): void {
    for (const object of objects) this.server.create(object as AnyObject);
    this.settle();
  }

  /** The index is level at once; controllers hear of a write after the sync that made it. */
  take(): void {
    for (const event of this.server.drainEvents()) {
      this.index.apply(event);
      this.#events.push(event);
      this.committed();
    }
  }

  #deliver(): void {
    this.take();
    for (const event of this.#events.splice(0)) this.#dispatch(event);
  }

  #dispatch(event: WatchEvent): void {
    for (const controller of this.#all) {
      if (!controller.watches.includes(event.kind)) continue;
      for (const key of controller.keysOf(event, this.context(controller.name))) {
        this.#push(controller.name, key, 0, false);
      }
    }
    if (!kubelet.watches.includes(event.kind)) return;
    for (const key of kubelet.keysOf(event, this.kubelet())) this.#push('kubelet', key, 0, false);
  }

  #push(to: string, key: string, delayMs: number, idle: boolean): void {
    const atMs = this.nowMs + delayMs;
    const equal = (work: Work) => work.to === to && work.key === key && work.atMs === atMs;
    if (!this.#work.some(equal)) this.#work.push({ to, key, atMs, idle });
  }

  context(name: string): ControllerContext {
    return {
      client: indexedClient(this.server, () => this.take()),
      index: this.index,
      memory: this.memory,
      cloud: null,
      spec: this.spec,
      choices: this.choices,
      nowMs: this.nowMs,
      now: formatTime(this.nowMs),
      minor: this.spec.minor,
      again: (key, delayMs, idle = false) => this.#push(name, key, delayMs, idle),
    };
  }

  kubelet(): KubeletContext {
    const { client, spec, nowMs, now, minor, again } = this.context('kubelet');
    return { client, spec, nowMs, now, minor, again, state: this.state, runtime: this.#runtime() };
  }

  #runtime(): Runtime {
    return {
      attach: (pod) => {
        const pinned = podPin(this.spec, pod)?.ip ?? undefined;
        const podIPs = [pinned ?? addr(`10.244.0.${++this.#hosts}`)];
        return { kind: 'attached', podIPs, dnsEvents: [] };
      },
      detach: () => {},
      worksMs: () => null,
      terminate: () => {},
      start: () => ({ log: '', exitCode: null }),
      stop: () => {},
      probe: (pod) => {
        const success = this.probes.get(`${pod.metadata.namespace}/${pod.metadata.name}`) ?? true;
        return success
          ? { kind: 'success', text: '' }
          : { kind: 'failure', text: 'HTTP probe failed with statuscode: 500' };
      },
    };
  }

  /** Runs what is due now; throws when it does not end. */
  settle(stepsMax = 5000): void {
    this.#deliver();
    for (let steps = 0; ; steps++) {
      if (steps > stepsMax) throw new Error('does not settle');
      const due = this.#work.filter((work) => work.atMs <= this.nowMs);
      const pick = this.order.pick(
        'test/work',
        due.map(() => 1),
      );
      const work = due[pick];
      if (work === undefined) return;
      this.#work.splice(this.#work.indexOf(work), 1);
      if (work.to === 'kubelet') kubelet.sync(work.key, this.kubelet());
      else this.#all.find((one) => one.name === work.to)?.sync(work.key, this.context(work.to));
      this.#deliver();
    }
  }

  /** Lets virtual time pass, running what becomes due. */
  advance(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const next = Math.min(...this.#work.map((work) => work.atMs).filter((at) => at <= until));
      if (!Number.isFinite(next)) break;
      this.nowMs = Math.max(this.nowMs, next);
      this.settle();
    }
    this.nowMs = until;
  }

  endpoints(key: string): readonly string[] {
    const subsets = this.server.get('Endpoints', key)?.subsets ?? [];
    return subsets.flatMap((subset) => (subset.addresses ?? []).map((one) => one.ip));
  }

  pods(): readonly string[] {
    return this.server.list('Pod').map((pod) => pod.metadata.name);
  }
}

export function webDeployment(replicas: number, more: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 80 }], ...more }],
        },
      },
    },
  };
}

export function webService(more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...more },
  };
}

/** Makes the API server refuse the pods for which `refuse` says so. */
export function refusing(on: ControlPlane, refuse: (made: number) => boolean): { tried: number } {
  const { server } = on;
  const create = server.create.bind(server);
  const counts = { tried: 0 };
  server.create = (object) => {
    if (object.kind === 'Pod' && refuse(++counts.tried)) {
      const about = { kind: 'pods', group: '', name: '' };
      throw new ApiError('Forbidden', 'pods "web-" is forbidden: no more', about);
    }
    return create(object);
  };
  return counts;
}
