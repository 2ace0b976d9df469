// The API server as the rest of the program sees it: what controllers read and write (Client), what manifests and
// steps ask for, and the requests of kubectl (requests); all on one copy-on-write store with an outbox of watch
// events. The order of a write is core.ts's. Not here: controllers, authentication, server-side apply.
import { settleNulls } from '../api/decode-nulls.ts';
import type { Position } from '../api/input-error.ts';
import type { Manifest, Source } from '../api/manifest.ts';
import { mergePatch } from '../api/patch/merge.ts';
import type { Requests } from '../api/requests.ts';
import type {
  AnyObject,
  Client,
  DeleteOptions,
  Kind,
  Kinds,
  ObjectMeta,
  WatchEvent,
} from '../api/types.ts';
import { formatTime } from '../sim/time.ts';
import { type ApplyVerb, applied } from './apply.ts';
import { bootstrap } from './bootstrap.ts';
import { type ApiServerConfig, Core, type ForkConfig } from './core.ts';
import { recordEvent } from './event.ts';
import { locate } from './locate.ts';
import { parsePath, withValue } from './path.ts';
import { nowhere, type Patch, patched } from './provenance.ts';
import { RequestHandler } from './request-handler.ts';
import { systemPriorityClasses } from './system-objects.ts';

export type { ApiServerConfig, ForkConfig } from './core.ts';

export interface ApiServer extends Client {
  /** What kubectl and other programs ask, verb by verb. */
  readonly requests: Requests;
  /** `kind` is a name of `kinds()`; of custom kinds the group may be left out. */
  raw(kind: string, key: string): AnyObject | undefined;
  rawList(kind: string, namespace?: string): readonly AnyObject[];
  /** Kinds with at least one object, sorted; those that are not built in with their group: "Widget.example.com". */
  kinds(): readonly string[];
  /** Everything given out of the pools, as "10.96.0.1 Service/default/kubernetes" and "30080 Service/demo/web". */
  allocated(): readonly string[];
  /** A copy that shares everything until one side writes. */
  fork(config: ForkConfig): ApiServer;
  /** Watch events since the last call, in commit order. */
  drainEvents(): WatchEvent[];
  /** Warnings since the last call, as the Warning header carries them. */
  warnings(): string[];
  /** As kubectl does it; the line it prints: "service/web created". */
  applyManifest(manifest: Manifest, verb?: ApplyVerb): string;
  /** Sets one JSON path, null or undefined removes it; true when something changed. */
  patchPath(kind: string, key: string, path: string, value: unknown, at?: Position): boolean;
  /** RFC 7386; true when something changed. */
  mergePatch(kind: string, key: string, patch: unknown, at?: Position): boolean;
  /** Sets spec.replicas. */
  scale(kind: string, key: string, replicas: number): void;
  /** Where a path of an object ("Pod/demo/web-1") was written; a Pod's path maps to its owner's template. */
  locate(object: string, path: string): Position | null;
  /** The document that an object ("ConfigMap/demo/conf") was read from; null: none, or it was changed since. */
  sourceOf(object: string): Source | null;
}

/** An empty API server; `createApiServer` adds what every cluster has. */
class Server implements ApiServer {
  readonly #core: Core;
  readonly requests: Requests;

  constructor(core: Core) {
    this.#core = core;
    this.requests = new RequestHandler(core);
  }

