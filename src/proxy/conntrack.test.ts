// Which UDP flows survive a change: upstream's TestCleanStaleEntries (A14) and what older versions
// did.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  added,
  deleted,
  modified,
  service,
  slice,
  snapshotOf,
} from '../../test/arbitraries/proxy-objects.ts';
import type { WatchEvent } from '../api/types.ts';
import { addr } from '../net/addr.ts';
import { TCP, UDP } from '../net/packet.ts';
import { type Flow, isStale, staleFlows } from './conntrack.ts';
import { withEvent } from './snapshot.ts';

const svc = service(
  'test/cleanup',
  {
    clusterIP: '172.30.1.1',
    type: 'NodePort',
    externalIPs: ['192.168.99.100'],
    ports: [
      { name: 'tcp', port: 8000, protocol: 'TCP' },
      { name: 'udp', port: 8000, protocol: 'UDP', nodePort: 32000 },
    ],
  },
  { loadBalancer: ['1.2.3.4'] },
);
const ports = [
  { name: 'tcp', port: 9090, protocol: 'TCP' },
  { name: 'udp', port: 9090, protocol: 'UDP' },
];
const gone = slice('test/cleanup', ['10.240.0.4', '10.240.2.6'], { ports });
const now = slice(
  'test/cleanup',
  ['10.240.0.4', { ip: '10.240.1.5', conditions: { ready: false, serving: false } }],
  { ports },
);
const empty = slice('test/cleanup', [], { ports });

/** "172.30.1.1:8000 10.240.0.4:9090": original destination and where replies come from. */
function flow(text: string): Flow {
  const [to = '', from = '', proto = 'udp'] = text.split(' ');
  const [dst = '', dport = ''] = to.split(':');
  const [replySrc = '', replySport = ''] = from.split(':');
  return {
    proto: proto === 'tcp' ? TCP : UDP,
    dst: addr(dst),
    dport: Number(dport),
    replySrc: addr(replySrc),
    replySport: Number(replySport),
  };
}

interface Row {
  readonly name: string;
  readonly minor: number;
  readonly before: readonly (typeof svc | typeof gone)[];
  readonly event: WatchEvent;
  readonly flow: string;
  readonly stale: boolean;
}

const change = { minor: 34, before: [svc, gone], event: modified(gone, now) };
const legacy = { ...change, minor: 31 };
const rows: readonly Row[] = [
  { ...change, name: 'serving endpoint', flow: '172.30.1.1:8000 10.240.0.4:9090', stale: false },
  { ...change, name: 'removed endpoint', flow: '172.30.1.1:8000 10.240.2.6:9090', stale: true },
  { ...change, name: 'not serving', flow: '172.30.1.1:8000 10.240.1.5:9090', stale: true },
  { ...change, name: 'load balancer', flow: '1.2.3.4:8000 10.240.2.6:9090', stale: true },
  { ...change, name: 'external IP', flow: '192.168.99.100:8000 10.240.2.6:9090', stale: true },
  { ...change, name: 'node port', flow: '192.168.0.2:32000 10.240.2.6:9090', stale: true },
  {
    ...change,
    name: 'node port, serving',
    flow: '192.168.0.2:32000 10.240.0.4:9090',
    stale: false,
  },
  { ...change, name: 'other port', flow: '172.30.1.1:3000 10.240.2.6:9090', stale: false },
  { ...change, name: 'not translated', flow: '172.30.1.1:8000 172.30.1.1:8000', stale: true },
  {
    ...change,
    name: 'TCP is left alone',
    flow: '172.30.1.1:8000 10.240.2.6:9090 tcp',
    stale: false,
  },
  {
    ...change,
    name: 'endpoint changed its port',
    flow: '172.30.1.1:8000 10.240.0.4:8080',
    stale: true,
  },
  {
    ...change,
    minor: 33,
    name: 'only addresses are compared in 1.33',
    flow: '172.30.1.1:8000 10.240.0.4:8080',
    stale: false,
  },
  {
    ...change,
    event: modified(gone, empty),
    name: 'no serving endpoint is left: flows stay',
    flow: '172.30.1.1:8000 10.240.2.6:9090',
    stale: false,
  },
  {
    ...legacy,
    name: '1.31: removed endpoint',
    flow: '172.30.1.1:8000 10.240.2.6:9090',
    stale: true,
  },
  {
    ...legacy,
    name: '1.31: black-holed flow of a Service that had endpoints stays',
    flow: '172.30.1.1:8000 172.30.1.1:8000',
    stale: false,
  },
  {
    ...legacy,
    before: [svc, empty],
    event: modified(empty, now),
    name: '1.31: black-holed flow goes when the first endpoint comes',
    flow: '172.30.1.1:8000 172.30.1.1:8000',
    stale: true,
  },
  {
    ...legacy,
    event: deleted(svc),
    name: '1.31: a deleted Service takes its flows along',
    flow: '172.30.1.1:8000 10.240.0.4:9090',
    stale: true,
  },
  {
    ...change,
    event: added(service('test/other', { clusterIP: '172.30.1.9' })),
    name: 'a change that is not about UDP endpoints deletes nothing',
    flow: '172.30.1.1:8000 10.240.1.5:9090',
    stale: false,
  },
];

for (const row of rows) {
  test(`A14 TestCleanStaleEntries: ${row.name}`, () => {
    const before = snapshotOf(...row.before);
    const found = staleFlows(before, withEvent(before, row.event), 4, row.minor);
    assert.equal(
      found.some((stale) => isStale(flow(row.flow), stale)),
      row.stale,
    );
  });
}
