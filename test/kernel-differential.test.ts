// Random clusters against the running kernel: simulated and real connections agree on how they end, on the set of
// backends, on shares, on the source that is seen and on where the answer comes from; and what is wrong with the rules
// on purpose is noticed. Skips with one line where there is no root or a tool is missing. By hand, with more clusters:
// npm run test:kernel -- --clusters N --seed S.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDifferential } from './kernel/differential.ts';
import { type KernelMode, missing, modes } from './kernel/modes.ts';
import { failureText, say } from './kernel/report.ts';

const clusters = 50;
const flows = 40;
const seed = 1;

for (const mode of Object.keys(modes) as KernelMode[]) {
  const reason = missing(mode);
  const skip = reason === null ? false : reason;
  if (reason !== null) console.log(`kernel differential, ${mode}: skipped, ${reason}`);

  test(`${mode}: random clusters and the kernel agree`, { skip }, () => {
    const started = performance.now();
    const result = runDifferential({ mode, clusters, seed, flows, fault: null });
    console.log(say(mode, result, performance.now() - started));
    if (result.failure !== null) assert.fail(failureText(mode, result.failure, flows));
    assert.equal(result.flows, clusters * flows);
  });

  if (modes[mode].sameTextAs !== null) continue;
  for (const [name, fault] of Object.entries(modes[mode].faults)) {
    test(`caught: ${mode} with ${name}`, { skip }, () => {
      const result = runDifferential({ mode, clusters, seed, flows, fault });
      assert.notEqual(result.failure, null, `${result.clusters} clusters agreed`);
    });
  }
}
