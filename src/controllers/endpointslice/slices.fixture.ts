// The three endpoint controllers over a real API server, without kubelets: pods are as ready as a test says. Counts
// the writes to endpoints. Not part of the product.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { AnyObject, EndpointSlice, Pod, WatchEvent } from '../../api/types.ts';

import { clusterSpec } from '../../apiserver/server.fixture.ts';
import { type ApiServer, createApiServer } from '../../apiserver/server.ts';
import { type Choices, seeded } from '../../sim/choices.ts';
import { formatTime } from '../../sim/time.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { endpoints } from '../endpoints/endpoints.ts';
import { indexedClient } from '../indexed-client.ts';
import { Memory } from '../memory.ts';
import { mirroring } from '../mirroring/mirroring.ts';
import { ObjectIndex } from '../object-index.ts';
import { endpointslice } from './endpointslice.ts';

interface Work {
  readonly controller: Controller;
  readonly key: string;
  readonly atMs: number;
  readonly idle: boolean;
}

export class SliceBench {
  readonly server: ApiServer;
  readonly index = new ObjectIndex();
  readonly memory = new Memory();
  readonly spec: ClusterSpec;
  readonly choices: Choices = seeded(5);
  nowMs = 0;
  /** "create", "update" and "delete" of Endpoints and EndpointSlices, as they came. */
  writes: string[] = [];
  readonly #controllers: readonly Controller[];
  #work: Work[] = [];
  readonly #events: WatchEvent[] = [];

  constructor(
    more: {
      minor?: number;
      controllers?: readonly Controller[];
      zones?: readonly string[];
      /** The Service range of the second family. */
      secondary?: string;
    } = {},
  ) {
    const { minor = 34, secondary } = more;
    this.spec = clusterSpec({ minor, ...(secondary === undefined ? {} : { secondary }) });
    this.#controllers = more.controllers ?? [endpoints, endpointslice, mirroring];
    const nowMs = () => this.nowMs;
    this.server = createApiServer({ spec: this.spec, choices: seeded(3), nowMs });
    for (const [i, zone] of (more.zones ?? ['']).entries()) this.node(`node-${i}`, zone);
    this.settle();
  }

  node(name: string, zone: string, cpu = '4', labels: object = {}): void {
    this.server.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: { ...labels, ...(zone === '' ? {} : { 'topology.kubernetes.io/zone': zone }) },
      },
      status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: 'True' }] },
    } as unknown as AnyObject);
  }

  #context(controller: Controller): ControllerContext {
    const { server, index, memory, spec, choices, nowMs } = this;
    return {
      client: indexedClient(server, () => this.#take()),
      index,
      memory,
      cloud: null,
      spec,
      choices,
      nowMs,
      now: formatTime(nowMs),
      minor: spec.minor,
      again: (key, delayMs, idle = false) =>
        this.#push({ controller, key, atMs: this.nowMs + delayMs, idle }),
    };
  }

  #push(work: Work): void {
    const isSame = (one: Work) =>
      one.controller === work.controller && one.key === work.key && one.atMs === work.atMs;
    if (!this.#work.some(isSame)) this.#work.push(work);
  }

  /** The index is level at once; controllers hear of a write after the sync that made it. */
  #take(): void {
    for (const event of this.server.drainEvents()) {
      this.index.apply(event);
      this.#count(event);
      this.#events.push(event);
    }
  }

  #deliver(): void {
    this.#take();
    for (const event of this.#events.splice(0)) {
      for (const controller of this.#controllers) {
        if (!controller.watches.includes(event.kind)) continue;
        for (const key of controller.keysOf(event, this.#context(controller))) {
          this.#push({ controller, key, atMs: this.nowMs, idle: false });
        }
      }
    }
  }

  #count({ type, kind, key }: WatchEvent): void {
    const verbs = { ADDED: 'create', MODIFIED: 'update', DELETED: 'delete' } as const;
    if (kind === 'Endpoints' || kind === 'EndpointSlice') this.writes.push(`${verbs[type]} ${key}`);
  }

  /** Runs what is due now. */
  settle(): void {
    this.#deliver();
    for (let count = 0; count < 100_000; count++) {
      const i = this.#work.findIndex((work) => work.atMs <= this.nowMs);
      const [work] = i < 0 ? [] : this.#work.splice(i, 1);
      if (work === undefined) return;
      work.controller.sync(work.key, this.#context(work.controller));
      this.#deliver();
    }
    throw new Error('does not settle');
  }

  advance(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const next = Math.min(...this.#work.map(({ atMs }) => atMs).filter((at) => at <= until));
      if (!Number.isFinite(next)) break;
      this.nowMs = Math.max(this.nowMs, next);
      this.settle();
    }
    this.nowMs = until;
  }

  /** Milliseconds from now at which the work that waits is due. */
  get waiting(): readonly number[] {
    return this.#work.map(({ atMs }) => atMs - this.nowMs);
  }

  create(...objects: readonly object[]): void {
    for (const object of objects) this.server.create(object as AnyObject);
    this.settle();
  }

  set(kind: string, key: string, path: string, value: unknown): void {
    this.server.patchPath(kind, key, path, value);
    this.settle();
  }

  delete(kind: string, key: string): void {
    this.server.delete(kind, key);
    this.settle();
  }

  /** A pod with label app=web and its status, without settling. */
  pod(name: string, more: PodFace = {}): void {
    const { ips = [`10.0.0.${name.replace(/\D/g, '') || 1}`], node = 'node-0' } = more;
    this.server.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: more.labels ?? { app: 'web' } },
      spec: {
        nodeName: node,
        containers: [{ name: 'c', image: 'i', ports: [] }],
        ...more.spec,
      },
    } as unknown as Pod);
    const pod = this.server.get('Pod', `default/${name}`);
    if (pod !== undefined) this.server.updateStatus({ ...pod, status: this.#status(ips, more) });
  }

  #status(ips: readonly string[], { ready = true, phase = 'Running' }: PodFace): Pod['status'] {
    const at = formatTime(this.nowMs);
    return {
      phase,
      ...(ips[0] === undefined ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at }],
    };
  }

  ready(name: string, ready: boolean): void {
    const pod = this.server.get('Pod', `default/${name}`);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    const conditions = [
      {
        type: 'Ready',
        status: ready ? 'True' : 'False',
        lastTransitionTime: formatTime(this.nowMs),
      },
    ];
    this.server.updateStatus({ ...pod, status: { ...pod.status, conditions } });
    this.settle();
  }

  slices(service = 'web'): readonly EndpointSlice[] {
    return this.index
      .slicesOf('default', service)
      .flatMap((key) => this.server.get('EndpointSlice', key) ?? []);
  }

  /** Endpoints per slice, most first. */
  sizes(service = 'web'): readonly number[] {
    return this.slices(service)
      .map((slice) => slice.endpoints?.length ?? 0)
      .sort((a, b) => b - a);
  }

  /** "Reason: message" of the events about an object. */
  events(name: string): readonly string[] {
    return this.server
      .rawList('Event')
      .filter((one) => (one['involvedObject'] as { name: string }).name === name)
      .map((one) => `${one['type']} ${one['reason']}: ${one['message']}`);
  }

  /** What was written since the last call, by verb and count. */
  counted(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const text of this.writes) {
      const verb = text.slice(0, text.indexOf(' '));
      counts[verb] = (counts[verb] ?? 0) + 1;
    }
    this.writes = [];
    return counts;
  }
}

export interface PodFace {
  readonly ips?: readonly string[];
  readonly node?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

export function web(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
  };
}
