// The API server: create, update, patch and delete with admission, defaulting, allocation, validation and
// conflicts in the order a real one has them (A2), on a copy-on-write store, with an outbox of watch events.
// Not here: decoding of manifests (src/manifest), controllers, authentication, server-side apply.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import type { Position } from '../api/input-error.ts';
import type { RuleContext } from '../api/kind-rules.ts';
import type { Manifest } from '../api/manifest.ts';
import { alreadyExists, badRequest, invalidObject, notFound } from '../api/refusals.ts';
import { type KindRow, rowOf, schemeOf } from '../api/scheme.ts';
import {
  type AnyObject,
  type Client,
  type DeleteOptions,
  type Kind,
  type Kinds,
  keyOf,
  type ObjectMeta,
  type Service,
  type WatchEvent,
} from '../api/types.ts';
import { dropNulls, isUnset, sameValue } from '../api/values.ts';
import type { Choices } from '../sim/choices.ts';
import { formatTime } from '../sim/time.ts';
import { admitNamespace } from './admission.ts';
import { type ApplyVerb, applied } from './apply.ts';
import { bootstrap } from './bootstrap.ts';
import { deletion, finishesDeletion } from './deletion.ts';
import { recordEvent } from './event.ts';
import { locate } from './locate.ts';
import { mergePatch, parsePath, withValue } from './path.ts';
import { generatedName, uidOf } from './pick.ts';
import type { Plan } from './plan.ts';
import { nowhere, type Patch, type Provenance, patched } from './provenance.ts';
import { rulesOf } from './registry.ts';
import {
  beginCreate,
  beginUpdate,
  commit,
  createAllocations,
  forkAllocations,
  release,
} from './service-allocation.ts';
import { Store } from './store.ts';
import { checkIdentity, nextGeneration, preserved } from './update.ts';

export interface ApiServerConfig {
  readonly spec: ClusterSpec;
  readonly choices: Choices;
  /** Virtual milliseconds. */
  readonly nowMs: () => number;
}

/** What a fork does not share with its parent. */
export type ForkConfig = Omit<ApiServerConfig, 'spec'>;

export interface ApiServer extends Client {
  raw(kind: string, key: string): AnyObject | undefined;
  rawList(kind: string, namespace?: string): readonly AnyObject[];
  /** Kinds with at least one object, sorted. */
  kinds(): readonly string[];
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
}

interface State {
  readonly store: Store;
  readonly allocations: ReturnType<typeof createAllocations>;
  uids: number;
}

/** An empty API server; `createApiServer` adds what every cluster has. */
class Server implements ApiServer {
  readonly #config: ApiServerConfig;
  readonly #state: State;
  readonly #context: RuleContext;
  #events: WatchEvent[] = [];
  #warnings: string[] = [];

  constructor(config: ApiServerConfig, state: State) {
    this.#config = config;
    this.#state = state;
    this.#context = { minor: config.spec.minor };
  }

