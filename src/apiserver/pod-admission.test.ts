// What a new Pod names must exist: refusals word by word, what admission fills in, and what the control plane keeps by
// itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/error.ts';
import type { AnyObject, PodSpec } from '../api/types.ts';
import { clusterSpec, newServer } from './server.fixture.ts';
import type { ApiServer } from './server.ts';

const containers = [{ name: 'c', image: 'nginx:1' }];

function pod(spec: Partial<PodSpec>, name: object = { name: 'q' }): AnyObject {
  const metadata = { ...name, namespace: 'default' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers, ...spec },
  } as unknown as AnyObject;
}

function priorityClass(name: string, value: number, more: object = {}): AnyObject {
  const apiVersion = 'scheduling.k8s.io/v1';
  return { apiVersion, kind: 'PriorityClass', metadata: { name }, value, ...more } as AnyObject;
}

const refusals: readonly {
  readonly name: string;
  readonly before?: readonly AnyObject[];
  readonly given: AnyObject;
  readonly want: string;
}[] = [
  {
    name: 'no such ServiceAccount',
    given: pod({ serviceAccountName: 'nope' }),
    want: 'pods "q" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found',
  },
  {
    name: 'a generated name is not chosen yet',
    given: pod({ serviceAccountName: 'nope' }, { generateName: 'web-1-' }),
    want: 'pods "web-1-" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found',
  },
  {
    name: 'no such PriorityClass',
    given: pod({ priorityClassName: 'nope' }),
    want: 'pods "q" is forbidden: no PriorityClass with name nope was found',
  },
  {
    name: 'another priority than that of the class',
    given: pod({ priorityClassName: 'system-cluster-critical', priority: 7 }),
    want: 'pods "q" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 2000000000 from the given PriorityClass name',
  },
  {
    name: 'a preemption policy of its own',
    given: pod({ preemptionPolicy: 'Never' }),
    want: 'pods "q" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
  },
  {
    name: 'no such RuntimeClass',
    given: pod({ runtimeClassName: 'nope' }),
    want: 'pods "q" is forbidden: pod rejected: RuntimeClass "nope" not found',
  },
  {
    name: 'the ServiceAccount is asked for first',
    given: pod({ serviceAccountName: 'a', priorityClassName: 'b', runtimeClassName: 'c' }),
    want: 'pods "q" is forbidden: error looking up service account default/a: serviceaccount "a" not found',
  },
];

for (const { name, before = [], given, want } of refusals) {
  test(`A11 a Pod is refused: ${name}`, () => {
    const server = newServer();
    for (const one of before) server.create(one);
    assert.throws(
      () => server.create(given),
      (error) => error instanceof ApiError && error.message === want && error.code === 403,
    );
    assert.deepEqual(server.rawList('Pod'), []);
  });
}

const bot = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'bot', namespace: 'default' },
  imagePullSecrets: [{ name: 'registry' }],
} as AnyObject;

const additions: readonly {
  readonly name: string;
  readonly before?: readonly AnyObject[];
  readonly spec: Partial<PodSpec>;
  readonly want: Partial<PodSpec>;
}[] = [
  {
    name: 'nothing named',
    spec: {},
    want: { serviceAccountName: 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority' },
  },
  {
    name: 'a system class',
    spec: { priorityClassName: 'system-node-critical' },
    want: { priority: 2000001000, preemptionPolicy: 'PreemptLowerPriority' },
  },
  {
    name: 'a class that does not preempt',
    before: [priorityClass('low', -5, { preemptionPolicy: 'Never' })],
    spec: { priorityClassName: 'low' },
    want: { priorityClassName: 'low', priority: -5, preemptionPolicy: 'Never' },
  },
  {
    name: 'the least of two default classes',
    before: [
      priorityClass('b', 9, { globalDefault: true }),
      priorityClass('a', 8, { globalDefault: true }),
      priorityClass('c', 7),
    ],
    spec: {},
    want: { priorityClassName: 'a', priority: 8 },
  },
  {
    name: 'pull secrets of the account',
    before: [bot],
    spec: { serviceAccountName: 'bot' },
    want: { serviceAccount: 'bot', imagePullSecrets: [{ name: 'registry' }] },
  },
  {
    name: 'pull secrets of its own',
    before: [bot],
    spec: { serviceAccountName: 'bot', imagePullSecrets: [{ name: 'mine' }] },
    want: { imagePullSecrets: [{ name: 'mine' }] },
  },
];

for (const { name, before = [], spec, want } of additions) {
  test(`A11 admission adds to a Pod: ${name}`, () => {
    const server = newServer();
    for (const one of before) server.create(one);
    const made = server.create(pod(spec))['spec'] as Readonly<Record<string, unknown>>;
    const seen = Object.fromEntries(Object.keys(want).map((key) => [key, made[key]]));
    assert.deepEqual(seen, want);
  });
}

function accounts(server: ApiServer): readonly string[] {
  return server.rawList('ServiceAccount').map(({ metadata }) => `${metadata.namespace}`);
}

test('every Namespace that stays has its ServiceAccount default, with a uid apart', () => {
  const server = newServer();
  const own = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
  assert.deepEqual(accounts(server), own);
  const before = server.raw('ServiceAccount', 'default/default');
  server.delete('ServiceAccount', 'default/default');
  const after = server.raw('ServiceAccount', 'default/default');
  assert.deepEqual(accounts(server), own);
  assert.notEqual(after?.metadata.uid, before?.metadata.uid);
  server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  assert.deepEqual(accounts(server), [...own, 'shop']);
  server.delete('Namespace', 'shop');
  server.delete('ServiceAccount', 'shop/default');
  assert.deepEqual(accounts(server), own);
});

test('the two system classes exist from the start, in every version', () => {
  for (const minor of [9, 32, 36]) {
    const server = newServer({ spec: clusterSpec({ minor }) });
    assert.deepEqual(
      server.rawList('PriorityClass').map((one) => [one.metadata.name, one['value']]),
      [
        ['system-cluster-critical', 2000000000],
        ['system-node-critical', 2000001000],
      ],
    );
  }
});
