// The table of flows against a plain map of texts, with hashes that clash on purpose, and a fault it must catch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TCP, type Tuple } from '../net/packet.ts';
import { FlowTable, hashOf, type Tracked } from './flow-table.ts';

interface Named extends Tracked {
  readonly name: number;
}

const tuple = (n: number): Tuple => ({ proto: TCP, src: n, sport: 1, dst: 9, dport: 80 });
const text = ({ src, dst }: Tuple): string => `${src} ${dst}`;

type Hash = (tuple: Tuple) => number;

const anyStep = fc.record({
  act: fc.constantFrom('set', 'set', 'delete', 'fork'),
  original: fc.nat(5),
  reply: fc.nat(5),
});

function agree(
  hash: Hash,
  steps: readonly (typeof anyStep extends fc.Arbitrary<infer S> ? S : 0)[],
) {
  let table = new FlowTable<Named>();
  let plain = new Map<string, Named>();
  const parents: [FlowTable<Named>, Map<string, Named>][] = [];
  for (const [name, step] of steps.entries()) {
    const [original, reply] = [tuple(step.original), tuple(step.reply)];
    const flow = { name, original, originalHash: hash(original), reply, replyHash: hash(reply) };
    if (step.act === 'fork') {
      parents.push([table, plain]);
      table = table.fork();
      plain = new Map(plain);
    } else if (step.act === 'set') {
      table.set(flow);
      plain.set(text(original), flow).set(text(reply), flow);
    } else {
      table.delete(flow);
      plain.delete(text(original));
      plain.delete(text(reply));
    }
  }
  for (const [mine, theirs] of [...parents, [table, plain] as const]) {
    for (let n = 0; n <= 5; n++) {
      const key = tuple(n);
      assert.equal(mine.get(key, hash(key))?.name, theirs.get(text(key))?.name);
    }
    const names = (flows: readonly Named[]) => flows.map((flow) => flow.name).sort();
    const listed = [...theirs].filter(([key, flow]) => key === text(flow.original));
    assert.deepEqual(names(mine.flows()), names(listed.map(([, flow]) => flow)));
  }
}

const holds = (hash: Hash) =>
  fc.check(
    fc.property(fc.array(anyStep, { maxLength: 12 }), (steps) => agree(hash, steps)),
    { numRuns: 150, seed: 20260102 },
  );

test('flows are found under both tuples whether hashes clash or not, and forks stay apart', () => {
  for (const hash of [hashOf, (t: Tuple) => (t.src as number) % 2, () => 7]) {
    const run = holds(hash);
    assert.equal(run.failed, false, fc.defaultReportMessage(run) ?? '');
  }
});

test('the property catches a hash that is not the same for equal tuples', () => {
  let calls = 0;
  assert.equal(holds(() => calls++).failed, true);
});
