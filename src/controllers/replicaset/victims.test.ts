// Which pods a scale-down removes first. Rows from TestSortingActivePodsWithRanks and TestGetPodsToDelete of
// pkg/controller (1.34).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { victims } from './victims.ts';

const now = '2026-03-01T10:00:00Z';
const month = '2026-02-01T10:00:00Z';
const hours2 = '2026-03-01T08:00:00Z';
const hours5 = '2026-03-01T05:00:00Z';
const hours8 = '2026-03-01T02:00:00Z';

interface Given {
  readonly node?: string;
  readonly phase?: string;
  /** When it got ready; null: it is not; '': nobody knows. */
  readonly ready?: string | null;
  readonly created?: string;
  readonly restarts?: number;
  readonly sidecarRestarts?: number;
  readonly cost?: string;
  readonly uid?: string;
  /** Active pods of related ReplicaSets on its node. */
  readonly rank?: number;
}

function pod(name: string, given: Given): Pod {
  const { node = `node-${name}`, ready = null, created = now } = given;
  const time = ready === '' || ready === null ? {} : { lastTransitionTime: ready };
  const cost = { 'controller.kubernetes.io/pod-deletion-cost': given.cost ?? '' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: given.uid ?? name,
      creationTimestamp: created,
      ...(given.cost === undefined ? {} : { annotations: cost }),
    },
    spec: {
      ...(node === '' ? {} : { nodeName: node }),
      initContainers: [{ name: 'sidecar', restartPolicy: 'Always' }, { name: 'init' }],
      containers: [{ name: 'c' }],
    },
    status: {
      phase: given.phase ?? 'Running',
      conditions: [{ type: 'Ready', status: ready === null ? 'False' : 'True', ...time }],
      containerStatuses: [{ name: 'c', restartCount: given.restarts ?? 0 }],
      initContainerStatuses: [
        { name: 'sidecar', restartCount: given.sidecarRestarts ?? 0 },
        { name: 'init', restartCount: 7 },
      ],
    },
  } as unknown as Pod;
}

const at = (minor: number) =>
  ({ now, minor, index: { sequenceOf: () => 0 } }) as unknown as ControllerContext;
const context = at(34);

/** Names in the order in which they would go; the last one stays. */
function first(a: Given, b: Given, minor = 34): string {
  const pods = [pod('a', a), pod('b', b)];
  const related = [a, b].flatMap(({ rank = 1 }, i) => Array(rank).fill(pods[i]) as Pod[]);
  return victims(pods, related, 1, at(minor))[0]?.metadata.name ?? '';
}

const running: Given = { ready: now };
const rows: readonly (readonly [name: string, goes: Given, stays: Given])[] = [
  ['without a node before with one', { node: '', phase: 'Pending' }, { phase: 'Pending', rank: 2 }],
  ['pending before unknown', { phase: 'Pending' }, { phase: 'Unknown', rank: 2 }],
  ['unknown before running', { phase: 'Unknown' }, { rank: 2 }],
  ['not ready before ready', {}, { ready: '' }],
  ['ready since nobody knows when before ready since now', { ready: '' }, running],
  ['more related pods before an unknown time', { ...running, rank: 2 }, { ready: '' }],
  ['ready since now before ready since a month', running, { ready: month, created: month }],
  ['restarts', { ...running, restarts: 9001 }, running],
  [
    'restarts of sidecars decide between equal ones',
    { ...running, restarts: 9001, sidecarRestarts: 9001 },
    { ...running, restarts: 9001 },
  ],
  ['more related pods before restarts', { ...running, rank: 2 }, { ...running, restarts: 9001 }],
  ['created now before created a month ago', running, { ...running, created: month }],
  ['more related pods before age', { ...running, created: month, rank: 2 }, running],
  [
    'a lower deletion cost',
    { ...running, cost: '10', rank: 1 },
    { ...running, cost: '100', rank: 2 },
  ],
  ['a negative cost before none', { ...running, cost: '-1' }, { ...running, rank: 2 }],
  ['"-05" is -5', { ...running, cost: '-05' }, { ...running, cost: '-4', rank: 2 }],
  ['"05" is no cost', { ...running, cost: '05' }, { ...running, cost: '1', rank: 2 }],
  ['"+5" is no cost', { ...running, cost: '+5' }, { ...running, cost: '1', rank: 2 }],
  [
    'a cost beyond int32 is none',
    { ...running, cost: '-1' },
    { ...running, cost: '-2147483649', rank: 2 },
  ],
  [
    'ready for 2 h before ready for 5 h: another power of two',
    { ready: hours2, created: month },
    { ready: hours5, created: month },
  ],
  [
    'ready for 8 h or 5 h: one power of two, the lower UID',
    { ready: hours8, created: month, uid: '1' },
    { ready: hours5, created: month, uid: '2' },
  ],
];
for (const [name, goes, stays] of rows) {
  test(`victims: ${name}`, () => {
    assert.equal(first(goes, stays), 'a');
    assert.equal(first(stays, goes), 'b');
  });
}

const versions: readonly (readonly [name: string, minor: number, goes: Given, stays: Given])[] = [
  ['1.21 knows no cost', 21, { ...running, rank: 2 }, { ...running, cost: '-1' }],
  ['1.22 does', 22, { ...running, cost: '-1' }, { ...running, rank: 2 }],
  [
    '1.21 compares exact ages',
    21,
    { ready: hours5, created: month, uid: '2' },
    { ready: hours8, created: month, uid: '1' },
  ],
  [
    '1.22 powers of two',
    22,
    { ready: hours8, created: month, uid: '1' },
    { ready: hours5, created: month, uid: '2' },
  ],
  [
    '1.31 leaves sidecars out',
    31,
    { ...running, sidecarRestarts: 0 },
    { ...running, sidecarRestarts: 9, created: month },
  ],
  [
    '1.32 counts them',
    32,
    { ...running, sidecarRestarts: 9, created: month },
    { ...running, sidecarRestarts: 0 },
  ],
];
for (const [name, minor, goes, stays] of versions) {
  test(`victims by version: ${name}`, () => {
    assert.equal(first(goes, stays, minor), 'a');
    assert.equal(first(stays, goes, minor), 'b');
  });
}

test('pods that all go are not ranked', () => {
  const all = [pod('ready', running), pod('pending', { phase: 'Pending', node: '' })];
  assert.deepEqual(victims(all, all, 2, context), all);
});

test('three of five: without node, then pending, then not ready', () => {
  const all = [
    pod('node-1', running),
    pod('node-2', running),
    pod('not-ready', {}),
    pod('pending', { phase: 'Pending' }),
    pod('unscheduled', { phase: 'Pending', node: '' }),
  ];
  const names = victims(all, all, 3, context).map((one) => one.metadata.name);
  assert.deepEqual(names, ['unscheduled', 'pending', 'not-ready']);
});
