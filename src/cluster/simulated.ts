// The one implementation of Cluster: hands each call to the room that knows, then lets the cluster settle. Instant
// timing settles within the virtual instant unless a Pod that comes up needs time of its own.

import type { ClusterSpec } from '../api/cluster-spec.ts';
import { templateHint } from '../api/decode-hint.ts';
import { ApiError } from '../api/error.ts';
import type { Position } from '../api/input-error.ts';
import { InputError } from '../api/input-error.ts';
import { kubectlError } from '../api/kubectl-error.ts';
import type { Manifest } from '../api/manifest.ts';
import { notFound } from '../api/refusals.ts';
import { rowOf } from '../api/scheme.ts';
import { isInstant } from '../api/timing.table.ts';
import { type AnyObject, type DeleteOptions, keyOf } from '../api/types.ts';
import type { ApplyVerb } from '../apiserver/apply.ts';
import { parsePath, withValue } from '../apiserver/path.ts';
import { logsOf } from '../kubelet/logs.ts';
import type { Peer } from '../node/program.ts';
import { proxyConfig } from '../proxy/config.ts';
import type { Choices } from '../sim/choices.ts';
import { needsApi, reachApi, whileUp } from './api-outage.ts';
import { restBalancers } from './balancer-checks.ts';
import { baseCluster, converge, settle } from './base.ts';
import type { Carrier } from './carrier.ts';
import { checkPins } from './check-pins.ts';
import { connect, lookUp } from './clients.ts';
import type {
  Attempt,
  Cluster,
  Component,
  ConnectOptions,
  DnsAnswer,
  ExecResult,
  ObjectEvent,
  ProxyChange,
  Resolution,
  RulesOptions,
  Who,
} from './cluster.ts';
import { checkPatched, decodeStrictly, withMetadata } from './decoding.ts';
import { familiesOf } from './dialling.ts';
import { directorViews, locateInHost, restDirectors } from './directors.ts';
import { askFrom, askReady } from './dns-queries.ts';
import { environmentIn, execute } from './execute.ts';
import { happenTo, lagComponent, linkBetween, nodesOf, switchComponent } from './faults.ts';
import { endConnection, keepAlive, openConnections, useConnection } from './lasting.ts';
import { withRenewals } from './leases.ts';
import { addressesFor, machineFor, machinesFor } from './machines.ts';
import { notePolicies } from './policies.ts';
import { printRules } from './print-rules.ts';
import type { ReadProxyConfiguration } from './proxy-container.ts';
import { restartProxy } from './proxy-restart.ts';
import { keepConnecting } from './repeating.ts';
import type { State } from './state.ts';

export interface ClusterConfig {
  readonly spec: ClusterSpec;
  /** Everything that is there from the start: one batch, applied as kubectl would, then settled. */
  readonly manifests: readonly Manifest[];
  readonly seed?: number;
  readonly choices?: Choices;
  /** Makes the connections of clients for real. */
  readonly carrier?: Carrier;
  /** Reports made while reading the manifests. */
  readonly notices?: readonly string[];
  /** How kube-proxy's ConfigMap is read when its container starts; absent: it is not. */
  readonly readProxyConfiguration?: ReadProxyConfiguration;
}

/** A settled cluster. Throws InputError: a refusal by the API server is one, at the manifest's position. */
export function createSimulated(config: ClusterConfig): Cluster {
  const seed = config.seed ?? 0;
  const state = baseCluster(config.spec, seed, config.choices, config.manifests);
  const { readProxyConfiguration } = config;
  if (readProxyConfiguration !== undefined) Object.assign(state.parts, { readProxyConfiguration });
  state.notices.push(...(config.notices ?? []));
  state.carrier = config.carrier ?? null;
  checkPins(config.spec.pins, config.manifests, state.parts.api.list('Node'));
  const cluster = new Simulated(state);
  try {
    cluster.write(config.manifests, 'apply');
  } catch (error) {
    if (error instanceof Refusal) throw error.asInputError();
    throw error;
  }
  if (!isInstant(config.spec.timing)) cluster.converge();
  restBalancers(state);
  restDirectors(state);
  return cluster;
}

/** The API server's refusal of one of several manifests. */
class Refusal extends ApiError {
  readonly manifest: Manifest;
  constructor(error: ApiError, manifest: Manifest) {
    super(error.reason, error.message, error.about, error.causes);
    this.manifest = manifest;
  }

