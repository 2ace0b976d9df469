// What a container that runs CoreDNS is started with: its command line, the files that ConfigMaps put into it, and the
// release that its image is of. Pure: both a running Pod and a manifest that never ran are read by it.
import type { ConfigMap, Container, PodSpec } from '../api/types.ts';
import { type CoreDnsVersion, coreDnsOf, isReleased } from '../dns/kubeadm/version.ts';

export interface MountedText {
  /** The ConfigMap, "ns/name", and its key. */
  readonly configMap: string;
  readonly key: string;
  readonly text: string;
}

export interface CoreDnsProcess {
  /** -conf; null: `Corefile` in the working directory, and without one the built-in configuration. */
  readonly conf: string | null;
  /** -dns.port. */
  readonly port: number;
  readonly version: CoreDnsVersion;
}

/** The image's own working directory. */
const corefileUsual = '/Corefile';

/** Absolute path of the Corefile. */
export function confPath({ conf }: CoreDnsProcess): string {
  if (conf === null) return corefileUsual;
  return conf.startsWith('/') ? conf : `/${conf}`;
}

/** `argv`: command and arguments. `minor` says the release where the image's tag does not. */
export function processOf(
  container: Pick<Container, 'image'>,
  argv: readonly string[],
  minor: number,
): CoreDnsProcess {
  const flags = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const [, name = '', value] = /^--?([a-z.]+)(?:=(.*))?$/s.exec(argv[i] ?? '') ?? [];
    if (!['conf', 'dns.port', 'p'].includes(name)) continue;
    if (value === undefined) i++;
    flags.set(name === 'p' ? 'dns.port' : name, value ?? argv[i] ?? '');
  }
  const port = Number(flags.get('dns.port') ?? 53);
  return {
    conf: flags.get('conf') ?? null,
    port: Number.isInteger(port) ? port : 53,
    version: versionOf(container.image) ?? coreDnsOf(minor),
  };
}

/** "registry.k8s.io/coredns/coredns:v1.12.1" -> "1.12.1"; undefined: the tag is no release we know. */
function versionOf(image = ''): CoreDnsVersion | undefined {
  const [, tag = ''] = /(?:^|\/)coredns:v?(\d+\.\d+\.\d+)(?:@|$)/.exec(image) ?? [];
  const version = tag as CoreDnsVersion;
  return isReleased(version) ? version : undefined;
}

/** Path in the container -> what a ConfigMap puts there. `configMap` takes "ns/name". */
export function mountedTexts(
  namespace: string,
  spec: PodSpec,
  container: Container | undefined,
  configMap: (key: string) => Pick<ConfigMap, 'data'> | undefined,
): ReadonlyMap<string, MountedText> {
  const files = new Map<string, MountedText>();
  for (const { name, mountPath, subPath = '' } of container?.volumeMounts ?? []) {
    const volume = (spec.volumes ?? []).find((one) => one.name === name);
    const sources = [
      volume?.configMap,
      ...(volume?.projected?.sources ?? []).map((s) => s.configMap),
    ];
    for (const source of sources) {
      if (source?.name === undefined) continue;
      const key = `${namespace}/${source.name}`;
      const data = configMap(key)?.data ?? {};
      const items = source.items ?? Object.keys(data).map((own) => ({ key: own, path: own }));
      for (const item of items) {
        const text = data[item.key];
        const path = mountedPath(mountPath, subPath, item.path);
        if (text !== undefined && path !== null) {
          files.set(path, { configMap: key, key: item.key, text });
        }
      }
    }
  }
  return files;
}

/** With subPath only that file or folder of the volume is there. */
function mountedPath(mountPath: string, subPath: string, path: string): string | null {
  const folder = mountPath.replace(/\/$/, '');
  const sub = subPath.replace(/\/$/, '');
  if (sub === '') return `${folder}/${path}`;
  if (path === sub) return folder;
  return path.startsWith(`${sub}/`) ? `${folder}/${path.slice(sub.length + 1)}` : null;
}

/** "64", "500m" */
export function inCpus(quantity: string | number): number {
  const text = String(quantity);
  return text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);
}
