// The transcript against what kubectl 1.33 printed when it was last run on the same cluster (real-kubectl.test.ts writes
// it), for machines that have no kubectl.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines } from './kubectl-transcript.table.ts';
import {
  goldenMinor,
  ours,
  type Ran,
  readGolden,
  steady,
  transcriptCluster,
  transcriptFolder,
} from './kubectl-transcript.ts';

test('every line as kubectl 1.33 printed it', async (t) => {
  const golden = readGolden();
  assert.deepEqual(
    Object.keys(golden),
    lines.map((line, i) => `${i + 1} ${line}`),
  );
  const cluster = transcriptCluster(goldenMinor);
  const { folder, remove } = transcriptFolder();
  for (const [i, line] of lines.entries()) {
    const got = ours(cluster, line, folder);
    const want = golden[`${i + 1} ${line}`] as Ran;
    await t.test(`kubectl ${line}`, () => assert.deepEqual(steady(got), steady(want)));
  }
  remove();
});

test('a line that prints something else is caught', () => {
  const cluster = transcriptCluster(goldenMinor);
  const { folder, remove } = transcriptFolder();
  const [first] = Object.values(readGolden());
  assert.notDeepEqual(ours(cluster, 'create -f web2.yaml', folder), first);
  remove();
});
