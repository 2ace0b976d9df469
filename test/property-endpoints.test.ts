// What stands in EndpointSlices and Endpoints, whatever happened before: random pods, Services and changes, with slices
// that somebody deletes or spoils. All slices of a Service together are exactly its selected pods, none is over the
// limit, and a sync that has nothing to change writes nothing.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EndpointSlice, Pod, Service } from '../src/api/types.ts';
import { matchesLabels } from '../src/api/types.ts';
import type { Controller } from '../src/controllers/controller.ts';
import { endpoints } from '../src/controllers/endpoints/endpoints.ts';
import { endpointslice } from '../src/controllers/endpointslice/endpointslice.ts';
import { endpointsMax } from '../src/controllers/endpointslice/packing.ts';
import { SliceBench, web } from '../src/controllers/endpointslice/slices.fixture.ts';
import { mirroring } from '../src/controllers/mirroring/mirroring.ts';
import { byCodeUnit } from '../src/sim/table.ts';
import { checkCatches, checkProperty } from './check-property.ts';

const file = import.meta.filename;

type Change =
  | { readonly kind: 'pods'; readonly count: number; readonly app: string; readonly ready: boolean }
  | { readonly kind: 'delete' | 'flip' | 'relabel' | 'fail' | 'terminate'; readonly at: number }
  | {
      readonly kind: 'port' | 'selector' | 'publish' | 'label';
      readonly service: string;
      readonly to: number;
    }
  | { readonly kind: 'lose slice' | 'spoil slice'; readonly at: number };

const apps = ['a', 'b', 'c'] as const;
const names = ['x', 'y'] as const;
const ports = [80, 81, 'http', 'none'] as const;

const at = fc.nat({ max: 400 });
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pods' as const),
      count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 60, max: 130 })),
      app: fc.constantFrom(...apps),
      ready: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('delete', 'flip', 'relabel', 'fail', 'terminate'),
      at,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('port', 'selector', 'publish', 'label'),
      service: fc.constantFrom(...names),
      to: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('lose slice', 'spoil slice'), at }),
  },
);

let made = 0;

function apply(bench: SliceBench, step: Change): void {
  const { server } = bench;
  const pick = <T>(list: readonly T[], i: number): T | undefined => list[i % list.length];
  switch (step.kind) {
    case 'pods':
      for (let i = 0; i < step.count; i++) {
        made++;
        bench.pod(`p-${made}`, {
          ips: [`10.${made >> 16}.${(made >> 8) & 255}.${made & 255}`],
          ready: step.ready,
          labels: { app: step.app },
          spec: {
            containers: [
              {
                name: 'c',
                image: 'i',
                ports: made % 2 === 0 ? [{ name: 'http', containerPort: 8080 }] : [],
              },
            ],
          },
        });
      }
      return;
    case 'lose slice':
    case 'spoil slice': {
      const slice = pick(slicesOf(bench), step.at);
      if (slice === undefined) return;
      const key = `default/${slice.metadata.name}`;
      if (step.kind === 'lose slice') server.delete('EndpointSlice', key);
      else server.patchPath('EndpointSlice', key, 'endpoints', []);
      return;
    }
    case 'port':
    case 'selector':
    case 'publish':
    case 'label':
      changeService(bench, step.kind, `default/${step.service}`, step.to);
      return;
    default: {
      const pod = pick(server.list('Pod'), step.at);
      if (pod !== undefined) changePod(bench, step.kind, pod, step.at);
    }
  }
}

function changeService(bench: SliceBench, kind: string, key: string, to: number): void {
  const { server } = bench;
  if (kind === 'port') server.patchPath('Service', key, 'spec.ports[0].targetPort', ports[to]);
  if (kind === 'selector') server.patchPath('Service', key, 'spec.selector.app', apps[to] ?? 'a');
  if (kind === 'label') server.patchPath('Service', key, 'metadata.labels.l', `${to}`);
  if (kind === 'publish') {
    server.patchPath('Service', key, 'spec.publishNotReadyAddresses', to % 2 === 0);
  }
}

function changePod(bench: SliceBench, kind: string, pod: Pod, at: number): void {
  const { server } = bench;
  const key = `default/${pod.metadata.name}`;
  if (kind === 'delete') server.delete('Pod', key, { gracePeriodSeconds: 0 });
  if (kind === 'terminate') server.delete('Pod', key);
  if (kind === 'relabel') server.patchPath('Pod', key, 'metadata.labels.app', apps[at % 3]);
  if (kind === 'fail') server.updateStatus({ ...pod, status: { ...pod.status, phase: 'Failed' } });
  if (kind === 'flip') bench.ready(pod.metadata.name, at % 2 === 0);
}

function slicesOf(bench: SliceBench): readonly EndpointSlice[] {
  return bench.server
    .list('EndpointSlice', 'default')
    .filter(({ metadata }) => metadata.name !== 'kubernetes');
}

