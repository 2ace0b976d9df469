// Nodes that fall silent, come back, are tainted, are deleted: taints, readiness of Pods, evictions and events. Cases of
// pkg/controller/{nodelifecycle,tainteviction,podgc}.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, NodeCondition, Pod, Taint, Toleration } from '../../api/types.ts';
import { clusterSpec } from '../../apiserver/server.fixture.ts';
import { startKubelet, stopKubelet } from '../../kubelet/happen.ts';
import { conditions } from '../../kubelet/node.ts';
import { ControlPlane, nodeSpec } from '../control-plane.fixture.ts';
import { silenced } from './node-lifecycle.ts';

function planeOf(zones: readonly string[]): ControlPlane {
  const nodes = zones.map((zone, i) => ({ ...nodeSpec(`n${i + 1}`, `10.0.0.${i + 1}`), zone }));
  return new ControlPlane({ spec: { ...clusterSpec(), nodes } });
}

function node(plane: ControlPlane, name: string): Node {
  const found = plane.server.get('Node', name);
  assert.ok(found);
  return found;
}

function now(plane: ControlPlane): string {
  return plane.context('test').now;
}

/** The kubelet of the node has been silent for the grace period. */
function down(plane: ControlPlane, ...names: readonly string[]): void {
  for (const name of names) {
    stopKubelet(name, plane.nowMs, plane.state);
    plane.server.updateStatus(silenced(node(plane, name), now(plane)));
  }
  plane.settle();
}

function back(plane: ControlPlane, name: string): void {
  const found = node(plane, name);
  const status = { ...found.status, conditions: conditions(now(plane)) };
  plane.server.updateStatus({ ...found, status });
  startKubelet(name, plane.kubelet());
  plane.settle();
}

