// What a client can ask of the API server, verb by verb, as kubectl and other programs do over HTTP. Implemented by
// src/apiserver; `src/programs/kubectl` and the composer see only this. Controllers use `Client` (types.ts) instead.
// Models apiserver pkg/endpoints/handlers. Every refusal is thrown as ApiError (error.ts).
import type { Source } from './manifest.ts';
import type { KindRow } from './scheme.ts';
import type { AnyObject, DeleteOptions, WatchEvent } from './types.ts';

/** metadata.name and, of namespaced kinds, the namespace. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

/** The query parameter `fieldValidation`: what happens to unknown and duplicate fields. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export type Subresource = 'status' | 'scale';

export interface WriteOptions {
  /** `dryRun=All`: everything but storing; allocated addresses and ports are previews. */
  readonly dryRun?: boolean;
  /** Default: Warn, as the server's; kubectl sends Strict. */
  readonly fieldValidation?: FieldValidation;
  readonly subresource?: Subresource;
  /** Where the body was written, for blame; absent: nowhere. */
  readonly source?: Source;
}

/** The content type of a PATCH: strategic-merge-patch+json, merge-patch+json (RFC 7386), json-patch+json (RFC 6902). */
export type PatchType = 'strategic' | 'merge' | 'json';

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  /** "app=web,tier in (a,b),!x" */
  readonly labelSelector?: string;
  /** "metadata.name=web,status.phase!=Running" */
  readonly fieldSelector?: string;
}

export interface ObjectList {
  readonly items: readonly AnyObject[];
  /** Of the whole store: where a watch goes on from. */
  readonly resourceVersion: string;
}

export interface DeleteRequest extends DeleteOptions {
  readonly dryRun?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface Requests {
  /** Every kind served: built-in ones, then those of CustomResourceDefinitions. */
  resources(): readonly KindRow[];
  get(row: KindRow, name: ObjectName, subresource?: Subresource): AnyObject;
  /** Sorted by key. */
  list(row: KindRow, options?: ListOptions): ObjectList;
  /** What happened after `resourceVersion`, in commit order, as a watcher with these selectors sees it: an object that
   * begins to match is ADDED, one that ceases to is DELETED. */
  watch(row: KindRow, resourceVersion: string, options?: ListOptions): readonly WatchEvent[];
  /** The stored object. `body` is what was sent: undecoded JSON, or its text (then repeated fields are found too). */
  create(
    row: KindRow,
    namespace: string | undefined,
    body: unknown,
    options?: WriteOptions,
  ): AnyObject;
  update(row: KindRow, name: ObjectName, body: unknown, options?: WriteOptions): AnyObject;
  /** The object afterwards; the very object of before when nothing changed. */
  patch(
    row: KindRow,
    name: ObjectName,
    type: PatchType,
    patch: unknown,
    options?: WriteOptions,
  ): AnyObject;
  /** The object as it is now: gone, or still there with a deletionTimestamp. */
  delete(row: KindRow, name: ObjectName, options?: DeleteRequest): AnyObject;
  deleteCollection(row: KindRow, list?: ListOptions, options?: DeleteRequest): readonly AnyObject[];
  /** POST pods/NAME/eviction: deletes the Pod unless a PodDisruptionBudget forbids it (429 TooManyRequests). */
  evict(pod: ObjectName, options?: DeleteRequest): void;
  /** Texts of the Warning headers of the last answers, emptied by reading. */
  warnings(): readonly string[];
}