  asInputError(): InputError {
    const { source } = this.manifest;
    // Upstream writes spec.LoadBalancerSourceRanges; no field of a manifest begins so.
    const field = this.causes[0]?.field.replace(/^spec\.[A-Z]/, (all) => all.toLowerCase());
    const position = source.at(field ?? '') ?? source.at('');
    const sourceLine = position === null ? null : source.line(position.line);
    return new InputError('refused-by-api-server', kubectlError(this, { file: source.file }), {
      position,
      sourceLine,
      hint: sourceLine?.includes('{{') === true ? templateHint : this.#mergedHint(),
    });
  }

  /** Where an update failed by what the stored object has and the manifest has not. */
  #mergedHint(): string {
    const { kind, metadata, ...written } = this.manifest.object as AnyObject;
    const isTwice = this.message.includes('duplicate of key present in binaryData');
    const [, key = ''] = /data\[([^\]]*)\]/.exec(this.message) ?? [];
    const data = (written['data'] ?? {}) as Readonly<Record<string, unknown>>;
    if (!isTwice || Object.hasOwn(data, key)) return '';
    const { namespace = 'default', name } = metadata;
    return `the cluster has ${kind} ${namespace}/${name} already, with data.${key}, and apply keeps it beside binaryData.${key}: write the text as data.${key} instead`;
  }
}

