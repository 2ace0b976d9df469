// DaemonSets on a control plane with kubelets: which nodes get a Pod, how updates go, what the status counts. Cases of
// pkg/controller/daemon/{daemon_controller,update}_test.go; and a property: settled, one Pod on each eligible node.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DaemonSet, Node, PodSpec, Taint, Toleration } from '../../api/types.ts';
import { clusterSpec } from '../../apiserver/server.fixture.ts';
import { seeded } from '../../sim/choices.ts';
import { ControlPlane, nodeSpec } from '../control-plane.fixture.ts';
import { controllers } from '../controllers.ts';

interface Given {
  readonly strategy?: object;
  readonly pod?: Partial<PodSpec>;
  readonly container?: object;
  readonly spec?: object;
}

function manifest({ strategy, pod = {}, container = {}, spec = {} }: Given): object {
  const labels = { app: 'agent' };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: {
      ...spec,
      selector: { matchLabels: labels },
      ...(strategy === undefined ? {} : { updateStrategy: strategy }),
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'agent', image: 'agent:1', ...container }], ...pod },
      },
    },
  };
}

function planeOf(count: number, order = 1, all = controllers): ControlPlane {
  const nodes = Array.from({ length: count }, (_, i) => nodeSpec(`n${i + 1}`, `10.0.0.${i + 1}`));
  return new ControlPlane({ spec: { ...clusterSpec(), nodes }, order: seeded(order), all });
}

function setOf(plane: ControlPlane): DaemonSet {
  const set = plane.server.get('DaemonSet', 'default/agent');
  assert.ok(set);
  return set;
}

/** "n1 agent:1", sorted; a Pod that is being deleted has a "-". */
function places(plane: ControlPlane): readonly string[] {
  return plane.server
    .list('Pod', 'default')
    .map(({ spec, metadata }) => {
      const gone = metadata.deletionTimestamp === undefined ? '' : ' -';
      return `${spec.nodeName} ${spec.containers[0]?.image}${gone}`;
    })
    .sort();
}

function setImage(plane: ControlPlane, image: string): void {
  const path = 'spec.template.spec.containers[0].image';
  plane.server.patchPath('DaemonSet', 'default/agent', path, image);
}

function changeNode(plane: ControlPlane, name: string, change: (node: Node) => Node): void {
  const node = plane.server.get('Node', name);
  assert.ok(node);
  plane.server.update(change(node));
  plane.settle();
}

function taint(plane: ControlPlane, name: string, ...taints: readonly Taint[]): void {
  changeNode(plane, name, (node) => ({ ...node, spec: { ...node.spec, taints } }));
}

const dedicated = (effect: string) => ({ key: 'dedicated', value: 'db', effect });

const eligible: readonly (readonly [
  name: string,
  pod: Partial<PodSpec>,
  taints: readonly Taint[],
  want: readonly string[],
])[] = [
  ['all nodes', {}, [], ['n1', 'n2']],
  ['nodeSelector', { nodeSelector: { 'kubernetes.io/hostname': 'n1' } }, [], ['n1']],
  ['nodeName', { nodeName: 'n2' }, [], ['n2']],
  [
    'node affinity',
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'kubernetes.io/hostname', operator: 'NotIn', values: ['n1'] },
                ],
              },
            ],
          },
        },
      },
    } as Partial<PodSpec>,
    [],
    ['n2'],
  ],
  ['a NoSchedule taint', {}, [dedicated('NoSchedule')], ['n2']],
  ['a NoExecute taint', {}, [dedicated('NoExecute')], ['n2']],
  ['a PreferNoSchedule taint', {}, [dedicated('PreferNoSchedule')], ['n1', 'n2']],
  [
    'a tolerated taint',
    { tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
    [dedicated('NoSchedule')],
    ['n1', 'n2'],
  ],
  ...[
    ['not-ready', 'NoExecute'],
    ['unreachable', 'NoExecute'],
    ['disk-pressure', 'NoSchedule'],
    ['memory-pressure', 'NoSchedule'],
    ['pid-pressure', 'NoSchedule'],
    ['unschedulable', 'NoSchedule'],
  ].map(
    ([key, effect]) =>
      [
        `${key} is tolerated`,
        {},
        [{ key: `node.kubernetes.io/${key}`, effect: `${effect}` }],
        ['n1', 'n2'],
      ] as const,
  ),
  [
    'network-unavailable is not tolerated',
    {},
    [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }],
    ['n2'],
  ],
  [
    'network-unavailable is tolerated with hostNetwork',
    { hostNetwork: true },
    [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }],
    ['n1', 'n2'],
  ],
];
for (const [name, pod, taints, want] of eligible) {
  test(`eligible nodes: ${name}`, () => {
    // The node life cycle controller would take taints of conditions away again.
    const all = controllers.filter((one) => one.name !== 'node-lifecycle');
    const plane = planeOf(2, 1, all);
    if (taints.length > 0) taint(plane, 'n1', ...taints);
    plane.apply(manifest({ pod }));
    const nodes = new Set(places(plane).map((text) => text.split(' ')[0]));
    assert.deepEqual([...nodes], want);
    assert.equal(setOf(plane).status?.desiredNumberScheduled, want.length);
  });
}

