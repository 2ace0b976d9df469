// ControllerRevisions: names as real clusters gave them, and the rules of the history.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, PodTemplateSpec } from '../../api/types.ts';
import { ControlPlane } from '../control-plane.fixture.ts';
import {
  adoptRevisions,
  createRevision,
  equalRevision,
  hashLabel,
  hashRevision,
  listRevisions,
  newRevision,
  nextRevision,
  type Parent,
  renumber,
  revisionName,
  truncate,
} from './history.ts';
import { goJson, templatePatch } from './template-patch.ts';

/** The template of upstream's testdata/compatibility_set_*.json. */
const template = {
  metadata: { annotations: { test: 'value' }, labels: { app: 'foo' } },
  spec: {
    containers: [
      {
        name: 'test',
        image: 'test',
        imagePullPolicy: 'Always',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  },
} as unknown as PodTemplateSpec;

const hashes: readonly (readonly [name: string, minor: number, want: string])[] = [
  ['1.32 writes creationTimestamp: null', 32, 'c77f6d978'],
  ['1.33 (compatibility_revision_1.33.0.json)', 33, 'c77f6d978'],
  ['1.34 (compatibility_revision_1.34.0.json)', 34, '776999688b'],
  ['1.36 is as 1.34', 36, '776999688b'],
];
for (const [name, minor, want] of hashes) {
  test(`revision hash: ${name}`, () => {
    assert.equal(hashRevision(templatePatch(template, minor), 0), want);
  });
}

test('a collision count of 0 counts, an absent one does not', () => {
  const data = templatePatch(template, 34);
  assert.notEqual(hashRevision(data), hashRevision(data, 0));
  assert.notEqual(hashRevision(data, 1), hashRevision(data, 0));
});

const encodings: readonly (readonly [name: string, container: object, want: string])[] = [
  ['resources stand there always', {}, '{"name":"","resources":{}}'],
  ['an empty list goes', { env: [] }, '{"name":"","resources":{}}'],
  ['a false that is no pointer goes', { tty: false }, '{"name":"","resources":{}}'],
  [
    'a false behind a pointer stays',
    { securityContext: { privileged: false } },
    '{"name":"","resources":{},"securityContext":{"privileged":false}}',
  ],
  [
    'an empty header value stays, an empty env value goes',
    {
      env: [{ name: 'A', value: '' }],
      livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'h', value: '' }] } },
    },
    '{"env":[{"name":"A"}],"livenessProbe":{"httpGet":{"httpHeaders":[{"name":"h","value":""}],"port":80}},"name":"","resources":{}}',
  ],
  [
    'a divisor is written as 0, quantities in canonical form',
    {
      env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
      resources: { limits: { cpu: '0.5' } },
    },
    '{"env":[{"name":"A","valueFrom":{"resourceFieldRef":{"divisor":"0","resource":"limits.cpu"}}}],"name":"","resources":{"limits":{"cpu":"500m"}}}',
  ],
  [
    'HTML characters are escaped',
    { args: ['a<b>&\u2028'] },
    '{"args":["a\\u003cb\\u003e\\u0026\\u2028"],"name":"","resources":{}}',
  ],
];
for (const [name, container, want] of encodings) {
  test(`template as Go encodes it: ${name}`, () => {
    const given = { spec: { containers: [{ name: '', ...container }] } };
    const { spec } = templatePatch(given as unknown as PodTemplateSpec, 34);
    const pod = spec.template['spec'] as { containers: unknown[] };
    // `name` has no omitempty, but is never empty in what is stored.
    const shown = goJson({ name: '', ...(pod.containers[0] as object) });
    assert.equal(shown, want);
  });
}

function parent(plane: ControlPlane): Parent {
  plane.server.create({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: { replicas: 0, serviceName: '', selector: { matchLabels: { app: 'foo' } }, template },
  } as unknown as AnyObject);
  plane.take();
  const set = plane.server.get('StatefulSet', 'default/db');
  assert.ok(set);
  return set;
}

function about(data: unknown, revision: number) {
  return { labels: { app: 'foo' }, annotations: undefined, data, revision, collisionCount: 0 };
}

test('revisions are created once, counted up on a collision, renumbered and truncated', () => {
  const plane = new ControlPlane({ all: [] });
  const set = parent(plane);
  const context = plane.context('test');
  const first = createRevision(newRevision(set, about({ a: 1 }, 1)), 'db', 0, context);
  assert.equal(first.collisionCount, 0);
  assert.equal(first.revision.metadata.labels?.[hashLabel], hashRevision({ a: 1 }, 0));
  const again = createRevision(newRevision(set, about({ a: 1 }, 2)), 'db', 0, context);
  assert.equal(again.revision.metadata.uid, first.revision.metadata.uid);

  const name = revisionName('db', hashRevision({ a: 2 }, 0));
  const squatter = newRevision(set, about({ other: true }, 7));
  context.client.create({ ...squatter, metadata: { ...squatter.metadata, name } });
  const second = createRevision(newRevision(set, about({ a: 2 }, 2)), 'db', 0, context);
  assert.equal(second.collisionCount, 1);
  assert.equal(second.revision.metadata.name, revisionName('db', hashRevision({ a: 2 }, 1)));

  const numbers = () => listRevisions(set, context).map((one) => one.revision);
  assert.deepEqual(numbers(), [1, 2, 7]);
  renumber(first.revision, nextRevision(listRevisions(set, context)), context);
  assert.deepEqual(numbers(), [2, 7, 8]);
  const live = new Set([second.revision.metadata.name]);
  truncate(listRevisions(set, context), live, 1, context);
  assert.deepEqual(numbers(), [2, 8]);
  assert.ok(equalRevision(listRevisions(set, context)[1] ?? first.revision, first.revision));
});

test('orphans that the selector matches are listed and adopted, others and foreign ones are not', () => {
  const plane = new ControlPlane({ all: [] });
  const set = parent(plane);
  const context = plane.context('test');
  const rows: readonly (readonly [string, object])[] = [
    ['orphan', { labels: { app: 'foo' } }],
    ['unlabelled', { labels: {} }],
    [
      'foreign',
      {
        labels: { app: 'foo' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'x', uid: 'x', controller: true },
        ],
      },
    ],
  ];
  for (const [name, metadata] of rows) {
    context.client.create({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name, namespace: 'default', ...metadata },
      revision: 1,
    });
  }
  const names = () => listRevisions(set, context).map((one) => one.metadata.name);
  assert.deepEqual(names(), ['orphan']);
  adoptRevisions(set, context);
  assert.deepEqual(plane.index.ownedBy('ControllerRevision', set.metadata.uid ?? ''), [
    'default/orphan',
  ]);
  assert.deepEqual(plane.index.orphans('ControllerRevision', 'default'), ['default/unlabelled']);
});
