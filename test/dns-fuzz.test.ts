// A million damaged queries to a CoreDNS in process: it must not throw, hang or grow, nor answer where the real one is
// silent. What is wrong about one of them, and that the check sees it, is src/dns/server/odd-input.test.ts's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz, fuzzed } from '../src/dns/server/odd-fuzz.test.ts';

test('a million damaged queries: no crash, no hang, no growth, no answer that CoreDNS would not give', () => {
  const serve = fuzzed();
  fuzz(serve, 1, 20_000);
  const before = process.memoryUsage().heapTotal;
  const start = process.cpuUsage().user;
  const tally = fuzz(serve, 2, 1_000_000);
  const seconds = (process.cpuUsage().user - start) / 1e6;
  const grown = (process.memoryUsage().heapTotal - before) / 2 ** 20;
  // The young generation alone may grow to 48 MiB.
  assert.ok(grown < 160, `the heap grew by ${grown.toFixed(0)} MiB`);
  assert.ok(seconds < 60, `${seconds.toFixed(1)} s of processor time`);
  for (const rcode of ['silence', 'NOTIMP', 'FORMERR', 'NOERROR', 'NXDOMAIN']) {
    assert.ok((tally.get(rcode) ?? 0) > 1000, `hardly any ${rcode}`);
  }
});
