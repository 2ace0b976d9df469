// Which Corefiles there are among manifests, and for each who runs by it: release, command line, files, variables. kubeadm's
// own Deployment stands in where the manifests have none. Nothing is settled for it.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { Manifest } from '../../api/manifest.ts';
import { placesIn } from '../../api/text-position.ts';
import type { ConfigMap, Container, PodSpec } from '../../api/types.ts';
import {
  type CoreDnsProcess,
  confPath,
  type MountedText,
  mountedTexts,
  processOf,
} from '../../cluster/coredns-process.ts';
import { runsDns } from '../../cluster/dns-pod.ts';
import { nodeCacheProcess } from '../../cluster/node-cache.ts';
import { COREFILE } from '../../dns/corefile/corefile.ts';
import type { PositionOf } from '../../dns/corefile/dispenser.ts';
import { dnsObjects } from '../../dns/kubeadm/coredns.ts';
import { kubeDnsUntil, runsDnsmasq } from '../../dns/kubeadm/kube-dns.ts';
import { objectName } from './check.ts';
import { filledIn, isTemplate, type NodeCache, usualNodeCache } from './node-cache-use.ts';

export interface CorefileUse {
  /** The ConfigMap that holds the Corefile. */
  readonly manifest: Manifest;
  readonly key: string;
  readonly text: string;
  /** What the process is told its Corefile is called. */
  readonly file: string;
  readonly started: CoreDnsProcess;
  readonly files: ReadonlyMap<string, MountedText>;
  readonly env: Readonly<Record<string, string>>;
  /** node-cache writes the text of a template that is in the ConfigMap; null: it is the ConfigMap's own. */
  readonly nodeCache: NodeCache | null;
  /** Who runs by it; null: nobody among the manifests. */
  readonly runner: Runner | null;
  readonly positionOf: PositionOf;
}

/** A Pod template with a container that runs CoreDNS. */
export interface Runner {
  /** "Deployment/kube-system/coredns". */
  readonly object: string;
  readonly namespace: string;
  readonly spec: PodSpec;
  readonly container: Container;
  readonly labels: Readonly<Record<string, string>>;
}

/** All of them, in the order of the manifests. */
export function corefileUses(
  manifests: readonly Manifest[],
  spec: ClusterSpec,
): readonly CorefileUse[] {
  const maps = new Map(
    manifests
      .filter(({ object }) => object.kind === 'ConfigMap' && object.apiVersion === 'v1')
      .map((manifest) => [keyOf(manifest), manifest] as const),
  );
  const all: Known = { maps, services: servicesOf(manifests) };
  const data = (key: string) => maps.get(key)?.object as unknown as ConfigMap | undefined;
  const used = runnersOf(manifests, spec).flatMap((runner) => {
    const { namespace, container } = runner;
    const argv = [...(container.command ?? []), ...(container.args ?? [])];
    const files = mountedTexts(namespace, runner.spec, container, data);
    const nodeCache = nodeCacheProcess(container);
    const started = nodeCache === null ? processOf(container, argv, spec.minor) : by(nodeCache);
    const own = files.get(nodeCache?.flags.baseCorefile ?? confPath(started));
    const manifest = own === undefined ? undefined : maps.get(own.configMap);
    if (own === undefined || manifest === undefined) return [];
    const file = started.conf ?? 'Corefile';
    return [useOf({ manifest, key: own.key, file, started, files, runner, nodeCache }, all)];
  });
  const known = new Set(used.map(({ manifest }) => manifest));
  const unused = [...maps].flatMap(([key, manifest]) => {
    if (known.has(manifest) || typeof textOf(manifest, 'Corefile') !== 'string') return [];
    const files = filesBeside(key, manifest);
    const nodeCache = isTemplate(textOf(manifest, 'Corefile') ?? '') ? usualNodeCache() : null;
    const usual = processOf({}, ['-conf', COREFILE], spec.minor);
    const started = nodeCache === null ? usual : by(nodeCache);
    const file = started.conf ?? COREFILE;
    const given = { manifest, key: 'Corefile', file, started, files, runner: null, nodeCache };
    return [useOf(given, all)];
  });
  const order = new Map(manifests.map((manifest, i) => [manifest, i]));
  return [...used, ...unused].sort(
    (a, b) => (order.get(a.manifest) ?? 0) - (order.get(b.manifest) ?? 0),
  );
}

