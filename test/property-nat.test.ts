// Network address translation over random clusters and flows: the answer comes from what the client dialled, the
// endpoint sees the source that the truth table F10 says, an affine client stays with its endpoint, and no two live
// flows of a machine share a tuple.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Attempt, Cluster } from '../src/cluster/cluster.ts';
import { formatAddr, formatEndpoint } from '../src/net/addr.ts';
import { type Proto, TCP, UDP } from '../src/net/packet.ts';
import { anyPicture, clusterOf, type Picture } from './arbitraries/cluster-picture.ts';
import { anyFlows, type Flow, targetOf } from './arbitraries/flow.ts';
import { checkCatches, checkProperty } from './check-property.ts';
import { type Outcome, outcomes } from './truth.ts';

const file = import.meta.filename;

/** What stands between the cluster that is told and the one that is asked: nothing, or a fault. */
interface Fault {
  readonly proxy?: object;
  readonly picture?: (picture: Picture) => Picture;
  readonly attempt?: (attempt: Attempt) => Attempt;
  readonly conntrack?: (lines: readonly string[]) => readonly string[];
}

const scene = anyPicture().chain((picture) =>
  fc.record({ picture: fc.constant(picture), flows: anyFlows(picture, 12), seed: fc.nat(9999) }),
);

function outcomeOf({ dial, lookup }: Attempt): Outcome {
  if (dial === null) return lookup?.outcome ?? 'no outcome';
  if (dial.outcome !== 'answered') return `${dial.outcome} via ${dial.via}`;
  const at =
    dial.destination === null ? '' : formatEndpoint(dial.destination.addr, dial.destination.port);
  const source = dial.source === null ? 'nobody' : formatAddr(dial.source.addr);
  return `answered by ${dial.backend} (${at}), seen as ${source}`;
}

function run(picture: Picture, cluster: Cluster, flow: Flow, fault: Fault): Attempt {
  const proto: Proto =
    picture.services[flow.service]?.ports[flow.port]?.protocol === 'UDP' ? UDP : TCP;
  const { sourcePort } = flow;
  const options = sourcePort === null ? { proto } : { proto, sourcePort };
  const attempt = cluster.connect(flow.client.machine, targetOf(picture, flow), options);
  return fault.attempt?.(attempt) ?? attempt;
}

function answersFromWhatWasDialled({ dial }: Attempt): void {
  if (dial?.outcome !== 'answered') return;
  assert.deepEqual(dial.replyFrom, dial.dialled);
}

/** Both directions of every entry, as `conntrack -L` prints them. */
function tuplesOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const proto = line.slice(0, line.indexOf(' '));
    const tuples = line.match(/src=\S+ dst=\S+ sport=\d+ dport=\d+/g) ?? [];
    assert.equal(tuples.length, 2, line);
    return tuples.map((tuple) => `${proto} ${tuple}`);
  });
}

function noTupleIsShared(cluster: Cluster, fault: Fault): void {
  for (const node of cluster.nodeNames) {
    const lines = cluster.conntrack(`node/${node}`);
    const tuples = tuplesOf(fault.conntrack?.(lines) ?? lines);
    assert.equal(new Set(tuples).size, tuples.length, `${node}:\n${lines.join('\n')}`);
  }
}

function nat(fault: Fault = {}) {
  return fc.property(scene, ({ picture, flows, seed }) => {
    const made = fault.picture?.(picture) ?? picture;
    const proxy = fault.proxy === undefined ? {} : { proxy: fault.proxy };
    const cluster = clusterOf(made, { seed, ...proxy });
    for (const flow of flows) {
      const first = run(picture, cluster, flow, fault);
      const allowed = outcomes(picture, flow);
      const seen = outcomeOf(first);
      const text = `${flow.client.machine} to ${targetOf(picture, flow)}`;
      assert.ok(allowed.has(seen), `${text}: ${seen}; allowed: ${[...allowed].join('; ')}`);
      answersFromWhatWasDialled(first);
      if (picture.services[flow.service]?.affinity !== null) {
        const again = run(picture, cluster, flow, fault);
        assert.equal(outcomeOf(again), seen, `${text}, again`);
      }
    }
    noTupleIsShared(cluster, fault);
  });
}

checkProperty('NAT of random flows is right', nat(), { file, runs: 30 });

const faults: Readonly<Record<string, Fault>> = {
  'a proxy that masquerades everything': { proxy: { iptables: { masqueradeAll: true } } },
  'a proxy with another Pod network': { proxy: { clusterCIDR: '10.250.0.0/16' } },
  'a proxy that takes every traffic policy for Cluster': {
    picture: (picture) => ({
      ...picture,
      services: picture.services.map((s) => ({ ...s, internal: 'Cluster', external: 'Cluster' })),
    }),
  },
  'a proxy without affinity': {
    picture: (picture) => ({
      ...picture,
      services: picture.services.map((s) => ({ ...s, affinity: null })),
    }),
  },
  'answers that come from the endpoint itself': {
    attempt: (attempt) =>
      attempt.dial === null
        ? attempt
        : { ...attempt, dial: { ...attempt.dial, replyFrom: attempt.dial.destination } },
  },
  'two clients masqueraded to one source port': {
    conntrack: (lines) => lines.map((line) => line.replaceAll(/dport=[34]\d{4} /g, 'dport=40000 ')),
  },
};
for (const [name, fault] of Object.entries(faults)) {
  checkCatches(name, nat(fault), { file, runs: 60 });
}
