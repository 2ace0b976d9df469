// Where a Pod goes, or the exact words in which the scheduler refuses it. Cases of the unit tests of
// pkg/scheduler/framework/plugins/*; and a property: no two Pods of one node ask for clashing host ports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../api/cluster-spec.ts';
import type { Pod, PodSpec, Taint } from '../../api/types.ts';
import { clusterSpec } from '../../apiserver/server.fixture.ts';
import { seeded } from '../../sim/choices.ts';
import { ControlPlane, nodeSpec } from '../control-plane.fixture.ts';

type NodeGiven = Partial<NodeSpec>;

function planeOf(nodes: readonly NodeGiven[], minor = 34, order = 1): ControlPlane {
  const all = nodes.map((given, i) => ({
    ...nodeSpec(`n${i + 1}`, `10.0.0.${i + 1}`),
    ...given,
  }));
  return new ControlPlane({
    spec: { ...clusterSpec({ minor }), nodes: all },
    order: seeded(order),
  });
}

function pod(name: string, spec: Partial<PodSpec> = {}, more: object = {}): object {
  const containers = [{ name: 'c', image: 'c' }];
  const metadata = { name, namespace: 'default', ...more };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, ...spec } };
}

const asking = (requests: object): Partial<PodSpec> =>
  ({ containers: [{ name: 'c', image: 'c', resources: { requests } }] }) as Partial<PodSpec>;
const port = (hostPort: number, more: object = {}): Partial<PodSpec> => ({
  containers: [{ name: 'c', image: 'c', ports: [{ containerPort: 80, hostPort, ...more }] }],
});
const affinity = (which: string, term: object): Partial<PodSpec> =>
  ({
    affinity: {
      [which]: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } }, ...term },
        ],
      },
    },
  }) as Partial<PodSpec>;
const spread = (more: object = {}): Partial<PodSpec> =>
  ({
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
        ...more,
      },
    ],
  }) as Partial<PodSpec>;

const patient = {
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: 'patient' },
  value: 0,
  preemptionPolicy: 'Never',
};
const web = { labels: { app: 'web' } };
const zones: readonly NodeGiven[] = ['a', 'b', 'b'].map((zone) => ({ labels: { zone } }));
const on = (nodeName: string): Partial<PodSpec> => ({ nodeName });
const taint = (key: string, effect: string, value?: string): Taint => ({
  key,
  effect,
  ...(value === undefined ? {} : { value }),
});
const useless = (count: number) => `${count} Preemption is not helpful for scheduling`;
const nobody = (count: number) => `${count} No preemption victims found for incoming pod`;
const refused = (total: number, reasons: string, ...preemption: readonly string[]) =>
  `0/${total} nodes are available: ${reasons}. preemption: 0/${total} nodes are available: ${preemption.join(', ')}.`;

