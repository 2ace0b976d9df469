// The DNS processes of a cluster, one per container that runs CoreDNS or kube-dns, and the DNS servers of the world outside.
// What a CoreDNS answers is src/dns's work; this file gives each its view of the cluster and copies it with a fork.
import { InputError } from '../api/input-error.ts';
import type { Lister, Pod } from '../api/types.ts';
import { kubeDnsCorefile, runsDnsmasq } from '../dns/kube-dns.ts';
import { compiledIn, coreDnsIn, runsNodeCache } from '../dns/node-cache/flags.ts';
import { createDnsServer, type DnsServer, type DnsServerConfig } from '../dns/server.ts';
import { createUpstream, parseZoneLines } from '../dns/upstream.ts';
import type { Addr } from '../net/addr.ts';
import { formatResolvConf } from '../net/resolv-conf.ts';
import { LOOPBACK } from '../node/machine.ts';
import type { ServerProgram } from '../node/program.ts';
import { byCodeUnit, Table } from '../sim/table.ts';
import { clockStartSeconds } from '../sim/time.ts';
import { corefileOfNodeCache, NodeCaches, nodeCacheContainer } from './node-cache.ts';
import { podFiles } from './pod-files.ts';
import type { State } from './state.ts';

export class DnsServers {
  readonly upstream: ServerProgram;
  readonly caches: NodeCaches;
  /** "pod/ns/name" -> its process. */
  #servers: Table<DnsServer>;
  /** Processes that this cluster alone holds. */
  #owned: Set<string>;
  /** The Corefile that each runs by. */
  #corefiles: Table<string>;

  constructor(upstream: ServerProgram, caches = new NodeCaches()) {
    this.upstream = upstream;
    this.caches = caches;
    this.#servers = new Table();
    this.#owned = new Set();
    this.#corefiles = new Table();
  }

  fork(): DnsServers {
    const copy = new DnsServers(this.upstream, this.caches.fork());
    copy.#servers = this.#servers.fork();
    this.#owned = new Set();
    copy.#corefiles = this.#corefiles.fork();
    return copy;
  }

  /** Starts a CoreDNS; its ports tell where it listens. Throws InputError 'corefile' when its Corefile is wrong. */
  start(state: State, pod: Pod): DnsServer {
    const machine = `pod/${pod.metadata.namespace}/${pod.metadata.name}`;
    const { server, text } = this.prepare(state, pod);
    this.#servers.set(machine, server);
    this.#corefiles.set(machine, text);
    this.#owned.add(machine);
    return server;
  }

  /** A CoreDNS by the Corefile as it is now, which runs nowhere yet. Throws as `start` does. */
  prepare(state: State, pod: Pod): { readonly server: DnsServer; readonly text: string } {
    const { minor } = state.parts.spec;
    const environment = environmentOf(state, pod);
    const given = processOf(state, pod);
    return { server: createDnsServer({ ...given, minor, environment }), text: given.corefile };
  }

  /** Where one runs, by code unit. */
  machines(): readonly string[] {
    return this.#servers.keys();
  }

  /** The Corefile that the machine's CoreDNS runs by; undefined: none runs there. */
  corefileOf(machine: string): string | undefined {
    return this.#corefiles.get(machine);
  }

  /** Machines whose CoreDNS reads this ConfigMap, "ns/name". */
  readersOf(state: State, configMap: string): readonly string[] {
    return this.#corefiles.keys().filter((machine) => {
      const pod = state.parts.api.get('Pod', machine.slice('pod/'.length));
      return pod !== undefined && configMapsOf(pod).includes(configMap);
    });
  }

  stop(machine: string): void {
    this.#servers.delete(machine);
    this.#corefiles.delete(machine);
    this.#owned.delete(machine);
  }

  server(state: State, machine: string): DnsServer {
    const server = this.#servers.get(machine);
    const pod = state.parts.api.get('Pod', machine.slice('pod/'.length));
    if (server === undefined || pod === undefined) throw new Error(`no CoreDNS runs in ${machine}`);
    if (this.#owned.has(machine)) return server;
    const own = server.fork(environmentOf(state, pod));
    this.#servers.set(machine, own);
    this.#owned.add(machine);
    return own;
  }
}

/** The upstream servers' program; zone lines are the Cluster document's. */
export function upstreamOf(zoneLines: string): ServerProgram {
  return createUpstream(parseZoneLines(zoneLines));
}

/** Whether the container answers DNS: CoreDNS, NodeLocal DNSCache, or kube-dns's dnsmasq. */
export function runsDns(image: string | undefined): boolean {
  return /(^|\/)coredns(:|@|$)/.test(image ?? '') || runsNodeCache(image) || runsDnsmasq(image);
}

