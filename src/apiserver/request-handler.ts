// The verbs of the API, as kubectl asks them over HTTP: find, list, watch, create, update, patch, delete, evict, with
// selectors, subresources, dry run and field validation. Bodies are decoded here, stored by core.ts.
// Models apiserver pkg/endpoints/handlers. Not modelled: managedFields, server-side apply, pagination.
import { endpointsDeprecated, endpointsDeprecatedSince } from '../api/endpoints/rules.ts';
import { ApiError } from '../api/error.ts';
import { invalidShown } from '../api/field/errors.ts';
import { matchesFields, parseFieldSelector } from '../api/field-selector.ts';
import { parseSelector, selects } from '../api/label-selector.ts';
import { badRequest, invalidObject, noSuchPath, notFound } from '../api/refusals.ts';
import type {
  DeleteRequest,
  ListOptions,
  ObjectList,
  ObjectName,
  PatchType,
  Requests,
  Subresource,
  WriteOptions,
} from '../api/requests.ts';
import { customRow, type KindRow, rowOf, scheme } from '../api/scheme.ts';
import {
  type AnyObject,
  keyOf,
  type Pod,
  type PodDisruptionBudget,
  type WatchEvent,
} from '../api/types.ts';
import { isUnset } from '../api/values.ts';
import { byCodeUnit } from '../sim/table.ts';
import { formatTime } from '../sim/time.ts';
import type { Core } from './core.ts';
import { checkDelete } from './delete-options.ts';
import { EVENT_SUFFIX } from './event.ts';
import { charged, checkBudgets, evicted } from './eviction.ts';
import { nowhere, type Provenance } from './provenance.ts';
import { decodeBody } from './request-body.ts';
import { patchedObject } from './request-patch.ts';
import { scaleCauses, scaled, scaleOf } from './scale.ts';
import type { Stored } from './store.ts';

/** The Scale kind: known to the scale subresource alone. */
const scaleRow = customRow({ kind: 'Scale', group: 'autoscaling', version: 'v1' });
const podRow = rowOf({ kind: 'Pod' });
const budgetRow = rowOf({ kind: 'PodDisruptionBudget' });
const eventRow = rowOf({ kind: 'Event' });

type Budgets = readonly PodDisruptionBudget[];

export class RequestHandler implements Requests {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  resources(): readonly KindRow[] {
    return [...scheme, ...this.#core.customKinds()];
  }

  warnings(): readonly string[] {
    const { warnings } = this.#core;
    this.#core.warnings = [];
    return [...new Set(warnings)];
  }

  get(row: KindRow, name: ObjectName, subresource?: Subresource): AnyObject {
    this.#checkSubresource(row, name, subresource);
    this.#warnOf(row);
    const { object } = this.#stored(this.#core, row, name);
    return subresource === 'scale' ? scaleOf(object) : object;
  }

  list(row: KindRow, options: ListOptions = {}): ObjectList {
    const isSelected = selectionOf(row, options);
    this.#warnOf(row);
    const { store } = this.#core;
    const all = store.list(row.table, row.namespaced ? options.namespace : undefined);
    const items = all.filter(isSelected);
    if (row === eventRow) items.sort(byTelling);
    return { items, resourceVersion: String(store.revision) };
  }

  watch(row: KindRow, resourceVersion: string, options: ListOptions = {}): readonly WatchEvent[] {
    const isSelected = selectionOf(row, options);
    const { namespace } = options;
    const { history } = this.#core;
    const events = history.since(Number(resourceVersion));
    if (events === undefined) {
      const text = `too old resource version: ${resourceVersion} (${history.forgotten})`;
      throw new ApiError('Expired', text, { kind: row.kind, group: row.group, name: '' });
    }
    return events.flatMap((event) => {
      const { object, previous, kind } = event;
      if (kind !== row.table) return [];
      if (row.namespaced && namespace !== undefined && object.metadata.namespace !== namespace) {
        return [];
      }
      const before = previous !== undefined && isSelected(previous);
      const after = event.type !== 'DELETED' && isSelected(object);
      if (!before && !after) return [];
      const type = !before ? 'ADDED' : after ? 'MODIFIED' : 'DELETED';
      return type === event.type ? [event] : [{ ...event, type }];
    });
  }

