// pod-template-hash against values published by real clusters and against go-spew's output.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodTemplateSpec } from '../../api/types.ts';
import { dumpTemplate, templateHash } from './template-hash.ts';

function nginx(image: string, more: { port?: number; name?: string; labels?: object } = {}) {
  const tag = image.includes(':') ? 'IfNotPresent' : 'Always';
  const port = more.port ?? 80;
  return {
    metadata: { name: '', labels: { app: 'nginx', ...more.labels } },
    spec: {
      containers: [
        {
          name: more.name ?? 'nginx',
          image,
          ...(port === 0 ? {} : { ports: [{ containerPort: port, protocol: 'TCP' }] }),
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: tag,
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    },
  } as unknown as PodTemplateSpec;
}

const docs = nginx('nginx:1.14.2');
const rows: readonly {
  name: string;
  template: PodTemplateSpec;
  minor: number;
  collision?: number;
  want: string;
}[] = [
  { name: 'docs nginx 1.16', template: docs, minor: 16, want: '574b87c764' },
  { name: 'docs nginx 1.18', template: docs, minor: 18, want: '6b474476c4' },
  { name: 'docs nginx 1.19', template: docs, minor: 19, want: '66b6c48dd5' },
  { name: 'docs nginx 1.22', template: docs, minor: 22, want: '66b6c48dd5' },
  { name: 'docs nginx 1.23', template: docs, minor: 23, want: '9456bbbf9' },
  { name: 'docs nginx 1.24', template: docs, minor: 24, want: '6595874d85' },
  { name: 'docs nginx 1.25', template: docs, minor: 25, want: '7fb96c846b' },
  { name: 'docs nginx 1.26', template: docs, minor: 26, want: '85996f8dbd' },
  { name: 'docs nginx 1.27', template: docs, minor: 27, want: 'cbdccf466' },
  { name: 'docs nginx 1.28', template: docs, minor: 28, want: '86dcfdf4c6' },
  { name: 'docs nginx 1.30', template: docs, minor: 30, want: '77d8468669' },
  { name: 'docs nginx 1.31', template: docs, minor: 31, want: 'd556bf558' },
  { name: 'docs nginx 1.32', template: docs, minor: 32, want: '647677fc66' },
  { name: 'docs nginx 1.33', template: docs, minor: 33, want: '647677fc66' },
  { name: 'docs nginx 1.34', template: docs, minor: 34, want: 'bf744486c' },
  { name: 'docs nginx 1.35', template: docs, minor: 35, want: '77bc6bd484' },
  { name: 'docs nginx 1.36', template: docs, minor: 36, want: '6c5f67b5f7' },
  { name: 'a collision count', template: docs, minor: 34, collision: 1, want: '8597dbbbb' },
  {
    name: 'kubectl create deployment nginx (1.33)',
    template: nginx('nginx', { port: 0 }),
    minor: 33,
    want: '5869d7778c',
  },
  {
    name: 'document 004 (1.31)',
    template: nginx('nginx:1.15-alpine', {
      name: 'nginx-container',
      labels: { app: 'nginx-deployment' },
    }),
    minor: 31,
    want: '9957b6647',
  },
];

for (const row of rows) {
  test(`pod-template-hash: ${row.name}`, () => {
    assert.equal(templateHash(row.template, row.minor, row.collision), row.want);
  });
}

test('pod-template-hash: text that is no quantity is refused', () => {
  const odd = { spec: { containers: [{ name: 'a', resources: { limits: { cpu: 'lots' } } }] } };
  assert.throws(() => templateHash(odd as unknown as PodTemplateSpec, 34), /is no quantity/);
});

function limits(cpu: string, memory: string): string {
  const containers = [{ name: 'a', resources: { limits: { cpu, memory } } }];
  return templateHash({ spec: { containers } } as unknown as PodTemplateSpec, 34);
}

const amounts = [
  { cpu: '1.5', memory: '1.5Gi', same: ['1500m', '1536Mi'] },
  { cpu: '0.5', memory: '1024Mi', same: ['500m', '1Gi'] },
  { cpu: '2', memory: '100Ti', same: ['2000m', '102400Gi'] },
] as const;
for (const { cpu, memory, same } of amounts) {
  test(`pod-template-hash: cpu ${cpu} and memory ${memory} hash as ${same.join(' and ')}`, () => {
    assert.equal(limits(cpu, memory), limits(same[0], same[1]));
    assert.notEqual(limits(cpu, memory), limits('3', '3Gi'));
  });
}

test('pod-template-hash: an amount beyond int64 arithmetic is dumped as inf.Dec', () => {
  const containers = [{ name: 'a', resources: { limits: { memory: '100Ti' } } }];
  const dump = dumpTemplate({ spec: { containers } } as unknown as PodTemplateSpec, 34);
  assert.ok(dump.includes('abs:(big.nat)[8568098291072368640 5960]} scale:(inf.Scale)9}'), dump);
});
