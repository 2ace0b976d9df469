// The library's face: a simulated cluster for vitest, jest, node:test or a script. Synchronous; what the methods return
// are the same objects as the commands' JSON.
import { connectFlow, possibilities, protoOf } from './analysis/flows.ts';
import { type ResolveDocument, resolveDocument } from './analysis/resolve-document.ts';
import {
  type AttemptDocument,
  attemptDocument,
  flowDocument,
  type TraceDocument,
  traceDocument,
} from './analysis/trace-document.ts';
import { unknownKind } from './api/decode-hint.ts';
import { InputError } from './api/input-error.ts';
import type { AnyObject } from './api/types.ts';
import type {
  Component,
  Cluster as Core,
  ExecResult,
  ObjectEvent,
  RulesOptions,
  Who,
} from './cluster/cluster.ts';
import { createSimulated } from './cluster/simulated.ts';
import { type Loaded, loadTexts } from './input/load.ts';
import { type InputText, readInputFiles } from './input/read.ts';
import { readConfigMap as readProxyConfiguration } from './manifest/kube-proxy-config-map.ts';
import { parseManifests } from './manifest/parse.ts';

export { ApiError } from './api/error.ts';
export { InputError } from './api/input-error.ts';
export type {
  AnyObject,
  AttemptDocument,
  Component,
  ExecResult,
  ObjectEvent,
  ResolveDocument,
  RulesOptions,
  TraceDocument,
  Who,
};

export interface ClusterOptions {
  /** Manifests: paths of files or directories as `-f` takes them, or YAML text (anything with a line break). */
  readonly manifests: string | readonly string[];
  /** The Cluster document, likewise; absent: control-plane, node01 and node02. */
  readonly cluster?: string;
  /** Default 1, as for the commands: the same seed gives the same bytes. */
  readonly seed?: number;
}

export interface ConnectionOptions {
  /** "tcp" (default), "udp" or "sctp". */
  readonly protocol?: string;
  readonly sourcePort?: number;
}

export interface TraceOptions extends ConnectionOptions {
  /** How often to connect; default 1. */
  readonly count?: number;
  /** Adds `possible`: every random branch with its exact probability. */
  readonly exhaustive?: boolean;
}

/** A settled cluster from manifests. Throws InputError for anything a user wrote wrongly, with file, line, column. */
export function createCluster(options: ClusterOptions): Cluster {
  checkOptions(options);
  const { clusterSpec, manifests, notices } = load(options);
  const { seed = 1 } = options;
  return new Cluster(
    createSimulated({
      spec: clusterSpec,
      manifests,
      notices,
      seed,
      readProxyConfiguration,
    }),
  );
}

const optionChecks: Readonly<
  Record<string, readonly [wanted: string, isFit: (v: unknown) => boolean]>
> = {
  manifests: [
    'a text or a list of texts',
    (v) => isText(v) || (Array.isArray(v) && v.every(isText)),
  ],
  cluster: ['a text', (v) => v === undefined || isText(v)],
  seed: [
    'a whole number from 0 to 4294967295',
    (v) => v === undefined || (Number.isInteger(v) && Number(v) >= 0 && Number(v) <= 0xffff_ffff),
  ],
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** For callers without types. Throws InputError usage. */
function checkOptions(options: unknown): void {
  const hint = 'createCluster({ manifests: "folder-or-YAML-text", cluster, seed })';
  if (typeof options !== 'object' || options === null) {
    throw new InputError('usage', 'createCluster needs its options: manifests is missing', {
      hint,
    });
  }
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(optionChecks, name)) {
      throw new InputError('usage', `createCluster has no option "${name}"`, { hint });
    }
  }
  if (given['manifests'] === undefined) {
    throw new InputError('usage', 'manifests is missing', { hint });
  }
  for (const [name, [wanted, isFit]] of Object.entries(optionChecks)) {
    if (!isFit(given[name])) throw new InputError('usage', `${name} must be ${wanted}`, { hint });
  }
}

function load({ manifests, cluster }: ClusterOptions): Loaded {
  return loadTexts(textsOf([...(cluster === undefined ? [] : [cluster]), ...[manifests].flat()]));
}

/** Paths are read, YAML text is taken as it is. */
function textsOf(given: readonly string[]): readonly InputText[] {
  return given.flatMap((text, i) =>
    text.includes('\n')
      ? [{ file: `manifests[${i}]`, text }]
      : readInputFiles({ filenames: [text] }),
  );
}

