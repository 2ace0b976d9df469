// From folders and texts that steps name to clusters and manifests.
import type { Manifest } from '../api/manifest.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { createSimulated } from '../cluster/simulated.ts';
import { type Loaded, loadInputFiles, loadTexts } from '../input/load.ts';
import { readInputFiles } from '../input/read.ts';
import { parseManifests } from '../manifest/parse.ts';

/** The settled cluster of a scenario folder. */
export function openFolder(folder: string, seed: number): Cluster {
  return made(loadInputFiles({ filenames: [folder] }), seed);
}

/** The settled cluster of a Doc String. */
export function clusterFromText(text: string, file: string, seed: number): Cluster {
  return made(loadTexts([{ file, text }]), seed);
}

function made(loaded: Loaded, seed: number): Cluster {
  const { clusterSpec: spec, manifests, notices } = loaded;
  return createSimulated({ spec, manifests, seed, notices });
}

/** The manifests of a file or folder, for `I apply`. */
export function manifestsOf(path: string): readonly Manifest[] {
  const texts = readInputFiles({ filenames: [path] });
  return texts.flatMap(({ file, text }) => parseManifests(text, file).documents);
}

export function manifestsFromText(text: string, file: string): readonly Manifest[] {
  return parseManifests(text, file).documents;
}