test('the Pod names its node, its revision and its generation', () => {
  const plane = planeOf(1);
  const own: Toleration = {
    key: 'node.kubernetes.io/not-ready',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 5,
  };
  plane.apply(manifest({ pod: { tolerations: [own] } }));
  const [pod] = plane.server.list('Pod', 'default');
  const [revision] = plane.server.list('ControllerRevision', 'default');
  const hash = revision?.metadata.labels?.['controller-revision-hash'];
  assert.equal(revision?.metadata.name, `agent-${hash}`);
  assert.equal(pod?.metadata.labels?.['controller-revision-hash'], hash);
  assert.equal(pod?.metadata.labels?.['pod-template-generation'], '1');
  const annotation = 'deprecated.daemonset.template.generation';
  assert.equal(setOf(plane).metadata.annotations?.[annotation], '1');
  const required = pod?.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  assert.deepEqual(required?.nodeSelectorTerms, [
    { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
  ]);
  assert.deepEqual(
    pod?.spec.tolerations?.map(({ key, effect, tolerationSeconds }) => [
      key?.replace('node.kubernetes.io/', ''),
      effect,
      tolerationSeconds,
    ]),
    [
      ['not-ready', 'NoExecute', undefined],
      ['unreachable', 'NoExecute', undefined],
      ['disk-pressure', 'NoSchedule', undefined],
      ['memory-pressure', 'NoSchedule', undefined],
      ['pid-pressure', 'NoSchedule', undefined],
      ['unschedulable', 'NoSchedule', undefined],
    ],
  );
});

test('a new node gets a Pod; a relabelled one loses it', () => {
  const plane = planeOf(2);
  plane.apply(manifest({ pod: { nodeSelector: { disk: 'ssd' } } }));
  assert.deepEqual(places(plane), []);
  const label = (name: string, labels: object) =>
    changeNode(plane, name, (node) => ({
      ...node,
      metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...labels } },
    }));
  label('n1', { disk: 'ssd' });
  assert.deepEqual(places(plane), ['n1 agent:1']);
  label('n1', { disk: 'hdd' });
  assert.deepEqual(places(plane), []);
  const status = setOf(plane).status;
  assert.deepEqual(
    [status?.desiredNumberScheduled, status?.currentNumberScheduled, status?.numberMisscheduled],
    [0, 0, 0],
  );
});

test('a NoSchedule taint leaves the Pod where it is, as misscheduled', () => {
  const plane = planeOf(2);
  plane.apply(manifest({}));
  taint(plane, 'n1', dedicated('NoSchedule'));
  assert.deepEqual(places(plane), ['n1 agent:1', 'n2 agent:1']);
  const { status } = setOf(plane);
  assert.deepEqual([status?.desiredNumberScheduled, status?.numberMisscheduled], [1, 1]);
});

test('a failed Pod is replaced, and the set says so', () => {
  const plane = planeOf(1);
  plane.apply(manifest({}));
  const [pod] = plane.server.list('Pod', 'default');
  assert.ok(pod);
  plane.advance(5000);
  plane.server.updateStatus({
    ...pod,
    metadata: { ...pod.metadata, resourceVersion: '' },
    status: { ...pod.status, phase: 'Failed', reason: 'Evicted' },
  });
  plane.settle();
  const [next] = plane.server.list('Pod', 'default');
  assert.notEqual(next?.metadata.name, pod.metadata.name);
  const messages = plane.server.rawList('Event', 'default').map((one) => one['message']);
  const text = `Found failed daemon pod default/${pod.metadata.name} on node n1, will try to kill it`;
  assert.ok(messages.includes(text));
});

/** Every state of the rollout, Pods not available for `ready` seconds each. */
function rollout(strategy: object, nodes: number): readonly string[] {
  const plane = planeOf(nodes);
  plane.apply(manifest({ strategy, spec: { minReadySeconds: 10 } }));
  plane.advance(60_000);
  setImage(plane, 'agent:2');
  plane.settle();
  const seen: string[] = [];
  for (let step = 0; step < 20; step++) {
    const now = places(plane);
    const old = now.filter((text) => text.endsWith(':1')).length;
    const text = `${old}+${now.length - old}`;
    if (seen.at(-1) !== text) seen.push(text);
    plane.advance(5000);
  }
  return seen;
}

