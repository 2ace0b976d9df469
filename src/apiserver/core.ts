// The heart of the API server: create, update and delete of decoded objects with admission, defaulting, allocation,
// validation and conflicts in the order a real one has them (A2), and the watch events of what was stored.
// Not here: decoding, patches and selectors (request-handler.ts), what controllers call (server.ts).
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { definedRow } from '../api/custom-kinds.ts';
import type { RuleContext } from '../api/kind-rules.ts';
import { alreadyExists, badRequest, invalidObject, notFound } from '../api/refusals.ts';
import { builtinRow, type KindRow, rowOf, schemeOf, splitApiVersion } from '../api/scheme.ts';
import {
  type AnyObject,
  type DeleteOptions,
  keyOf,
  type Namespace,
  type ObjectMeta,
  type Service,
  type WatchEvent,
} from '../api/types.ts';
import { isUnset, sameValue } from '../api/values.ts';
import type { Choices } from '../sim/choices.ts';
import { formatTime } from '../sim/time.ts';
import { admitNamespace } from './admission.ts';
import { createAllocations, forkAllocations } from './allocations.ts';
import { deletion, finishesDeletion } from './deletion.ts';
import { History } from './history.ts';
import { identified, named } from './identity.ts';
import { omitEmpty } from './omit-empty.ts';
import { uidOf } from './pick.ts';
import type { AllocationRequest, Allocations, Plan } from './plan.ts';
import { admitReferences } from './pod-admission.ts';
import { nowhere, type Provenance } from './provenance.ts';
import { rulesOf, unruled } from './registry.ts';
import { beginCreate, beginUpdate, commit, release } from './service-allocation.ts';
import {
  addressObject,
  CIDR_OBJECTS_SINCE,
  furtherRanges,
  isNeeded,
  newAddresses,
  readyRange,
  waitingRange,
  withoutProtection,
} from './service-cidrs.ts';
import { Store, type Stored } from './store.ts';
import { defaultAccount } from './system-objects.ts';
import { checkIdentity, nextGeneration, preserved } from './update.ts';

export interface ApiServerConfig {
  readonly spec: ClusterSpec;
  readonly choices: Choices;
  /** Virtual milliseconds. */
  readonly nowMs: () => number;
}

/** What a fork does not share with its parent. */
export type ForkConfig = Omit<ApiServerConfig, 'spec'>;

interface State {
  readonly store: Store;
  readonly allocations: ReturnType<typeof createAllocations>;
  readonly history: History;
  uids: number;
}

const OWN_UIDS = 2 ** 28;

export class Core {
  readonly config: ApiServerConfig;
  readonly #state: State;
  readonly #context: RuleContext;
  events: WatchEvent[] = [];
  warnings: string[] = [];
  /** What is written here is thrown away: allocations are previews. */
  dryRun = false;
  #definitions: readonly AnyObject[] = [];
  #custom: readonly KindRow[] = [];

  constructor(config: ApiServerConfig, state: State = emptyState(config.spec)) {
    this.config = config;
    this.#state = state;
    this.#context = { minor: config.spec.minor };
  }

  get store(): Store {
    return this.#state.store;
  }

  get allocations(): Allocations {
    return this.#state.allocations;
  }

  get history(): History {
    return this.#state.history;
  }

  /** A copy that shares everything until one side writes. */
  fork(config: ForkConfig): Core {
    const { store, allocations, history, uids } = this.#state;
    const copy = new Core(
      { ...config, spec: this.config.spec },
      {
        store: store.fork(),
        allocations: forkAllocations(allocations),
        history: history.fork(),
        uids,
      },
    );
    copy.events = this.events.slice();
    copy.warnings = this.warnings.slice();
    return copy;
  }

  /** Everything given out of the pools. */
  allocated(): readonly string[] {
    const { addresses, ports } = this.#state.allocations;
    return [...addresses.taken(), ...ports.taken()];
  }

