// From the command line's input options to a settled cluster. Notices of loading go to standard error.
import { buffer } from 'node:stream/consumers';
import { InputError } from '../api/input-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { isSaidAlways } from '../cluster/notices.ts';
import { createSimulated } from '../cluster/simulated.ts';
import { type Loaded, loadInputs } from '../input/load.ts';
import { readInputs } from '../input/read.ts';
import { readConfigMap as readProxyConfiguration } from '../manifest/kube-proxy-config-map.ts';
import { inProxyMode } from '../manifest/kube-proxy-mode.ts';
import { parseValues } from '../manifest/parse.ts';
import { type CommonOptions, type Io, oneOf, proxyModes } from './options.ts';

export async function openCluster(options: CommonOptions, io: Io): Promise<Cluster> {
  return settleFrom(await loadFrom(options), options, io);
}

/** The input as read and checked. */
export async function loadFrom(options: CommonOptions): Promise<Loaded> {
  const { filename, cluster } = options;
  const mode =
    options.mode === undefined ? undefined : oneOf('proxy mode', options.mode, proxyModes);
  if (filename.length === 0 && cluster === undefined) {
    throw new InputError('usage', 'no input: -f PATH is needed', {
      hint: 'a manifest file or folder, or - for standard input',
    });
  }
  const loaded = await loadInputs({
    filenames: filename,
    recursive: options.recursive,
    maxInputBytes: options.maxInput,
    cluster: cluster ?? null,
    stdin,
  });
  if (mode === undefined) return loaded;
  return { ...loaded, clusterSpec: inProxyMode(loaded.clusterSpec, mode) };
}

/** The cluster that settled from it. */
export function settleFrom(loaded: Loaded, options: CommonOptions, io: Io): Cluster {
  const made = settledFrom(loaded, options);
  sayNotices(made.notices, options, io);
  return made;
}

/** The same, and nothing is said. */
export function settledFrom(loaded: Loaded, { seed }: CommonOptions): Cluster {
  const { manifests, notices, clusterSpec: spec } = loaded;
  return createSimulated({ spec, manifests, notices, seed, readProxyConfiguration });
}

export function sayNotices(notices: readonly string[], { quiet }: CommonOptions, io: Io): void {
  for (const notice of notices) {
    if (!quiet || isSaidAlways(notice)) io.err(`${notice}\n`);
  }
}

const stdin = (): Promise<Uint8Array> => buffer(process.stdin);

/** A flows file's only document as a plain value. */
export async function readFlows(path: string, maxInput: number): Promise<unknown> {
  const texts = await readInputs({ filenames: [path], maxInputBytes: maxInput, stdin });
  const values = texts.flatMap(({ file, text }) => parseValues(text, file));
  if (values.length > 1) {
    throw new InputError('flows-file', `flows file: ${values.length} documents, wanted one`, {
      position: values[1]?.source.at('') ?? null,
      hint: 'one list holds all flows',
    });
  }
  return values[0]?.value;
}
