// `npm run test:kernel -- --clusters N --seed S [--flows N] [--mode MODE] [--inject FAULT]`: holds random clusters
// against the real kernel; with `--entries` the systematic ones of entries.ts. Exit status 1: they disagree, or an injected fault went unnoticed.
import { parseArgs } from 'node:util';
import { runDifferential } from './differential.ts';
import { entries } from './entries.ts';
import { compareEntries } from './entries-compare.ts';
import { type KernelMode, missing, missingSctp, modes } from './modes.ts';
import { failureText, say } from './report.ts';

/** Ends with status 2, as the commands do for unusable input. */
function usage(message: string): never {
  console.error(`test:kernel: ${message}`);
  process.exit(2);
}

const values = options();

function options() {
  try {
    return parseArgs({
      options: {
        clusters: { type: 'string', default: '50' },
        flows: { type: 'string', default: '40' },
        seed: { type: 'string', default: '1' },
        mode: { type: 'string' },
        inject: { type: 'string' },
        entries: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

for (const name of ['clusters', 'flows', 'seed'] as const) {
  if (!/^[1-9]\d*$/.test(values[name])) usage(`--${name} must be a whole number from 1`);
}

function chosen(): readonly KernelMode[] {
  const all = Object.keys(modes) as KernelMode[];
  if (values.mode === undefined) return all;
  const mode = all.find((one) => one === values.mode);
  if (mode === undefined) usage(`unknown mode "${values.mode}": ${all.join(', ')}`);
  return [mode];
}

const noSctp = missingSctp();
if (noSctp !== null) console.log(`SCTP: left out, ${noSctp}`);

for (const mode of chosen()) {
  const reason = missing(mode);
  if (reason !== null) {
    console.log(`${mode}: skipped, ${reason}`);
    continue;
  }
  if (values.entries) {
    const { found, connections } = compareEntries(mode, entries);
    console.log(`${mode}: ${entries.length} clusters, ${connections} connections`);
    for (const one of found) console.log(JSON.stringify(one, null, 2));
    if (found.length > 0) process.exitCode = 1;
    continue;
  }
  const { inject } = values;
  const fault = inject === undefined ? null : modes[mode].faults[inject];
  if (fault === undefined) {
    usage(`unknown fault "${inject}" of ${mode}: ${Object.keys(modes[mode].faults).join(', ')}`);
  }
  const started = performance.now();
  const [clusters, flows, seed] = [values.clusters, values.flows, values.seed].map(Number);
  const result = runDifferential({
    mode,
    clusters: clusters ?? 50,
    flows: flows ?? 40,
    seed: seed ?? 1,
    fault,
  });
  console.log(say(mode, result, performance.now() - started));
  if (result.failure !== null) console.log(failureText(mode, result.failure, flows ?? 40, inject));
  const wrong = fault === null ? result.failure !== null : result.failure === null;
  if (wrong) process.exitCode = 1;
  if (wrong && fault !== null)
    console.log(`the fault ${inject} went unnoticed in ${clusters} clusters from seed ${seed} on`);
}
