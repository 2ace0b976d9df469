// The DNS processes of a cluster, one per container that runs CoreDNS or kube-dns, and the DNS servers of the world outside.
// What a CoreDNS answers is src/dns's work; this file gives each its view of the cluster and copies it with a fork.
import { InputError } from '../api/input-error.ts';
import { placesIn } from '../api/text-position.ts';
import type { Lister, Pod } from '../api/types.ts';
import type { Variables } from '../dns/corefile/environment.ts';
import { createKubeDnsServer } from '../dns/kube-dns/server.ts';
import { runsDnsmasq } from '../dns/kubeadm/kube-dns.ts';
import { compiledIn, coreDnsIn } from '../dns/node-cache/flags.ts';
import type { DnsEnvironment } from '../dns/plugin.ts';
import { firstLine } from '../dns/server/banner.ts';
import { createDnsServer, type DnsServer, type DnsServerConfig } from '../dns/server/server.ts';
import { createUpstream, parseZoneLines } from '../dns/upstream.ts';
import type { Addr } from '../net/addr.ts';
import { formatResolvConf } from '../net/resolv-conf.ts';
import { LOOPBACK } from '../node/machine.ts';
import type { ServerProgram } from '../node/program.ts';
import { byCodeUnit, Table } from '../sim/table.ts';
import { clockStartSeconds } from '../sim/time.ts';
import {
  confPath,
  processOf as coreDnsProcess,
  inCpus,
  type MountedText,
} from './coredns-process.ts';
import { type DnsFailure, failureOf, noFile, reportFailure } from './dns-failures.ts';
import { mountedFiles, printLine, runsDns, textsOf, variablesOf } from './dns-pod.ts';
import { LeftFiles } from './left-files.ts';
import { corefileOfNodeCache, NodeCaches, nodeCacheContainer } from './node-cache.ts';
import { podFiles } from './pod-files.ts';
import type { State } from './state.ts';

/** What a running CoreDNS is besides its server. */
export interface DnsRun {
  /** Hash of the Corefile that it has looked at last: one that was refused is not tried again. */
  readonly hash: string;
  /** When its server blocks were set up: `reload` looks in periods from then on. */
  readonly sinceMs: number;
  /** Period of `reload`, once it was drawn. */
  readonly periodMs: number | null;
  /** Its watches have delivered their first lists. */
  readonly isSynced: boolean;
  /** It has got SIGTERM. */
  readonly isEnding: boolean;
}

/** What comes of a start: a process that runs, or one that has ended with status 1. */
export interface Begun {
  readonly server: DnsServer | null;
  /** What it has printed. */
  readonly log: string;
}

export class DnsServers {
  readonly upstream: ServerProgram;
  readonly caches: NodeCaches;
  readonly left: LeftFiles;
  /** Containers of CoreDNS and kube-dns are killed as soon as they start. */
  areKilled = false;
  /** "pod/ns/name" -> its process. */
  #servers: Table<DnsServer>;
  /** Processes that this cluster alone holds. */
  #owned: Set<string>;
  #runs: Table<DnsRun>;
  /** Their Pods as they were at the start: a process goes on when its object is gone and no kubelet ends it. */
  #pods: Table<Pod>;
  /** Why the process of a machine did not start when it was last tried. */
  #failures: Table<DnsFailure>;

  constructor(upstream: ServerProgram, caches = new NodeCaches(), left = new LeftFiles()) {
    this.upstream = upstream;
    this.caches = caches;
    this.left = left;
    this.#servers = new Table();
    this.#owned = new Set();
    this.#runs = new Table();
    this.#pods = new Table();
    this.#failures = new Table();
  }

  fork(): DnsServers {
    const copy = new DnsServers(this.upstream, this.caches.fork(), this.left.fork());
    copy.#servers = this.#servers.fork();
    this.#owned = new Set();
    copy.#runs = this.#runs.fork();
    copy.#pods = this.#pods.fork();
    copy.#failures = this.#failures.fork();
    copy.areKilled = this.areKilled;
    return copy;
  }