  /** Kinds of stored CustomResourceDefinitions, by name of the definition; those that are served anyway are not among
   * them. */
  customKinds(): readonly KindRow[] {
    const definitions = this.store.list('CustomResourceDefinition');
    if (definitions !== this.#definitions) {
      this.#definitions = definitions;
      const rows = definitions.flatMap((definition) => definedRow(definition) ?? []);
      this.#custom = rows.filter(({ kind, group }) => builtinRow(kind, group) === undefined);
    }
    return this.#custom;
  }

  /** The row of an object's kind; guessed when nothing defines it. */
  rowOf(object: AnyObject): KindRow {
    const { kind } = object;
    const { group } = splitApiVersion(object.apiVersion);
    return (
      builtinRow(kind, group) ??
      this.customKinds().find((row) => row.kind === kind && row.group === group) ??
      rowOf(object)
    );
  }

  /** The table of "Service", or "Service.serving.knative.dev"; of a custom kind the group may be left out. */
  tableOf(kind: string): string {
    if (kind.includes('.') || schemeOf(kind) !== undefined) return kind;
    return this.store.kinds().find((table) => table.startsWith(`${kind}.`)) ?? kind;
  }

  get(table: string, key: string): AnyObject | undefined {
    return this.store.get(table, key)?.object;
  }

  stored(table: string, key: string): Stored {
    const stored = this.store.get(table, key);
    if (stored !== undefined) return stored;
    const row = schemeOf(table) ?? rowOf({ kind: table });
    throw notFound(row, key.slice(key.indexOf('/') + 1));
  }

