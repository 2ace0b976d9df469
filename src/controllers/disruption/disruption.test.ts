// Budgets by rows: what a budget and its Pods give for a status. Cases of pkg/controller/disruption/disruption_test.go;
// and a property: evictions in any order never bring the healthy Pods below the budget.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import { seeded } from '../../sim/choices.ts';
import { ControlPlane, webDeployment } from '../control-plane.fixture.ts';
import { controllers } from '../controllers.ts';
import { goSelector } from './expected.ts';

const web = { matchLabels: { app: 'web' } };

function budget(spec: PodDisruptionBudgetSpec): object {
  const metadata = { name: 'web', namespace: 'default' };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec };
}

function barePod(name: string, owner?: object): object {
  const ownerReferences = owner === undefined ? [] : [owner];
  const metadata = { name, namespace: 'default', labels: { app: 'web' }, ownerReferences };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [{ name: 'c', image: 'c' }] },
  };
}

function found(plane: ControlPlane): PodDisruptionBudget {
  const one = plane.server.get('PodDisruptionBudget', 'default/web');
  assert.ok(one);
  return one;
}

/** "healthy/desired of expected, allowed, reason". */
function summary(plane: ControlPlane): string {
  const { status } = found(plane);
  const { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed, conditions } =
    status ?? {};
  return `${currentHealthy}/${desiredHealthy} of ${expectedPods}, ${disruptionsAllowed} ${conditions?.[0]?.reason}`;
}

function warnings(plane: ControlPlane): readonly string[] {
  return plane.server
    .rawList('Event', 'default')
    .filter((one) => (one['involvedObject'] as { kind: string }).kind === 'PodDisruptionBudget')
    .map((one) => `${one['type']} ${one['reason']}: ${one['message']}`);
}

const set = (replicas: number) => ({
  ...(webDeployment(replicas) as { spec: object }),
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
});

const unmanaged =
  'Warning UnmanagedPods: Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';
const noPods = 'Normal NoPods: No matching pods found';
const owned = (apiVersion: string, kind: string) => ({
  apiVersion,
  kind,
  name: 'x',
  uid: 'x',
  controller: true,
});

const rows: readonly {
  readonly name: string;
  readonly spec: PodDisruptionBudgetSpec;
  readonly objects: readonly object[];
  readonly want: string;
  readonly events?: readonly string[];
}[] = [
  {
    name: 'no selector selects nothing (TestNoSelector)',
    spec: { minAvailable: 3 },
    objects: [webDeployment(3)],
    want: '0/3 of 0, 0 InsufficientPods',
    events: [noPods],
  },
  {
    name: 'an empty selector selects all',
    spec: { minAvailable: 1, selector: {} },
    objects: [webDeployment(3)],
    want: '3/1 of 3, 2 SufficientPods',
  },
  {
    name: 'minAvailable as a number (TestUnavailable)',
    spec: { minAvailable: 3, selector: web },
    objects: [webDeployment(4)],
    want: '4/3 of 4, 1 SufficientPods',
  },
  {
    name: 'minAvailable as a number, bare Pods',
    spec: { minAvailable: 1, selector: web },
    objects: [barePod('a'), barePod('b')],
    want: '2/1 of 2, 1 SufficientPods',
  },
  {
    name: 'minAvailable in percent rounds up',
    spec: { minAvailable: '28%', selector: web },
    objects: [set(10)],
    want: '10/3 of 10, 7 SufficientPods',
  },
  {
    name: 'maxUnavailable as a number (TestIntegerMaxUnavailable)',
    spec: { maxUnavailable: 1, selector: web },
    objects: [webDeployment(3)],
    want: '3/2 of 3, 1 SufficientPods',
  },
  {
    name: 'maxUnavailable in percent rounds up (TestPercentageMaxUnavailableWithScaling)',
    spec: { maxUnavailable: '30%', selector: web },
    objects: [set(7)],
    want: '7/4 of 7, 3 SufficientPods',
  },
  {
    name: 'maxUnavailable greater than the scale',
    spec: { maxUnavailable: 9, selector: web },
    objects: [webDeployment(3)],
    want: '3/0 of 3, 3 SufficientPods',
  },
  {
    name: 'bare Pods have no share (TestNakedPod)',
    spec: { minAvailable: '28%', selector: web },
    objects: [barePod('a')],
    want: '1/0 of 0, 0 InsufficientPods',
    events: [unmanaged],
  },
  {
    name: 'a controller without a scale (TestScaleFinderNoResource)',
    spec: { maxUnavailable: 1, selector: web },
    objects: [barePod('a', owned('apps/v1', 'DaemonSet'))],
    want: '0/0 of 0, 0 SyncFailed',
    events: [
      'Warning CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: daemonsets.apps does not implement the scale subresource',
    ],
  },
];
for (const { name, spec, objects, want, events = [] } of rows) {
  test(`budget: ${name}`, () => {
    // Without garbage collection: owners that do not exist may stand there.
    const all = controllers.filter((one) => one.name !== 'garbage-collection');
    const plane = new ControlPlane({ all });
    plane.apply(...objects);
    plane.apply(budget(spec));
    assert.equal(summary(plane), want);
    assert.deepEqual(warnings(plane), events);
    const observed = want.endsWith('SyncFailed') ? undefined : 1;
    assert.equal(found(plane).status?.observedGeneration, observed);
  });
}

