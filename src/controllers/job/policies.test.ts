// Failure and success policies, index sets and back-off as tables, rows of upstream's unit tests
// (pkg/controller/job/{pod_failure_policy,success_policy,indexed_job_utils,backoff_utils}_test.go).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStatus, Pod, PodFailurePolicyRule } from '../../api/types.ts';
import { firstMissing, formatIntervals, parseIntervals, withIndexes } from './intervals.ts';
import { backoffMs } from './job-pods.ts';
import { failureVerdict, successMessage } from './policies.ts';

function ended(name: string, exitCode: number): ContainerStatus {
  const terminated = { exitCode, finishedAt: '2026-01-01T00:00:00Z' };
  return {
    name,
    image: '',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { terminated },
  } as ContainerStatus;
}

function pod(status: object): Pod {
  const metadata = { name: 'mypod', namespace: 'default' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] }, status } as Pod;
}

function onExitCodes(action: string, operator: string, values: number[], containerName?: string) {
  return {
    action,
    onExitCodes: { operator, values, ...(containerName === undefined ? {} : { containerName }) },
  };
}
const main = (code: number) => pod({ containerStatuses: [ended('main', code)] });
const disrupted = pod({ conditions: [{ type: 'DisruptionTarget', status: 'True' }] });
const onDisruption = { onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
const said = (code: number, index = 0) =>
  `Container main for pod default/mypod failed with exit code ${code} matching FailJob rule at index ${index}`;

const failures: readonly (readonly [
  name: string,
  rules: readonly PodFailurePolicyRule[],
  pod: Pod,
  want: object,
])[] = [
  ['no rules', [], main(2), { counts: true }],
  ['In, not matched', [onExitCodes('FailJob', 'In', [1, 3])], main(2), { counts: true }],
  [
    'In, matched',
    [onExitCodes('FailJob', 'In', [2])],
    main(2),
    { counts: true, action: 'FailJob', message: said(2) },
  ],
  [
    'NotIn, matched',
    [onExitCodes('FailJob', 'NotIn', [1])],
    main(2),
    { counts: true, action: 'FailJob', message: said(2) },
  ],
  [
    'NotIn never matches status 0',
    [onExitCodes('FailJob', 'NotIn', [1])],
    main(0),
    { counts: true },
  ],
  ['another container', [onExitCodes('FailJob', 'In', [2], 'side')], main(2), { counts: true }],
  [
    'an init container after the others',
    [onExitCodes('Ignore', 'In', [5])],
    pod({ containerStatuses: [ended('main', 2)], initContainerStatuses: [ended('init', 5)] }),
    { counts: false, action: 'Ignore' },
  ],
  [
    'the first match decides',
    [onExitCodes('Count', 'In', [2]), onExitCodes('FailJob', 'In', [2])],
    main(2),
    { counts: true, action: 'Count' },
  ],
  [
    'the second rule',
    [onExitCodes('Ignore', 'In', [9]), onExitCodes('FailJob', 'In', [2])],
    main(2),
    { counts: true, action: 'FailJob', message: said(2, 1) },
  ],
  [
    'FailIndex',
    [onExitCodes('FailIndex', 'In', [2])],
    main(2),
    { counts: true, action: 'FailIndex' },
  ],
  ['an unknown action', [onExitCodes('UnknownAction', 'In', [2])], main(2), { counts: true }],
  [
    'condition, Ignore',
    [{ action: 'Ignore', ...onDisruption }],
    disrupted,
    { counts: false, action: 'Ignore' },
  ],
  [
    'condition, FailJob',
    [{ action: 'FailJob', ...onDisruption }],
    disrupted,
    {
      counts: true,
      action: 'FailJob',
      message: 'Pod default/mypod has condition DisruptionTarget matching FailJob rule at index 0',
    },
  ],
  [
    'condition of another status',
    [{ action: 'Ignore', ...onDisruption }],
    pod({ conditions: [{ type: 'DisruptionTarget', status: 'False' }] }),
    { counts: true },
  ],
];
for (const [name, rules, failed, want] of failures) {
  test(`pod failure policy: ${name}`, () => {
    assert.deepEqual(failureVerdict({ rules }, failed), want);
  });
}

const met = (index: number) => `Matched rules at index ${index}`;
const successes: readonly (readonly [
  rules: readonly { succeededIndexes?: string; succeededCount?: number }[],
  succeeded: string,
  want: string | undefined,
])[] = [
  [[{ succeededIndexes: '0,4,6' }], '', undefined],
  [[{ succeededIndexes: '0-3' }], '0-2', undefined],
  [[{ succeededIndexes: '0-3' }], '0-5', met(0)],
  [[{ succeededIndexes: '5-6,9' }], '5-7,9', met(0)],
  [[{ succeededIndexes: '5-6,9', succeededCount: 2 }], '6-9', met(0)],
  [[{ succeededIndexes: '5-6,9', succeededCount: 3 }], '6-9', undefined],
  [[{ succeededCount: 3 }], '0-2', met(0)],
  [[{ succeededCount: 4 }, { succeededIndexes: '2' }], '0-2', met(1)],
  [[{ succeededIndexes: 'a-z' }], '0-2', undefined],
  [[], '0-2', undefined],
];
for (const [rules, succeeded, want] of successes) {
  test(`success policy: ${JSON.stringify(rules)} with ${succeeded}`, () => {
    assert.equal(successMessage({ rules }, 10, parseIntervals(succeeded, 10)), want);
  });
}

const sets: readonly (readonly [text: string, completions: number, add: number[], want: string])[] =
  [
    ['', 6, [], ''],
    ['', 6, [2, 3], '2,3'],
    ['', 6, [1, 2, 3], '1-3'],
    ['0,2,4', 6, [1, 3, 5], '0-5'],
    ['2-4,6-9', 10, [5], '2-9'],
    ['2-9', 5, [], '2-4'],
    ['3,9-11', 9, [], '3'],
    ['0,z-3,5', 9, [], '0,5'],
    ['1,2', 9, [], '1,2'],
  ];
for (const [text, completions, add, want] of sets) {
  test(`indexes "${text}" of ${completions} and ${add} are "${want}"`, () => {
    assert.equal(formatIntervals(withIndexes(parseIntervals(text, completions), add)), want);
  });
}

const pending: readonly (readonly [
  taken: string,
  count: number,
  completions: number,
  want: number[],
])[] = [
  ['', 3, 5, [0, 1, 2]],
  ['0,2', 3, 5, [1, 3, 4]],
  ['0-3', 3, 5, [4]],
  ['0-4', 3, 5, []],
  ['1-2', 0, 5, []],
];
for (const [taken, count, completions, want] of pending) {
  test(`the first ${count} of ${completions} that are not in "${taken}"`, () => {
    assert.deepEqual(firstMissing(parseIntervals(taken, completions), count, completions), want);
  });
}

const at = (seconds: number) => new Date(1767225600000 + seconds * 1000).toISOString();
const backoffs: readonly (readonly [failures: number, elapsed: number, want: number])[] = [
  [0, 0, 0],
  [1, 0, 10],
  [1, 4, 6],
  [1, 11, 0],
  [2, 0, 20],
  [3, 0, 40],
  [6, 0, 320],
  [7, 0, 600],
  [40, 0, 600],
];
for (const [count, elapsed, want] of backoffs) {
  test(`back-off after ${count} failures and ${elapsed} s: ${want} s`, () => {
    assert.equal(backoffMs(count, 1767225600, at(elapsed)), want * 1000);
  });
}
