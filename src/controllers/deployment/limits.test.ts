// Pod counts from maxSurge and maxUnavailable, shares of ReplicaSets, and the annotations that remember both.
// Rows from deployment_util_test.go and sync_test.go of pkg/controller/deployment (1.34).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, IntOrString, ReplicaSet } from '../../api/types.ts';
import { copied, desiredOf, numbered, revisionOf } from './annotations.ts';
import { maxReplicas, maxUnavailable, minAvailable, surge } from './limits.ts';
import { activeOrLatest, isSaturated, proportion, shares } from './proportional.ts';

interface Rolling {
  readonly maxSurge?: IntOrString;
  readonly maxUnavailable?: IntOrString;
}

function deployment(
  replicas: number,
  rolling: Rolling | 'Recreate',
  more: object = {},
): Deployment {
  const strategy =
    rolling === 'Recreate'
      ? { type: 'Recreate' }
      : { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0, ...rolling } };
  return {
    metadata: { name: 'web' },
    spec: { replicas, strategy },
    ...more,
  } as unknown as Deployment;
}

const fenceposts: readonly (readonly [Rolling, number, surge: number, unavailable: number])[] = [
  [{ maxSurge: '0%', maxUnavailable: '0%' }, 10, 0, 1],
  [{ maxSurge: '39%', maxUnavailable: '39%' }, 10, 4, 3],
  [{ maxSurge: 0, maxUnavailable: '39%' }, 10, 0, 3],
  [{ maxSurge: '39%', maxUnavailable: 0 }, 10, 4, 0],
  [{ maxSurge: '0%', maxUnavailable: '1%' }, 2, 0, 1],
  [{ maxSurge: '1%', maxUnavailable: '25%' }, 2, 1, 0],
  [{ maxSurge: '1%', maxUnavailable: '0%' }, 1, 1, 0],
  [{ maxSurge: 1, maxUnavailable: 5 }, 10, 1, 5],
  [{ maxSurge: 1, maxUnavailable: 10 }, 10, 1, 10],
  [{ maxSurge: 1, maxUnavailable: 10 }, 5, 1, 5],
  [{ maxSurge: 1, maxUnavailable: 10 }, 0, 1, 0],
  [{ maxSurge: 1, maxUnavailable: '50%' }, 10, 1, 5],
  [{ maxSurge: 1, maxUnavailable: '100%' }, 5, 1, 5],
];
for (const [rolling, replicas, wantSurge, wantUnavailable] of fenceposts) {
  test(`fenceposts of ${JSON.stringify(rolling)} at ${replicas}`, () => {
    const found = deployment(replicas, rolling);
    assert.deepEqual([surge(found), maxUnavailable(found)], [wantSurge, wantUnavailable]);
    assert.equal(maxReplicas(found), replicas + wantSurge);
    assert.equal(minAvailable(found), replicas - wantUnavailable);
  });
}

test('Recreate has neither surge nor missing pods', () => {
  const found = deployment(3, 'Recreate');
  assert.deepEqual([surge(found), maxUnavailable(found), minAvailable(found)], [0, 0, 3]);
});

const maxKey = 'deployment.kubernetes.io/max-replicas';
const desiredKey = 'deployment.kubernetes.io/desired-replicas';

function set(name: string, replicas: number, annotations: object = {}, available = 0): ReplicaSet {
  return {
    metadata: { name, annotations },
    spec: { replicas },
    status: { availableReplicas: available },
  } as unknown as ReplicaSet;
}

/** Sizes oldest first, before and after; the newest set is the last one. */
const scales: readonly (readonly [
  name: string,
  after: readonly [replicas: number, surge: number],
  before: readonly [replicas: number, surge: number],
  sizes: readonly number[],
  want: readonly number[],
])[] = [
  ['proportional 5 -> 10', [10, 0], [5, 0], [3, 2], [6, 4]],
  ['proportional 5 -> 3', [3, 0], [5, 0], [3, 2], [2, 1]],
  ['proportional 9 -> 4', [4, 0], [9, 0], [1, 8], [0, 4]],
  ['proportional 7 -> 10', [10, 0], [7, 0], [2, 3, 2], [3, 4, 3]],
  ['proportional 13 -> 8', [8, 0], [13, 0], [3, 8, 2], [2, 5, 1]],
  ['leftovers 3 -> 4 go to the newest', [4, 0], [3, 0], [1, 1, 1], [1, 1, 2]],
  ['leftovers 3 -> 2 are taken from the oldest', [2, 0], [3, 0], [1, 1, 1], [0, 1, 1]],
  ['no new set 4 -> 5: the latest first', [5, 0], [4, 0], [2, 2], [2, 3]],
  ['6 -> 0', [0, 0], [6, 0], [1, 2, 3], [0, 0, 0]],
  ['with surge 10 -> 20', [20, 2], [10, 2], [6, 6], [11, 11]],
  ['surge and size change 10 -> 50', [50, 6], [10, 3], [8, 5], [34, 22]],
  ['size and template change 10 -> 14', [14, 0], [10, 0], [3, 7], [4, 10]],
  ['saturated but broken new set leaves the old pods', [2, 1], [2, 1], [1, 2], [1, 2]],
];
for (const [name, [replicas, extra], [was, wasExtra], sizes, want] of scales) {
  test(`shares: ${name}`, () => {
    const notes = { [desiredKey]: String(was), [maxKey]: String(was + wasExtra) };
    const sets = sizes.map((size, i) => set(`v${i}`, size, notes));
    const found = deployment(replicas, { maxSurge: extra });
    const result = shares(found, sets);
    assert.deepEqual(
      sets.map((one) => result.get(one)),
      want,
    );
  });
}

