// Steps that begin a cluster or apply manifests, and the refusal rule: what the API server refuses must be asserted by
// the next step, or the scenario fails.
import { ApiError } from '../api/error.ts';
import { InputError } from '../api/input-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { modeField } from '../manifest/kube-proxy-mode.ts';
import { expect, fail } from './fail.ts';
import { clusterFromText, manifestsFromText, manifestsOf, openFolder } from './open.ts';
import { scenarioFolder, stepFile } from './paths.ts';
import { inPlace } from './scenario.ts';
import { wantedLines } from './tables.ts';
import type { SvcWorld } from './world.ts';

/** A run in a mode that the cluster's Kubernetes lacks leaves the scenario out. */
function inMode(world: SvcWorld, begin: () => void): 'skipped' | undefined {
  const { proxyMode } = world.parameters;
  try {
    begin();
    return undefined;
  } catch (error) {
    const isLacking = error instanceof InputError && error.message.startsWith(modeField);
    if (proxyMode === undefined || !isLacking) throw error;
    world.log(`skipped: --proxy-mode ${proxyMode}: ${error.hint}`);
    return 'skipped';
  }
}

/** `the cluster "nginx-demo"`: the folder scenarios/nginx-demo. */
export function beginsWith(world: SvcWorld, name: string): 'skipped' | undefined {
  const folder = scenarioFolder(world.feature.file, name, world.step);
  return inMode(world, () =>
    world.begin(['folder', folder], folder, (mode) => openFolder(folder, world.seed, mode)),
  );
}

/** `a cluster:` a Doc String with a Cluster document and manifests. */
export function beginsWithText(world: SvcWorld, text: string): 'skipped' | undefined {
  const { file } = world.feature;
  return inMode(world, () =>
    inPlace(world, text, (placed) =>
      world.begin(['text', file, placed], null, (mode) =>
        clusterFromText(placed, file, world.seed, mode),
      ),
    ),
  );
}

export function applies(world: SvcWorld, name: string): void {
  const path = stepFile(world.feature.file, name, world.folder, world.step);
  refusable(world, ['apply', path], (cluster) => {
    cluster.apply(manifestsOf(path));
    cluster.settle();
  });
}

export function appliesText(world: SvcWorld, text: string): void {
  const { file } = world.feature;
  inPlace(world, text, (placed) =>
    refusable(world, ['apply-text', file, placed], (cluster) => {
      cluster.apply(manifestsFromText(placed, file));
      cluster.settle();
    }),
  );
}

/** Makes a change that the API server may refuse. */
export function refusable(
  world: SvcWorld,
  command: readonly unknown[],
  act: (cluster: Cluster) => void,
): void {
  try {
    world.change(command, act);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    world.refusal = error;
  }
}

/** `the API server refuses it:` every line of the Doc String is in the refusal. */
export function isRefused(world: SvcWorld, text: string): void {
  const lines = wantedLines(text);
  const refusals = world.refusal === null ? (world.justRan?.refusals ?? []) : [world.refusal];
  if (refusals.length === 0) {
    const { justRan } = world;
    fail(world, {
      expected: `the API server refuses it:\n${text}`,
      actual:
        justRan === null || justRan.exitCode === 0
          ? 'it was accepted'
          : `the API server refused nothing; kubectl says:\n${justRan.stderr.trimEnd()}`,
    });
  }
  world.refusal = null;
  const actual = refusals
    .flatMap(({ message, causes }) => [message, ...causes.map((c) => `${c.field}: ${c.text}`)])
    .join('\n');
  for (const line of lines) {
    expect(world, actual.includes(line), () => ({ expected: line, actual }));
  }
}