/** "address ready serving terminating ports" of the pods that a Service should lead to. */
function expected(bench: SliceBench, { spec }: Service): readonly string[] {
  const publish = spec.publishNotReadyAddresses === true;
  const target = spec.ports?.[0]?.targetPort;
  return bench.server
    .list('Pod', 'default')
    .filter((pod) => matchesLabels(spec.selector ?? {}, pod.metadata.labels))
    .filter((pod) => pod.status?.phase !== 'Failed')
    .map((pod) => {
      const ready = pod.status?.conditions?.[0]?.status === 'True';
      const terminating = pod.metadata.deletionTimestamp !== undefined;
      const named = pod.spec.containers[0]?.ports?.find(({ name }) => name === target);
      const port = typeof target === 'number' ? target : named?.containerPort;
      const states = [publish || (ready && !terminating), ready, terminating];
      return `${pod.status?.podIP} ${states.join(' ')} ${port ?? ''}`;
    })
    .sort(byCodeUnit);
}

function listed(bench: SliceBench, service: string): readonly string[] {
  return bench
    .slices(service)
    .flatMap((slice) =>
      (slice.endpoints ?? []).map(({ addresses, conditions }) => {
        const states = [conditions?.ready, conditions?.serving, conditions?.terminating];
        const port = (slice.ports ?? []).map((one) => one.port).join(',');
        return `${addresses.join(',')} ${states.join(' ')} ${port}`;
      }),
    )
    .sort(byCodeUnit);
}

function addressesOf(bench: SliceBench, service: string): readonly string[] {
  const { subsets = [] } = bench.server.get('Endpoints', `default/${service}`) ?? {};
  return subsets
    .flatMap(({ addresses = [], notReadyAddresses = [] }) => [
      ...addresses.map(({ ip }) => `${ip} ready`),
      ...notReadyAddresses.map(({ ip }) => `${ip} not`),
    ])
    .sort(byCodeUnit);
}

function check(bench: SliceBench): void {
  for (const name of names) {
    const service = bench.server.get('Service', `default/${name}`);
    if (service === undefined) continue;
    const want = expected(bench, service);
    assert.deepEqual(listed(bench, name), want, `slices of ${name}`);
    const sizes = bench.sizes(name);
    assert.ok(
      sizes.every((size) => size <= endpointsMax),
      `${sizes}`,
    );
    const publish = service.spec.publishNotReadyAddresses === true;
    const legacy = want
      .map((text) => text.split(' '))
      .filter(([, , , terminating, port]) => (publish || terminating === 'false') && port !== '')
      .map(([ip, , serving]) => `${ip} ${publish || serving === 'true' ? 'ready' : 'not'}`);
    if (legacy.length <= 1000) {
      assert.deepEqual(addressesOf(bench, name), legacy.sort(byCodeUnit), `Endpoints of ${name}`);
    }
    bench.counted();
    bench.set('Service', `default/${name}`, 'metadata.annotations.touched', `${bench.nowMs}`);
    assert.deepEqual(bench.counted(), {}, `nothing to change in ${name}, and nothing written`);
  }
}

function property(controllers: readonly Controller[]): fc.IRawProperty<[Change[]], false> {
  return fc.property(fc.array(change, { minLength: 1, maxLength: 25 }), (steps) => {
    made = 0;
    const bench = new SliceBench({ controllers });
    for (const name of names) bench.create(web({ selector: { app: 'a' } }, { name }));
    for (const step of steps) {
      apply(bench, step);
      bench.settle();
      // What others did to a slice is made good within a second.
      bench.advance(1000);
      check(bench);
    }
  });
}

checkProperty(
  'slices and Endpoints are the selected pods, whatever happened',
  property([endpoints, endpointslice, mirroring]),
  { file, runs: 40 },
);

const without = (controller: Controller, kind: string): Controller => ({
  ...controller,
  watches: controller.watches.filter((one) => one !== kind),
});

checkCatches(
  'an endpoint controller that hears nothing of Pods',
  property([without(endpoints, 'Pod'), endpointslice]),
  { file, runs: 40 },
);
checkCatches(
  'an endpoint-slice controller that hears nothing of Pods',
  property([endpoints, without(endpointslice, 'Pod')]),
  { file, runs: 40 },
);
checkCatches(
  'an endpoint-slice controller that does not look at its slices',
  property([endpoints, without(endpointslice, 'EndpointSlice')]),
  { file, runs: 40 },
);
checkCatches(
  'a controller that writes in every sync',
  property([
    endpoints,
    {
      ...endpointslice,
      sync(key, context) {
        endpointslice.sync(key, context);
        const slash = key.indexOf('/');
        const [first] = context.index.slicesOf(key.slice(0, slash), key.slice(slash + 1));
        const slice = first === undefined ? undefined : context.client.get('EndpointSlice', first);
        if (slice === undefined) return;
        const seen = Number(slice.metadata.annotations?.['seen'] ?? 0);
        const annotations = { ...slice.metadata.annotations, seen: `${seen + 1}` };
        context.client.update({ ...slice, metadata: { ...slice.metadata, annotations } });
      },
    },
  ]),
  { file, runs: 40 },
);