const fractions: readonly (readonly [
  name: string,
  deployment: readonly [replicas: number, status: number, surge: number],
  size: number,
  noted: string | undefined,
  want: number,
])[] = [
  ['an empty Deployment takes all', [0, 0, 0], 10, undefined, -10],
  ['nothing known: nothing changes', [10, 0, 0], 5, undefined, 0],
  ['a noted 0 is as nothing', [10, 0, 0], 5, '0', 0],
  ['by the status when nothing is noted', [120, 100, 0], 50, undefined, 10],
  ['by the status when 0 is noted', [120, 100, 0], 50, '0', 10],
  ['a fifth more', [120, 0, 0], 50, '100', 10],
  ['a fifth more, surge aside', [120, 0, 10], 50, '110', 9],
  ['a sixth less', [10, 0, 0], 6, '12', -1],
  ['a sixth less, surge aside', [100, 0, 10], 50, '130', -8],
];
for (const [name, [replicas, now, extra], size, noted, want] of fractions) {
  test(`fraction: ${name}`, () => {
    const found = deployment(replicas, { maxSurge: extra }, { status: { replicas: now } });
    const one = set('v1', size, noted === undefined ? {} : { [maxKey]: noted });
    const far = want < 0 ? -1000 : 1000;
    assert.equal(proportion(found, one, far, 0), want);
  });
}

test('one active set takes all; none: the new or the latest; several: nobody', () => {
  const [old, middle, fresh] = [set('v1', 0), set('v2', 0), set('v3', 0)];
  const two = set('v2', 2);
  assert.equal(activeOrLatest(fresh, [old, two]), two);
  assert.equal(activeOrLatest(fresh, [old, middle]), fresh);
  assert.equal(activeOrLatest(undefined, [old, middle]), middle);
  assert.equal(activeOrLatest(set('v3', 1), [old, two]), undefined);
  assert.equal(activeOrLatest(undefined, []), undefined);
});

test('a set is saturated when size, note and available pods say so', () => {
  const found = deployment(2, {});
  assert.equal(isSaturated(found, set('v1', 2, { [desiredKey]: '2' }, 2)), true);
  assert.equal(isSaturated(found, set('v1', 2, { [desiredKey]: '3' }, 2)), false);
  assert.equal(isSaturated(found, set('v1', 2, {}, 2)), false);
  assert.equal(isSaturated(found, set('v1', 2, { [desiredKey]: '2' }, 1)), false);
});

const revisionKey = 'deployment.kubernetes.io/revision';
const historyKey = 'deployment.kubernetes.io/revision-history';
const plain = deployment(1, {});

const numbers: readonly (readonly [
  name: string,
  before: Readonly<Record<string, string>> | undefined,
  revision: number,
  want: Readonly<Record<string, string>> | undefined,
])[] = [
  ['a first number', undefined, 1, { [revisionKey]: '1' }],
  ['the same number changes nothing', { [revisionKey]: '3' }, 3, { [revisionKey]: '3' }],
  ['a lower one neither', { [revisionKey]: '3' }, 2, { [revisionKey]: '3' }],
  [
    'a rollback notes the old number',
    { [revisionKey]: '1' },
    3,
    { [revisionKey]: '3', [historyKey]: '1' },
  ],
  [
    'the second one adds to it',
    { [revisionKey]: '3', [historyKey]: '1' },
    5,
    { [revisionKey]: '5', [historyKey]: '1,3' },
  ],
  ['what is no number stays', { [revisionKey]: 'x' }, 5, { [revisionKey]: 'x' }],
];
for (const [name, before, revision, want] of numbers) {
  test(`revision: ${name}`, () => {
    assert.deepEqual(numbered(plain, before, revision), want);
  });
}

test('a history beyond 2,000 characters loses its oldest numbers', () => {
  const history = Array.from({ length: 500 }, (_, i) => String(1000 + i)).join(',');
  const before = { [revisionKey]: '1500', [historyKey]: history };
  const after = numbered(plain, before, 1502)?.[historyKey]?.split(',') ?? [];
  assert.deepEqual([after[0], after.at(-1)], ['1101', '1500']);
  assert.ok(after.join(',').length <= 2000);
});

test('annotations are copied to the ReplicaSet but for those that are the own ones of either', () => {
  const annotations = {
    note: 'x',
    'kubernetes.io/change-cause': 'why',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'deprecated.deployment.rollback.to': '1',
    [revisionKey]: '1',
    [historyKey]: '1',
    [desiredKey]: '1',
    [maxKey]: '1',
  };
  assert.deepEqual(copied(annotations), { note: 'x', 'kubernetes.io/change-cause': 'why' });
  assert.equal(Object.keys(copied(annotations, true)).length, 6);
});

test('numbers in annotations: none below 0 and none beyond int32', () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['0', 0],
    ['10', 10],
    ['2147483647', 2147483647],
    ['2147483648', undefined],
    ['-1', undefined],
    ['ten', undefined],
    ['', undefined],
  ];
  for (const [text, want] of rows) {
    assert.equal(desiredOf(set('v1', 1, { [desiredKey]: text })), want, text);
  }
  assert.equal(revisionOf(set('v1', 1, { [revisionKey]: 'x' })), 0);
});
