// Delays change when things happen, not what comes of it: random clusters with the profile "realistic" come to the same
// rules and endpoints as instant ones once they have come to rest, and the same seed gives the same bytes at every
// moment in between. docs/timing.md shows the table of delays as it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { clouds } from '../src/api/cloud-providers.table.ts';
import { instant, realistic, type Timing, timingRows } from '../src/api/timing.table.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import {
  anyPicture,
  documentsOf,
  loaded,
  makeUnready,
  type Picture,
} from './arbitraries/cluster-picture.ts';
import { anyOperations, type Operation, operate } from './arbitraries/operation.ts';
import { checkCatches, checkProperty } from './check-property.ts';
import { dump, rulesText } from './dump.ts';

const file = import.meta.filename;

function clusterWith(picture: Picture, timing: Timing, seed: number): Cluster {
  const { clusterSpec, manifests, notices } = loaded(documentsOf(picture));
  const cluster = createSimulated({ spec: { ...clusterSpec, timing }, manifests, notices, seed });
  makeUnready(cluster, picture);
  return cluster;
}

interface Story {
  readonly picture: Picture;
  readonly operations: readonly Operation[];
}

const story: fc.Arbitrary<Story> = anyPicture({ nodesMax: 3 }).chain((picture) =>
  fc.record({ picture: fc.constant(picture), operations: anyOperations(picture, 5) }),
);

/** What it looked like after every operation. */
function moments({ picture, operations }: Story, seed: number): string {
  const cluster = clusterWith(picture, realistic, seed);
  const seen = operations.map((operation) => {
    const answer = operate(cluster, picture, operation);
    cluster.advance(25);
    return `${answer}\n${dump(cluster)}`;
  });
  return seen.join('\n');
}

checkProperty(
  'the same seed gives the same bytes with delays',
  fc.property(story, (one) => assert.equal(moments(one, 1), moments(one, 1))),
  { file, runs: 8 },
);

checkCatches(
  'a seed that is not kept with delays',
  fc.property(story, (one) => assert.equal(moments(one, 1), moments(one, 2))),
  { file, runs: 8 },
);

/** What a cluster has come to: every node's rules and every endpoint. */
function outcome(cluster: Cluster): string {
  const endpoints = cluster.objects.list('EndpointSlice').flatMap((slice) => {
    const { namespace, labels } = slice.metadata;
    const service = labels?.['kubernetes.io/service-name'];
    return (slice.endpoints ?? []).map(({ addresses, conditions }) =>
      JSON.stringify([namespace, service, addresses, conditions]),
    );
  });
  return [...endpoints.sort(), rulesText(cluster)].join('\n');
}

const lasting = new Set(['delete', 'set', 'apply']);

/** Pods that are made anew get other addresses where something else was made in between, so only one change is made. */
const oneChange: fc.Arbitrary<Story> = story.map(({ picture, operations }) => ({
  picture,
  operations: operations.filter(({ kind }) => lasting.has(kind)).slice(0, 1),
}));

function restOf({ picture, operations }: Story, timing: Timing, isBroken = false): string {
  const cluster = clusterWith(picture, timing, 3);
  for (const operation of operations) {
    operate(cluster, picture, operation);
    if (!isBroken) cluster.converge();
  }
  if (!isBroken) cluster.advance(60_000);
  return outcome(cluster);
}

checkProperty(
  'delays change when, not what',
  fc.property(oneChange, (one) => assert.equal(restOf(one, realistic), restOf(one, instant))),
  { file, runs: 15 },
);

checkCatches(
  'a cluster that is looked at before it has come to rest',
  fc.property(oneChange, (one) => assert.equal(restOf(one, realistic, true), restOf(one, instant))),
  { file, runs: 15 },
);

/** The rows of the guide's table of delays. */
function rowsOf(guide: string): readonly string[] {
  const start = guide.indexOf('## The delays');
  const end = guide.indexOf('\n## ', start + 1);
  return guide
    .slice(start, end)
    .split('\n')
    .filter((line) => line.startsWith('| `'));
}

function durationText(ms: number): string {
  if (ms === 0) return '0';
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

test('docs/timing.md has the table of delays as it is', () => {
  const guide = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'timing.md'), 'utf8');
  const rows = timingRows.map(
    ({ name, realistic: ms, meaning, source }) =>
      `| \`${name}\` | ${durationText(ms)} | ${meaning} | ${source} |`,
  );
  assert.deepEqual(rowsOf(guide), rows);
  assert.notDeepEqual(rowsOf(guide.replace('| 2s |', '| 3s |')), rows);
});

test('docs/timing.md has the health checks of every provider as they are', () => {
  const guide = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'timing.md'), 'utf8');
  for (const [name, { checks, whenNoneHealthy, source }] of Object.entries(clouds)) {
    for (const policy of ['Cluster', 'Local'] as const) {
      const { asks, intervalMs, unhealthyThreshold, healthyThreshold } = checks[policy];
      const numbers = `${durationText(intervalMs)} | ${unhealthyThreshold}, ${healthyThreshold}`;
      const row = `| ${name} ${policy} | ${asks} | ${numbers} | ${whenNoneHealthy} | ${source} |`;
      assert.ok(guide.includes(row), row);
    }
  }
});
