// The comparison with the kernel as tests, a file for each set of rules; what it is that the random clusters of a run show.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cniProfiles } from '../../src/api/cni-profiles.table.ts';
import { Lab } from '../../src/harness/kernel/lab.ts';
import { legacy, nodeIP } from './addresses.ts';
import type { Case } from './case.ts';
import { caseOf, runDifferential } from './differential.ts';
import type { Fault } from './faults.ts';
import { hostPodName } from './host-ports.ts';
import { type KernelMode, missing, missingSctp, modes } from './modes.ts';
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
    const noSctp = missingSctp();
    if (noSctp !== null) console.log(`kernel differential, ${mode}: SCTP left out, ${noSctp}`);
    console.log(say(mode, result, performance.now() - started));
    if (result.failure !== null) assert.fail(failureText(mode, result.failure, flows));
    assert.equal(result.flows, clusters * flows);
  });
}

/** Loads other text with the same meaning. */
const harmless: Fault = { rules: (text) => `${text}\n` };
/** Most faults are caught in the first of the clusters. */
const controlled = 6;

/** Each fault makes them disagree, and it is the fault: not what the one before left in the lab, not a lack of patience. */
export function catches(mode: KernelMode): void {
  const skip = skipOf(mode);
  let shared: Lab | undefined;
  after(() => shared?.close());
  for (const [name, fault] of Object.entries(modes[mode].faults)) {
    test(`caught: ${mode} with ${name}`, { skip }, () => {
      if (fault.ports === undefined) shared ??= new Lab();
      const lab = fault.ports === undefined ? shared : undefined;
      const result = runDifferential({ mode, clusters, seed, flows, fault }, lab);
      assert.notEqual(result.failure, null, `${result.clusters} clusters agreed`);
    });
  }
  test(`caught nothing: ${mode} with nothing wrong, after all that`, { skip }, () => {
    shared ??= new Lab();
    const options = { mode, clusters: controlled, seed, flows, fault: harmless };
    const { failure, flows: made } = runDifferential(options, shared);
    if (failure !== null) assert.fail(failureText(mode, failure, flows));
    assert.equal(made, controlled * flows);
  });
}

/** Flows of each sort that a run must have at least. */
const least = 3;

/** What one cluster's flows are examples of. */
function shownBy({ profile, hostPods, flows: all }: Case): readonly string[] {
  return all.flatMap(({ from, to }) => {
    const isPod = from.startsWith('pod/');
    const shown: string[] = [];
    if (isPod && legacy.some((ip) => to.startsWith(`${ip}:`))) shown.push(`${profile}: egress`);
    for (const { id, node, ports } of hostPods) {
      for (const { hostPort, hostIP } of ports) {
        const isAny = hostIP === '' || hostIP === '0.0.0.0';
        if (to === `127.0.0.1:${hostPort}` && from === `node/n${node}`) {
          shown.push('host port by localhost');
        }
        if (to !== `${nodeIP(node)}:${hostPort}` || !isAny) continue;
        if (from === `pod/demo/${hostPodName(id)}`) shown.push(`${profile}: own host port`);
        else if (from === `pod/demo/c${node}`) shown.push('host port of the own node');
        else if (isPod) shown.push('host port of a node');
        else if (from.startsWith('host/')) shown.push('host port from outside');
      }
    }
    return shown;
  });
}

/** The random clusters of a run show what they are meant to. */
export function covers(mode: KernelMode): void {
  test(`${mode}: the random clusters show every profile and kind of host port`, () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < clusters; n++) {
      for (const one of shownBy(caseOf(mode, seed + n, flows))) {
        counts.set(one, (counts.get(one) ?? 0) + 1);
      }
    }
    const wanted = [
      ...Object.keys(cniProfiles).flatMap((name) => [`${name}: egress`, `${name}: own host port`]),
      'host port by localhost',
      'host port of the own node',
      'host port of a node',
      'host port from outside',
    ];
    assert.deepEqual(
      wanted.filter((one) => (counts.get(one) ?? 0) < least),
      [],
    );
  });
}
