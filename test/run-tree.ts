// Runs the tests that look at the whole tree, spawn processes or need root, one process each under node's runner. Those that
// build networks in the running kernel take turns, since its locks make two at once slower than one after the other;
// all others run beside them, and are printed when they are done.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Exit status; `print` gets what the tests say, in pieces. */
function run(files: readonly string[], print: (piece: Buffer) => void): Promise<number> {
  const args = ['--test', '--test-concurrency=1', '--test-reporter=spec'];
  const runner = spawn(
    process.execPath,
    [...args, ...files.map((file) => join(import.meta.dirname, file))],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  runner.stdout.on('data', print);
  return new Promise((resolve, reject) => {
    runner.on('error', reject);
    runner.on('close', (status) => resolve(status ?? 1));
  });
}

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.js'))
  .sort();
const inKernel = files.filter((file) => file.startsWith('kernel-'));
const others = files.filter((file) => !file.startsWith('kernel-'));
if (inKernel.length === 0 || others.length === 0) {
  console.error('no tests found');
  process.exit(1);
}
const later: Buffer[] = [];
const statuses = await Promise.all([
  run(inKernel, (piece) => process.stdout.write(piece)),
  run(others, (piece) => later.push(piece)),
]);
process.stdout.write(Buffer.concat(later));
process.exitCode = statuses.find((status) => status !== 0) ?? 0;