  create(
    row: KindRow,
    namespace: string | undefined,
    body: unknown,
    options: WriteOptions = {},
  ): AnyObject {
    const object = placed(row, this.#decoded(row, body, options), namespace);
    return this.#write(options, (core) => core.create(object, provenance(options)));
  }

  update(row: KindRow, name: ObjectName, body: unknown, options: WriteOptions = {}): AnyObject {
    const { subresource } = options;
    this.#checkSubresource(row, name, subresource);
    if (subresource === 'scale') {
      const scale = this.#decoded(scaleRow, body, options);
      return this.#write(options, (core) => this.#scale(core, row, name, scale));
    }
    const object = named(placed(row, this.#decoded(row, body, options), name.namespace), row, name);
    this.#checkVersion(row, name, object);
    return this.#write(options, (core) =>
      subresource === 'status'
        ? core.updateStatus(object, true)
        : core.update(object, provenance(options)),
    );
  }

  patch(
    row: KindRow,
    name: ObjectName,
    type: PatchType,
    patch: unknown,
    options: WriteOptions = {},
  ): AnyObject {
    const { subresource, fieldValidation = 'Warn' } = options;
    this.#checkSubresource(row, name, subresource);
    const { object, from } = this.#stored(this.#core, row, name);
    const target = subresource === 'scale' ? scaleOf(object) : object;
    const targetRow = subresource === 'scale' ? scaleRow : row;
    const { object: next, warnings } = patchedObject(
      targetRow,
      target,
      type,
      patch,
      fieldValidation,
    );
    this.#core.warnings.push(...warnings);
    if (subresource === 'scale') {
      return this.#write(options, (core) => this.#scale(core, row, name, next));
    }
    const wanted = named(placed(row, next, name.namespace), row, name);
    const { source } = options;
    const origin = source === undefined ? from : { source, patches: [] };
    return this.#write(options, (core) =>
      subresource === 'status' ? core.updateStatus(wanted, true) : core.update(wanted, origin),
    );
  }

  delete(row: KindRow, name: ObjectName, options: DeleteRequest = {}): AnyObject {
    this.#warnOf(row);
    return this.#write(options, (core) => {
      const stored = this.#stored(core, row, name);
      checkDelete(row, stored.object, options);
      const { propagation = row.orphans ? 'Orphan' : undefined, ...rest } = options;
      return core.delete(stored, propagation === undefined ? rest : { ...rest, propagation });
    });
  }

  deleteCollection(
    row: KindRow,
    list: ListOptions = {},
    options: DeleteRequest = {},
  ): readonly AnyObject[] {
    const { items } = this.list(row, list);
    return items.map((object) => this.delete(row, nameOf(object), options));
  }

