// Indexes over the store, as client-go's informers keep them: objects by controller owner, pods by label, Services
// by selector. Every write to the store is applied at once, so an index is never behind the store. Not a cache of
// objects: it holds keys only. Forks share buckets until one side writes.
import { requestsOf } from '../api/pod/requests.ts';
import type { AnyObject, Pod, WatchEvent } from '../api/types.ts';
import type { Forkable } from '../sim/component.ts';
import { byCodeUnit } from '../sim/table.ts';
import { LeastLoaded } from './least-loaded.ts';

interface Bucket {
  readonly owner: object;
  readonly keys: Map<string, number>;
}
type Labels = Readonly<Record<string, string>>;

/** Kinds that are found by what their selector may match. */
type Selecting = 'Service' | 'Deployment' | 'ReplicaSet' | 'StatefulSet';
const selecting: ReadonlySet<string> = new Set<Selecting>([
  'Service',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
]);

function isSelecting(kind: string): kind is Selecting {
  return selecting.has(kind);
}

/** Kinds that a workload takes over when nobody controls them. */
const adoptable: ReadonlySet<string> = new Set(['Pod', 'ReplicaSet', 'ControllerRevision']);

export class ObjectIndex implements Forkable {
  #epoch: object = {};
  #owner: object = this.#epoch;
  #buckets = new Map<string, Bucket>();
  #sequence = 0;
  /** Made when first asked for; a fork makes its own. */
  #loads: LeastLoaded | null = null;

  fork(): this {
    const copy = new ObjectIndex();
    copy.#buckets = this.#buckets;
    copy.#sequence = this.#sequence;
    copy.#owner = this;
    this.#epoch = {};
    return copy as this;
  }

  /** Takes in one write. Call it for every write, in order, before any controller runs. */
  apply(event: WatchEvent): void {
    this.#select(event);
    if (event.type === 'MODIFIED' && keepsPlace(event)) return;
    if (event.previous !== undefined) this.#remove(event.kind, event.key, event.previous);
    else if (event.type === 'DELETED') this.#remove(event.kind, event.key, event.object);
    if (event.type === 'DELETED') {
      this.#bucket(`seq ${event.kind}`).delete(event.key);
      return;
    }
    if (event.type === 'ADDED') this.#count(event);
    this.#add(event.kind, event.key, event.object);
  }