/** What the Pod's process runs by. */
function processOf(state: State, pod: Pod): Omit<DnsServerConfig, 'minor' | 'environment'> {
  if (pod.spec.containers.some(({ image }) => runsDnsmasq(image))) {
    return { corefile: kubeDnsCorefile(state.parts.spec.dnsDomain) };
  }
  const cache = nodeCacheContainer(pod);
  if (cache !== undefined) {
    const readFile = (path: string) => mountedFiles(state, pod).get(path);
    const { text, flags } = corefileOfNodeCache(state, pod, readFile);
    const version = coreDnsIn(cache.image);
    return { corefile: text, file: flags.corefile, port: flags.dnsPort, version, compiledIn };
  }
  const [key = ''] = configMapsOf(pod);
  const text = state.parts.api.get('ConfigMap', key)?.data?.['Corefile'];
  if (text === undefined) {
    throw new InputError('corefile', `ConfigMap "${key}" has no key "Corefile"`, {
      hint: 'CoreDNS reads its configuration from there',
    });
  }
  const start = state.parts.api.locate(`ConfigMap/${key}`, 'data.Corefile');
  return {
    corefile: text,
    // A block scalar's text begins on the line after its key, indented; columns are the Corefile's own.
    positionOf: (line: number, column: number) => {
      if (start === null) return null;
      const position = { ...start, line: start.line + line, column };
      return { position, sourceLine: text.split('\n')[line - 1] ?? null };
    },
  };
}

/** Where a CoreDNS reads its Corefile, "ns/name", and what else node-cache makes its own of; a kube-dns reads none. */
function configMapsOf(pod: Pod): readonly string[] {
  if (pod.spec.containers.some(({ image }) => runsDnsmasq(image))) return [];
  const names = (pod.spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
  const read = nodeCacheContainer(pod) === undefined ? names.slice(0, 1) : names;
  const all = read.length === 0 ? ['coredns'] : read;
  return all.map((name) => `${pod.metadata.namespace ?? 'default'}/${name}`);
}

/** The component that stands for all of them: they hear the same events. */
export const coreDns = 'coredns';

function listerFor(state: State): Lister {
  const { api } = state.parts;
  const view = () => state.views.get(coreDns);
  return {
    get(kind, key) {
      const known = view();
      return known === undefined ? api.get(kind, key) : known.get(kind, key, api);
    },
    list(kind, namespace) {
      const known = view();
      return known === undefined ? api.list(kind, namespace) : known.list(kind, namespace, api);
    },
  };
}

function environmentOf(state: State, pod: Pod) {
  return {
    lister: listerFor(state),
    choices: {
      pick: (point: string, weights: readonly number[]) => state.choices.pick(point, weights),
      fork: () => state.choices.fork(),
    },
    localAddrs: addressesOf(state, pod),
    resolvConf: formatResolvConf(podFiles(state, pod).resolvConf),
    synced: () => true,
    serial: () => clockStartSeconds + Math.floor(state.dnsChangeMs / 1000),
    readFile: (path: string) => mountedFiles(state, pod).get(path),
    files: () => [...mountedFiles(state, pod).keys()].sort(byCodeUnit),
    log: (line: string) => writeLog(state, pod, line),
  };
}

/** Of its machine: the Pod's own, or all of the node's. */
function addressesOf({ parts: { fabric } }: State, pod: Pod): readonly Addr[] {
  const name = fabric.machineOf(`pod/${pod.metadata.namespace}/${pod.metadata.name}`);
  return (fabric.machine(name)?.devices ?? []).flatMap(({ name: device, addresses }) =>
    device === LOOPBACK ? [] : addresses.map(({ addr }) => addr),
  );
}

/** Path -> text of what the ConfigMaps of a CoreDNS's volumes put into its container. */
function mountedFiles(state: State, pod: Pod): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const container = pod.spec.containers.find(({ image }) => runsDns(image));
  for (const { name, mountPath } of container?.volumeMounts ?? []) {
    const volume = (pod.spec.volumes ?? []).find((one) => one.name === name)?.configMap;
    if (volume?.name === undefined) continue;
    const key = `${pod.metadata.namespace ?? 'default'}/${volume.name}`;
    const data = state.parts.api.get('ConfigMap', key)?.data ?? {};
    const items = volume.items ?? Object.keys(data).map((own) => ({ key: own, path: own }));
    for (const item of items) {
      const text = data[item.key];
      if (text !== undefined) files.set(`${mountPath.replace(/\/$/, '')}/${item.path}`, text);
    }
  }
  return files;
}

/** A line of a running CoreDNS's log. */
function writeLog(state: State, pod: Pod, line: string): void {
  const { pods } = state.parts.kubelets;
  const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const run = pods.get(key);
  if (run === undefined) return;
  const isServer = (name: string) =>
    pod.spec.containers.some((one) => one.name === name && runsDns(one.image));
  const containers = run.containers.map((one) =>
    isServer(one.name) ? { ...one, log: `${one.log}${line}\n` } : one,
  );
  pods.set(key, { ...run, containers });
}
