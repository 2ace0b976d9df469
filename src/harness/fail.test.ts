import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quoted, replayCommand } from './fail.ts';
import type { SvcWorld } from './world.ts';

const words = [
  ['features/a.feature:8', 'features/a.feature:8'],
  ['a b.feature:8', "'a b.feature:8'"],
  ['own/*.mjs', "'own/*.mjs'"],
  ["it's", "'it'\\''s'"],
] as const;
for (const [word, want] of words) {
  test(`a shell reads ${want} as one word`, () => assert.equal(quoted(word), want));
}

test('the replay command carries the imports and quotes what a shell would split', () => {
  const feature = { file: 'a b.feature', line: 8, column: 1 };
  const world = { feature, seed: 3, parameters: { imports: ['own/*.mjs'] } } as unknown as SvcWorld;
  assert.equal(
    replayCommand(world),
    "npx svcspec run 'a b.feature:8' --import 'own/*.mjs' --seed 3",
  );
});

test('the replay command says the mode that the run was asked for', () => {
  const feature = { file: 'a.feature', line: 8, column: 1 };
  const world = { feature, seed: 3, parameters: { proxyMode: 'ipvs' } } as unknown as SvcWorld;
  assert.equal(replayCommand(world), 'npx svcspec run a.feature:8 --proxy-mode ipvs --seed 3');
});

test('the replay command says the backend that the run was asked for', () => {
  const feature = { file: 'a.feature', line: 8, column: 1 };
  const world = (backend: string) =>
    ({ feature, seed: 3, parameters: { backend } }) as unknown as SvcWorld;
  assert.equal(
    replayCommand(world('kernel')),
    'npx svcspec run a.feature:8 --backend kernel --seed 3',
  );
  assert.equal(replayCommand(world('sim')), 'npx svcspec run a.feature:8 --seed 3');
});
