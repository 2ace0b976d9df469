// From folders and texts that steps name to clusters and manifests.
import type { Manifest } from '../api/manifest.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { createSimulated } from '../cluster/simulated.ts';
import { type Loaded, loadInputFiles, loadTexts } from '../input/load.ts';
import { readInputFiles } from '../input/read.ts';
import { readConfigMap as readProxyConfiguration } from '../manifest/kube-proxy-config-map.ts';
import { inProxyMode } from '../manifest/kube-proxy-mode.ts';
import { parseManifests } from '../manifest/parse.ts';
import { backend } from './backend.ts';

type ProxyMode = Cluster['proxyMode'];

/** The settled cluster of a scenario folder. */
export function openFolder(folder: string, seed: number, mode?: ProxyMode): Cluster {
  return made(loadInputFiles({ filenames: [folder] }), seed, mode);
}

/** The settled cluster of a Doc String. */
export function clusterFromText(
  text: string,
  file: string,
  seed: number,
  mode?: ProxyMode,
): Cluster {
  return made(loadTexts([{ file, text }]), seed, mode);
}

/** With kube-proxy in `mode` if one is given. */
function made(loaded: Loaded, seed: number, mode: ProxyMode | undefined): Cluster {
  const { clusterSpec, manifests, notices } = loaded;
  const spec = mode === undefined ? clusterSpec : inProxyMode(clusterSpec, mode);
  const { carrier } = backend;
  return createSimulated({
    spec,
    manifests,
    seed,
    notices,
    readProxyConfiguration,
    ...(carrier === null ? {} : { carrier }),
  });
}

/** The manifests of a file or folder, for `I apply`. */
export function manifestsOf(path: string): readonly Manifest[] {
  const texts = readInputFiles({ filenames: [path] });
  return texts.flatMap(({ file, text }) => parseManifests(text, file).documents);
}

export function manifestsFromText(text: string, file: string): readonly Manifest[] {
  return parseManifests(text, file).documents;
}
