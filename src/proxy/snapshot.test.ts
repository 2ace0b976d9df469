// A snapshot made event by event says the same as one made from scratch, and keeps what an event
// does not touch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  added,
  deleted,
  modified,
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../../test/arbitraries/proxy-objects.ts';
import type { EndpointSlice, Service, WatchEvent } from '../api/types.ts';
import { Causes } from '../sim/causes.ts';
import { rulesFor } from './iptables/layer.ts';
import { restoreInput } from './iptables/restore-input.ts';
import { emptySnapshot, type ProxySnapshot, withEvent } from './snapshot.ts';
import { sortedValues } from './sorted-map.ts';

function ports(snapshot: ProxySnapshot): readonly string[] {
  return [...sortedValues(snapshot.ports[4])].map(
    ({ service: { name }, endpoints }) =>
      `${name} ${endpoints.list.map((endpoint) => endpoint.text).join(' ')}`,
  );
}

const headless = 'service.kubernetes.io/headless';
const svc = service('ns/svc', { clusterIP: '172.30.0.1' });
const one = slice('ns/svc', ['10.0.0.2', '10.0.0.10'], { name: 'a' });
const two = slice('ns/svc', ['10.0.0.1', '10.0.0.2'], { name: 'b' });
const p = (name: string | undefined, port: number | undefined) =>
  ({ name, port, protocol: 'TCP' }) as { name?: string; port?: number };

const rows: readonly {
  readonly name: string;
  readonly events: readonly WatchEvent[];
  readonly want: readonly string[];
}[] = [
  {
    name: 'slices before the Service',
    events: [added(one), added(svc)],
    want: ['ns/svc:p80 10.0.0.10:80 10.0.0.2:80'],
  },
  {
    name: 'A5 slices are merged and sorted as strings; an endpoint can stand twice',
    events: [added(svc), added(two), added(one)],
    want: ['ns/svc:p80 10.0.0.10:80 10.0.0.1:80 10.0.0.2:80 10.0.0.2:80'],
  },
  {
    name: 'a slice goes',
    events: [added(svc), added(one), added(two), deleted(one)],
    want: ['ns/svc:p80 10.0.0.1:80 10.0.0.2:80'],
  },
  {
    name: 'H13 TestBuildServiceMapAddRemove',
    events: [added(svc), added(one), deleted(svc)],
    want: [],
  },
  {
    name: 'H14 TestBuildServiceMapServiceHeadless: by "None", and by a label',
    events: [
      added(service('ns/none', { clusterIP: 'None' })),
      added(service('ns/svc', svc.spec ?? {}, { labels: { [headless]: '' } })),
    ],
    want: [],
  },
  {
    name: 'H15 TestBuildServiceMapServiceTypeExternalName: with a cluster IP, too',
    events: [added(service('ns/svc', { type: 'ExternalName', clusterIP: '172.30.0.1' }))],
    want: [],
  },
  {
    name: 'H16 TestBuildServiceMapServiceUpdate: a Service becomes headless',
    events: [added(svc), modified(svc, service('ns/svc', { clusterIP: 'None' }))],
    want: [],
  },
  {
    name: 'H17 TestUpdateEndpointsMap: a renamed port has no endpoints until the Service follows',
    events: [
      added(svc),
      added(one),
      modified(one, slice('ns/svc', ['10.0.0.2'], { name: 'a', ports: [p('p80-2', 80)] })),
    ],
    want: ['ns/svc:p80 '],
  },
  {
    name: 'H17 TestUpdateEndpointsMap: a renumbered port',
    events: [
      added(svc),
      added(one),
      modified(one, slice('ns/svc', ['10.0.0.2'], { name: 'a', ports: [p('p80', 22)] })),
    ],
    want: ['ns/svc:p80 10.0.0.2:22'],
  },
  {
    name: 'A5 ports without a name or number are ignored',
    events: [
      added(svc),
      added(
        slice('ns/svc', ['10.0.0.1'], {
          ports: [p(undefined, 80), p('p80', undefined), p('p80', 0)],
        }),
      ),
    ],
    want: ['ns/svc:p80 '],
  },
  {
    name: 'A5 slices of the other family and FQDN are ignored',
    events: [added(svc), added(slice('ns/svc', ['example.com'], { addressType: 'FQDN' }))],
    want: ['ns/svc:p80 '],
  },
  {
    name: 'a slice moves to another Service with its label',
    events: [added(svc), added(one), modified(one, slice('ns/other', ['10.0.0.2'], { name: 'a' }))],
    want: ['ns/svc:p80 '],
  },
  {
    name: 'A8 service ports are sorted by ServicePortName, not by Service',
    events: [
      added(service('a/b', { clusterIP: '172.30.0.1' })),
      added(service('a/b-c', { clusterIP: '172.30.0.2' })),
    ],
    want: ['a/b-c:p80 ', 'a/b:p80 '],
  },
];