class Simulated implements Cluster {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  get seed(): number {
    return this.#state.parts.seed;
  }
  get nowMs(): number {
    return this.#state.nowMs;
  }
  get kubernetesVersion(): string {
    return this.#state.parts.spec.kubernetesVersion;
  }
  get proxyMode() {
    return this.#state.parts.proxies.config.mode;
  }
  proxyModeOn(node: string) {
    return this.#state.parts.proxies.configOf(node).mode;
  }
  get families() {
    return familiesOf(this.#state.parts.spec);
  }
  get objects() {
    return this.#state.parts.api;
  }
  get requests() {
    return whileUp(this.#state, withRenewals(this.#state));
  }
  get notices(): readonly string[] {
    notePolicies(this.#state);
    return this.#state.notices;
  }
  get cloudCalls() {
    return this.#state.parts.cloud?.calls ?? [];
  }
  get dnsFailures() {
    return this.#state.parts.dns.failures(this.#state);
  }
  get nodeNames(): readonly string[] {
    return this.objects.list('Node').map((node) => node.metadata.name);
  }
  get hostNames(): readonly string[] {
    return this.#state.parts.spec.hosts.map((host) => host.name);
  }

  get directors() {
    return directorViews(this.#state);
  }

  fork(choices?: Choices): Cluster {
    return new Simulated(this.#state.fork(choices ?? this.#state.choices.fork()));
  }

  settle(): void {
    settle(this.#state);
  }

  converge(): void {
    converge(this.#state);
  }

  advance(ms: number): void {
    const state = this.#state;
    state.absorb();
    state.parts.engine.run(state, state.choices, state.nowMs + ms);
    this.settle();
  }

  step(untilMs: number): boolean {
    const state = this.#state;
    state.absorb();
    return state.parts.engine.step(state, state.choices, untilMs);
  }

  apply(manifests: readonly Manifest[], verb: ApplyVerb = 'apply'): readonly string[] {
    return this.write(manifests.map(withMetadata), verb, decodeStrictly);
  }

  /** As apply; without `decode` for manifests that were checked when they were read. */
  write(
    manifests: readonly Manifest[],
    verb: ApplyVerb,
    decode?: (manifest: Manifest) => void,
  ): readonly string[] {
    const { api } = this.#state.parts;
    reachApi(this.#state);
    // Definitions before their objects: only then is it known whether those live in a namespace.
    const early = ['Namespace', 'CustomResourceDefinition'];
    const ordered = [
      ...early.flatMap((kind) => manifests.filter(({ object }) => object.kind === kind)),
      ...manifests.filter(({ object }) => !early.includes(object.kind)),
    ];
    const lines: string[] = [];
    let refusal: Refusal | undefined;
    for (const manifest of ordered) {
      try {
        decode?.(manifest);
        lines.push(api.applyManifest(manifest, verb));
        const name = `${manifest.object.kind} ${keyOf(manifest.object)}`;
        for (const warning of api.warnings()) {
          this.#state.notices.push(`Warning: ${name}: ${warning}`);
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refusal ??= new Refusal(error, manifest);
      }
    }
    this.settle();
    if (refusal !== undefined) throw refusal;
    return lines;
  }

  delete(kind: string, key: string, options: DeleteOptions = {}): void {
    reachApi(this.#state);
    this.#state.parts.api.delete(kind, key, { propagation: 'Background', ...options });
    this.settle();
  }

  set(kind: string, key: string, path: string, value: unknown): void {
    reachApi(this.#state);
    const { api } = this.#state.parts;
    const object = api.raw(kind, key);
    if (object !== undefined) {
      checkPatched(withValue(object, parsePath(path), value) as AnyObject);
    }
    api.patchPath(kind, key, path, value);
    this.settle();
  }

  scale(kind: string, key: string, replicas: number): void {
    reachApi(this.#state);
    this.#state.parts.api.scale(kind, key, replicas);
    this.settle();
  }

  happen(kind: string, key: string, event: ObjectEvent): void {
    happenTo(this.#state, kind, key, event);
    this.settle();
  }

  restartProxy(node: string | null, change?: ProxyChange): void {
    const state = this.#state;
    needsApi(state, 'kube-proxy restarts');
    const { spec } = state.parts;
    const config = change === undefined ? undefined : proxyConfig({ ...spec, ...change });
    for (const name of nodesOf(state, node)) restartProxy(state, name, config);
    this.settle();
  }

  setComponent(component: Component, to: 'stops' | 'starts'): void {
    switchComponent(this.#state, component, to);
    this.settle();
  }

  setLag(component: Component, ms: number): void {
    lagComponent(this.#state, component, ms);
  }

  setLink(a: Who, b: Who, to: Parameters<Cluster['setLink']>[2]): void {
    linkBetween(this.#state, a, b, to);
  }

  race(who: Who): void {
    for (const machine of machinesFor(this.#state, who)) this.#state.racing.add(machine);
  }

  connect(from: Who, target: string, options: ConnectOptions = {}): Attempt {
    const state = this.#state;
    state.attempts++;
    const attempt = connect(state, from, target, options, state.attempts);
    keepAlive(state, attempt);
    return attempt;
  }

  keepConnecting(from: Who, target: string, everyMs: number, options: ConnectOptions = {}): void {
    keepConnecting(this.#state, { from, target, everyMs, options });
    this.settle();
  }

  repeated() {
    return this.#state.parts.requests.list();
  }

  connections() {
    return openConnections(this.#state);
  }

  useConnection(id: number, timeoutMs?: number) {
    return useConnection(this.#state, id, timeoutMs);
  }

  endConnection(id: number, how: 'close' | 'reset'): void {
    endConnection(this.#state, id, how);
  }

  resolve(from: Who, name: string, type?: string): Resolution {
    return lookUp(this.#state, machineFor(this.#state, from), name, type);
  }

  askDns(message: Uint8Array, client: Peer, from?: Who): DnsAnswer {
    if (from === undefined) return askReady(this.#state, message, client);
    return askFrom(this.#state, message, client, from);
  }

  exec(pod: Who, argv: readonly string[]): ExecResult {
    return execute(this.#state, machineFor(this.#state, pod), argv);
  }

  environment(pod: string, container?: string): Readonly<Record<string, string>> {
    return environmentIn(this.#state, machineFor(this.#state, pod), container);
  }

  logs(key: string, container = '', previous = false): string {
    const pod = this.objects.get('Pod', key);
    if (pod === undefined)
      throw notFound(rowOf({ apiVersion: 'v1', kind: 'Pod' }), key.slice(key.indexOf('/') + 1));
    this.#state.parts.dns.printDue(this.#state, `pod/${key}`);
    return logsOf(pod, container, previous, this.#state.parts.kubelets);
  }

  rules(node: string, options: RulesOptions): string {
    return printRules(this.#state, node, options);
  }

  conntrack(machine: Who): readonly string[] {
    const state = this.#state;
    return state.parts.fabric.conntrack(machineFor(state, machine), state.nowMs);
  }

  blueprint() {
    return this.#state.parts.fabric.blueprint();
  }

  machinesOf(who: Who): readonly string[] {
    return machinesFor(this.#state, who);
  }

  addressesOf(who: Who) {
    return addressesFor(this.#state, who);
  }

  cause(origin: number) {
    return this.#state.parts.causes.get(origin);
  }

  locate(object: string, path: string): Position | null {
    if (object.startsWith('host/')) return locateInHost(this.#state, object, path);
    return this.#state.parts.api.locate(object, path);
  }
}
