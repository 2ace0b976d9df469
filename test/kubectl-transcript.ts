// Runs the transcript's command lines in process, on a cluster of one Kubernetes version.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../src/cluster/cluster.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import { kubectl } from '../src/harness/kubectl.ts';
import { words } from '../src/harness/words.ts';
import { loadTexts } from '../src/input/load.ts';
import { files } from './kubectl-transcript.table.ts';

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export function transcriptCluster(minor: number): Cluster {
  const text = `apiVersion: svcspec.dev/v1alpha1
kind: Cluster
spec: { kubernetesVersion: "1.${minor}" }
---
apiVersion: v1
kind: Namespace
metadata: { name: elsewhere }
`;
  const { clusterSpec, manifests } = loadTexts([{ file: 'cluster.yaml', text }]);
  return createSimulated({ spec: clusterSpec, manifests, seed: 1 });
}

/** A folder with the files, and how to take it away. */
export function transcriptFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-transcript-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function ours(cluster: Cluster, line: string, folder: string): Ran {
  const resolve = (path: string): string => join(folder, path);
  const { stdout, stderr, exitCode } = kubectl(cluster, words(line), { resolve });
  cluster.settle();
  return { stdout, stderr, exitCode };
}

/** The version whose real output is kept, so that machines without a kubectl compare too. */
export const goldenMinor = 33;

const goldenFile = join(
  import.meta.dirname,
  '..',
  '..',
  'test',
  'data',
  'kubectl-transcript-1.33.json',
);

/** By number and command line. */
export function readGolden(): Readonly<Record<string, Ran>> {
  return JSON.parse(readFileSync(goldenFile, 'utf8')) as Readonly<Record<string, Ran>>;
}

export function writeGolden(golden: Readonly<Record<string, Ran>>): void {
  writeFileSync(goldenFile, `${JSON.stringify(golden, null, 2)}\n`);
}

/** Without what changes whenever anything in the cluster does: versions, UIDs, drawn names and addresses, and the widths
 * of columns that hold them. */
export function steady({ stdout, stderr, exitCode }: Ran): Ran {
  const plain = (text: string): string =>
    text
      .replace(/(resourceVersion"?: ?"|ResourceVersion: ?")\d+/gi, '$1N')
      .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'UID')
      .replace(/\b10\.\d+\.\d+\.\d+/g, 'IP')
      .replace(/\b(web|coredns)-[a-z\d]{6,10}(-[a-z\d]{5})?(\.[\da-f]+)?\b/g, '$1-POD')
      .replace(/ +$/gm, '')
      .replace(/(\S) {2,}/g, '$1  ');
  return { stdout: plain(stdout), stderr: plain(stderr), exitCode };
}
