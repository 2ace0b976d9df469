// Deletion by rows: grace, finalizers and propagation, and what is refused; then the eviction of Pods.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/error.ts';
import type { DeleteRequest } from '../api/requests.ts';
import { rowOf } from '../api/scheme.ts';
import type { AnyObject, ObjectMeta } from '../api/types.ts';
import { newServer } from './server.fixture.ts';

interface Row {
  readonly name: string;
  readonly kind?: string;
  readonly metadata?: Partial<ObjectMeta>;
  readonly node?: string;
  readonly phase?: string;
  /** One after the other, ten seconds apart. */
  readonly deletes: readonly DeleteRequest[];
  /** "gone", or "seconds at time, finalizers". */
  readonly want: string;
}

const held = { finalizers: ['example.com/hold'] };

const rows: readonly Row[] = [
  { name: 'without finalizers an object goes at once', deletes: [{}], want: 'gone' },
  {
    name: 'a finalizer holds it',
    metadata: held,
    deletes: [{}],
    want: '0 at 00:00:00, example.com/hold',
  },
  {
    name: 'deleting it again changes nothing',
    metadata: held,
    deletes: [{}, {}],
    want: '0 at 00:00:00, example.com/hold',
  },
  {
    name: 'Foreground waits for dependents',
    deletes: [{ propagation: 'Foreground' }],
    want: '0 at 00:00:00, foregroundDeletion',
  },
  {
    name: 'Orphan lets them go first',
    metadata: held,
    deletes: [{ propagation: 'Orphan' }],
    want: '0 at 00:00:00, example.com/hold orphan',
  },
  {
    name: 'Background takes back a Foreground',
    deletes: [{ propagation: 'Foreground' }, { propagation: 'Background' }],
    want: 'gone',
  },
  {
    name: 'Orphan replaces Foreground',
    deletes: [{ propagation: 'Foreground' }, { propagation: 'Orphan' }],
    want: '0 at 00:00:00, orphan',
  },
  {
    name: 'an Event has no dependents',
    kind: 'Event',
    deletes: [{ propagation: 'Orphan' }],
    want: 'gone',
  },
  {
    name: 'a Job that is deleted without a word orphans its Pods',
    kind: 'Job',
    deletes: [{}],
    want: '0 at 00:00:00, orphan',
  },
  { name: 'a Pod without a node goes at once', kind: 'Pod', deletes: [{}], want: 'gone' },
  { name: 'a Pod has 30 s', kind: 'Pod', node: 'n', deletes: [{}], want: '30 at 00:00:30' },
  {
    name: 'a Pod that has ended goes at once',
    kind: 'Pod',
    node: 'n',
    phase: 'Succeeded',
    deletes: [{}],
    want: 'gone',
  },
  {
    name: 'a finalizer holds a Pod after its grace',
    kind: 'Pod',
    node: 'n',
    metadata: held,
    deletes: [{ gracePeriodSeconds: 0 }],
    want: '0 at 00:00:00, example.com/hold',
  },
  {
    name: 'a negative period counts as one second',
    kind: 'Pod',
    node: 'n',
    deletes: [{ gracePeriodSeconds: -5 }],
    want: '1 at 00:00:01',
  },
  {
    name: 'a longer period is ignored',
    kind: 'Pod',
    node: 'n',
    deletes: [{}, { gracePeriodSeconds: 60 }],
    want: '30 at 00:00:30',
  },
  {
    name: 'a shorter one counts from the first delete',
    kind: 'Pod',
    node: 'n',
    deletes: [{}, { gracePeriodSeconds: 15 }],
    want: '15 at 00:00:15',
  },
  {
    name: 'one that is over already leaves a second',
    kind: 'Pod',
    node: 'n',
    deletes: [{}, { gracePeriodSeconds: 5 }],
    want: '1 at 00:00:10',
  },
  {
    name: 'zero ends it',
    kind: 'Pod',
    node: 'n',
    deletes: [{}, { gracePeriodSeconds: 0 }],
    want: 'gone',
  },
];

const container = { name: 'c', image: 'c' };
const labels = { app: 'x' };
const bodies: Readonly<Record<string, object>> = {
  ConfigMap: {},
  Event: { involvedObject: {} },
  Job: {
    spec: {
      template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container] } },
    },
  },
  Pod: { spec: { containers: [container] } },
};

for (const { name, kind = 'ConfigMap', metadata, node, phase, deletes, want } of rows) {
  test(name, () => {
    let nowMs = 0;
    const { requests } = newServer({ nowMs: () => nowMs });
    const row = rowOf({ kind });
    const place = { namespace: 'default', name: 'x' };
    const body = bodies[kind] as { spec?: object };
    const spec = node === undefined ? body.spec : { ...body.spec, nodeName: node };
    requests.create(row, 'default', {
      ...body,
      metadata: { ...metadata, name: 'x', namespace: 'default' },
      ...(spec === undefined ? {} : { spec }),
    });
    if (phase !== undefined) {
      requests.patch(row, place, 'merge', { status: { phase } }, { subresource: 'status' });
    }
    for (const options of deletes) {
      requests.delete(row, place, options);
      nowMs += 10_000;
    }
    const [left] = requests.list(row, { fieldSelector: 'metadata.name=x' }).items;
    assert.equal(left === undefined ? 'gone' : state(left), want);
  });
}

function state({ metadata }: AnyObject): string {
  const { deletionTimestamp = '', deletionGracePeriodSeconds, finalizers = [] } = metadata;
  const time = deletionTimestamp.slice(11, 19);
  const all = finalizers.length === 0 ? '' : `, ${finalizers.join(' ')}`;
  return `${deletionGracePeriodSeconds} at ${time}${all}`;
}

