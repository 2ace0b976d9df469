// URLs of HTTP servers: what is taken apart, and what is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from './addr.ts';
import { isOwnMachine, parseHttpUrl } from './http-url.ts';

const rows: readonly (readonly [string, string | null])[] = [
  ['http://backend', 'backend 80 backend -'],
  ['http://backend/', 'backend 80 backend /'],
  ['http://backend:8080', 'backend 8080 backend:8080 -'],
  [
    'HTTP://api.demo.svc.cluster.local./v2/',
    'api.demo.svc.cluster.local. 80 api.demo.svc.cluster.local. /v2/',
  ],
  ['https://backend', 'backend 443 backend -'],
  ['https://backend:80/a', 'backend 80 backend:80 /a'],
  ['http://10.96.0.9:81/', '10.96.0.9 81 10.96.0.9:81 /'],
  ['http://[fd00::9]:81/', 'fd00::9 81 [fd00::9]:81 /'],
  ['http://my_api', 'my_api 80 my_api -'],
  ['backend', null],
  ['ftp://backend', null],
  ['http://', null],
  ['http:///x', null],
  ['http://back end', null],
  ['http://backend:0', null],
  ['http://backend:65536', null],
  ['http://backend:x', null],
  ['http://user@backend', null],
  ['http://backend?x=1', null],
  ['http://backend/#top', null],
  ['http://10.96.0.999', null],
  ['http://10.96', null],
  ['http://[backend]', null],
  ['http://-backend', null],
];
for (const [text, want] of rows) {
  test(`URL ${text}`, () => {
    const url = parseHttpUrl(text);
    const { host, port, authority, path } = url ?? {};
    const said = url === undefined ? null : `${host} ${port} ${authority} ${path ?? '-'}`;
    assert.equal(said, want);
  });
}

test('a URL of an address knows it, and whose machine it is', () => {
  assert.equal(parseHttpUrl('http://10.96.0.9')?.addr, addr('10.96.0.9'));
  const own = ['http://127.0.0.1:9090', 'http://[::1]', 'http://localhost', 'http://web'].map(
    (text) => isOwnMachine(parseHttpUrl(text) ?? assert.fail(text)),
  );
  assert.deepEqual(own, [true, true, true, false]);
});