for (const row of rows) {
  test(`a snapshot: ${row.name}`, () => {
    assert.deepEqual(ports(row.events.reduce(withEvent, emptySnapshot())), row.want);
  });
}

test('an event of another kind, or one that says nothing new, changes no service port', () => {
  const before = snapshotOf(svc, one);
  const pod = { ...added(svc), kind: 'Pod' };
  assert.equal(withEvent(before, pod), before);
  const annotated = { ...one, metadata: { ...one.metadata, annotations: { a: 'b' } } };
  assert.equal(withEvent(before, modified(one, annotated)).ports, before.ports);
  const labelled = { ...svc, metadata: { ...svc.metadata, labels: { a: 'b' } } };
  assert.equal(withEvent(before, modified(svc, labelled)).ports, before.ports);
});

const names = ['a', 'b', 'c'];
const services = fc.record({
  name: fc.constantFrom(...names),
  type: fc.constantFrom('ClusterIP', 'NodePort'),
  internalTrafficPolicy: fc.constantFrom('Cluster', 'Local'),
});
const slices = fc.record({
  name: fc.constantFrom(...names),
  slice: fc.constantFrom('x', 'y'),
  endpoints: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
  local: fc.boolean(),
});

type Step = { readonly object: Service | EndpointSlice; readonly remove: boolean };
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    object: fc.oneof(
      services.map(({ name, ...spec }) =>
        service(`ns/${name}`, {
          ...spec,
          clusterIP: `172.30.0.${names.indexOf(name) + 1}`,
          ports: [
            {
              name: 'p80',
              port: 80,
              nodePort: spec.type === 'NodePort' ? 3000 + names.indexOf(name) : 0,
            },
          ],
        }),
      ),
      slices.map(({ name, slice: id, endpoints, local }) =>
        slice(
          `ns/${name}`,
          endpoints.map((n) => ({ ip: `10.0.0.${n}`, nodeName: local ? 'testhost' : 'other' })),
          { name: `${name}-${id}` },
        ),
      ),
    ),
    remove: fc.boolean(),
  }),
  { maxLength: 25 },
);

/** Applies the steps as events, keeping what the API server would hold. */
function run(list: readonly Step[], apply: typeof withEvent) {
  const stored = new Map<string, Service | EndpointSlice>();
  let snapshot = emptySnapshot();
  for (const { object, remove } of list) {
    const key = `${object.kind} ${object.metadata.name}`;
    const known = stored.get(key);
    if (known === undefined) {
      stored.set(key, object);
      snapshot = apply(snapshot, added(object));
    } else if (remove) {
      stored.delete(key);
      snapshot = apply(snapshot, deleted(known));
    } else {
      stored.set(key, object);
      snapshot = apply(snapshot, modified(known, object));
    }
  }
  return { snapshot, objects: [...stored.values()] };
}

/** One cache for all steps, a fresh one for the rebuilt cluster. */
function sameRules(list: readonly Step[], apply: typeof withEvent): void {
  const causes = new Causes();
  const warmed: typeof withEvent = (snapshot, event) => {
    const next = apply(snapshot, event);
    restoreInput(rulesFor(next, testNode, testConfig, causes));
    return next;
  };
  const { snapshot, objects } = run(list, warmed);
  const layer = rulesFor(snapshot, testNode, testConfig, causes);
  const fresh = rulesFor(snapshotOf(...objects), testNode, testConfig, new Causes());
  assert.equal(restoreInput(layer), restoreInput(fresh));
  for (const table of ['filter', 'nat'] as const) {
    assert.deepEqual(layer.chains(table), fresh.chains(table));
    for (const name of layer.chains(table)) {
      assert.deepEqual(
        layer.chain(table, name)?.rules.map(({ matches, target }) => ({ matches, target })),
        fresh.chain(table, name)?.rules.map(({ matches, target }) => ({ matches, target })),
      );
    }
  }
}

test('rules after any events are those of a proxy that has just started', () => {
  fc.assert(
    fc.property(steps, (list) => sameRules(list, withEvent)),
    { numRuns: 40 },
  );
});

test('the property catches a snapshot that misses deleted slices', () => {
  const faulty: typeof withEvent = (snapshot, event) =>
    event.kind === 'EndpointSlice' && event.type === 'DELETED'
      ? snapshot
      : withEvent(snapshot, event);
  assert.throws(() =>
    fc.assert(
      fc.property(steps, (list) => sameRules(list, faulty)),
      { numRuns: 200, endOnFailure: true },
    ),
  );
});