  /** Starts a CoreDNS; its ports tell where it listens. One whose Corefile is wrong ends at once with CoreDNS's text.
   * Throws InputError 'not-modelled' where only the real one knows what it would do. */
  start(state: State, pod: Pod, env?: Variables): Begun {
    const machine = machineOf(pod);
    this.#pods.set(machine, pod);
    this.#failures.delete(machine);
    const printed: string[] = [];
    const lines = () => printed.map((line) => `${line}\n`).join('');
    try {
      const server = this.prepare(state, pod, { startedMs: state.nowMs }, { env, printed });
      this.install(state, machine, server);
      return { server, log: `${server.preamble}${lines()}${opening(server)}` };
    } catch (error) {
      if (!(error instanceof InputError) || error.code !== 'corefile') throw error;
      const failure = failureOf(pod, error);
      this.#failures.set(machine, failure);
      reportFailure(state, failure);
      const first = firstLine(versionOf(state, pod), cpusOf(state, pod));
      return { server: null, log: `${first}${lines()}${error.message}\n` };
    }
  }

  /** Of the processes that did not start when they were last tried. */
  failures(state: State): readonly DnsFailure[] {
    const { api } = state.parts;
    return [...this.#failures.values()].filter(
      ({ pod, uid }) => api.get('Pod', pod)?.metadata.uid === uid,
    );
  }

  /** A CoreDNS by the Corefile as it is now, which runs nowhere yet. `printed` takes what its setup prints. Throws
   * InputError 'corefile' when the Corefile is wrong. */
  prepare(
    state: State,
    pod: Pod,
    from: Pick<DnsServerConfig, 'startedMs' | 'metrics'>,
    { env, printed }: { readonly env?: Variables | undefined; readonly printed: string[] },
  ): DnsServer {
    const { minor } = state.parts.spec;
    if (isKubeDns(pod)) return kubeDnsOf(state, pod, environmentOf(state, pod));
    const given = processOf(state, pod, env);
    let started = false;
    const environment = {
      ...environmentOf(state, pod),
      log: (line: string) => {
        if (started) printLine(state, pod, line);
        else printed.push(line);
      },
    };
    const cpus = cpusOf(state, pod);
    const server = createDnsServer({ ...given, ...from, minor, environment, cpus });
    started = true;
    return server;
  }

  /** From now on it is this one that runs there. */
  install(state: State, machine: string, server: DnsServer, isSynced = true): void {
    this.#servers.set(machine, server);
    const { nowMs: sinceMs } = state;
    const run = { hash: server.hash.hex, sinceMs, periodMs: null, isSynced, isEnding: false };
    this.#runs.set(machine, run);
    this.#owned.add(machine);
  }

  /** Prints what waited for its time. */
  printDue(state: State, machine: string): void {
    const pod = this.#podOf(state, machine);
    if (pod === undefined || !this.#servers.has(machine)) return;
    const lines = this.server(state, machine).linesDue(state.nowMs);
    for (const { text } of lines) printLine(state, pod, text);
  }

  /** Where one runs, by code unit. */
  machines(): readonly string[] {
    return this.#servers.keys();
  }

  /** Whether that very Pod's process runs. */
  runs(machine: string, { metadata: { uid } }: Pod): boolean {
    return this.#servers.has(machine) && this.#pods.get(machine)?.metadata.uid === uid;
  }

  run(machine: string): DnsRun | undefined {
    return this.#runs.get(machine);
  }

  setRun(machine: string, run: DnsRun): void {
    this.#runs.set(machine, run);
  }

  /** Machines whose CoreDNS reads this ConfigMap, "ns/name". */
  readersOf(state: State, configMap: string): readonly string[] {
    return this.#runs.keys().filter((machine) => {
      const pod = state.parts.api.get('Pod', machine.slice('pod/'.length));
      return pod !== undefined && configMapsOf(pod).includes(configMap);
    });
  }

  stop(machine: string): void {
    this.#servers.delete(machine);
    this.#runs.delete(machine);
    this.#pods.delete(machine);
    this.#owned.delete(machine);
  }

  server(state: State, machine: string): DnsServer {
    const server = this.#servers.get(machine);
    const pod = this.#podOf(state, machine);
    if (server === undefined || pod === undefined) throw new Error(`no CoreDNS runs in ${machine}`);
    if (this.#owned.has(machine)) return server;
    const own = server.fork(environmentOf(state, pod));
    this.#servers.set(machine, own);
    this.#owned.add(machine);
    return own;
  }

  #podOf({ parts: { api } }: State, machine: string): Pod | undefined {
    const started = this.#pods.get(machine);
    const now = api.get('Pod', machine.slice('pod/'.length));
    return now?.metadata.uid === started?.metadata.uid ? now : started;
  }
}

