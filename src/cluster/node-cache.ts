// NodeLocal DNSCache in a cluster: what a node-cache does to its node beside answering: a dummy device with its addresses,
// rules that keep conntrack away from them, and the Corefile it writes for its CoreDNS. A process that is told to end
// takes all of it away; one that crashes leaves it, and the node's look-ups go nowhere until it is back.
import { InputError } from '../api/input-error.ts';
import type { Container, Pod } from '../api/types.ts';
import { nodeCacheCorefile, placesInBase, upstreamVariable } from '../dns/node-cache/corefile.ts';
import {
  compiledIn,
  coreDnsIn,
  type NodeCacheFlags,
  parseFlags,
  runsNodeCache,
} from '../dns/node-cache/flags.ts';
import { nodeCacheLayer } from '../dns/node-cache/rules.ts';
import { merged } from '../kubelet/environment.ts';
import type { ContainerStart } from '../kubelet/runtime.ts';
import type { Family } from '../net/addr.ts';
import type { RuleLayer } from '../netfilter/rule.ts';
import { perKey } from '../sim/memo.ts';
import { Table } from '../sim/table.ts';
import type { State } from './state.ts';

/** A process that has set up its node, and what it was started with. */
interface SetUp {
  readonly pod: string;
  readonly container: string;
  readonly flags: NodeCacheFlags;
  /** Address of the upstream Service in its environment. */
  readonly upstreamIP: string | null;
  /** Its CoreDNS has listened: only then come the rules (CacheApp.Init). */
  readonly hasRules: boolean;
}

/** What node-caches have set up, by node. */
export class NodeCaches {
  readonly #nodes: Table<SetUp>;

  constructor(nodes = new Table<SetUp>()) {
    this.#nodes = nodes;
  }

  fork(): NodeCaches {
    return new NodeCaches(this.#nodes.fork());
  }

  set(node: string, setUp: SetUp): void {
    this.#nodes.set(node, setUp);
  }

  delete(node: string): void {
    this.#nodes.delete(node);
  }

  on(node: string): SetUp | undefined {
    return this.#nodes.get(node);
  }

  /** Its rules on a node; undefined: there are none. */
  layer(node: string, family: Family): RuleLayer | undefined {
    const setUp = this.#nodes.get(node);
    return setUp?.hasRules === true ? layers(setUp.flags)[family] : undefined;
  }
}

const layers = perKey((flags: NodeCacheFlags) => ({
  4: nodeCacheLayer(flags, 4),
  6: nodeCacheLayer(flags, 6),
}));

/** The process starts: null, or the log of one that ends at once. */
export function beginNodeCache(state: State, pod: Pod, container: ContainerStart): string | null {
  const args = pod.spec.containers.find(({ name }) => name === container.name)?.args ?? [];
  const flags = parseFlags(args);
  if (typeof flags === 'string') return flags;
  const node = pod.spec.nodeName ?? '';
  const variable = upstreamVariable(flags.upstreamService);
  const upstreamIP = merged(container.environment)[variable] ?? null;
  const { dns, fabric, proxies } = state.parts;
  // Rules that a crash has left go on.
  const hasRules = dns.caches.on(node)?.hasRules === true;
  const [key, name] = [keyOfPod(pod), container.name];
  dns.caches.set(node, { pod: key, container: name, flags, upstreamIP, hasRules });
  if (flags.setsInterface) fabric.setDummy(`node/${node}`, flags.interfaceName, flags.localIPs);
  proxies.stale = true;
  return null;
}

/** Its CoreDNS listens. */
export function setRules({ parts: { dns, proxies } }: State, pod: Pod): void {
  const node = pod.spec.nodeName ?? '';
  const setUp = dns.caches.on(node);
  if (setUp === undefined || setUp.hasRules) return;
  dns.caches.set(node, { ...setUp, hasRules: true });
  proxies.stale = true;
}

/** The process ended. Only one that was told to takes its traces away (caddy.OnProcessExit): then it is true. */
export function endNodeCache(
  state: State,
  key: string,
  container: string,
  exitCode: number,
): boolean {
  const { dns, fabric, kubelets, proxies } = state.parts;
  // The object may be gone before the process.
  const node = kubelets.pods.get(key)?.node ?? '';
  const setUp = dns.caches.on(node);
  if (setUp?.pod !== key || setUp.container !== container) return false;
  if (setUp.flags.keepsAll || exitCode !== 0) return false;
  dns.caches.delete(node);
  if (setUp.flags.setsInterface) fabric.removeDevice(`node/${node}`, setUp.flags.interfaceName);
  proxies.stale = true;
  return true;
}

/** The Corefile that the node-cache of a Pod has written. Throws InputError 'corefile' when its template is not there. */
export function corefileOfNodeCache(
  state: State,
  pod: Pod,
  readFile: (path: string) => string | undefined,
): {
  readonly text: string;
  readonly flags: NodeCacheFlags;
  /** Where a place of the text stands in the template. */
  readonly base: ReturnType<typeof placesInBase>;
} {
  const setUp = state.parts.dns.caches.on(pod.spec.nodeName ?? '');
  if (setUp === undefined) throw new Error(`no node-cache runs in ${keyOfPod(pod)}`);
  const { flags, upstreamIP } = setUp;
  const written = writtenBy(flags, upstreamIP, readFile);
  if (written === null) {
    const why = `open ${flags.baseCorefile}: no such file or directory`;
    const own = `[ERROR] Failed to read node-cache coreFile ${flags.baseCorefile} - ${why}`;
    const message = `${own}\nloading Caddyfile via flag: open ${flags.corefile}: no such file or directory`;
    const hint = 'a volume of its container mounts the ConfigMap node-local-dns there';
    throw new InputError('corefile', message, { hint });
  }
  return { ...written, flags };
}

/** The Corefile that a node-cache with these flags writes; null: its template is not there. */
export function writtenBy(
  flags: NodeCacheFlags,
  upstreamIP: string | null,
  readFile: (path: string) => string | undefined,
): { readonly text: string; readonly base: ReturnType<typeof placesInBase> } | null {
  const base = readFile(flags.baseCorefile);
  if (base === undefined) return null;
  const folder = flags.kubeDnsPath === '' ? '/etc/kube-dns' : flags.kubeDnsPath;
  const config = {
    stubDomains: readFile(`${folder}/stubDomains`),
    upstreamNameservers: readFile(`${folder}/upstreamNameservers`),
  };
  const text = nodeCacheCorefile(base, flags, upstreamIP, config);
  return { text, base: placesInBase(base, text, config) };
}

/** What a container that runs node-cache is started with; null: it runs another program, or ends at its flags. */
export function nodeCacheProcess({ image, args = [] }: Pick<Container, 'image' | 'args'>) {
  const flags = runsNodeCache(image) ? parseFlags(args) : '';
  return typeof flags === 'string' ? null : { flags, version: coreDnsIn(image), compiledIn };
}

/** The container of a Pod that runs node-cache. */
export function nodeCacheContainer(pod: Pod) {
  return pod.spec.containers.find(({ image }) => runsNodeCache(image));
}

function keyOfPod(pod: Pod): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}