test('the budget follows readiness and scale', () => {
  const plane = new ControlPlane();
  plane.apply(
    budget({ minAvailable: '50%', selector: web }),
    webDeployment(3, { readinessProbe: { httpGet: { path: '/', port: 80 } } }),
  );
  assert.equal(summary(plane), '3/2 of 3, 1 SufficientPods');
  plane.probes.set(`default/${plane.pods()[0]}`, false);
  plane.advance(10_000 * 3);
  assert.equal(summary(plane), '2/2 of 3, 0 InsufficientPods');
  plane.probes.clear();
  plane.advance(30_000);
  plane.server.scale('Deployment', 'default/web', 6);
  plane.settle();
  assert.equal(summary(plane), '6/3 of 6, 3 SufficientPods');
});

test('a granted eviction that does not come is forgotten after two minutes', () => {
  const plane = new ControlPlane();
  plane.apply(budget({ minAvailable: 1, selector: web }), webDeployment(3));
  const one = found(plane);
  const [pod = ''] = plane.pods();
  const disruptedPods = { [pod]: '2026-01-01T00:00:00Z' };
  const status = { ...one.status, disruptionsAllowed: 1, disruptedPods };
  plane.server.updateStatus({ ...one, status } as PodDisruptionBudget);
  plane.settle();
  assert.equal(summary(plane), '2/1 of 3, 1 SufficientPods');
  plane.advance(119_000);
  assert.deepEqual(found(plane).status?.disruptedPods, disruptedPods);
  plane.advance(2000);
  assert.equal(summary(plane), '3/1 of 3, 2 SufficientPods');
  assert.equal(found(plane).status?.disruptedPods, undefined);
});

const conditions: readonly (readonly [reason: string, want: string])[] = [
  ['DeletionByTaintManager', 'False'],
  ['TerminationByKubelet', 'True'],
];
for (const [reason, want] of conditions) {
  test(`DisruptionTarget for ${reason} is ${want} after two minutes (TestStalePodDisruption)`, () => {
    const plane = new ControlPlane();
    plane.apply(barePod('a'));
    const pod = plane.server.get('Pod', 'default/a');
    assert.ok(pod);
    const target = { type: 'DisruptionTarget', status: 'True', reason };
    const at = { ...target, lastTransitionTime: '2026-01-01T00:00:00Z' };
    const all = [...(pod.status?.conditions ?? []), at];
    plane.server.updateStatus({ ...pod, status: { ...pod.status, conditions: all } });
    plane.settle();
    const status = () =>
      plane.server
        .get('Pod', 'default/a')
        ?.status?.conditions?.find((one) => one.type === 'DisruptionTarget')?.status;
    plane.advance(119_000);
    assert.equal(status(), 'True');
    plane.advance(2000);
    assert.equal(status(), want);
  });
}

test('a selector as Go prints it', () => {
  const matchExpressions = [{ key: 'tier', operator: 'In', values: ['a', 'b'] }];
  assert.equal(
    goSelector({ matchLabels: { b: '2', a: '1' }, matchExpressions }),
    '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:tier,Operator:In,Values:[a b],},},}',
  );
});

const refusals: readonly (readonly [spec: object, want: string])[] = [
  [
    { minAvailable: 1, maxUnavailable: '5%' },
    'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"5%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
  ],
  [
    { minAvailable: '101%' },
    'spec.minAvailable: Invalid value: "101%": must not be greater than 100%',
  ],
  [
    { maxUnavailable: -1 },
    'spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    { unhealthyPodEvictionPolicy: 'Never' },
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
  ],
];
for (const [spec, want] of refusals) {
  test(`refused: ${want}`, () => {
    const plane = new ControlPlane();
    assert.throws(
      () => plane.apply(budget(spec)),
      (error: Error) => error.message.includes(want),
    );
  });
}

/** What the eviction subresource does with a budget; false: refused. */
function evict(plane: ControlPlane, pod: string): boolean {
  const { status, ...rest } = found(plane);
  assert.ok(status);
  if (status.disruptionsAllowed <= 0) return false;
  const disruptedPods = { ...status.disruptedPods, [pod]: '2026-01-01T00:00:00Z' };
  const disruptionsAllowed = status.disruptionsAllowed - 1;
  plane.server.updateStatus({ ...rest, status: { ...status, disruptedPods, disruptionsAllowed } });
  plane.server.delete('Pod', `default/${pod}`);
  return true;
}

test('property: evictions in any order never bring healthy Pods below the budget', () => {
  const shapes = fc.record({
    replicas: fc.integer({ min: 1, max: 5 }),
    least: fc.integer({ min: 0, max: 5 }),
    order: fc.integer(),
    moves: fc.array(fc.record({ pod: fc.nat(9), steps: fc.nat(3) }), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(shapes, ({ replicas, least, order, moves }) => {
      const plane = new ControlPlane({ order: seeded(order) });
      plane.apply(budget({ minAvailable: least, selector: web }), webDeployment(replicas));
      const healthy = () =>
        plane.server
          .list('Pod')
          .filter((pod) => pod.metadata.deletionTimestamp === undefined)
          .filter((pod) =>
            pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
          );
      for (const { pod, steps } of moves) {
        const candidates = healthy();
        const chosen = candidates[pod % Math.max(1, candidates.length)];
        if (chosen === undefined) continue;
        const evicted = evict(plane, chosen.metadata.name);
        if (evicted) assert.ok(healthy().length >= least, `${keyOf(chosen)} was one too many`);
        if (steps > 0) plane.settle();
      }
    }),
    { numRuns: 60 },
  );
});
