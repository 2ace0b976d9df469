// The text of the last sync, put together when somebody asks for it from what a past keeps, against the syncs themselves one
// after the other: the same random histories that are compared with kube-proxy's own code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  configOf,
  nodeOf,
  type ProxyCase,
  proxyCase,
  withChanges,
  withObjects,
} from '../../../test/arbitraries/proxy-case.ts';
import { Causes } from '../../sim/causes.ts';
import type { LazyPast } from '../mode.ts';
import { emptySnapshot } from '../snapshot.ts';
import { rulesFor } from './layer.ts';
import { nftablesMode } from './mode.ts';
import { nothingWritten, restarted, sync } from './sync.ts';

type Past = LazyPast | null;

/** For each sync of a history its text, and what is found later. A step that asks for a full sync is a restart here. */
function histories(given: ProxyCase, minor: number, forget: (past: Past) => Past = (p) => p) {
  const config = configOf(given, minor);
  const { serviceCIDRs } = config;
  const { family } = given;
  const causes = new Causes();
  const node = nodeOf(given);
  const texts: { readonly want: string; readonly got: string | undefined }[] = [];
  let snapshot = withObjects(emptySnapshot(minor), [...given.services, ...given.endpointSlices]);
  let memory = nothingWritten;
  let past: Past = null;
  let nowMs = 0;
  const write = (isRestart: boolean) => {
    const { table } = rulesFor(snapshot, node, config, causes, family);
    const result = sync(isRestart ? restarted(memory) : memory, table, nowMs);
    memory = result.memory;
    past = nftablesMode.after(forget(past), {
      snapshot,
      config,
      nowMs,
      serviceCIDRs,
      restarted: isRestart,
    });
    const written = nftablesMode.written({ snapshot, node, config, causes, family, past });
    // nft takes none of such a table: a failed sync leaves nothing to go by.
    if (written.refused !== undefined) return;
    texts.push({ want: result.transactions.join(''), got: written.lastInput?.('nft') });
  };
  write(false);
  for (const [i, step] of given.steps.entries()) {
    // Some within the second that a chain waits, some later.
    nowMs += step.advance * 1000 + (i % 3) * 400 + 1;
    const before = snapshot;
    snapshot = withChanges(snapshot, step);
    if (snapshot !== before || step.full === true) write(step.full === true);
  }
  return texts;
}

for (const minor of [32, 33, 34, 36]) {
  for (const family of [4, 6] as const) {
    test(`the last sync of IPv${family} is found again, 1.${minor}`, () => {
      let compared = 0;
      for (let seed = 1; seed <= 40; seed++) {
        for (const { want, got } of histories(proxyCase(seed, family), minor)) {
          assert.equal(got, want, `case ${seed}`);
          compared++;
        }
      }
      assert.ok(compared > 60);
    });
  }
}

test('the comparison sees a past that forgets what waits for its deletion', () => {
  const forget = (past: Past): Past => {
    const one = past as (LazyPast & { readonly before: { readonly left: unknown } | null }) | null;
    return one === null || one.before === null
      ? one
      : ({ ...one, before: { ...one.before, left: { 4: null, 6: null } } } as LazyPast);
  };
  const differing = Array.from({ length: 40 }, (_, i) => i + 1).filter((seed) =>
    histories(proxyCase(seed, 4), 34, forget).some(({ want, got }) => want !== got),
  );
  assert.ok(differing.length > 0);
});