  evict(pod: ObjectName, options: DeleteRequest = {}): void {
    this.#write(options, (core) => {
      const stored = this.#stored(core, podRow, pod);
      const { name, namespace } = stored.object.metadata;
      const victim = stored.object as unknown as Pod;
      const budgets = core.store.list(budgetRow.table, namespace);
      const now = formatTime(core.config.nowMs());
      const charge = checkBudgets(victim, budgets as readonly unknown[] as Budgets, budgetRow);
      checkDelete(podRow, stored.object, options);
      if (charge !== null) core.updateStatus(charged(charge.budget, name, now));
      const object = core.updateStatus(evicted(victim, now));
      return core.delete({ object, from: stored.from }, options);
    });
  }

  /** A deprecated kind warns in every answer (endpoints/installer.go); writes warn by the kind's rules. */
  #warnOf(row: KindRow): void {
    if (row.kind !== 'Endpoints' || row.group !== '') return;
    const { spec } = this.#core.config;
    if (spec.minor >= endpointsDeprecatedSince) this.#core.warnings.push(endpointsDeprecated);
  }

  #decoded(row: KindRow, body: unknown, { fieldValidation = 'Warn' }: WriteOptions): AnyObject {
    const { object, warnings } = decodeBody(row, body, fieldValidation);
    this.#core.warnings.push(...warnings);
    return object;
  }

  /** Some kinds are replaced only by who says which version it saw. */
  #checkVersion(row: KindRow, name: ObjectName, { metadata }: AnyObject): void {
    if (!row.conditional || !isUnset(metadata.resourceVersion)) return;
    if (this.#core.store.get(row.table, keyFor(row, name)) === undefined) return;
    const shown = this.#core.config.spec.minor >= 34 ? '0' : '0x0';
    const why = 'must be specified for an update';
    throw invalidObject(row, name.name, [invalidShown('metadata.resourceVersion', shown, why)]);
  }

  #checkSubresource(row: KindRow, { name }: ObjectName, subresource?: Subresource): void {
    if (subresource !== undefined && !row[subresource]) throw noSuchPath(row, name);
  }

  #stored(core: Core, row: KindRow, name: ObjectName): Stored {
    const stored = core.store.get(row.table, keyFor(row, name));
    if (stored === undefined) throw notFound(row, name.name);
    return stored;
  }

  #scale(core: Core, row: KindRow, name: ObjectName, scale: AnyObject): AnyObject {
    const causes = scaleCauses(scale);
    if (causes.length > 0) throw invalidObject(scaleRow, name.name, causes);
    const { object, from } = this.#stored(core, row, name);
    return scaleOf(core.update(scaled(object, scale), from));
  }

  /** A dry run happens on a copy that nobody keeps: nothing is stored or taken, and no choice is used up. */
  #write(options: { readonly dryRun?: boolean }, act: (core: Core) => AnyObject): AnyObject {
    if (options.dryRun !== true) return act(this.#core);
    const { choices, nowMs } = this.#core.config;
    const copy = this.#core.fork({ choices: choices.fork(), nowMs });
    copy.warnings = [];
    copy.dryRun = true;
    const object = act(copy);
    this.#core.warnings.push(...copy.warnings);
    return object;
  }
}

/** Upstream's event names carry the time, so that an object's events are listed as they happened. Ours do not. */
function byTelling(a: AnyObject, b: AnyObject): number {
  const about = ({ metadata }: AnyObject) => keyOf({ metadata }).replace(EVENT_SUFFIX, '');
  const first = (event: AnyObject) => String(event['firstTimestamp'] ?? '');
  return (
    byCodeUnit(about(a), about(b)) ||
    byCodeUnit(first(a), first(b)) ||
    Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion)
  );
}

function provenance({ source }: WriteOptions): Provenance {
  return source === undefined ? { ...nowhere } : { source, patches: [] };
}

function keyFor(row: KindRow, { namespace = 'default', name }: ObjectName): string {
  return row.namespaced ? `${namespace}/${name}` : name;
}

function nameOf({ metadata }: AnyObject): ObjectName {
  const { namespace, name } = metadata;
  return namespace === undefined ? { name } : { namespace, name };
}

/** EnsureObjectNamespaceMatchesRequestNamespace. */
function placed(row: KindRow, object: AnyObject, namespace = 'default'): AnyObject {
  const { namespace: given, ...metadata } = object.metadata;
  if (!row.namespaced) return given === undefined ? object : { ...object, metadata };
  if (given === namespace) return object;
  if (isUnset(given)) return { ...object, metadata: { ...metadata, namespace } };
  const text =
    'the namespace of the provided object does not match the namespace sent on the request';
  throw badRequest(row, metadata.name ?? '', text);
}

/** checkName: the body's name may be left out. */
function named(object: AnyObject, row: KindRow, { name }: ObjectName): AnyObject {
  const given = object.metadata.name;
  if (given === name) return object;
  if (isUnset(given)) return { ...object, metadata: { ...object.metadata, name } };
  const text = `the name of the object (${given}) does not match the name on the URL (${name})`;
  throw badRequest(row, name, text);
}

function selectionOf(row: KindRow, options: ListOptions): (object: AnyObject) => boolean {
  const labels = parseSelector(options.labelSelector ?? '');
  if (typeof labels === 'string') throw badRequest(row, '', labels);
  const fields = parseFieldSelector(options.fieldSelector ?? '', row);
  if (typeof fields === 'string') throw badRequest(row, '', fields);
  return (object) => selects(labels, object.metadata.labels) && matchesFields(fields, object);
}