const rows: readonly {
  readonly name: string;
  readonly nodes: readonly NodeGiven[];
  readonly before?: readonly object[];
  readonly spec?: Partial<PodSpec>;
  readonly labels?: object;
  readonly minor?: number;
  /** A node's name, or the message. */
  readonly want: string;
}[] = [
  { name: 'no nodes', nodes: [], want: 'no nodes available to schedule pods' },
  {
    name: 'the node with the fewest Pods',
    nodes: [{}, {}],
    before: [pod('a', on('n1'))],
    want: 'n2',
  },
  {
    name: 'a Pod that has ended is no load',
    nodes: [{}, {}],
    before: [
      pod(
        'a',
        { ...on('n1'), restartPolicy: 'Never' },
        { annotations: { 'svcspec.dev/exit-after': '0s' } },
      ),
    ],
    want: 'n1',
  },
  {
    name: 'taints, each with its own count',
    nodes: [
      { taints: [taint('dedicated', 'NoSchedule', 'db')] },
      { taints: [taint('dedicated', 'NoExecute', 'db')] },
      { taints: [taint('gpu', 'NoSchedule')] },
    ] as readonly NodeGiven[],
    want: refused(
      3,
      '1 node(s) had untolerated taint {gpu: }, 2 node(s) had untolerated taint {dedicated: db}',
      useless(3),
    ),
  },
  {
    name: 'taints from 1.36 on',
    minor: 36,
    nodes: [{ taints: [taint('gpu', 'NoSchedule')] }] as readonly NodeGiven[],
    want: refused(1, '1 node(s) had untolerated taint(s)', useless(1)),
  },
  {
    name: 'a taint that prefers not, and a toleration',
    nodes: [
      { taints: [taint('a', 'PreferNoSchedule'), taint('b', 'NoSchedule', 'x')] },
    ] as readonly NodeGiven[],
    spec: { tolerations: [{ key: 'b', operator: 'Equal', value: 'x' }] },
    want: 'n1',
  },
  {
    name: 'a node selector',
    nodes: [{}, {}],
    spec: { nodeSelector: { disk: 'ssd' } },
    want: refused(2, "2 node(s) didn't match Pod's node affinity/selector", useless(2)),
  },
  {
    name: 'node affinity by name leaves the others out before they are filtered',
    nodes: [{ taints: [taint('gpu', 'NoSchedule')] }, {}, {}] as readonly NodeGiven[],
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
            ],
          },
        },
      },
    },
    want: refused(
      3,
      "1 node(s) had untolerated taint {gpu: }, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]",
      useless(3),
    ),
  },
  {
    name: 'host ports',
    nodes: [{}, {}],
    before: [pod('a', { ...port(8080), ...on('n1') }), pod('b', { ...port(8080), ...on('n2') })],
    spec: port(8080),
    want: refused(2, "2 node(s) didn't have free ports for the requested pod ports", nobody(2)),
  },
  {
    name: 'the same host port of another protocol',
    nodes: [{}],
    before: [pod('a', { ...port(8080), ...on('n1') })],
    spec: port(8080, { protocol: 'UDP' }),
    want: 'n1',
  },
  {
    name: 'the same host port of another address',
    nodes: [{}],
    before: [pod('a', { ...port(8080, { hostIP: '127.0.0.1' }), ...on('n1') })],
    spec: port(8080, { hostIP: '10.0.0.1' }),
    want: 'n1',
  },
  {
    name: 'the same host port of any address',
    nodes: [{}],
    before: [pod('a', { ...port(8080, { hostIP: '127.0.0.1' }), ...on('n1') })],
    spec: port(8080),
    want: refused(1, "1 node(s) didn't have free ports for the requested pod ports", nobody(1)),
  },
  {
    name: 'never to preempt',
    nodes: [{}],
    before: [patient, pod('a', { ...port(8080), ...on('n1') })],
    spec: { ...port(8080), priorityClassName: 'patient' },
    want: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. preemption: not eligible due to preemptionPolicy=Never.",
  },
  {
    name: 'cpu and memory that others hold',
    nodes: [{ capacity: { cpu: '1', memory: '1Gi' } }],
    before: [pod('a', { ...asking({ cpu: '600m', memory: '600Mi' }), ...on('n1') })],
    spec: asking({ cpu: '500m', memory: '500Mi' }),
    want: refused(1, '1 Insufficient cpu, 1 Insufficient memory', nobody(1)),
  },
  {
    name: 'more cpu than the node has',
    nodes: [{ capacity: { cpu: '1' } }],
    spec: asking({ cpu: '1500m' }),
    want: refused(1, '1 Insufficient cpu', useless(1)),
  },
  {
    name: 'exactly what is left',
    nodes: [{ capacity: { cpu: '1' } }],
    before: [pod('a', { ...asking({ cpu: '0.6' }), ...on('n1') })],
    spec: asking({ cpu: '400m' }),
    want: 'n1',
  },
  {
    name: 'too many Pods',
    nodes: [{ capacity: { pods: '1' } }],
    before: [pod('a', on('n1'))],
    want: refused(1, '1 Too many pods', nobody(1)),
  },
  {
    name: 'an extended resource',
    nodes: [{ capacity: { 'nvidia.com/gpu': '1' } }, {}],
    spec: {
      containers: [{ name: 'c', image: 'c', resources: { limits: { 'nvidia.com/gpu': '2' } } }],
      nodeSelector: { 'kubernetes.io/hostname': 'n1' },
    } as Partial<PodSpec>,
    want: refused(
      2,
      "1 Insufficient nvidia.com/gpu, 1 node(s) didn't match Pod's node affinity/selector",
      useless(2),
    ),
  },
  {
    name: 'the usual machine',
    nodes: [{}],
    spec: asking({ cpu: '64', memory: '256Gi' }),
    want: 'n1',
  },
  {
    name: 'and more than it has',
    nodes: [{}, {}],
    spec: asking({ cpu: '100' }),
    want: refused(2, '2 Insufficient cpu', useless(2)),
  },
  {
    name: 'a Pod that has ended holds nothing',
    nodes: [{ capacity: { cpu: '1' } }],
    before: [
      pod(
        'a',
        { ...asking({ cpu: '1' }), ...on('n1'), restartPolicy: 'Never' },
        { annotations: { 'svcspec.dev/exit-after': '0s' } },
      ),
    ],
    spec: asking({ cpu: '1' }),
    want: 'n1',
  },
  {
    name: 'an init container may need more than the rest',
    nodes: [{ capacity: { cpu: '1' } }],
    spec: {
      ...asking({ cpu: '100m' }),
      initContainers: [{ name: 'i', image: 'i', resources: { requests: { cpu: '2' } } }],
    } as Partial<PodSpec>,
    want: refused(1, '1 Insufficient cpu', useless(1)),
  },
  {
    name: 'affinity to a Pod in a zone',
    nodes: zones,
    before: [
      pod('a', on('n2'), web),
      pod('b', on('n2')),
      pod('c', on('n3')),
      pod('d', on('n3')),
      pod('e', on('n3')),
    ],
    spec: affinity('podAffinity', {}),
    want: 'n2',
  },
  {
    name: 'affinity to nobody',
    nodes: zones,
    spec: affinity('podAffinity', {}),
    want: refused(3, "3 node(s) didn't match pod affinity rules", useless(3)),
  },
  {
    name: 'the first of its kind may go anywhere',
    nodes: zones,
    labels: web.labels,
    spec: affinity('podAffinity', {}),
    want: 'n1',
  },
  {
    name: 'affinity to Pods of another namespace',
    nodes: zones,
    before: [pod('a', on('n1'), web)],
    spec: affinity('podAffinity', { namespaces: ['kube-system'] }),
    want: refused(3, "3 node(s) didn't match pod affinity rules", useless(3)),
  },
  {
    name: 'anti-affinity over zones',
    nodes: zones,
    before: [pod('a', on('n1'), web), pod('b', on('n2'), web)],
    spec: affinity('podAntiAffinity', {}),
    want: refused(3, "3 node(s) didn't match pod anti-affinity rules", nobody(3)),
  },
  {
    name: 'anti-affinity of a Pod that is there',
    nodes: zones,
    before: [pod('a', { ...affinity('podAntiAffinity', {}), ...on('n2') })],
    labels: web.labels,
    want: 'n1',
  },
  {
    name: 'anti-affinity of Pods that are everywhere',
    nodes: zones,
    before: [
      pod('a', { ...affinity('podAntiAffinity', {}), ...on('n2') }),
      pod('b', { ...affinity('podAntiAffinity', {}), ...on('n1') }),
    ],
    labels: web.labels,
    want: refused(3, "3 node(s) didn't satisfy existing pods anti-affinity rules", nobody(3)),
  },
  {
    name: 'spread: the emptier zone',
    nodes: zones,
    before: [pod('a', on('n1'), web), pod('x', on('n2')), pod('y', on('n3')), pod('z', on('n3'))],
    labels: web.labels,
    spec: spread(),
    want: 'n2',
  },
  {
    name: 'spread: no zone is empty enough',
    nodes: [...zones, {}],
    before: [pod('a', on('n1'), web)],
    labels: web.labels,
    spec: { ...spread(), nodeSelector: { 'kubernetes.io/hostname': 'n1' } },
    want: 'n1',
  },
  {
    name: 'spread: nodes without the label, and a full zone',
    nodes: [...zones, {}],
    before: [pod('a', on('n1'), web), pod('b', on('n2'), web), pod('c', on('n3'), web)],
    labels: web.labels,
    spec: { ...spread({ minDomains: 3 }) },
    want: refused(
      4,
      "1 node(s) didn't match pod topology spread constraints (missing required label), 3 node(s) didn't match pod topology spread constraints",
      useless(1),
      nobody(3),
    ),
  },
  {
    name: 'spread that may be violated refuses nobody',
    nodes: [{}],
    labels: web.labels,
    spec: spread({ whenUnsatisfiable: 'ScheduleAnyway' }),
    want: 'n1',
  },
];