const rolling = (rollingUpdate: object) => ({ type: 'RollingUpdate', rollingUpdate });
const rollouts: readonly (readonly [strategy: object, nodes: number, want: readonly string[]])[] = [
  [rolling({ maxUnavailable: 1 }), 4, ['3+1', '2+2', '1+3', '0+4']],
  [rolling({ maxUnavailable: 2 }), 4, ['2+2', '0+4']],
  [rolling({ maxUnavailable: '50%' }), 4, ['2+2', '0+4']],
  [rolling({ maxUnavailable: '30%' }), 5, ['3+2', '1+4', '0+5']],
  [rolling({ maxUnavailable: '100%' }), 3, ['0+3']],
  [rolling({ maxSurge: 1, maxUnavailable: 0 }), 3, ['3+1', '2+2', '1+3', '0+3']],
  [rolling({ maxSurge: '50%', maxUnavailable: 0 }), 4, ['4+2', '2+4', '0+4']],
  [{ type: 'OnDelete' }, 3, ['3+0']],
];
for (const [strategy, nodes, want] of rollouts) {
  test(`rollout over ${nodes} nodes: ${JSON.stringify(strategy)}`, () => {
    assert.deepEqual(rollout(strategy, nodes), want);
  });
}

test('OnDelete: a Pod that is deleted comes back new', () => {
  const plane = planeOf(2);
  plane.apply(manifest({ strategy: { type: 'OnDelete' } }));
  setImage(plane, 'agent:2');
  plane.settle();
  const [pod] = plane.server.list('Pod', 'default').filter((one) => one.spec.nodeName === 'n1');
  plane.server.delete('Pod', `default/${pod?.metadata.name}`);
  plane.settle();
  assert.deepEqual(places(plane), ['n1 agent:2', 'n2 agent:1']);
  assert.equal(setOf(plane).status?.updatedNumberScheduled, 1);
});

test('revisions are numbered, a return renumbers the old one, the limit holds', () => {
  const plane = planeOf(1);
  plane.apply(manifest({ spec: { revisionHistoryLimit: 1 } }));
  const revisions = () =>
    plane.server
      .list('ControllerRevision', 'default')
      .map((one) => {
        const spec = (one.data as { spec: { template: { spec: PodSpec } } }).spec.template.spec;
        return `${one.revision} ${spec.containers[0]?.image}`;
      })
      .sort();
  const change = (image: string) => {
    setImage(plane, image);
    plane.settle();
  };
  change('agent:2');
  assert.deepEqual(revisions(), ['1 agent:1', '2 agent:2']);
  change('agent:1');
  assert.deepEqual(revisions(), ['2 agent:2', '3 agent:1']);
  change('agent:3');
  assert.deepEqual(revisions(), ['3 agent:1', '4 agent:3']);
});

test('an orphan that matches is adopted', () => {
  const plane = planeOf(1);
  plane.apply(manifest({}));
  plane.server.delete('DaemonSet', 'default/agent', { propagation: 'Orphan' });
  plane.settle();
  const before = plane.pods();
  plane.apply(manifest({}));
  assert.deepEqual(plane.pods(), before);
  assert.equal(setOf(plane).status?.numberReady, 1);
});

test('property: settled, each eligible node has exactly one Pod of the present template', () => {
  const change = fc.oneof(
    fc.record({ kind: fc.constant('image' as const), to: fc.nat(2) }),
    fc.record({ kind: fc.constant('taint' as const), node: fc.nat(2), on: fc.boolean() }),
    fc.record({ kind: fc.constant('kill' as const), pod: fc.nat(3) }),
    fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(20) }),
  );
  const shapes = fc.record({
    order: fc.integer(),
    surge: fc.boolean(),
    changes: fc.array(change, { maxLength: 8 }),
  });
  fc.assert(
    fc.property(shapes, ({ order, surge, changes }) => {
      const plane = planeOf(3, order);
      const limits = surge ? { maxSurge: 1, maxUnavailable: 0 } : { maxUnavailable: 1 };
      plane.apply(manifest({ strategy: rolling(limits), spec: { minReadySeconds: 3 } }));
      let image = 'agent:1';
      const tainted = new Set<string>();
      for (const one of changes) {
        if (one.kind === 'image') {
          image = `agent:${one.to}`;
          setImage(plane, image);
        } else if (one.kind === 'taint') {
          const name = `n${one.node + 1}`;
          if (one.on) tainted.add(name);
          else tainted.delete(name);
          taint(plane, name, ...(one.on ? [dedicated('NoExecute')] : []));
        } else if (one.kind === 'kill') {
          const pods = plane.pods();
          const pod = pods[one.pod % Math.max(1, pods.length)];
          if (pod !== undefined) plane.server.delete('Pod', `default/${pod}`);
        } else plane.advance(one.seconds * 1000);
      }
      plane.settle();
      plane.advance(120_000);
      const want = ['n1', 'n2', 'n3'].filter((name) => !tainted.has(name));
      assert.deepEqual(
        places(plane),
        want.map((name) => `${name} ${image}`),
      );
      assert.equal(setOf(plane).status?.numberAvailable ?? 0, want.length);
    }),
    { numRuns: 40 },
  );
});