  create(given: AnyObject, from: Provenance): AnyObject {
    const row = this.rowOf(given);
    const rules = rulesOf(row);
    let object = this.#placed({ ...given, metadata: given.metadata ?? {} } as AnyObject, row);
    if (!isUnset(object.metadata.resourceVersion)) {
      const text = 'resourceVersion should not be set on objects to be created';
      throw badRequest(row, object.metadata.name ?? '', text);
    }
    object = rules.defaults?.(object, this.#context) ?? object;
    admitNamespace(row, object, (key) => this.get('Namespace', key) as Namespace | undefined);
    const lookup = {
      get: (table: string, key: string) => this.get(table, key),
      list: (table: string) => this.store.list(table),
    };
    object = admitReferences(row, object, lookup);
    const isTaken = (one: AnyObject) => this.get(row.table, keyOf(one)) !== undefined;
    object = named(object, this.config.choices, isTaken);
    let plan: Plan | undefined;
    if (row.table === 'Service') {
      const { allocations } = this.#state;
      const begun = beginCreate(allocations, this.#allocating(), asService(object));
      plan = begun.plan;
      object = begun.service as unknown as AnyObject;
    }
    const creationTimestamp = formatTime(this.config.nowMs());
    const made = { uid: uidOf(this.#state.uids), creationTimestamp };
    object = identified(object, row, this.#context.minor, made);
    object = rules.prepareForCreate?.(object, this.#context) ?? object;
    const causes = rules.validate?.(object, this.#context) ?? unruled(row, object);
    if (causes.length > 0) throw invalidObject(row, object.metadata.name ?? '', causes);
    object = rules.canonicalize?.(object) ?? object;
    if (this.get(row.table, keyOf(object)) !== undefined) {
      throw alreadyExists(row, object.metadata);
    }
    if (from !== nowhere) this.#warn(row, object, undefined);
    if (plan !== undefined && !this.dryRun) {
      commit(plan, asService(object), undefined);
      this.#recordAddresses(asService(object), undefined);
    }
    if (this.#hasRanges && row.table === 'ServiceCIDR') {
      object = readyRange(object, formatTime(this.config.nowMs()));
    }
    this.#state.uids++;
    const stored = this.put(object, undefined, from);
    if (row.table === 'Namespace') this.#keepAccount(stored.metadata.name ?? '');
    return stored;
  }

  /** `from` undefined: as it was before. */
  update(given: AnyObject, from: Provenance | undefined): AnyObject {
    const row = this.rowOf(given);
    const rules = rulesOf(row);
    let object = this.#placed(given, row);
    const name = object.metadata.name ?? '';
    const stored = this.store.get(row.table, keyOf(object));
    if (stored === undefined) {
      if (!row.createOnUpdate || !isUnset(object.metadata.resourceVersion)) {
        throw notFound(row, name);
      }
      return this.create(object, from ?? nowhere);
    }
    const old = stored.object;
    checkIdentity(row, object, old);
    object = rules.defaults?.(object, this.#context) ?? object;
    object = preserved(row, object, old);
    let plan: Plan | undefined;
    if (row.table === 'Service') {
      const { allocations } = this.#state;
      const request = this.#allocating();
      const begun = beginUpdate(allocations, request, asService(object), asService(old));
      plan = begun.plan;
      object = begun.service as unknown as AnyObject;
    }
    object = rules.prepareForUpdate?.(object, old, this.#context) ?? object;
    object = nextGeneration(row, object, old, this.#context.minor);
    const causes =
      rules.validateUpdate?.(object, old, this.#context) ??
      rules.validate?.(object, this.#context) ??
      unruled(row, object, old);
    if (causes.length > 0) throw invalidObject(row, name, causes);
    object = rules.canonicalize?.(object) ?? object;
    if (from !== undefined) this.#warn(row, object, old);
    if (finishesDeletion(row, object)) return this.remove(object);
    if (plan !== undefined && !this.dryRun) {
      commit(plan, asService(object), asService(old));
      this.#recordAddresses(asService(object), asService(old));
    }
    return this.put(object, old, from ?? stored.from);
  }

  /** `isAsked`: by a client that reads warnings, not by a controller. */
  updateStatus(given: AnyObject, isAsked = false): AnyObject {
    const row = this.rowOf(given);
    const rules = rulesOf(row);
    const object = this.#placed(given, row);
    const { object: old, from } = this.stored(row.table, keyOf(object));
    checkIdentity(row, object, old);
    let next: AnyObject = { ...old, status: object['status'] };
    next = rules.defaults?.(next, this.#context) ?? next;
    const causes = rules.validateStatus?.(next, old, this.#context) ?? [];
    if (causes.length > 0) throw invalidObject(row, next.metadata.name ?? '', causes);
    if (isAsked) this.warnings.push(...(rules.statusWarnings?.(next, this.#context) ?? []));
    return this.put(next, old, from);
  }

  /** The object as it is then: gone, or still there with a deletionTimestamp. */
  delete({ object, from }: Stored, options: DeleteOptions): AnyObject {
    const next = deletion(this.rowOf(object), object, options, this.config.nowMs());
    if (next === undefined) return this.remove(object);
    const stored = next === object ? object : this.put(next, object, from);
    if (object.kind !== 'ServiceCIDR' || !this.#hasRanges) return stored;
    this.#settleRanges();
    return this.get('ServiceCIDR', keyOf(object)) ?? stored;
  }

  /** Stores and tells the watchers; an update that changes nothing keeps its resourceVersion. */
  put(given: AnyObject, previous: AnyObject | undefined, from: Provenance): AnyObject {
    const { store } = this.#state;
    const object = omitEmpty(given);
    const { table } = this.rowOf(object);
    const key = keyOf(object);
    if (previous !== undefined && sameValue(object, previous)) {
      if (store.get(table, key)?.from !== from) store.put(table, key, { object: previous, from });
      return previous;
    }
    const next = { ...object, metadata: this.#versioned(object.metadata, previous) };
    store.put(table, key, { object: next, from });
    const type = previous === undefined ? 'ADDED' : 'MODIFIED';
    this.#tell({ type, kind: table, key, object: next, previous });
    return next;
  }

  /** A dry run gives out no version: a new object has none, a changed one that of before. */
  #versioned(metadata: ObjectMeta, previous: AnyObject | undefined): ObjectMeta {
    if (!this.dryRun) return { ...metadata, resourceVersion: String(++this.store.revision) };
    const { resourceVersion: _, ...rest } = metadata;
    const kept = previous?.metadata.resourceVersion;
    return kept === undefined ? rest : { ...rest, resourceVersion: kept };
  }

  remove(object: AnyObject): AnyObject {
    const { store, allocations } = this.#state;
    const { table } = this.rowOf(object);
    const key = keyOf(object);
    const previous = store.get(table, key)?.object ?? object;
    const metadata = { ...object.metadata, resourceVersion: String(++store.revision) };
    const last = { ...object, metadata };
    store.remove(table, key);
    this.#tell({ type: 'DELETED', kind: table, key, object: last, previous });
    if (table === 'Service') {
      release(allocations, asService(previous));
      this.#recordAddresses(undefined, asService(previous));
      // The real server removes a Service's Endpoints with it (storage.go, AfterDelete).
      const endpoints = this.get('Endpoints', key);
      if (endpoints !== undefined) this.remove(endpoints);
    }
    if (table === 'ServiceAccount') this.#keepAccount(object.metadata.namespace ?? '');
    return last;
  }

  get #hasRanges(): boolean {
    return this.#context.minor >= CIDR_OBJECTS_SINCE;
  }

  /** The IPAddress objects follow what a Service holds. */
  #recordAddresses(now: Service | undefined, old: Service | undefined): void {
    if (!this.#hasRanges) return;
    for (const ip of newAddresses(old, now)) {
      const address = this.get('IPAddress', ip);
      if (address !== undefined) this.remove(address);
    }
    if (now === undefined) this.#settleRanges();
    else for (const ip of newAddresses(now, old)) this.record(addressObject(ip, now));
  }

  /** Stores what the control plane keeps by itself; its uids are apart from those that others count on. */
  record(object: AnyObject): void {
    const uid = uidOf(OWN_UIDS + this.store.revision);
    const creationTimestamp = formatTime(this.config.nowMs());
    const metadata = { ...object.metadata, uid, creationTimestamp };
    this.put({ ...object, metadata }, undefined, nowhere);
  }

  /** A Namespace that stays always has its default ServiceAccount. */
  #keepAccount(namespace: string): void {
    const place = this.get('Namespace', namespace);
    if (place === undefined || place.metadata.deletionTimestamp !== undefined) return;
    const account = defaultAccount(namespace);
    if (this.get('ServiceAccount', keyOf(account)) === undefined) this.record(account);
  }

  /** ServiceCIDRs that are to go do so when no address needs them. */
  #settleRanges(): void {
    const all = this.store.list('ServiceCIDR');
    for (const cidr of all) {
      if (cidr.metadata.deletionTimestamp === undefined) continue;
      if (isNeeded(cidr, all, this.store.list('IPAddress'))) {
        this.put(waitingRange(cidr, formatTime(this.config.nowMs())), cidr, nowhere);
        continue;
      }
      const free = withoutProtection(cidr);
      if (finishesDeletion(this.rowOf(free), free)) this.remove(free);
      else this.put(free, cidr, nowhere);
    }
  }

  #tell(event: WatchEvent): void {
    this.events.push(event);
    this.#state.history.add(event);
  }

  #placed(object: AnyObject, row: KindRow): AnyObject {
    if (!row.namespaced || !isUnset(object.metadata.namespace)) return object;
    return { ...object, metadata: { ...object.metadata, namespace: 'default' } };
  }

  #allocating(): AllocationRequest {
    const ranges = this.#hasRanges ? furtherRanges(this.store.list('ServiceCIDR')) : [];
    return { choices: this.config.choices, ranges, dryRun: this.dryRun };
  }

  /** Only for what users write: controllers do not read warnings. */
  #warn(row: KindRow, object: AnyObject, old: AnyObject | undefined): void {
    this.warnings.push(...(rulesOf(row).warnings?.(object, old, this.#context) ?? []));
  }
}

function emptyState(spec: ClusterSpec): State {
  return {
    store: new Store(),
    allocations: createAllocations(spec),
    history: new History(),
    uids: 0,
  };
}

function asService(object: AnyObject): Service {
  return object as unknown as Service;
}
