// Run by a test in a process of its own: makes the cluster of the picture on standard input with the given seed, does
// the operations, and prints all one can see of it. Not a command of the project.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { clusterOf, type Picture } from './arbitraries/cluster-picture.ts';
import { type Operation, operate } from './arbitraries/operation.ts';
import { dump } from './dump.ts';

export interface Story {
  readonly picture: Picture;
  readonly operations: readonly Operation[];
  readonly seed: number;
}

/** What the operations answered, traces included, and all one can see afterwards. */
export function told({ picture, operations, seed }: Story): string {
  const cluster = clusterOf(picture, { seed });
  const answers = operations.map((operation) => operate(cluster, picture, operation));
  return [...answers, dump(cluster)].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const stories = JSON.parse(readFileSync(0, 'utf8')) as readonly Story[];
  process.stdout.write(stories.map(told).join('\n'));
}