function outcome(plane: ControlPlane, key: string): string {
  const found = plane.server.get('Pod', key);
  if ((found?.spec.nodeName ?? '') !== '') return found?.spec.nodeName ?? '';
  const condition = found?.status?.conditions?.find((one) => one.type === 'PodScheduled');
  assert.equal(`${condition?.status} ${condition?.reason}`, 'False Unschedulable');
  return condition?.message ?? '';
}

function events(plane: ControlPlane, name: string): readonly string[] {
  return plane.server
    .rawList('Event', 'default')
    .filter((one) => (one['involvedObject'] as { name: string }).name === name)
    .map((one) => `${one['type']} ${one['reason']} ${one['message']}`);
}

for (const { name, nodes, before = [], spec = {}, labels = {}, minor, want } of rows) {
  test(`scheduler: ${name}`, () => {
    const plane = planeOf(nodes, minor);
    for (const one of before) plane.apply(one);
    plane.apply(pod('it', spec, { labels }));
    const got = outcome(plane, 'default/it');
    assert.equal(got, want);
    const isRefused = want.includes(' ');
    const said = isRefused
      ? `Warning FailedScheduling ${got}`
      : `Normal Scheduled Successfully assigned default/it to ${want}`;
    assert.ok(events(plane, 'it').includes(said));
  });
}