/** What it prints when it listens. */
export function opening({ banner, preamble }: DnsServer): string {
  return banner.slice(preamble.length);
}

function machineOf({ metadata }: Pod): string {
  return `pod/${metadata.namespace}/${metadata.name}`;
}

/** Of the Pod's node, and the container's limit in CPUs. */
function cpusOf(state: State, pod: Pod): NonNullable<DnsServerConfig['cpus']> | null {
  const machine = state.parts.api.get('Node', pod.spec.nodeName ?? '')?.status?.capacity?.['cpu'];
  const container = pod.spec.containers.find(({ image }) => runsDns(image));
  const limit = container?.resources?.limits?.['cpu'];
  if (machine === undefined) return null;
  return { machine: inCpus(machine), limit: limit === undefined ? null : inCpus(limit) };
}

/** The upstream servers' program; zone lines are the Cluster document's. */
export function upstreamOf(zoneLines: string): ServerProgram {
  return createUpstream(parseZoneLines(zoneLines));
}

function isKubeDns(pod: Pod): boolean {
  return pod.spec.containers.some(({ image }) => runsDnsmasq(image));
}

/** A kube-dns, by what the ConfigMap kube-dns says when it starts. */
function kubeDnsOf(state: State, pod: Pod, environment: DnsEnvironment): DnsServer {
  const key = `${pod.metadata.namespace ?? 'default'}/kube-dns`;
  const { stubDomains, upstreamNameservers } = state.parts.api.get('ConfigMap', key)?.data ?? {};
  return createKubeDnsServer(environment, {
    domain: `${state.parts.spec.dnsDomain}.`,
    startSeconds: clockStartSeconds,
    stubDomains,
    upstreamNameservers,
  });
}

/** What the Pod's process runs by. Throws InputError 'corefile' where its Corefile is not there. */
export function processOf(
  state: State,
  pod: Pod,
  env = variablesOf(state, pod),
): Omit<DnsServerConfig, 'minor' | 'environment'> {
  const cache = nodeCacheContainer(pod);
  if (cache !== undefined) {
    const readFile = (path: string) => mountedFiles(state, pod).get(path);
    const { text, flags, base } = corefileOfNodeCache(state, pod, readFile);
    const version = coreDnsIn(cache.image);
    const positionOf = (line: number, column: number) => {
      const own = textsOf(state, pod).get(flags.baseCorefile);
      const at = own === undefined ? undefined : base(line, column);
      if (own === undefined || at === undefined) return null;
      return placesOf(state, own)(at.line, at.column);
    };
    const { corefile: file, dnsPort: port } = flags;
    return { corefile: text, file, port, version, compiledIn, positionOf };
  }
  const { port, version, ...started } = commandOf(state, pod);
  const files = textsOf(state, pod);
  const path = confPath({ port, version, ...started });
  const mounted = files.get(path);
  // Without -conf it does without a file: `readBlocks` knows what it reads then.
  if (mounted === undefined && started.conf !== null) throw noFile(started.conf);
  return {
    corefile: mounted?.text ?? '',
    ...(started.conf === null ? {} : { file: started.conf }),
    port,
    version,
    env,
    positionOf: (line: number, column: number, file: string) => {
      const text = files.get(file) ?? mounted;
      return text === undefined ? null : placesOf(state, text)(line, column);
    },
  };
}