type Given = Omit<CorefileUse, 'text' | 'env' | 'positionOf'>;

interface Known {
  /** ConfigMaps by "ns/name". */
  readonly maps: ReadonlyMap<string, Manifest>;
  /** Services as "ns/name". */
  readonly services: ReadonlySet<string>;
}

/** kubeadm's Service of the cluster's DNS is always there. */
function servicesOf(manifests: readonly Manifest[]): ReadonlySet<string> {
  const given = manifests.filter(({ object }) => object.kind === 'Service').map(keyOf);
  return new Set(['kube-system/kube-dns', ...given]);
}

/** The CoreDNS inside of a node-cache. */
function by({ flags, version }: NodeCache): CoreDnsProcess {
  return { conf: flags.corefile, port: flags.dnsPort, version };
}

function useOf(given: Given, { maps, services }: Known): CorefileUse {
  const { manifest, key, files, runner, nodeCache } = given;
  const text = textOf(manifest, key) ?? '';
  const entries = (runner?.container.env ?? []).map(({ name, value }) => [name, value ?? '']);
  const env = Object.fromEntries(entries);
  if (nodeCache !== null) {
    const template = { manifest, configMap: keyOf(manifest), key, text };
    const namespace = manifest.object.metadata.namespace ?? 'default';
    const has = (name: string) => runner === null || services.has(`${namespace}/${name}`);
    return { ...given, ...filledIn(nodeCache, template, files, has), env };
  }
  const own = placesIn(manifest.source, `data.${key}`, text);
  const positionOf: PositionOf = (line, column, file) => {
    const imported = file === '' ? undefined : files.get(file);
    if (imported === undefined) return own(line, column);
    const source = maps.get(imported.configMap)?.source ?? null;
    return placesIn(source, `data.${imported.key}`, imported.text)(line, column);
  };
  return { ...given, text, positionOf, env };
}

function keyOf({ object }: Manifest): string {
  return `${object.metadata.namespace ?? 'default'}/${object.metadata.name}`;
}

function textOf({ object }: Manifest, key: string): string | undefined {
  const text = ((object['data'] ?? {}) as Record<string, unknown>)[key];
  return typeof text === 'string' ? text : undefined;
}

/** All keys of a ConfigMap that nobody mounts, as if it were mounted where kubeadm does. */
function filesBeside(key: string, manifest: Manifest): ReadonlyMap<string, MountedText> {
  const data = (manifest.object['data'] ?? {}) as Record<string, unknown>;
  const folder = COREFILE.slice(0, COREFILE.lastIndexOf('/'));
  return new Map(
    Object.keys(data).map((own) => [
      `${folder}/${own}`,
      { configMap: key, key: own, text: String(data[own]) },
    ]),
  );
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: PodSpec;
}

function runnersOf(manifests: readonly Manifest[], spec: ClusterSpec): readonly Runner[] {
  const runners = manifests.flatMap((manifest) => {
    const { kind, metadata } = manifest.object;
    const own = manifest.object as unknown as Template & { spec?: { template?: Template } };
    const template = kind === 'Pod' ? own : own.spec?.template;
    return templateRunners(objectName(manifest), metadata.namespace ?? 'default', template);
  });
  const kubeadms = 'Deployment/kube-system/coredns';
  const isGiven = manifests.some((manifest) => objectName(manifest) === kubeadms);
  if (isGiven || spec.minor <= kubeDnsUntil) return runners;
  const { deployment } = dnsObjects(spec.minor, spec.serviceSubnet, spec.dnsDomain);
  const template = deployment.spec.template as Template;
  return [...runners, ...templateRunners(kubeadms, 'kube-system', template)];
}

function templateRunners(
  object: string,
  namespace: string,
  template: Template | undefined,
): readonly Runner[] {
  const spec = template?.spec;
  if (!Array.isArray(spec?.containers)) return [];
  const labels = template?.metadata?.labels ?? {};
  return spec.containers
    .filter(({ image }) => runsDns(image) && !runsDnsmasq(image))
    .map((container) => ({ object, namespace, spec, container, labels }));
}
