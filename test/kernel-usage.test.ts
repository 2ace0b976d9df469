// What `npm run test:kernel` says of options that it cannot use: one line and status 2, before any cluster is made.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const main = join(import.meta.dirname, 'kernel', 'main.js');

for (const [args, want] of [
  [['--mode', 'nftable'], /^test:kernel: unknown mode "nftable": .*\bnftables\b.*\n$/],
  [['--clusterz', '1'], /^test:kernel: Unknown option '--clusterz'.*\n$/s],
  [['--clusters', 'many'], /^test:kernel: --clusters must be a whole number from 1\n$/],
] as const) {
  test(`test:kernel ${args.join(' ')}`, () => {
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
    assert.match(stderr, want);
    assert.equal(status, 2);
  });
}