function refusal(act: () => unknown): ApiError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof ApiError, `${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

test('the namespaces of the system stay', () => {
  const { requests } = newServer();
  const error = refusal(() => requests.delete(rowOf({ kind: 'Namespace' }), { name: 'default' }));
  assert.equal(
    error.message,
    'namespaces "default" is forbidden: this namespace may not be deleted',
  );
});

test('a namespace that terminates takes nothing new', () => {
  const { requests } = newServer();
  const namespaces = rowOf({ kind: 'Namespace' });
  requests.create(namespaces, undefined, { metadata: { name: 'demo' } });
  const gone = requests.delete(namespaces, { name: 'demo' });
  assert.deepEqual(gone['status'], { phase: 'Terminating' });
  const map = { metadata: { name: 'c' } };
  const error = refusal(() => requests.create(rowOf({ kind: 'ConfigMap' }), 'demo', map));
  const why = 'unable to create new content in namespace demo because it is being terminated';
  assert.equal(error.message, `configmaps "c" is forbidden: ${why}`);
});

const pods = rowOf({ kind: 'Pod' });
const budgets = rowOf({ kind: 'PodDisruptionBudget' });
const pod = { namespace: 'default', name: 'web-1' };

/** A ready Pod under one budget for each status. */
function guarded(statuses: readonly object[], ready = 'True', policy?: string) {
  const server = newServer();
  const { requests } = server;
  requests.create(pods, 'default', {
    metadata: { name: 'web-1', labels },
    spec: { nodeName: 'n', containers: [container] },
  });
  const conditions = [{ type: 'Ready', status: ready }];
  requests.patch(
    pods,
    pod,
    'merge',
    { status: { phase: 'Running', conditions } },
    { subresource: 'status' },
  );
  for (const [i, status] of statuses.entries()) {
    const spec = { minAvailable: 1, selector: { matchLabels: labels } };
    const more = policy === undefined ? {} : { unhealthyPodEvictionPolicy: policy };
    const name = `b${i}`;
    requests.create(budgets, 'default', { metadata: { name }, spec: { ...spec, ...more } });
    requests.patch(
      budgets,
      { namespace: 'default', name },
      'merge',
      { status },
      { subresource: 'status' },
    );
  }
  return requests;
}

const counted = { observedGeneration: 1, expectedPods: 2, desiredHealthy: 1 };
const allowing = { ...counted, currentHealthy: 2, disruptionsAllowed: 1 };
const tight = { ...counted, currentHealthy: 1, disruptionsAllowed: 0 };

const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget.";

const evictions: readonly {
  readonly name: string;
  readonly requests: () => ReturnType<typeof guarded>;
  /** Code, message, cause; null: evicted. */
  readonly want: readonly [number, string, string?] | null;
}[] = [
  { name: 'a Pod that no budget covers goes', requests: () => guarded([]), want: null },
  { name: 'a budget with room lets it go', requests: () => guarded([allowing]), want: null },
  {
    name: 'a budget without room keeps it',
    requests: () => guarded([tight]),
    want: [429, VIOLATES, 'The disruption budget b0 needs 1 healthy pods and has 1 currently'],
  },
  {
    name: 'a budget that was not looked at yet keeps it',
    requests: () => guarded([{ ...allowing, observedGeneration: 0 }]),
    want: [429, VIOLATES, 'The disruption budget b0 is still being processed by the server.'],
  },
  {
    name: 'two budgets are one too many',
    requests: () => guarded([allowing, allowing]),
    want: [
      500,
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    ],
  },
  {
    name: 'an unready Pod goes while enough are healthy',
    requests: () => guarded([{ ...tight, currentHealthy: 1 }], 'False'),
    want: null,
  },
  {
    name: 'an unready Pod stays while too few are healthy',
    requests: () => guarded([{ ...tight, currentHealthy: 0 }], 'False'),
    want: [429, VIOLATES, 'The disruption budget b0 needs 1 healthy pods and has 0 currently'],
  },
  {
    name: 'an unready Pod goes when the policy says AlwaysAllow',
    requests: () => guarded([{ ...tight, currentHealthy: 0 }], 'False', 'AlwaysAllow'),
    want: null,
  },
];

for (const { name, requests: make, want } of evictions) {
  test(`eviction: ${name}`, () => {
    const requests = make();
    if (want === null) {
      requests.evict(pod, { dryRun: true });
      assert.equal(requests.get(pods, pod).metadata.deletionTimestamp, undefined, 'dry run');
      requests.evict(pod);
      const gone = requests.get(pods, pod);
      assert.ok(gone.metadata.deletionTimestamp !== undefined);
      assert.match(JSON.stringify(gone['status']), /"DisruptionTarget".*EvictionByEvictionAPI/);
      return;
    }
    const error = refusal(() => requests.evict(pod));
    assert.deepEqual(
      [error.code, error.message, ...error.causes.map(({ text }) => text)],
      [...want],
    );
    assert.equal(requests.get(pods, pod).metadata.deletionTimestamp, undefined);
  });
}

test('an eviction is charged to the budget before the controller counts again', () => {
  const requests = guarded([allowing]);
  requests.evict(pod);
  const { status } = requests.get(budgets, { namespace: 'default', name: 'b0' }) as unknown as {
    status: { disruptionsAllowed: number; disruptedPods: object };
  };
  assert.equal(status.disruptionsAllowed, 0);
  assert.deepEqual(Object.keys(status.disruptedPods), ['web-1']);
});
