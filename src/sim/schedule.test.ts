// Schedules: what is drawn is what is followed, a shorter one means the same, and the text reads back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Choices } from './choices.ts';
import {
  Exploring,
  Following,
  parseSchedule,
  type Schedule,
  scheduleText,
  shortest,
} from './schedule.ts';

const three = [1, 1, 1];
const points = fc.array(fc.constantFrom('order/a', 'order/late/b c', 'order/task/10', 'chance'), {
  maxLength: 60,
});
const picks = (choices: Choices, at: readonly string[]) =>
  at.map((point) => choices.pick(point, three));

test('schedules: what was explored is what is met again, chance included', () => {
  fc.assert(
    fc.property(points, fc.nat(), fc.nat(40), (at, seed, turn) => {
      const exploring = new Exploring(seed, turn);
      const met = picks(exploring, at);
      const text = scheduleText(exploring.schedule);
      const read = parseSchedule(text);
      assert.deepEqual(read, exploring.schedule);
      assert.deepEqual(picks(new Following(seed, read ?? new Map()), at), met);
    }),
  );
});

test('schedules: a decision that is left out changes no other one', () => {
  const all = new Map([
    ['order/a#1', 2],
    ['order/b#1', 1],
    ['order/a#2', 1],
  ]);
  const at = ['order/a', 'order/b', 'order/a', 'order/b'];
  assert.deepEqual(picks(new Following(1, all), at), [2, 1, 1, 0]);
  all.delete('order/a#1');
  assert.deepEqual(picks(new Following(1, all), at), [0, 1, 1, 0]);
});

test('schedules: a copy goes on in the usual order, with the same chance', () => {
  const following = new Following(7, new Map([['order/a#1', 2]]));
  const copy = following.fork();
  assert.equal(copy.pick('order/a', three), 0);
  assert.equal(following.pick('order/a', three), 2);
  const left = picks(following, ['chance', 'chance', 'chance']);
  assert.deepEqual(picks(copy, ['chance', 'chance', 'chance']), left);
});

test('schedules: every fourth one leaves the usual order always, others less often', () => {
  const many = Array.from({ length: 400 }, (_, i) => `order/${i}`);
  const taken = [4, 5, 6, 7].map((turn) => {
    const exploring = new Exploring(1, turn);
    picks(exploring, many);
    return exploring.schedule.size;
  });
  const [always = 0, half = 0, fifth = 0, rarely = 0] = taken;
  assert.ok(always > half && half > fifth && fifth > rarely && rarely > 0, taken.join(' '));
});

test('schedules: the shortest one holds what it takes and no more', () => {
  const needed = fc.uniqueArray(fc.nat(59), { maxLength: 4 });
  fc.assert(
    fc.property(needed, (numbers) => {
      const schedule = new Map(Array.from({ length: 60 }, (_, i) => [`order/${i}#1`, 3]));
      const fails = (some: Schedule) => numbers.every((n) => (some.get(`order/${n}#1`) ?? 0) >= 2);
      const short = shortest(schedule, fails, 1000);
      const names = numbers.map((n) => `order/${n}#1`).sort();
      assert.deepEqual([...short.keys()].sort(), names);
      assert.ok([...short.values()].every((picked) => picked === 2));
    }),
  );
});

test('schedules: what is no schedule is not read', () => {
  for (const text of ['a', 'a#1', 'a=1', 'a#1=1;', 'a#x=1', '#1=1']) {
    assert.equal(parseSchedule(text), undefined, text);
  }
  assert.deepEqual(parseSchedule(''), new Map());
});