  get<K extends Kind>(kind: K, key: string): Kinds[K] | undefined {
    return this.#core.get(kind, key) as Kinds[K] | undefined;
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly Kinds[K][] {
    return this.#core.store.list(kind, namespace) as unknown as readonly Kinds[K][];
  }

  raw(kind: string, key: string): AnyObject | undefined {
    return this.#core.get(this.#core.tableOf(kind), key);
  }

  rawList(kind: string, namespace?: string): readonly AnyObject[] {
    return this.#core.store.list(this.#core.tableOf(kind), namespace);
  }

  allocated(): readonly string[] {
    return this.#core.allocated();
  }

  kinds(): readonly string[] {
    return this.#core.store.kinds();
  }

  fork(config: ForkConfig): ApiServer {
    return new Server(this.#core.fork(config));
  }

  drainEvents(): WatchEvent[] {
    const { events } = this.#core;
    this.#core.events = [];
    return events;
  }

  warnings(): string[] {
    const { warnings } = this.#core;
    this.#core.warnings = [];
    return warnings;
  }

  create<T extends { readonly kind: string; readonly metadata: ObjectMeta }>(object: T): T {
    return this.#core.create(object as unknown as AnyObject, nowhere) as unknown as T;
  }

  update<T extends { readonly kind: string; readonly metadata: ObjectMeta }>(object: T): T {
    return this.#core.update(object as unknown as AnyObject, undefined) as unknown as T;
  }

  updateStatus<T extends { readonly kind: string; readonly metadata: ObjectMeta }>(object: T): T {
    return this.#core.updateStatus(object as unknown as AnyObject) as unknown as T;
  }

  delete(kind: string, key: string, options: DeleteOptions = {}): void {
    this.#core.delete(this.#stored(kind, key), options);
  }

  event(
    about: AnyObject | Kinds[Kind],
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    const now = formatTime(this.#core.config.nowMs());
    const { object, previous } = recordEvent(
      about as AnyObject,
      { type, reason, message, now },
      (key) => this.raw('Event', key),
    );
    const place = this.get('Namespace', object.metadata.namespace ?? '');
    if (place === undefined || place.metadata.deletionTimestamp !== undefined) return;
    if (previous === undefined) this.#core.create(object, nowhere);
    else this.#core.put(object, previous, nowhere);
  }

  applyManifest(manifest: Manifest, verb: ApplyVerb = 'apply'): string {
    const source = { source: manifest.source, patches: [] };
    const core = this.#core;
    const row = core.rowOf(manifest.object);
    return applied(manifest.object, row, verb, {
      get: (key) => core.get(row.table, key),
      create: (next) => core.create(settleNulls(next), source),
      update: (next) => core.update(settleNulls(next), source),
    });
  }

  patchPath(kind: string, key: string, path: string, value: unknown, at?: Position): boolean {
    const steps = parsePath(path);
    return this.#patch(kind, key, (object) => withValue(object, steps, value), {
      path,
      position: at ?? null,
    });
  }

  mergePatch(kind: string, key: string, patch: unknown, at?: Position): boolean {
    const made = { path: '', position: at ?? null };
    return this.#patch(kind, key, (object) => mergePatch(object, patch), made);
  }

  scale(kind: string, key: string, replicas: number): void {
    this.patchPath(kind, key, 'spec.replicas', replicas);
  }

  locate(object: string, path: string): Position | null {
    const core = this.#core;
    return locate((kind, key) => core.store.get(core.tableOf(kind), key), object, path);
  }

  sourceOf(object: string): Source | null {
    const slash = object.indexOf('/');
    const core = this.#core;
    const stored = core.store.get(core.tableOf(object.slice(0, slash)), object.slice(slash + 1));
    const from = stored?.from;
    return from === undefined || from.patches.length > 0 ? null : from.source;
  }

  #stored(kind: string, key: string) {
    return this.#core.stored(this.#core.tableOf(kind), key);
  }

  #patch(kind: string, key: string, change: (object: AnyObject) => unknown, by: Patch): boolean {
    const { object, from } = this.#stored(kind, key);
    const wanted = settleNulls(change(object) as AnyObject);
    const next = this.#core.update(wanted, by.path === '' ? undefined : patched(from, by));
    return next !== object;
  }
}

/** An API server with the objects every cluster starts with: system namespaces and priority classes, `default/kubernetes`. */
export function createApiServer(config: ApiServerConfig): ApiServer {
  const core = new Core(config);
  for (const one of systemPriorityClasses) core.record(one);
  const server = new Server(core);
  bootstrap(server, config.spec);
  return server;
}