function taints(plane: ControlPlane, name: string): readonly string[] {
  const all = node(plane, name).spec.taints ?? [];
  return all.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`);
}

function pod(name: string, nodeName: string, tolerations: readonly Toleration[] = []): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName, tolerations, containers: [{ name: 'c', image: 'c' }] },
  };
}

function podOf(plane: ControlPlane, name: string): Pod | undefined {
  return plane.server.get('Pod', `default/${name}`);
}

function events(plane: ControlPlane, reason: string): readonly string[] {
  return plane.server
    .rawList('Event')
    .filter((one) => one['reason'] === reason)
    .map((one) => `${one['type']} ${one['message']}`);
}

const silent = ['unreachable:NoSchedule', 'unreachable:NoExecute'];

const taintRows: readonly (readonly [
  name: string,
  changed: readonly Partial<NodeCondition>[],
  want: readonly string[],
])[] = [
  ['ready', [], []],
  [
    'not ready',
    [{ type: 'Ready', status: 'False' }],
    ['not-ready:NoSchedule', 'not-ready:NoExecute'],
  ],
  ['unknown', [{ type: 'Ready', status: 'Unknown' }], silent],
  ['memory', [{ type: 'MemoryPressure', status: 'True' }], ['memory-pressure:NoSchedule']],
  ['disk', [{ type: 'DiskPressure', status: 'True' }], ['disk-pressure:NoSchedule']],
  ['processes', [{ type: 'PIDPressure', status: 'True' }], ['pid-pressure:NoSchedule']],
  ['network', [{ type: 'NetworkUnavailable', status: 'True' }], ['network-unavailable:NoSchedule']],
  ['pressure that is not known', [{ type: 'DiskPressure', status: 'Unknown' }], []],
];
for (const [name, changed, want] of taintRows) {
  test(`taints of conditions: ${name}`, () => {
    const plane = planeOf(['a', 'a']);
    const found = node(plane, 'n1');
    const all = (found.status?.conditions ?? []).filter(
      (one) => !changed.some((change) => change.type === one.type),
    );
    const next = [...all, ...changed] as NodeCondition[];
    plane.server.updateStatus({ ...found, status: { ...found.status, conditions: next } });
    plane.settle();
    assert.deepEqual(taints(plane, 'n1'), want);
    back(plane, 'n1');
    assert.deepEqual(taints(plane, 'n1'), []);
  });
}

test('a cordoned node has the taint of its own', () => {
  const plane = planeOf(['a']);
  plane.server.patchPath('Node', 'n1', 'spec.unschedulable', true);
  plane.settle();
  assert.deepEqual(taints(plane, 'n1'), ['unschedulable:NoSchedule']);
  plane.server.patchPath('Node', 'n1', 'spec.unschedulable', null);
  plane.settle();
  assert.deepEqual(taints(plane, 'n1'), []);
});

test('Pods of a silent node are not ready at once, and evicted after five minutes', () => {
  const plane = planeOf(['a', 'a']);
  plane.apply(pod('web', 'n1'));
  plane.advance(10_000);
  down(plane, 'n1');
  const conditionsOf = (type: string) =>
    podOf(plane, 'web')?.status?.conditions?.find((one) => one.type === type);
  assert.equal(conditionsOf('Ready')?.status, 'False');
  assert.deepEqual(events(plane, 'NodeNotReady'), [
    'Normal Node n1 status is now: NodeNotReady',
    'Warning Node is not ready',
  ]);
  plane.advance(299_000);
  assert.equal(podOf(plane, 'web')?.metadata.deletionTimestamp, undefined);
  plane.advance(1000);
  assert.ok(podOf(plane, 'web')?.metadata.deletionTimestamp);
  assert.deepEqual(events(plane, 'TaintManagerEviction'), [
    'Normal Marking for deletion Pod default/web',
  ]);
  const { status, reason, message } = conditionsOf('DisruptionTarget') ?? {};
  assert.deepEqual(
    [status, reason, message],
    ['True', 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint'],
  );
});

test('a node that returns in time keeps its Pods', () => {
  const plane = planeOf(['a', 'a']);
  plane.apply(pod('web', 'n1'));
  down(plane, 'n1');
  plane.advance(200_000);
  back(plane, 'n1');
  assert.deepEqual(events(plane, 'TaintManagerEviction'), [
    'Normal Cancelling deletion of Pod default/web',
  ]);
  plane.advance(600_000);
  assert.equal(podOf(plane, 'web')?.metadata.deletionTimestamp, undefined);
  assert.equal(
    podOf(plane, 'web')?.status?.conditions?.find((c) => c.type === 'Ready')?.status,
    'True',
  );
});

const noExecute = (key: string): Taint => ({ key, effect: 'NoExecute' });
const tolerating = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
});
const evictions: readonly (readonly [
  name: string,
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  /** Seconds; undefined: never. */
  want: number | undefined,
])[] = [
  ['no toleration', [noExecute('a')], [], 0],
  ['another toleration', [noExecute('a')], [tolerating('b')], 0],
  ['for ever', [noExecute('a')], [tolerating('a')], undefined],
  ['for a while', [noExecute('a')], [tolerating('a', 30)], 30],
  ['not for a moment', [noExecute('a')], [tolerating('a', 0)], 0],
  [
    'the shorter of two',
    [noExecute('a'), noExecute('b')],
    [tolerating('a', 60), tolerating('b', 20)],
    20,
  ],
  ['one of two', [noExecute('a'), noExecute('b')], [tolerating('a', 60)], 0],
  [
    'one for ever, one for a while',
    [noExecute('a'), noExecute('b')],
    [tolerating('a'), tolerating('b', 40)],
    40,
  ],
  ['a taint that only keeps off', [{ key: 'a', effect: 'NoSchedule' }], [], undefined],
];
for (const [name, given, tolerations, want] of evictions) {
  test(`eviction: ${name}`, () => {
    const plane = planeOf(['a']);
    plane.apply(pod('web', 'n1', tolerations));
    const timeAdded = now(plane);
    const dated = given.map((one) => ({ ...one, timeAdded }));
    const found = node(plane, 'n1');
    plane.server.update({ ...found, spec: { ...found.spec, taints: dated } });
    plane.settle();
    if (want === undefined) {
      plane.advance(1_000_000);
      assert.ok(podOf(plane, 'web'));
      return;
    }
    if (want > 0) {
      plane.advance((want - 1) * 1000);
      assert.ok(podOf(plane, 'web'));
      plane.advance(1000);
    }
    assert.equal(podOf(plane, 'web'), undefined);
  });
}

test('one node of a zone is tainted to evict in ten seconds', () => {
  const plane = planeOf(['a', 'a', 'a', 'b', 'b']);
  down(plane, 'n1', 'n2', 'n4');
  const evicting = () =>
    ['n1', 'n2', 'n4'].filter((name) => taints(plane, name).includes('unreachable:NoExecute'));
  assert.deepEqual(evicting().length, 2);
  assert.ok(evicting().includes('n4'));
  plane.advance(10_000);
  assert.deepEqual(evicting(), ['n1', 'n2', 'n4']);
});

test('when all nodes are down nobody is evicted, until one returns', () => {
  const plane = planeOf(['a', 'b']);
  down(plane, 'n1');
  assert.deepEqual(taints(plane, 'n1'), silent);
  down(plane, 'n2');
  assert.deepEqual(taints(plane, 'n1'), ['unreachable:NoSchedule']);
  assert.deepEqual(taints(plane, 'n2'), ['unreachable:NoSchedule']);
  plane.advance(600_000);
  back(plane, 'n2');
  assert.deepEqual(taints(plane, 'n1'), silent);
});

test('in a small zone most of which is down nobody more is evicted', () => {
  const plane = planeOf(['a', 'a', 'a', 'a', 'b']);
  down(plane, 'n1', 'n2', 'n3');
  plane.advance(60_000);
  const evicting = ['n1', 'n2', 'n3'].filter((name) => taints(plane, name).length === 2);
  assert.ok(evicting.length <= 2);
});

test('Pods of a deleted node go after the quarantine, as failed', () => {
  const plane = planeOf(['a', 'a']);
  plane.apply(pod('web', 'n1'));
  stopKubelet('n1', plane.nowMs, plane.state);
  plane.server.delete('Node', 'n1');
  plane.settle();
  plane.advance(59_000);
  assert.equal(podOf(plane, 'web')?.status?.phase, 'Running');
  const last: string[] = [];
  plane.advance(1000);
  for (const one of plane.server.rawList('Pod')) last.push(one.metadata.name);
  assert.deepEqual(last, []);
});

test('a Pod on a node that never was goes after the quarantine', () => {
  const plane = planeOf(['a', 'a']);
  plane.apply(pod('web', 'ghost'));
  plane.advance(59_000);
  assert.equal(podOf(plane, 'web')?.status?.phase, 'Pending');
  plane.advance(1000);
  assert.equal(podOf(plane, 'web'), undefined);
});

test('a node out of service lets go of Pods that are being deleted', () => {
  const plane = planeOf(['a', 'a']);
  plane.apply(pod('web', 'n1'));
  down(plane, 'n1');
  plane.server.delete('Pod', 'default/web');
  plane.settle();
  plane.advance(100_000);
  assert.ok(podOf(plane, 'web')?.metadata.deletionTimestamp);
  const found = node(plane, 'n1');
  const taint = {
    key: 'node.kubernetes.io/out-of-service',
    value: 'nodeshutdown',
    effect: 'NoExecute',
  };
  const all = [...(found.spec.taints ?? []), taint];
  plane.server.update({ ...found, spec: { ...found.spec, taints: all } });
  plane.settle();
  plane.advance(20_000);
  assert.equal(podOf(plane, 'web'), undefined);
});
