// A sync that looks at what changed must do to the kernel what one that goes through everything does, over whole
// histories: Services that share addresses, endpoints that come back, connections that hold servers, minutes that pass.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FakeIpvs, fakeIpvs } from '../../../test/arbitraries/fake-ipvs.ts';
import { service, slice, testConfig, testNode } from '../../../test/arbitraries/proxy-objects.ts';
import { checkCatches, checkProperty } from '../../../test/check-property.ts';
import { Causes } from '../../sim/causes.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { emptySnapshot } from '../snapshot.ts';
import { deleteIdle, type LeavingList } from './graceful.ts';
import { layerFor } from './layer.ts';
import { type Fed, moved } from './node.fixture.ts';
import { settingsFor } from './settings.ts';
import { type Before, syncServers } from './sync.ts';

/** What goes wrong on purpose. */
type Fault = 'none' | 'shared front ends are forgotten' | 'servers that leave are forgotten';

/** One Service comes, changes or goes; and what passes before the sync. */
interface Step {
  readonly name: (typeof names)[number];
  /** null: it goes. */
  readonly endpoints: readonly number[] | null;
  /** It has the external IP that others may have too. */
  readonly isSharing: boolean;
  /** Endpoints with open connections. */
  readonly busy: readonly number[];
  readonly isMinuteLater: boolean;
}

const names = ['a', 'b', 'c'] as const;
const some = fc.subarray([1, 2, 3, 4]);
const step: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom(...names),
  endpoints: fc.option(some, { freq: 5 }),
  isSharing: fc.boolean(),
  busy: some,
  isMinuteLater: fc.boolean(),
});

function objectsOf({ name, endpoints, isSharing }: Step): readonly Fed[] {
  if (endpoints === null) return [];
  const clusterIP = `172.30.0.${names.indexOf(name) + 1}`;
  const externalIPs = isSharing ? ['192.0.2.9'] : [];
  const behind = endpoints.map((n) => `10.180.0.${n}`);
  return [service(`ns/${name}`, { clusterIP, externalIPs }), slice(`ns/${name}`, behind)];
}

interface Kernel {
  readonly ipvs: FakeIpvs;
  readonly leaving: LeavingList;
}

function kernel(): Kernel {
  return { ipvs: fakeIpvs(), leaving: new Map() };
}

/** Changes by virtual server: between two of them no order is promised. */
function changes({ ipvs }: Kernel): readonly string[] {
  const lines = ipvs.log.map((line, i) => ({ key: line.split(' ')[1] ?? '', i, line }));
  ipvs.log.length = 0;
  return lines.sort((a, b) => byCodeUnit(a.key, b.key) || a.i - b.i).map(({ line }) => line);
}

function holds(history: readonly Step[], fault: Fault): void {
  const causes = new Causes();
  const settings = settingsFor(testNode.addresses, testNode, testConfig, 4);
  const [quick, slow] = [kernel(), kernel()];
  const common = { nowMs: 0, scheduler: 'rr', excludeCIDRs: [], originOf: () => 0, isFirst: false };
  let snapshot = emptySnapshot();
  let known: readonly Fed[] = [];
  let before: Before | null = null;
  let held = {
    quick: [] as readonly (number | bigint)[],
    slow: [] as readonly (number | bigint)[],
  };
  for (const step of history) {
    for (const { ipvs, leaving } of [quick, slow]) {
      if (step.isMinuteLater) deleteIdle(ipvs, leaving, 0);
      ipvs.active.clear();
      for (const n of step.busy) ipvs.active.set(`10.180.0.${n}:80`, 1);
    }
    const others = known.filter(({ metadata }) => metadata.name.split('-')[0] !== step.name);
    const objects = [...others, ...objectsOf(step)];
    snapshot = moved(snapshot, known, objects);
    known = objects;
    const layer = layerFor(snapshot, settings, causes);
    const leaving = fault === 'servers that leave are forgotten' ? new Map() : quick.leaving;
    const input = { ...common, ipvs: quick.ipvs, leaving, held: held.quick };
    const synced = syncServers(input, layer, before);
    const all = syncServers({ ...common, ...slow, held: held.slow }, layer, null);
    held = { quick: synced.addresses, slow: all.addresses };
    const forgets = fault === 'shared front ends are forgotten';
    before = { layer, contested: forgets ? new Set() : synced.contested };
    assert.deepEqual(changes(quick), changes(slow));
    assert.deepEqual([...quick.leaving.keys()].sort(), [...slow.leaving.keys()].sort());
    assert.deepEqual([...held.quick].sort(), [...held.slow].sort());
  }
}

const histories = fc.array(step, { minLength: 2, maxLength: 12 });
const options = { file: import.meta.filename, runs: 150 };
const property = (fault: Fault) => fc.property(histories, (history) => holds(history, fault));

checkProperty('C1 a sync of what changed does what a sync of all does', property('none'), options);
for (const fault of [
  'shared front ends are forgotten',
  'servers that leave are forgotten',
] as const) {
  checkCatches(`C1 the histories notice when ${fault}`, property(fault), options);
}
