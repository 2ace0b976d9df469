// What the API server refuses: DaemonSets and Jobs say so in events, go on in small steps and try again, later each time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlPlane, refusing } from './control-plane.fixture.ts';

const containers = [{ name: 'c', image: 'nginx' }];
const labels = { app: 'x' };

interface Row {
  readonly kind: string;
  readonly object: object;
  /** Pods once they are taken. */
  readonly pods: number;
  /** Pods that were asked for in the first second: one of a batch of one, at each try. */
  readonly tried: number;
}

const rows: readonly Row[] = [
  {
    kind: 'Job',
    object: {
      apiVersion: 'batch/v1',
      spec: { parallelism: 5, template: { spec: { restartPolicy: 'Never', containers } } },
    },
    pods: 5,
    // At once, and when its status is written.
    tried: 2,
  },
  {
    kind: 'DaemonSet',
    object: {
      apiVersion: 'apps/v1',
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
    pods: 2,
    // At once, when its status is written, and after 5, 25, 65, 145, 305, 625 ms.
    tried: 8,
  },
];
for (const { kind, object, pods, tried } of rows) {
  test(`Pods of a ${kind} that are refused are asked for again`, () => {
    const on = new ControlPlane();
    let closed = true;
    const counts = refusing(on, () => closed);
    on.apply({ kind, metadata: { name: 'x', namespace: 'default' }, ...object });
    on.advance(999);
    assert.equal(counts.tried, tried);
    const said = on.server.rawList('Event').find((one) => one['reason'] === 'FailedCreate');
    assert.deepEqual(
      [said?.['type'], said?.['message']],
      ['Warning', 'Error creating: pods "web-" is forbidden: no more'],
    );
    on.advance(86_400_000);
    assert.ok(counts.tried < 1500, `${counts.tried} tries in a day`);
    closed = false;
    on.advance(1_000_000);
    assert.equal(on.pods().length, pods);
    assert.equal(on.memory.table(`${kind.toLowerCase()} failures`).size, 0);
  });
}

test('a DaemonSet whose revision would have too long a name makes nothing', () => {
  const on = new ControlPlane();
  const name = 'a'.repeat(250);
  on.apply({ kind: 'DaemonSet', metadata: { name, namespace: 'default' }, ...rows[1]?.object });
  on.advance(60_000);
  assert.deepEqual([on.pods(), on.server.list('ControllerRevision')], [[], []]);
});