  /** Most changes leave the selector alone, and then its place stays. */
  #select({ type, kind, key, object, previous }: WatchEvent): void {
    if (!isSelecting(kind)) return;
    const gone = previous ?? (type === 'DELETED' ? object : undefined);
    if (type === 'MODIFIED' && gone !== undefined && sameSelector(gone, object)) return;
    if (gone !== undefined) this.#removeSelector(kind, key, gone);
    if (type !== 'DELETED') this.#addSelector(kind, key, object);
  }

  /** Keys of the objects of a kind that name `uid` as an owner, sorted. */
  ownedBy(kind: string, uid: string): readonly string[] {
    return sorted(this.#buckets.get(`owner ${kind} ${uid}`));
  }

  hasOrphans(kind: string, namespace: string): boolean {
    return this.#buckets.has(`orphan ${kind} ${namespace}`);
  }

  /** Keys of the objects of a kind in a namespace that no controller owns, sorted. */
  orphans(kind: string, namespace: string): readonly string[] {
    return sorted(this.#buckets.get(`orphan ${kind} ${namespace}`));
  }

  /** Keys of the EndpointSlices labelled with a Service's name, sorted. */
  slicesOf(namespace: string, service: string): readonly string[] {
    return sorted(this.#buckets.get(`slices ${namespace}/${service}`));
  }

  /** Kinds and keys of everything that names `uid` as an owner. */
  dependents(uid: string): readonly { readonly kind: string; readonly key: string }[] {
    return sorted(this.#buckets.get(`dependent ${uid}`)).map((text) => {
      const space = text.indexOf(' ');
      return { kind: text.slice(0, space), key: text.slice(space + 1) };
    });
  }

  /** How many objects of a kind were ever created with this controller. */
  everOwnedBy(kind: string, uid: string): number {
    return this.#buckets.get('ever')?.keys.get(`${kind} ${uid}`) ?? 0;
  }

  /** Order of creation: greater is newer; 0 when unknown. */
  sequenceOf(kind: string, key: string): number {
    return this.#buckets.get(`seq ${kind}`)?.keys.get(key) ?? 0;
  }

  /** Keys of pods without a node that the scheduler has refused, sorted. */
  refused(): readonly string[] {
    return sorted(this.#buckets.get('refused'));
  }

  /** Keys of pods on nodes with required anti-affinity, sorted. */
  repellers(): readonly string[] {
    return sorted(this.#buckets.get('repellers'));
  }

  /** How many pods are bound to a node; those that have ended take no room. */
  podsOnNode(node: string): number {
    return this.#buckets.get(`live ${node}`)?.keys.size ?? 0;
  }

  /** How much of a resource the pods on a node ask for: cpu in thousandths. */
  requestedOn(node: string, resource: string): number {
    return this.#buckets.get(`asks ${node}`)?.keys.get(resource) ?? 0;
  }

  /** The names by how many pods are bound to each, fewest first, ties as given. Read it before the next write. */
  nodesByPods(names: readonly string[]): Iterable<string> {
    if (this.#loads?.names !== names) {
      this.#loads = new LeastLoaded(names, (name) => this.podsOnNode(name));
    }
    return this.#loads.ascending();
  }

  podKeysOnNode(node: string): readonly string[] {
    return sorted(this.#buckets.get(`node ${node}`));
  }

  /** Keys of pods that may carry all the labels: a superset from the rarest pair; undefined: any pod may. */
  podsWith(namespace: string, selector: Labels): readonly string[] | undefined {
    let best: Bucket | undefined;
    for (const [name, value] of Object.entries(selector)) {
      const bucket = this.#buckets.get(`pod ${namespace} ${name}=${value}`);
      if (bucket === undefined) return [];
      if (best === undefined || bucket.keys.size < best.keys.size) best = bucket;
    }
    return best === undefined ? undefined : sorted(best);
  }

  /** Keys of Services that may select a pod with these labels. */
  servicesFor(namespace: string, labels: Labels | undefined): readonly string[] {
    return this.whoMaySelect('Service', namespace, labels);
  }

  /** Keys of the objects of a kind whose selector may match these labels: a superset, sorted. */
  whoMaySelect(kind: Selecting, namespace: string, labels: Labels | undefined): readonly string[] {
    const found = new Set<string>(this.#buckets.get(`by ${kind} ${namespace} `)?.keys.keys());
    for (const [name, value] of Object.entries(labels ?? {})) {
      const bucket = this.#buckets.get(`by ${kind} ${namespace} ${name}=${value}`);
      for (const key of bucket?.keys.keys() ?? []) found.add(key);
    }
    return [...found].sort(byCodeUnit);
  }

  #count(event: WatchEvent): void {
    // The most numerous kind, whose order of creation nobody asks for.
    if (event.kind === 'Event') return;
    this.#bucket(`seq ${event.kind}`).set(event.key, ++this.#sequence);
    for (const owner of event.object.metadata.ownerReferences ?? []) {
      if (owner.controller !== true) continue;
      const ever = this.#bucket('ever');
      const name = `${event.kind} ${owner.uid}`;
      ever.set(name, (ever.get(name) ?? 0) + 1);
    }
  }

  #add(kind: string, key: string, object: AnyObject): void {
    for (const name of bucketsOf(kind, object)) this.#bucket(name).set(key, 1);
    this.#weigh(kind, object, 1);
    for (const owner of object.metadata.ownerReferences ?? []) {
      this.#bucket(`dependent ${owner.uid}`).set(`${kind} ${key}`, 1);
    }
  }

  #remove(kind: string, key: string, object: AnyObject): void {
    for (const name of bucketsOf(kind, object)) this.#drop(name, key);
    this.#weigh(kind, object, -1);
    for (const owner of object.metadata.ownerReferences ?? []) {
      this.#drop(`dependent ${owner.uid}`, `${kind} ${key}`);
    }
  }

  #removeSelector(kind: Selecting, key: string, object: AnyObject): void {
    for (const pair of selectorPairs(object)) {
      this.#drop(`by ${kind} ${object.metadata.namespace} ${pair}`, key);
      this.#drop(`uses ${kind} ${object.metadata.namespace} ${pair}`, key);
    }
  }

  #weigh(kind: string, object: AnyObject, sign: 1 | -1): void {
    if (kind !== 'Pod') return;
    const node = nodeOf(object);
    this.#loads?.set(node, this.podsOnNode(node));
    if (node === '' || hasEnded(object)) return;
    for (const [name, value] of requestsOf(object as unknown as Pod)) {
      const sums = this.#bucket(`asks ${node}`);
      sums.set(name, (sums.get(name) ?? 0) + sign * value);
    }
  }

  /** An object stands under the pair of its selector that the fewest of its kind use. */
  #addSelector(kind: Selecting, key: string, object: AnyObject): void {
    const { namespace } = object.metadata;
    let best: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const pair of selectorPairs(object)) {
      const uses = this.#bucket(`uses ${kind} ${namespace} ${pair}`);
      if (uses.size < least) {
        least = uses.size;
        best = pair;
      }
      uses.set(key, 1);
    }
    if (best !== undefined) this.#bucket(`by ${kind} ${namespace} ${best}`).set(key, 1);
  }

  #bucket(name: string): Map<string, number> {
    if (this.#owner !== this.#epoch) {
      this.#buckets = new Map(this.#buckets);
      this.#owner = this.#epoch;
    }
    let bucket = this.#buckets.get(name);
    if (bucket === undefined || bucket.owner !== this.#epoch) {
      bucket = { owner: this.#epoch, keys: new Map(bucket?.keys) };
      this.#buckets.set(name, bucket);
    }
    return bucket.keys;
  }

  #drop(name: string, key: string): void {
    if (!this.#buckets.get(name)?.keys.has(key)) return;
    const keys = this.#bucket(name);
    keys.delete(key);
    if (keys.size === 0) this.#buckets.delete(name);
  }
}

