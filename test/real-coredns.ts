// The machine's own CoreDNS, one or several ($COREDNS, paths separated by colons, or `coredns` of PATH), each started in a
// network namespace of its own over the objects of a picture. What it answers is compared by whoever asks.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoreDnsVersion } from '../src/dns/kubeadm/version.ts';
import type { Ask } from './coredns/questions.ts';

export interface Binary {
  readonly path: string;
  readonly version: CoreDnsVersion;
}

/** The CoreDNS binaries that can be asked, or why none can. */
export function binaries(): { readonly found: readonly Binary[]; readonly reason: string | null } {
  if (process.getuid?.() !== 0) return none('not root: no network namespace of our own');
  const given = process.env['COREDNS'] ?? 'coredns';
  const found = given.split(':').flatMap((path) => {
    const { stdout = '' } = spawnSync(path, ['-version'], { encoding: 'utf8' });
    const version = /^CoreDNS-(\d+\.\d+\.\d+)/m.exec(stdout)?.[1];
    return version === undefined ? [] : [{ path, version: version as CoreDnsVersion }];
  });
  if (found.length === 0) return none(`no CoreDNS at ${given}`);
  const tried = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' });
  if (tried.status !== 0)
    return none(`no network namespace: ${tried.stderr ?? tried.error?.message}`);
  return { found, reason: null };
}

function none(reason: string) {
  return { found: [], reason };
}

export interface Answered {
  readonly variant: string;
  readonly asks: readonly Ask[];
  readonly answers: readonly (readonly string[])[];
  readonly log: string;
}

/** Asks a real CoreDNS under each variant; of the questions one in `every`. */
export async function askReal(
  binary: Binary,
  objects: readonly object[],
  variants: readonly string[],
  every: number,
): Promise<readonly Answered[]> {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-coredns-'));
  const path = join(folder, 'objects.json');
  writeFileSync(path, JSON.stringify(objects));
  const worker = join(import.meta.dirname, 'coredns', 'worker.js');
  const argv = ['-n', process.execPath, worker, binary.path, path, variants.join(','), `${every}`];
  const child = spawn('unshare', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  rmSync(folder, { recursive: true });
  if (code !== 0) throw new Error(`asking CoreDNS ${binary.version} ended with ${code}`);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answered);
}
