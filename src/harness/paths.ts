// Where the files that steps name stand: beside the feature file, then in each parent folder up to the project root.
// Never the working directory, so that a scenario means the same wherever it is run from.
import { existsSync } from 'node:fs';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { InputError, type Position } from '../api/input-error.ts';

const rootMarks = ['package.json', '.git'];

/** The folder of the feature file and its parents, nearest first, up to the folder with a package.json or .git. */
export function foldersOf(feature: string): readonly string[] {
  const folders: string[] = [];
  let folder = dirname(resolve(feature));
  for (;;) {
    folders.push(folder);
    if (rootMarks.some((mark) => existsSync(join(folder, mark)))) return folders;
    const parent = dirname(folder);
    if (parent === folder || folder === parse(folder).root) return folders;
    folder = parent;
  }
}

/** The folder `scenarios/NAME` nearest to the feature file; where there is none, the folder or file of that name: the
 * user's own manifests. */
export function scenarioFolder(feature: string, name: string, position: Position): string {
  const path = nearest(feature, [join('scenarios', name)]) ?? nearest(feature, [name]);
  if (path !== undefined) return path;
  throw new InputError('file-unreadable', `there is no cluster "${name}"`, {
    position,
    hint: `name a folder or file of manifests beside the feature file or in a folder above it (scenarios/${name} or ${name}), or write them below: Given a cluster:`,
  });
}

/** A file that a step names; a scenario's `later/` folder comes first. */
export function stepFile(
  feature: string,
  name: string,
  cluster: string | null,
  position: Position,
): string {
  const later = cluster === null ? undefined : join(cluster, 'later', name);
  if (later !== undefined && existsSync(later)) return later;
  const path = nearest(feature, [name]);
  if (path !== undefined) return path;
  throw new InputError('file-unreadable', `there is no file "${name}"`, {
    position,
    hint: `looked ${later === undefined ? '' : `at ${later}, then `}beside the feature file and in each folder above it`,
  });
}

function nearest(feature: string, names: readonly string[]): string | undefined {
  for (const folder of foldersOf(feature)) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return shown(path);
    }
  }
  return undefined;
}

/** Seen from the working directory, as the feature's own path is: reports read the same on every machine. */
function shown(path: string): string {
  return relative(process.cwd(), path).replaceAll('\\', '/') || '.';
}
