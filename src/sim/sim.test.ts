import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Choices, enumerate, replayed, seeded } from './choices.ts';
import { Queue } from './queue.ts';
import { Table } from './table.ts';

test('a fork of a table never changes its parent, nor the parent its fork', () => {
  const writes = fc.array(
    fc.tuple(fc.boolean(), fc.constantFrom('a', 'b', 'c'), fc.option(fc.nat())),
  );
  fc.assert(
    fc.property(writes, writes, (before, after) => {
      const parent = new Table<number>();
      for (const [, key, value] of before) parent.set(key, value ?? 0);
      const child = parent.fork();
      const wantParent = new Map(parent.entries());
      const wantChild = new Map(wantParent);
      for (const [onParent, key, value] of after) {
        const [table, want] = onParent ? [parent, wantParent] : [child, wantChild];
        if (value === null) {
          table.delete(key);
          want.delete(key);
        } else {
          table.set(key, value);
          want.set(key, value);
        }
      }
      assert.deepEqual([...parent.entries()], [...wantParent].sort());
      assert.deepEqual([...child.entries()], [...wantChild].sort());
    }),
  );
});

test('enumeration visits every branch once with exact probability', () => {
  const branches = enumerate((choices) => {
    const first = choices.pick('a', [1, 2]);
    return first === 0 ? 'x' : `y${choices.pick('b', [1, 0, 1])}`;
  });
  assert.deepEqual(
    branches.map((b) => [b.value, b.probability]),
    [
      ['x', 1 / 3],
      ['y0', 1 / 3],
      ['y2', 1 / 3],
    ],
  );
});
/** A walk of a few stages that draw; each stage's result depends on all before it. `save` is what `recall` keeps. */
function stages(choices: Choices, remembers: boolean, save: (sum: number) => number): string {
  let sum = 0;
  let kept: number | null = null;
  const seen: number[] = [];
  for (let stage = 0; stage < 4; stage++) {
    const work = () => {
      sum = kept ?? sum;
      kept = null;
      const draws = (sum + stage) % 3;
      for (let i = 0; i < draws; i++) sum = sum * 3 + choices.pick('x', [1, 2, 0, sum % 2]) + 1;
      return sum;
    };
    const made =
      remembers && choices.past
        ? choices.past.recall(work, () => save(sum))
        : { value: work(), kept: 0, old: false };
    if (made.old) kept = made.kept;
    seen.push(made.value);
  }
  return seen.join();
}

test('an enumeration that recalls earlier branches walks the same branches', () => {
  let plainRuns = 0;
  let runs = 0;
  const plain = enumerate((choices) => {
    plainRuns++;
    return stages(choices, false, (sum) => sum);
  });
  const recalling = enumerate((choices) => {
    runs++;
    return stages(choices, true, (sum) => sum);
  });
  assert.ok(plain.length > 4);
  assert.deepEqual(recalling, plain);
  assert.equal(runs, plainRuns);
  const forgetful = enumerate((choices) => stages(choices, true, (sum) => sum + 1));
  assert.notDeepEqual(forgetful, plain);
});

test('enumeration refuses more branches than asked for', () => {
  const walk = () => enumerate((c) => [c.pick('a', [1, 1]), c.pick('b', [1, 1])], 3);
  assert.throws(walk, RangeError);
});
test('a seed gives one stream, a fork continues it, and weights are honoured', () => {
  const draw = (n: number, c = seeded(7)) =>
    Array.from({ length: n }, () => c.pick('x', [1, 3, 0, 4]));
  assert.deepEqual(draw(100), draw(100));
  const stream = seeded(7);
  draw(10, stream);
  const copy = stream.fork();
  assert.deepEqual(draw(20, stream), draw(20, copy));
  const many = draw(20_000);
  const share = (n: number) => many.filter((pick) => pick === n).length / many.length;
  assert.ok(Math.abs(share(0) - 1 / 8) < 0.02 && Math.abs(share(1) - 3 / 8) < 0.02);
  assert.equal(share(2), 0);
});
test('schedules are oldest first unless they are explored or replayed', () => {
  assert.equal(seeded(1).pick('order/task', [1, 1, 1]), 0);
  assert.equal(replayed([2]).pick('order/task', [1, 1, 1]), 2);
});

test('tasks of a channel never overtake each other under any schedule', () => {
  const plan = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(3)), { maxLength: 30 });
  fc.assert(
    fc.property(plan, fc.nat(), (tasks, seed) => {
      const queue = new Queue();
      for (const [channel, delay] of tasks) queue.push('x', channel, { kind: 't' }, delay);
      const choices = seeded(seed, true);
      const seen = new Map<string, { atMs: number; seq: number }>();
      let count = 0;
      for (let task = queue.next(choices, 10); task !== undefined; task = queue.next(choices, 10)) {
        const last = seen.get(task.channel);
        assert.ok(last === undefined || last.atMs < task.atMs || last.seq < task.seq);
        assert.equal(queue.nowMs, Math.max(queue.nowMs, task.atMs));
        seen.set(task.channel, task);
        count++;
      }
      assert.equal(count, tasks.length);
    }),
  );
});
test('a fork of a queue keeps what was due and runs on its own', () => {
  const queue = new Queue();
  queue.push('x', 'a', { kind: '1' });
  queue.push('x', 'a', { kind: '2' }, 5);
  const copy = queue.fork();
  assert.equal(queue.next(seeded(0), 10)?.body.kind, '1');
  assert.equal(copy.next(seeded(0), 10)?.body.kind, '1');
  assert.equal(copy.next(seeded(0), 10)?.body.kind, '2');
  assert.equal(copy.nowMs, 5);
  assert.equal(queue.nowMs, 0);
  assert.equal(queue.nextAtMs, 5);
});
