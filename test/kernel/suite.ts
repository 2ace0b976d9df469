// The comparison with the kernel as tests, a file for each mode so that they run beside each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDifferential } from './differential.ts';
import { type KernelMode, missing, modes } from './modes.ts';
import { failureText, say } from './report.ts';

const clusters = 50;
const flows = 40;
const seed = 1;

function skipOf(mode: KernelMode): string | false {
  const reason = missing(mode);
  if (reason === null) return false;
  console.log(`kernel differential, ${mode}: skipped, ${reason}`);
  return reason;
}

/** Random clusters and the kernel agree. */
export function agrees(mode: KernelMode): void {
  test(`${mode}: random clusters and the kernel agree`, { skip: skipOf(mode) }, () => {
    const started = performance.now();
    const result = runDifferential({ mode, clusters, seed, flows, fault: null });
    console.log(say(mode, result, performance.now() - started));
    if (result.failure !== null) assert.fail(failureText(mode, result.failure, flows));
    assert.equal(result.flows, clusters * flows);
  });
}

/** Each fault makes them disagree. */
export function catches(mode: KernelMode): void {
  const skip = skipOf(mode);
  for (const [name, fault] of Object.entries(modes[mode].faults)) {
    test(`caught: ${mode} with ${name}`, { skip }, () => {
      const result = runDifferential({ mode, clusters, seed, flows, fault });
      assert.notEqual(result.failure, null, `${result.clusters} clusters agreed`);
    });
  }
}
