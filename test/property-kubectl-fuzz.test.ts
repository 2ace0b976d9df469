// kubectl in process under random command lines: every verb and option it declares, with words that fit and words that
// do not. Nothing but kubectl's own errors and refusals of what is not modelled comes out; an exit status of zero prints
// no error and another one says why; whatever was done, what is allocated is what the stored Services hold.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../src/api/input-error.ts';
import { type AnyObject, keyOf } from '../src/api/types.ts';
import type { ApiServer } from '../src/apiserver/server.ts';
import { held } from '../src/apiserver/service-allocation.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import { kubectl } from '../src/harness/kubectl.ts';
import { loadTexts } from '../src/input/load.ts';
import type { Printed } from '../src/programs/kubectl/host.ts';
import { anyCommand, files, start } from './arbitraries/kubectl-command.ts';
import { checkCatches, checkProperty } from './check-property.ts';

const file = import.meta.filename;

const folder = mkdtempSync(join(tmpdir(), 'svcspec-'));
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
after(() => rmSync(folder, { recursive: true }));

const { clusterSpec, manifests } = loadTexts([{ file: 'start.yaml', text: start }]);
const settled = createSimulated({ spec: clusterSpec, manifests });

type Run = (cluster: Cluster, args: readonly string[]) => Printed;

const run: Run = (cluster, args) =>
  kubectl(cluster, args, { resolve: (path) => join(folder, path), stdin: files['svc.yaml'] ?? '' });

/** `objects` is the API server itself. */
function checkAllocations(cluster: Cluster): void {
  const objects = cluster.objects as ApiServer;
  const wanted = objects.list('Service').flatMap((service) => {
    const { addresses, ports } = held(service);
    return [...addresses, ...ports].map(
      (name) => `${name} Service/${keyOf(service as unknown as AnyObject)}`,
    );
  });
  assert.deepEqual([...objects.allocated()].sort(), wanted.sort(), 'what is allocated');
}

const slowMs = 10_000;

function checkOne(act: Run, cluster: Cluster, args: readonly string[]): void {
  const begun = performance.now();
  let printed: Printed;
  try {
    printed = act(cluster, args);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.ok(error instanceof InputError, error instanceof Error ? error.stack : `${error}`);
    return;
  }
  const { stdout, stderr, exitCode } = printed;
  assert.ok(performance.now() - begun < slowMs, 'takes too long');
  if (exitCode !== 0) assert.notEqual(stderr, '', `status ${exitCode} without a word`);
  else assert.doesNotMatch(stderr, /^(?:error|Error from server)/m, 'an error, and status 0');
  for (const text of [stdout, stderr]) {
    assert.doesNotMatch(text, /\[object Object\]|\[native code\]|\bundefined\b|\bNaN\b/);
  }
}

function holds(act: Run) {
  return fc.property(fc.array(anyCommand, { minLength: 1, maxLength: 8 }), (lines) => {
    const cluster = settled.fork();
    for (const args of lines) {
      checkOne(act, cluster, args);
      checkAllocations(cluster);
    }
    assert.deepEqual(Object.keys(Object.prototype), [], 'what every object inherits');
  });
}

checkProperty('whatever is typed, kubectl does it or says why not', holds(run), {
  file,
  runs: 150,
});

checkCatches(
  'an error of the program itself',
  holds((cluster, args) => {
    if (args.includes('-o')) throw new TypeError('x is undefined');
    return run(cluster, args);
  }),
  { file, runs: 60 },
);

checkCatches(
  'a failure that exits with 0',
  holds((cluster, args) => ({ ...run(cluster, args), exitCode: 0 })),
  { file, runs: 60 },
);

checkCatches(
  'a failure without a word',
  holds((cluster, args) => ({ ...run(cluster, args), stderr: '' })),
  { file, runs: 60 },
);
