// The same features under the same seed give the same report data, run after run: Cucumber's own messages once their
// ids and times are taken out, and JUnit without its durations. Two processes, so nothing is shared but the files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const main = join(root, 'dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'svcspec-seed-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** One feature passes; the other one fails, so that traces and blame stand in the reports too. */
const features = ['features/load-balancing', 'test/data/failing.feature'];

function run(name: string, seed: number): { messages: string[]; junit: string } {
  const report = join(folder, name);
  const args = [main, 'run', ...features, '--seed', String(seed), '--report', report];
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  assert.equal(done.status, 1, `${done.stdout}${done.stderr}`);
  const lines = readFileSync(join(report, 'messages.ndjson'), 'utf8').trimEnd().split('\n');
  const junit = readFileSync(join(report, 'junit.xml'), 'utf8').replaceAll(
    / time(stamp)?="[^"]*"/g,
    '',
  );
  return { messages: lines.map((line) => JSON.stringify(plain(JSON.parse(line)))), junit };
}

const drawn = new Set(['id', 'duration', 'timestamp', 'meta', 'workerId']);

/** The message without what differs from run to run by nature: ids and references to them, times, the machine. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !drawn.has(key) && !/Ids?$/.test(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

test('the same seed gives the same report data in two processes', () => {
  const [first, second] = [run('a', 7), run('b', 7)];
  assert.ok(first.messages.length > 100);
  assert.deepEqual(first, second);
  assert.ok(first.messages.some((line) => line.includes('scenarios/nginx-demo/nginx-svc.yaml:')));
  assert.ok(
    first.messages.every((line) => !line.includes(root)),
    'paths of this machine',
  );
});
test('another seed shows: what is compared can differ', () => {
  assert.notDeepEqual(run('c', 7).messages, run('d', 8).messages);
});