function sorted(bucket: Bucket | undefined): readonly string[] {
  return bucket === undefined ? [] : [...bucket.keys.keys()].sort(byCodeUnit);
}

/** Most writes change a status or a spec that no bucket tells of. By identity: what is copied is looked at again. */
function keepsPlace({ kind, object, previous }: WatchEvent): boolean {
  if (previous === undefined || object.metadata.namespace !== previous.metadata.namespace) {
    return false;
  }
  const { metadata: now } = object;
  const { metadata: before } = previous;
  if (now.labels !== before.labels || now.ownerReferences !== before.ownerReferences) return false;
  return (
    kind !== 'Pod' ||
    (nodeOf(object) === nodeOf(previous) &&
      hasEnded(object) === hasEnded(previous) &&
      isRefused(object) === isRefused(previous) &&
      repels(object) === repels(previous) &&
      asksAsBefore(object, previous))
  );
}

function asksAsBefore(now: AnyObject, before: AnyObject): boolean {
  const [a, b] = [now as unknown as Pod, before as unknown as Pod];
  return a.spec === b.spec || a.spec?.containers === b.spec?.containers;
}

function bucketsOf(kind: string, object: AnyObject): readonly string[] {
  const names: string[] = [];
  for (const owner of object.metadata.ownerReferences ?? []) {
    names.push(`owner ${kind} ${owner.uid}`);
  }
  if (adoptable.has(kind) && !object.metadata.ownerReferences?.some((one) => one.controller)) {
    names.push(`orphan ${kind} ${object.metadata.namespace}`);
  }
  if (kind === 'EndpointSlice') {
    const service = object.metadata.labels?.['kubernetes.io/service-name'];
    names.push(`slices ${object.metadata.namespace}/${service}`);
  }
  if (kind !== 'Pod') return names;
  const { namespace, labels } = object.metadata;
  names.push(`node ${nodeOf(object)}`);
  if (!hasEnded(object)) names.push(`live ${nodeOf(object)}`);
  if (isRefused(object)) names.push('refused');
  else if (repels(object)) names.push('repellers');
  for (const [name, value] of Object.entries(labels ?? {})) {
    names.push(`pod ${namespace} ${name}=${value}`);
  }
  return names;
}

/** Without a node, and the scheduler has said why. */
function isRefused(object: AnyObject): boolean {
  if (nodeOf(object) !== '') return false;
  const { conditions = [] } = (object as unknown as Pod).status ?? {};
  return conditions.some((one) => one.type === 'PodScheduled' && one.status === 'False');
}

/** On a node, and keeps others away by required anti-affinity. */
function repels(object: AnyObject): boolean {
  const affinity = (object as unknown as Pod).spec?.affinity?.podAntiAffinity;
  if (affinity === undefined || nodeOf(object) === '') return false;
  return (affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0;
}

function hasEnded(pod: AnyObject): boolean {
  const { phase } = (pod['status'] ?? {}) as { readonly phase?: string };
  return phase === 'Succeeded' || phase === 'Failed';
}

function nodeOf(pod: AnyObject): string {
  const spec = pod['spec'] as { readonly nodeName?: string } | undefined;
  return spec?.nodeName ?? '';
}

/** By identity first: a write of the status keeps the spec's values. */
function sameSelector(a: AnyObject, b: AnyObject): boolean {
  const of = (object: AnyObject) =>
    (object['spec'] as { selector?: unknown } | undefined)?.selector;
  return of(a) === of(b) || JSON.stringify(of(a)) === JSON.stringify(of(b));
}

/** "key=value" of each pair; [""] for a selector that has none and may select everything; none without a selector. */
function selectorPairs(object: AnyObject): readonly string[] {
  const spec = object['spec'] as { readonly selector?: Labels } | undefined;
  if (spec?.selector === undefined) return [];
  const { selector } = spec;
  const given = object.kind === 'Service' ? selector : (selector['matchLabels'] ?? {});
  const pairs = Object.entries(given).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? [''] : pairs;
}
