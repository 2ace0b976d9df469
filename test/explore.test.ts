// `svcspec run --explore`: a scenario that passes in the usual order and fails in another one is caught, the schedule is made
// short and told as a timeline, and its command shows the same failure again; the same run says the same, to the byte.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from './pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'svcspec-explore-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const source = readFileSync(
  join(root, 'features/workloads/requests-during-updates.feature'),
  'utf8',
);
// Usually every node has heard after 270 ms; a kube-proxy that is nine times late takes longer than the hook.
const timing = 'timing: { watch: 10ms, controller: 50ms, podStart: 2s, proxySync: 200ms }';
const background = source
  .slice(0, source.indexOf('  Scenario:'))
  .replace('timing: realistic', timing);

/** An update whose Pods go on for a second after they are told to stop: enough, unless somebody is late. */
const hook = 'lifecycle: { preStop: { sleep: { seconds: 1 } } }';
const feature = `${background.replace('image: web:1', `image: web:1\n                ${hook}`)}
  Scenario: just long enough
    Given Pod "client" keeps connecting to "10.96.0.80:80" every 150 milliseconds
    When I set "spec.template.spec.containers[0].image" of Deployment "web" to "web:2"
    And 11 seconds pass
    Then no request is lost
`;
writeFileSync(join(folder, 'update.feature'), feature);

function run(...args: readonly string[]) {
  const main = join(root, 'dist/src/cli/main.js');
  const done = spawnSync(process.execPath, [main, 'run', '--no-report', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  const stdout = done.stdout.replace(/^\d+\.\d+ s$/m, '');
  return { ...done, stdout };
}

test('explore: the usual order passes, another one is caught, short, and shown again by its command', () => {
  assert.equal(run('update.feature').status, 0);
  const found = run('update.feature', '--explore', '60');
  assert.equal(found.status, 1, found.stdout);
  assert.match(found.stdout, /under another schedule, found as number \d+: no request is lost/);
  const [, timeline = ''] = /\n {3}timeline:\n([\s\S]*?)\n {3}replay:/.exec(found.stdout) ?? [];
  const late = timeline.split('\n').filter((line) => line.includes('later than usual'));
  assert.ok(late.length >= 1 && late.length <= 6, timeline);
  assert.match(timeline, /the rules of \S+ are in force \d+ ms later than usual/);

  const [, schedule = ''] = /--schedule '([^']+)'/.exec(found.stdout) ?? [];
  const again = run('update.feature', '--schedule', schedule);
  assert.equal(again.status, 1);
  const fate = /\n {3}actual: [^\n]*/;
  assert.equal(fate.exec(again.stdout)?.[0], fate.exec(found.stdout)?.[0]);
  assert.equal(run('update.feature', '--explore', '60').stdout, found.stdout);
});

test('explore: what holds in every order passes, and says how many were tried', () => {
  writeFileSync(join(folder, 'safe.feature'), feature.replace('seconds: 1', 'seconds: 6'));
  const done = run('safe.feature', '--explore', '12');
  assert.equal(done.status, 0, done.stdout);
  assert.match(done.stdout, /\n12 schedules explored\n1 scenario \(1 passed\)/);
  const timed = run('safe.feature', '--explore-for', '1s');
  assert.match(timed.stdout, /\n\d+ schedules explored\n/);
});

test('explore: the tag asks for it, and a schedule of one says none', () => {
  const tagged = feature.replace('  Scenario: just', '  @explore\n  Scenario: just');
  writeFileSync(join(folder, 'tagged.feature'), tagged);
  assert.match(run('tagged.feature').stdout, /under another schedule/);
  assert.equal(run('tagged.feature', '--explore', '1').status, 0);
});
