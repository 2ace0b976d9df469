import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareTexts } from './order.ts';

/** As ipset 7.17 lists them with -sorted. */
const listed: readonly (readonly string[])[] = [
  ['::1', '1::1', 'a::1', '10::1', '2001:db8::1', 'fd00::1', 'fd00:2::1', 'fd00:a::1'],
  ['fd00::9:1', 'fd00::a:10', 'fd00::10', 'fd00:0:0:1::1', 'fd00:9::', 'fd00:9:ab::'],
  ['fd00:10:9::', 'fd00:10:96::', 'fd00:10:96::9', 'fd00:10:96::110', 'fd00:10:96:1::1'],
  ['fd00:10:961::9', 'fd00:a0::1', 'fd00:ee::10', 'fd00:ff::1', 'fd00:100::1'],
  ['1::1,tcp:9', '1::1,tcp:80', '1::1,udp:53', '1::1,sctp:80', '1::2,tcp:9'],
  ['1::,tcp:80,1::/48', '1::,tcp:80,1::/64', '1::,tcp:80,2::/64'],
];

for (const members of listed) {
  test(`in order: ${members.join(' ')}`, () => {
    assert.deepEqual([...members].reverse().sort(compareTexts), members);
  });
}
