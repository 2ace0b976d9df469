// Steps about the environment of a container, as the kubelet built it at the container's last start. Listing order
// is undefined in Kubernetes, so variables are compared as a set.
import { expect } from './fail.ts';
import { objectOf } from './objects.ts';
import type { ObjectRef } from './refs.ts';
import { wantedLines } from './tables.ts';
import type { SvcWorld } from './world.ts';

/** Variables of the Pod's first container, or of the one named. */
function variables(world: SvcWorld, ref: ObjectRef): ReadonlyMap<string, string> {
  const { cluster } = world;
  objectOf(world, cluster, ref);
  const environment = cluster.environment(`pod/${ref.key}`, ref.container ?? undefined);
  return new Map(Object.entries(environment));
}

function shown(found: ReadonlyMap<string, string>): string {
  if (found.size === 0) return 'no variables';
  return [...found].map(([name, value]) => `${name}=${value}`).join('\n');
}

/** `the environment of Pod "x" contains:` lines NAME=VALUE. */
export function environmentContains(world: SvcWorld, ref: ObjectRef, text: string): void {
  const found = variables(world, ref);
  for (const line of wantedLines(text)) {
    const at = line.indexOf('=');
    const name = at < 0 ? line : line.slice(0, at);
    const want = line.slice(at + 1);
    expect(world, at > 0 && found.get(name) === want, () => ({
      expected: line,
      actual: found.has(name) ? `${name}=${found.get(name)}` : shown(found),
    }));
  }
}

export function environmentLacks(world: SvcWorld, ref: ObjectRef, prefix: string): void {
  const found = [...variables(world, ref)].filter(([name]) => name.startsWith(prefix));
  expect(world, found.length === 0, () => ({
    expected: `no variable starting with ${prefix}`,
    actual: shown(new Map(found)),
  }));
}
