// The same seed gives the same bytes: objects, rules, conntrack tables, DNS answers and traces of random clusters and
// operations, in one process and in another one with another time zone, language and working folder.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyPicture } from './arbitraries/cluster-picture.ts';
import { anyOperations } from './arbitraries/operation.ts';
import { checkCatches, checkProperty } from './check-property.ts';
import { type Story, told } from './print-dump.ts';

const file = import.meta.filename;

const story: fc.Arbitrary<Story> = anyPicture({ nodesMax: 3 }).chain((picture) =>
  fc.record({
    picture: fc.constant(picture),
    operations: anyOperations(picture, 6),
    seed: fc.nat(9999),
  }),
);

function same(spoil: (story: Story) => Story) {
  return fc.property(story, (one) => {
    assert.equal(told(spoil(one)), told(one));
  });
}

checkProperty(
  'the same seed gives the same bytes',
  same((one) => one),
  { file, runs: 15 },
);

checkCatches(
  'a seed that is not kept',
  same((one) => ({ ...one, seed: one.seed + 1 })),
  { file, runs: 15 },
);

function toldElsewhere(stories: readonly Story[]): string {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'print-dump.js')], {
    input: JSON.stringify(stories),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    cwd: tmpdir(),
    env: { ...process.env, TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8' },
  });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

test('another process tells the same bytes', () => {
  const stories = fc.sample(story, { numRuns: 5, seed: 20260518 });
  const here = stories.map(told).join('\n');
  assert.ok(here.length > 10_000);
  const there = toldElsewhere(stories);
  assert.equal(there, here);
  const [first, ...rest] = stories;
  if (first === undefined) throw new Error('no story');
  assert.notEqual(toldElsewhere([{ ...first, seed: first.seed + 1 }, ...rest]), here);
});