/** What the command line of a Pod's CoreDNS says. */
function commandOf(state: State, pod: Pod) {
  const container = pod.spec.containers.find(({ image }) => runsDns(image));
  const words = [...(container?.command ?? []), ...(container?.args ?? [])];
  return coreDnsProcess(container ?? {}, words, state.parts.spec.minor);
}

function versionOf(state: State, pod: Pod) {
  const cache = nodeCacheContainer(pod);
  return cache === undefined ? commandOf(state, pod).version : coreDnsIn(cache.image);
}

/** Where lines of a mounted text were written. */
function placesOf(state: State, { configMap, key, text }: MountedText) {
  return placesIn(state.parts.api.sourceOf(`ConfigMap/${configMap}`), `data.${key}`, text);
}

/** Where a CoreDNS reads its Corefile, "ns/name", and what else node-cache makes its own of; a kube-dns reads none. */
function configMapsOf(pod: Pod): readonly string[] {
  if (isKubeDns(pod)) return [];
  const names = (pod.spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
  const read = nodeCacheContainer(pod) === undefined ? names.slice(0, 1) : names;
  const all = read.length === 0 ? ['coredns'] : read;
  return all.map((name) => `${pod.metadata.namespace ?? 'default'}/${name}`);
}

/** The component that stands for all of them: they hear the same events. */
export const coreDns = 'coredns';

function listerFor(state: State, isSynced: () => boolean): Lister {
  const { api } = state.parts;
  const view = () => state.views.get(coreDns);
  return {
    get(kind, key) {
      if (!isSynced()) return undefined;
      const known = view();
      return known === undefined ? api.get(kind, key) : known.get(kind, key, api);
    },
    list(kind, namespace) {
      if (!isSynced()) return [];
      const known = view();
      return known === undefined ? api.list(kind, namespace) : known.list(kind, namespace, api);
    },
  };
}

function environmentOf(state: State, pod: Pod) {
  const machine = machineOf(pod);
  const synced = () => state.parts.dns.run(machine)?.isSynced !== false;
  return {
    lister: listerFor(state, synced),
    choices: {
      pick: (point: string, weights: readonly number[]) => state.choices.pick(point, weights),
      fork: () => state.choices.fork(),
    },
    localAddrs: addressesOf(state, pod),
    resolvConf: formatResolvConf(podFiles(state, pod).resolvConf),
    synced,
    serial: (of?: 'external' | 'multicluster') => {
      const sinceMs = state.parts.dns.run(machine)?.sinceMs ?? 0;
      if (!synced()) return 0;
      // What the first lists bring counts as added then; that changes no zone but the cluster's.
      const changes = { external: state.dnsExternalMs, multicluster: state.dnsImportsMs };
      const apart = of === undefined ? null : changes[of];
      if (of !== undefined && (apart === null || apart < sinceMs)) return 0;
      const atMs = apart ?? Math.max(sinceMs, state.dnsChangeMs);
      return clockStartSeconds + Math.floor(atMs / 1000);
    },
    readFile: (path: string) =>
      mountedFiles(state, pod).get(path) ??
      // The kubelet's: what the plugin hosts reads unless it is told otherwise.
      (path === '/etc/hosts' ? podFiles(state, pod).hosts : undefined),
    files: () => [...mountedFiles(state, pod).keys()].sort(byCodeUnit),
    log: (line: string) => printLine(state, pod, line),
  };
}

/** Of its machine: the Pod's own, or all of the node's. */
function addressesOf({ parts: { fabric } }: State, pod: Pod): readonly Addr[] {
  const name = fabric.machineOf(`pod/${pod.metadata.namespace}/${pod.metadata.name}`);
  return (fabric.machine(name)?.devices ?? []).flatMap(({ name: device, addresses }) =>
    device === LOOPBACK ? [] : addresses.map(({ addr }) => addr),
  );
}
