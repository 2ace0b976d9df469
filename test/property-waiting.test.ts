// A long wait is many short ones: whatever is passed over in the midst of it leaves nothing behind that anybody can see.
// Random clusters with probes, changed at random times, come to the same bytes when each wait is made in one go and when
// it is made in steps that are too short for any probe to be passed over.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Cluster } from '../src/cluster/cluster.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import { formatEndpoint } from '../src/net/addr.ts';
import { anyPicture, documentsOf, loaded, type Picture } from './arbitraries/cluster-picture.ts';
import { anyOperations, type Operation, operate } from './arbitraries/operation.ts';
import { checkCatches, checkProperty } from './check-property.ts';
import { dump } from './dump.ts';

const file = import.meta.filename;

interface Story {
  readonly picture: Picture;
  readonly operations: readonly Operation[];
  /** Before the first operation, and after each. */
  readonly waitsMs: readonly number[];
}

const wait = fc.oneof(
  fc.integer({ min: 0, max: 200_000 }),
  fc.integer({ min: 200_000, max: 3_600_000 }),
);

const story: fc.Arbitrary<Story> = anyPicture({ nodesMax: 2 }).chain((picture) =>
  fc.record({
    picture: fc.constant(picture),
    operations: anyOperations(picture, 3),
    waitsMs: fc.array(wait, { minLength: 4, maxLength: 4 }),
  }),
);

/** Every container that listens is probed in one of three ways; CoreDNS is by itself. */
function probed(document: object, i: number): object {
  const { kind, spec } = document as { kind?: string; spec?: { containers?: object[] } };
  if (kind !== 'Pod' || spec?.containers === undefined) return document;
  const port = 8080;
  const probes = [
    { readinessProbe: { tcpSocket: { port }, periodSeconds: 7 } },
    { livenessProbe: { httpGet: { port }, failureThreshold: 1000 } },
    {
      startupProbe: { grpc: { port }, failureThreshold: 1000 },
      readinessProbe: { httpGet: { port } },
    },
  ];
  const containers = spec.containers.map((one) => ({ ...one, ...probes[i % probes.length] }));
  return { ...document, spec: { ...spec, containers } };
}

function clusterOf(picture: Picture): Cluster {
  const { clusterSpec, manifests, notices } = loaded(documentsOf(picture).map(probed));
  return createSimulated({ spec: clusterSpec, manifests, notices, seed: 1 });
}

/** What is seen after every wait: all of the cluster, and which port the next connection of each node has. */
function seen(cluster: Cluster): string {
  const ports = cluster.nodeNames.map((node) => {
    const { dial } = cluster.fork().connect(`node/${node}`, '192.0.2.42:9376');
    return dial === null ? '' : formatEndpoint(dial.client.addr, dial.client.port);
  });
  return `${ports.join(' ')}\n${dump(cluster)}`;
}

function told({ picture, operations, waitsMs }: Story, stepMs: number): readonly string[] {
  const cluster = clusterOf(picture);
  return waitsMs.map((waitMs, i) => {
    const operation = i === 0 ? undefined : operations[i - 1];
    const answer = operation === undefined ? '' : operate(cluster, picture, operation);
    const untilMs = cluster.nowMs + waitMs;
    while (cluster.nowMs < untilMs) cluster.advance(Math.min(stepMs, untilMs - cluster.nowMs));
    return `${answer}\n${seen(cluster)}`;
  });
}

const once = Number.MAX_SAFE_INTEGER;

checkProperty(
  'a wait in one go shows what many short waits show',
  fc.property(story, (one) => {
    assert.deepEqual(told(one, once), told(one, 50_000));
  }),
  { file, runs: 8 },
);

checkCatches(
  'a wait that is a probe short',
  fc.property(story, (one) => {
    const short = { ...one, waitsMs: one.waitsMs.map((ms) => Math.max(0, ms - 10_000)) };
    assert.deepEqual(told(short, once), told(one, once));
  }),
  { file, runs: 8 },
);
