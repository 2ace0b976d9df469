// What controllers remember is forked with the cluster, and how long they wait between two tries.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BackOff, forget, retry, standard } from './back-off.ts';
import type { ControllerContext } from './controller.ts';
import { Memory } from './memory.ts';

test('a fork remembers what its parent did, and neither hears of the other', () => {
  const parent = new Memory();
  parent.table<number>('a').set('x', 1);
  const fork = parent.fork();
  fork.table<number>('a').set('x', 2);
  fork.table<number>('b').set('y', 3);
  parent.table<number>('a').set('z', 4);
  assert.deepEqual(
    [parent, fork].map((memory) => [...memory.table<number>('a').entries()]),
    [
      [
        ['x', 1],
        ['z', 4],
      ],
      [['x', 2]],
    ],
  );
  assert.equal(parent.table<number>('b').size, 0);
});

const policies: readonly (readonly [string, BackOff, readonly number[]])[] = [
  ['doubling up to the limit', { queue: 'q', baseMs: 5, maxMs: 30 }, [5, 10, 20, 30, 30, 30]],
  ['a number of tries', { queue: 'q', baseMs: 1, maxMs: 9, tries: 2 }, [1, 2, -1, 1, 2, -1]],
];
for (const [name, policy, want] of policies) {
  test(`back-off: ${name}`, () => {
    const waits: number[] = [];
    const memory = new Memory();
    const at = (nowMs: number): ControllerContext =>
      ({ memory, nowMs, again: (_key: string, ms: number) => waits.push(ms) }) as never;
    for (let i = 0; i < want.length; i++) {
      if (!retry(policy, 'ns/a', at(i * 1000))) waits.push(-1);
    }
    assert.deepEqual(waits, want);
    forget(policy, 'ns/a', at(9999));
    retry(policy, 'ns/b', at(9999));
    retry(policy, 'ns/a', at(9999));
    assert.deepEqual(waits.slice(-2), [policy.baseMs, policy.baseMs], 'keys count for themselves');
  });
}

test('back-off: a key that fails again before its next try has one next try, not two', () => {
  const waits: string[] = [];
  const memory = new Memory();
  const policy = standard('q');
  for (const nowMs of [0, 1, 2, 5, 6, 45]) {
    const again = (_key: string, ms: number) => waits.push(`${nowMs}+${ms}`);
    retry(policy, 'ns/a', { memory, nowMs, again } as unknown as ControllerContext);
  }
  assert.deepEqual(waits, ['0+5', '5+40', '45+160']);
});