/** A simulated cluster. Every change settles before the call returns. */
export class Cluster {
  readonly #core: Core;

  /** Not for callers: use createCluster. */
  constructor(core: Core) {
    this.#core = core;
  }

  /** Virtual milliseconds since the cluster was made. */
  get nowMs(): number {
    return this.#core.nowMs;
  }
  /** What was reported while loading: created Namespaces, kinds that are stored but not simulated, API warnings. */
  get notices(): readonly string[] {
    return this.#core.notices;
  }

  /** A copy that shares everything until one side changes; never changes its parent. */
  fork(): Cluster {
    return new Cluster(this.#core.fork());
  }

  /** As `kubectl apply -f`: YAML text or paths. The lines kubectl prints. Throws ApiError on a refusal. */
  apply(manifests: string | readonly string[]): readonly string[] {
    const texts = textsOf([manifests].flat());
    return this.#core.apply(
      texts.flatMap(({ file, text }) => parseManifests(text, file).documents),
    );
  }

  #checkKind(kind: string): void {
    const mistake = unknownKind(kind, this.#core.objects.kinds());
    if (mistake !== null) throw mistake;
  }

  /** "Service", "demo/web". */
  delete(kind: string, key: string): void {
    this.#checkKind(kind);
    this.#core.delete(kind, key);
  }

  scale(kind: string, key: string, replicas: number): void {
    this.#checkKind(kind);
    this.#core.scale(kind, key, replicas);
  }

  /** Sets one path, as `kubectl patch`: set('Service', 'demo/web', 'spec.internalTrafficPolicy', 'Local'). */
  set(kind: string, key: string, path: string, value: unknown): void {
    this.#checkKind(kind);
    this.#core.set(kind, key, path, value);
  }

  /** The stored object, or undefined. */
  get(kind: string, key: string): AnyObject | undefined {
    return this.#core.objects.raw(kind, key);
  }

  /** All objects of a kind, or those of one namespace, by key. */
  list(kind: string, namespace?: string): readonly AnyObject[] {
    return this.#core.objects.rawList(kind, namespace);
  }

  /** Moves the clock; everything that becomes due happens. */
  advance(ms: number): void {
    this.#core.advance(ms);
  }

  /** A crash, a failing probe, a node that goes down: happen('Pod', 'demo/web-1', 'crashes'). */
  happen(kind: string, key: string, event: ObjectEvent): void {
    this.#checkKind(kind);
    this.#core.happen(kind, key, event);
  }

  /** Stops or starts a component: setComponent({ kind: 'kube-proxy', node: null }, 'stops'). */
  setComponent(component: Component, to: 'stops' | 'starts'): void {
    this.#core.setComponent(component, to);
  }

  /** One connection: connect('pod/demo/client', 'web:80'). */
  connect(from: Who, to: string, options: ConnectionOptions = {}): AttemptDocument {
    const { protocol = 'tcp', sourcePort } = options;
    const proto = protoOf(protocol);
    const attempt = this.#core.connect(
      from,
      to,
      sourcePort === undefined ? { proto } : { proto, sourcePort },
    );
    return attemptDocument(this.#core, attempt);
  }

  /** One or more connections, as `svcspec trace -o json` prints them. */
  trace(from: Who, to: string, options: TraceOptions = {}): TraceDocument {
    const { protocol = 'tcp', sourcePort = null, count = 1, exhaustive = false } = options;
    const flow = { id: '', from, to, proto: protoOf(protocol), count, sourcePort };
    const possible = exhaustive ? possibilities(this.#core, flow) : undefined;
    const attempts = connectFlow(this.#core, flow).map((a) => attemptDocument(this.#core, a));
    return traceDocument(this.#core, [flowDocument('', attempts, possible)]);
  }

  /** A look-up as `from` makes it, as `svcspec resolve -o json` prints it. */
  resolve(from: Who, name: string, type?: string): ResolveDocument {
    return resolveDocument(from, this.#core.resolve(from, name, type));
  }

  /** What the node's netfilter holds, as `iptables-save` prints it. */
  rules(node: string, options: RulesOptions = { format: 'iptables-save' }): string {
    return this.#core.rules(node, options);
  }

  /** Runs a command in a Pod: exec('pod/demo/client', ['curl', 'web']). */
  exec(pod: Who, argv: readonly string[]): ExecResult {
    return this.#core.exec(pod, argv);
  }
}
