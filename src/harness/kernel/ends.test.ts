// What errors of a client's socket say, by where they come from: a machine without a way tells its program at once, a packet
// that is thrown away later is only waited for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOf, errnos, outcomeOfEnd } from './ends.ts';

const nobody = { owner: () => undefined };

const rows: readonly [errno: keyof typeof errnos, origin: string, tcp: string, udp: string][] = [
  ['EINVAL', 'route', 'unreachable', 'unreachable'],
  ['EINVAL', 'local', 'timeout', 'timeout'],
  ['ENETUNREACH', 'route', 'unreachable', 'unreachable'],
  ['ENETUNREACH', 'local', 'unreachable', 'unreachable'],
  ['EHOSTUNREACH', 'icmp', 'unreachable', 'timeout'],
  ['EPERM', 'local', 'timeout', 'timeout'],
  ['ECONNREFUSED', '', 'refused via rst', 'refused via icmp'],
  ['ECONNREFUSED', 'icmp', 'refused via icmp', 'refused via icmp'],
];

for (const [errno, origin, tcp, udp] of rows) {
  test(`${errno} ${origin}`, () => {
    const end = endOf(['errno', String(errnos[errno]), origin], nobody);
    assert.deepEqual([outcomeOfEnd(end, false), outcomeOfEnd(end, true)], [tcp, udp]);
  });
}