test('a cordoned node takes no new Pods, until it is uncordoned', () => {
  const plane = planeOf([{}]);
  plane.apply(pod('a'));
  plane.server.patchPath('Node', 'n1', 'spec.unschedulable', true);
  plane.settle();
  plane.apply(pod('b'));
  const message = refused(1, '1 node(s) were unschedulable', useless(1));
  assert.equal(outcome(plane, 'default/b'), message);
  assert.equal(outcome(plane, 'default/a'), 'n1');
  plane.server.patchPath('Node', 'n1', 'spec.unschedulable', null);
  plane.settle();
  assert.equal(outcome(plane, 'default/b'), 'n1');
});

test('a Pod that goes makes room for one that waits', () => {
  const plane = planeOf([{}]);
  plane.apply(pod('a', port(80)));
  plane.apply(pod('b', port(80)));
  assert.match(outcome(plane, 'default/b'), /free ports/);
  plane.server.delete('Pod', 'default/a');
  plane.settle();
  assert.equal(outcome(plane, 'default/b'), 'n1');
});

test('a Pod that comes lets those follow that want to be near it', () => {
  const plane = planeOf(zones);
  plane.apply(pod('b', affinity('podAffinity', {})));
  assert.match(outcome(plane, 'default/b'), /affinity rules/);
  plane.apply(pod('a', on('n1'), web));
  assert.equal(outcome(plane, 'default/b'), 'n1');
});

test('a gated Pod waits until its gates are gone', () => {
  const plane = planeOf([{}]);
  plane.apply(pod('a', { schedulingGates: [{ name: 'example.com/wait' }] }));
  const conditions = () =>
    plane.server
      .get('Pod', 'default/a')
      ?.status?.conditions?.filter((one) => one.type === 'PodScheduled')
      .map(({ status, reason, message }) => ({ status, reason, message }));
  assert.deepEqual(conditions(), [
    {
      status: 'False',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    },
  ]);
  const more = [{ name: 'example.com/wait' }, { name: 'example.com/more' }];
  assert.throws(
    () => plane.server.patchPath('Pod', 'default/a', 'spec.schedulingGates', more),
    /spec\.schedulingGates\[1\]\.name: Forbidden: only deletion is allowed, but found new scheduling gate 'example\.com\/more'/,
  );
  plane.server.patchPath('Pod', 'default/a', 'spec.schedulingGates', []);
  plane.settle();
  assert.equal(outcome(plane, 'default/a'), 'n1');
});

test('a Pod with a node needs no scheduler', () => {
  const plane = planeOf([{ taints: [taint('a', 'NoSchedule')] } as NodeGiven]);
  plane.apply(pod('a', on('n1')));
  assert.equal(plane.server.get('Pod', 'default/a')?.status?.phase, 'Running');
  assert.deepEqual(
    events(plane, 'a').filter((one) => one.includes('Scheduled')),
    [],
  );
});

test('property: no two Pods of one node ask for clashing host ports', () => {
  const ports = fc.record({
    hostPort: fc.integer({ min: 1, max: 3 }),
    hostIP: fc.constantFrom('', '0.0.0.0', '10.0.0.1', '10.0.0.2'),
    protocol: fc.constantFrom('TCP', 'UDP'),
  });
  const moves = fc.array(fc.oneof(ports, fc.nat(9)), { maxLength: 16 });
  fc.assert(
    fc.property(moves, fc.integer(), (all, order) => {
      const plane = planeOf([{}, {}], 34, order);
      for (const [i, move] of all.entries()) {
        if (typeof move === 'number') {
          const name = plane.pods()[move];
          if (name !== undefined) plane.server.delete('Pod', `default/${name}`);
          plane.settle();
        } else plane.apply(pod(`p${i}`, port(move.hostPort, move)));
      }
      const used = plane.server.list('Pod').filter((one) => (one.spec.nodeName ?? '') !== '');
      const keysOf = (one: Pod) => one.spec.containers[0]?.ports?.[0];
      for (const a of used) {
        for (const b of used) {
          if (a === b || a.spec.nodeName !== b.spec.nodeName) continue;
          const [x, y] = [keysOf(a), keysOf(b)];
          const any = (ip: string | undefined) => ip === undefined || ip === '' || ip === '0.0.0.0';
          const isClash =
            x?.hostPort === y?.hostPort &&
            x?.protocol === y?.protocol &&
            (any(x?.hostIP) || any(y?.hostIP) || x?.hostIP === y?.hostIP);
          assert.ok(!isClash, `${a.metadata.name} and ${b.metadata.name}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});
