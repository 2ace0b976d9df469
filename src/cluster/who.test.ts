import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import { parseTarget, parseWho } from './who.ts';

const who = [
  { text: 'pod/demo/client', want: { kind: 'pod', key: 'demo/client' } },
  { text: 'pod/client', want: { kind: 'pod', key: 'default/client' } },
  { text: 'deploy/demo/web', want: { kind: 'workload', of: 'Deployment', key: 'demo/web' } },
  { text: 'sts/demo/db', want: { kind: 'workload', of: 'StatefulSet', key: 'demo/db' } },
  { text: 'node/node01', want: { kind: 'node', name: 'node01' } },
  { text: 'host/laptop', want: { kind: 'host', name: 'laptop' } },
  { text: '203.0.113.9', want: { kind: 'address', addr: addr('203.0.113.9') } },
];
for (const row of who) {
  test(`who: ${row.text}`, () => assert.deepEqual(parseWho(row.text), row.want));
}
for (const text of ['', 'pod/', 'node/a/b', 'client', 'pod/a/b/c', 'toString/x']) {
  test(`who refuses "${text}"`, () => assert.throws(() => parseWho(text), { code: 'usage' }));
}

const targets = [
  { text: 'web:80', want: { kind: 'host', host: 'web', addr: null, port: 80, proto: 6 } },
  {
    text: 'http://web.demo/x',
    want: { kind: 'host', host: 'web.demo', addr: null, port: 80, proto: 6 },
  },
  { text: 'https://web', want: { kind: 'host', host: 'web', addr: null, port: 443, proto: 6 } },
  {
    text: '10.96.0.1:443',
    want: { kind: 'host', host: '10.96.0.1', addr: addr('10.96.0.1'), port: 443, proto: 6 },
  },
  {
    text: '[fd00::1]:80',
    want: { kind: 'host', host: 'fd00::1', addr: addr('fd00::1'), port: 80, proto: 6 },
  },
  { text: 'svc/demo/web:http', want: { kind: 'service', key: 'demo/web', port: 'http' } },
  { text: 'svc/web:80', want: { kind: 'service', key: 'default/web', port: '80' } },
  { text: 'node/n1:30080', want: { kind: 'node', name: 'n1', port: 30080 } },
];
for (const row of targets) {
  test(`target: ${row.text}`, () => assert.deepEqual(parseTarget(row.text), row.want));
}
for (const text of ['web', 'web:0', 'web:65536', ':80', 'ftp://web', '']) {
  test(`target refuses "${text}"`, () => assert.throws(() => parseTarget(text), { code: 'usage' }));
}
const unclear = [
  { text: 'backend', says: 'no port in "backend": write backend:80' },
  { text: 'svc/demo/web', says: 'no port in "svc/demo/web": write svc/demo/web:80' },
  { text: 'web:0', says: 'cannot dial "web:0": port 0 is out of range' },
  { text: 'web:99999', says: 'cannot dial "web:99999": port 99999 is out of range' },
];
for (const { text, says } of unclear) {
  test(`target "${text}" is refused: ${says}`, () => {
    assert.throws(() => parseTarget(text), { code: 'usage', message: says });
  });
}
