// `kubectl describe` against the machine's own kubectls: each reads the objects of data/describe.yaml from a server of
// ours and must print what we print at its version. Skips with its reason where there is no kubectl.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describedAll, objects, resources } from './describe-objects.ts';
import { kubectls, stub } from './kubectl-stub.ts';

/** Versions between which something changed; SVCSPEC_KUBECTL=27,29 chooses others. */
const wanted = (process.env['SVCSPEC_KUBECTL'] ?? '28,30,31,33').split(',').map(Number);
const found = [...kubectls()].filter(([minor]) => wanted.includes(minor));
const skip = found.length === 0 ? 'no kubectl of these versions' : false;
if (skip !== false) console.log(`real kubectl describe: skipped, ${skip}`);

test('every kind as kubectl describes it', { skip }, async (t) => {
  for (const [minor, path] of found) {
    await t.test(`kubectl 1.${minor}`, async () => {
      const server = await stub(path, minor, objects);
      try {
        const real = await server.run(['describe', resources.join(','), '-A']);
        assert.equal(real.stderr, '');
        assert.equal(describedAll(minor, Math.floor(Date.now() / 1000)), real.stdout);
      } finally {
        server.close();
      }
    });
  }
});
