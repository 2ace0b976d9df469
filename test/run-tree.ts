// Runs the tests that look at the whole tree, spawn processes or need root, one process each under node's runner.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.js'))
  .sort()
  .map((file) => join(import.meta.dirname, file));
if (files.length === 0) {
  console.error('no tests found');
  process.exit(1);
}
// The runner leaves one processor free by default, which on two is half of them; the tests mostly wait for others.
const run = spawnSync(
  process.execPath,
  ['--test', `--test-concurrency=${availableParallelism()}`, '--test-reporter=spec', ...files],
  { stdio: 'inherit' },
);
process.exit(run.status ?? 1);
