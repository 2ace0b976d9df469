// The last-change-trigger-time annotation, after upstream's trigger_time_tracker_test.go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTime } from '../../sim/time.ts';
import { SliceBench, web } from './slices.fixture.ts';

const name = 'endpoints.kubernetes.io/last-change-trigger-time';

function stamps(bench: SliceBench): readonly (string | undefined)[] {
  const slice = bench.slices()[0]?.metadata.annotations?.[name];
  const endpoints = bench.server.get('Endpoints', 'default/web')?.metadata.annotations?.[name];
  assert.equal(slice, endpoints, 'both controllers track alike');
  return [slice];
}

function started(): SliceBench {
  const bench = new SliceBench();
  bench.pod('pod-1');
  bench.nowMs = 5000;
  bench.create(web());
  return bench;
}

test('a new Service: its creation, however old its pods', () => {
  assert.deepEqual(stamps(started()), [formatTime(5000)]);
});

test('a pod that becomes ready: when it did', () => {
  const bench = started();
  bench.nowMs = 9000;
  bench.ready('pod-1', false);
  assert.deepEqual(stamps(bench), [formatTime(9000)]);
});

test('several pods: the earliest of those that changed since the last sync', () => {
  const bench = started();
  bench.nowMs = 7000;
  bench.pod('pod-2');
  bench.nowMs = 8000;
  bench.pod('pod-3');
  bench.settle();
  assert.deepEqual(stamps(bench), [formatTime(7000)]);
});

test('a pod that goes, or labels that change: no time, and the annotation goes too', () => {
  const bench = started();
  bench.pod('pod-2');
  bench.settle();
  bench.nowMs = 9000;
  bench.server.delete('Pod', 'default/pod-2', { gracePeriodSeconds: 0 });
  bench.settle();
  assert.deepEqual(stamps(bench), [undefined]);
});

test('a pod that takes the place of another of its name counts when it is later', () => {
  const bench = started();
  bench.server.delete('Pod', 'default/pod-1', { gracePeriodSeconds: 0 });
  bench.nowMs = 11_000;
  bench.pod('pod-1');
  bench.settle();
  assert.deepEqual(stamps(bench), [formatTime(11_000)]);
});

test('a Service that comes again is new', () => {
  const bench = started();
  bench.delete('Service', 'default/web');
  bench.nowMs = 20_000;
  bench.create(web());
  assert.deepEqual(stamps(bench), [formatTime(20_000)]);
});