  get<K extends Kind>(kind: K, key: string): Kinds[K] | undefined {
    return this.#state.store.get(kind, key)?.object as Kinds[K] | undefined;
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly Kinds[K][] {
    return this.#state.store.list(kind, namespace) as unknown as readonly Kinds[K][];
  }

  raw(kind: string, key: string): AnyObject | undefined {
    return this.#state.store.get(kind, key)?.object;
  }

  rawList(kind: string, namespace?: string): readonly AnyObject[] {
    return this.#state.store.list(kind, namespace);
  }

  kinds(): readonly string[] {
    return this.#state.store.kinds();
  }

  fork(config: ForkConfig): ApiServer {
    const { store, allocations, uids } = this.#state;
    const state = { store: store.fork(), allocations: forkAllocations(allocations), uids };
    const copy = new Server({ ...config, spec: this.#config.spec }, state);
    copy.#events = this.#events.slice();
    copy.#warnings = this.#warnings.slice();
    return copy;
  }

  drainEvents(): WatchEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  warnings(): string[] {
    const warnings = this.#warnings;
    this.#warnings = [];
    return warnings;
  }

  create<T extends { readonly kind: string; readonly metadata: ObjectMeta }>(object: T): T {
    return this.#create(object as unknown as AnyObject, nowhere) as unknown as T;
  }

  update<T extends { readonly kind: string; readonly metadata: ObjectMeta }>(object: T): T {
    return this.#update(object as unknown as AnyObject, undefined) as unknown as T;
  }

  updateStatus<T extends { readonly kind: string; readonly metadata: ObjectMeta }>(object: T): T {
    return this.#updateStatus(object as unknown as AnyObject) as unknown as T;
  }

  delete(kind: string, key: string, options: DeleteOptions = {}): void {
    const { object, from } = this.#stored(kind, key);
    const next = deletion(object, options, this.#config.nowMs());
    if (next === undefined) this.#remove(object);
    else if (next !== object) this.#put(next, object, from);
  }

  event(
    about: AnyObject | Kinds[Kind],
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    const now = formatTime(this.#config.nowMs());
    const { object, previous } = recordEvent(
      about as AnyObject,
      { type, reason, message, now },
      (key) => this.raw('Event', key),
    );
    const place = this.get('Namespace', object.metadata.namespace ?? '');
    if (place === undefined || place.metadata.deletionTimestamp !== undefined) return;
    if (previous === undefined) this.#create(object, nowhere);
    else this.#put(object, previous, nowhere);
  }

  applyManifest(manifest: Manifest, verb: ApplyVerb = 'apply'): string {
    const source = { source: manifest.source, patches: [] };
    return applied(dropNulls(manifest.object), verb, {
      get: (kind, key) => this.raw(kind, key),
      create: (object) => this.#create(object, source),
      update: (object) => this.#update(object, source),
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
    return locate((kind, key) => this.#state.store.get(kind, key), object, path);
  }

  #stored(kind: string, key: string) {
    const stored = this.#state.store.get(kind, key);
    if (stored !== undefined) return stored;
    const row = schemeOf(kind) ?? rowOf({ kind });
    throw notFound(row, key.slice(key.indexOf('/') + 1));
  }

  #patch(kind: string, key: string, change: (object: AnyObject) => unknown, by: Patch): boolean {
    const { object, from } = this.#stored(kind, key);
    const wanted = dropNulls(change(object)) as AnyObject;
    const next = this.#update(wanted, by.path === '' ? undefined : patched(from, by));
    return next !== object;
  }

  #namespaced(object: AnyObject, row: KindRow): AnyObject {
    if (!row.namespaced || !isUnset(object.metadata.namespace)) return object;
    return { ...object, metadata: { ...object.metadata, namespace: 'default' } };
  }

  #named(object: AnyObject): AnyObject {
    const { metadata } = object;
    if (!isUnset(metadata.name) || isUnset(metadata.generateName)) return object;
    let named = object;
    for (let i = 0; i < 8; i++) {
      const name = generatedName(this.#config.choices, metadata.generateName);
      named = { ...object, metadata: { ...metadata, name } };
      if (this.raw(object.kind, keyOf(named)) === undefined) break;
    }
    return named;
  }

  #create(given: AnyObject, from: Provenance): AnyObject {
    const row = rowOf(given);
    const rules = rulesOf(row.kind);
    let object = this.#namespaced({ ...given, metadata: given.metadata ?? {} } as AnyObject, row);
    if (!isUnset(object.metadata.resourceVersion)) {
      const text = 'resourceVersion should not be set on objects to be created';
      throw badRequest(row, object.metadata.name ?? '', text);
    }
    object = rules.defaults?.(object, this.#context) ?? object;
    admitNamespace(row, object, (key) => this.get('Namespace', key));
    object = this.#named(object);
    let plan: Plan | undefined;
    if (row.kind === 'Service') {
      const { allocations } = this.#state;
      const begun = beginCreate(allocations, this.#config.choices, asService(object));
      plan = begun.plan;
      object = begun.service as unknown as AnyObject;
    }
    object = this.#identified(object, row);
    object = rules.prepareForCreate?.(object, this.#context) ?? object;
    const causes = rules.validate?.(object, this.#context) ?? [];
    if (causes.length > 0) throw invalidObject(row, object.metadata.name ?? '', causes);
    if (this.raw(row.kind, keyOf(object)) !== undefined) {
      throw alreadyExists(row, object.metadata.name ?? '');
    }
    if (from !== nowhere) this.#warn(object, undefined);
    if (plan !== undefined) commit(plan, asService(object), undefined);
    this.#state.uids++;
    return this.#put(object, undefined, from);
  }

  /** Only for what users write: controllers do not read warnings. */
  #warn(object: AnyObject, old: AnyObject | undefined): void {
    this.#warnings.push(...(rulesOf(object.kind).warnings?.(object, old, this.#context) ?? []));
  }

  /** What the server writes into the metadata of a new object. */
  #identified(object: AnyObject, row: KindRow): AnyObject {
    const { minor } = this.#context;
    const { resourceVersion, deletionTimestamp, deletionGracePeriodSeconds, generation, ...rest } =
      object.metadata;
    const counts = row.generationSince !== null && minor >= row.generationSince;
    const metadata: ObjectMeta = {
      ...rest,
      uid: uidOf(this.#state.uids),
      creationTimestamp: formatTime(this.#config.nowMs()),
      ...(counts ? { generation: 1 } : {}),
    };
    return { ...object, metadata };
  }

  #update(given: AnyObject, from: Provenance | undefined): AnyObject {
    const row = rowOf(given);
    const rules = rulesOf(row.kind);
    let object = this.#namespaced(given, row);
    const name = object.metadata.name ?? '';
    const stored = this.#state.store.get(row.kind, keyOf(object));
    if (stored === undefined) {
      if (row.createOnUpdate !== true || !isUnset(object.metadata.resourceVersion)) {
        throw notFound(row, name);
      }
      return this.#create(object, from ?? nowhere);
    }
    const old = stored.object;
    checkIdentity(row, object, old);
    object = rules.defaults?.(object, this.#context) ?? object;
    object = preserved(row, object, old);
    let plan: Plan | undefined;
    if (row.kind === 'Service') {
      const { allocations } = this.#state;
      const { choices } = this.#config;
      const begun = beginUpdate(allocations, choices, asService(object), asService(old));
      plan = begun.plan;
      object = begun.service as unknown as AnyObject;
    }
    object = rules.prepareForUpdate?.(object, old, this.#context) ?? object;
    object = nextGeneration(row, object, old, this.#context.minor);
    const causes =
      rules.validateUpdate?.(object, old, this.#context) ??
      rules.validate?.(object, this.#context) ??
      [];
    if (causes.length > 0) throw invalidObject(row, name, causes);
    if (from !== undefined) this.#warn(object, old);
    if (finishesDeletion(object)) return this.#remove(object);
    if (plan !== undefined) commit(plan, asService(object), asService(old));
    return this.#put(object, old, from ?? stored.from);
  }

  #updateStatus(given: AnyObject): AnyObject {
    const row = rowOf(given);
    const rules = rulesOf(row.kind);
    const object = this.#namespaced(given, row);
    const { object: old, from } = this.#stored(row.kind, keyOf(object));
    checkIdentity(row, object, old);
    let next: AnyObject = { ...old, status: object['status'] };
    next = rules.defaults?.(next, this.#context) ?? next;
    const causes = rules.validateStatus?.(next, old, this.#context) ?? [];
    if (causes.length > 0) throw invalidObject(row, next.metadata.name ?? '', causes);
    return this.#put(next, old, from);
  }

  /** Stores and tells the watchers; an update that changes nothing keeps its resourceVersion. */
  #put(object: AnyObject, previous: AnyObject | undefined, from: Provenance): AnyObject {
    const { store } = this.#state;
    const key = keyOf(object);
    if (previous !== undefined && sameValue(object, previous)) {
      if (store.get(object.kind, key)?.from !== from) {
        store.put(object.kind, key, { object: previous, from });
      }
      return previous;
    }
    const metadata = { ...object.metadata, resourceVersion: String(++store.revision) };
    const next = { ...object, metadata };
    store.put(object.kind, key, { object: next, from });
    const type = previous === undefined ? 'ADDED' : 'MODIFIED';
    this.#events.push({ type, kind: object.kind, key, object: next, previous });
    return next;
  }

  #remove(object: AnyObject): AnyObject {
    const { store, allocations } = this.#state;
    const key = keyOf(object);
    const previous = store.get(object.kind, key)?.object ?? object;
    const metadata = { ...object.metadata, resourceVersion: String(++store.revision) };
    const last = { ...object, metadata };
    store.remove(object.kind, key);
    this.#events.push({ type: 'DELETED', kind: object.kind, key, object: last, previous });
    if (object.kind === 'Service') {
      release(allocations, asService(previous));
      // The real server removes a Service's Endpoints with it (storage.go, AfterDelete).
      const endpoints = this.raw('Endpoints', key);
      if (endpoints !== undefined) this.#remove(endpoints);
    }
    return last;
  }
}

function asService(object: AnyObject): Service {
  return object as unknown as Service;
}

/** An API server with the objects every cluster starts with: system namespaces and `default/kubernetes`. */
export function createApiServer(config: ApiServerConfig): ApiServer {
  const allocations = createAllocations(config.spec);
  const server = new Server(config, { store: new Store(), allocations, uids: 0 });
  bootstrap(server, config.spec);
  return server;
}
