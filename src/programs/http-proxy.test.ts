// A program that passes requests on, request by request: what the upstream gets, what the client gets, and which failure
// makes which status.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Addr, addr, formatAddr } from '../net/addr.ts';
import { parseHttpUrl } from '../net/http-url.ts';
import { TCP } from '../net/packet.ts';
import { Trace } from '../netfilter/trace.ts';
import type { DialResult } from '../node/dial.ts';
import type { DialMore, Peer, ProgramContext } from '../node/program.ts';
import { httpProxy } from './http-proxy.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** What comes of one dial. */
type End = Partial<Pick<DialResult, 'outcome' | 'phase' | 'via'>> & { readonly reply?: string };

interface Row {
  readonly name: string;
  readonly url?: string;
  readonly request?: string;
  /** What the addresses of the host come to, one after the other. */
  readonly ends: readonly End[];
  /** How long the client waits, ms. */
  readonly patienceMs?: number;
  readonly asked?: readonly string[];
  readonly status: number | null;
  readonly failure: string | null;
  /** "10.0.0.1:80 60000 ms": what was dialled. */
  readonly dialled?: readonly string[];
  /** The message of the last dial. */
  readonly sent?: string;
  readonly reply?: string | RegExp | null;
}

const ok =
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi';
const get = 'GET / HTTP/1.1\r\nHost: shop\r\n\r\n';
const refused: End = { outcome: 'refused', phase: 'connect', via: 'rst' };
const silent: End = { outcome: 'timeout', phase: 'connect', via: 'drop' };
const unreachable: End = { outcome: 'unreachable', phase: 'connect', via: 'icmp' };
const reset: End = { outcome: 'refused', phase: 'reply', via: 'rst' };
const mute: End = { outcome: 'timeout', phase: 'reply', via: 'noreply' };
const answered: End = { reply: ok };

const rows: readonly Row[] = [
  {
    name: 'an answer is passed back under its own name',
    ends: [answered],
    status: 200,
    failure: null,
    dialled: ['10.0.0.1:80 60000 ms'],
    sent: 'GET / HTTP/1.0\r\nHost: web\r\nConnection: close\r\n\r\n',
    reply:
      'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi',
  },
  {
    name: 'nothing is said of the client, and headers of one hop are left out',
    request:
      'GET /a?b=1 HTTP/1.1\r\nHost: shop\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\nTE: x\r\nX-A: 1\r\nConnection: close\r\n\r\n',
    ends: [answered],
    status: 200,
    failure: null,
    sent: 'GET /a?b=1 HTTP/1.0\r\nHost: web\r\nConnection: close\r\nX-A: 1\r\n\r\n',
    reply: /Connection: close\r\n\r\nhi$/,
  },
  {
    name: "the URL's path stands for the slash",
    url: 'http://web:8080/v2/',
    request: 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n',
    ends: [answered],
    status: 200,
    failure: null,
    dialled: ['10.0.0.1:8080 60000 ms'],
    sent: 'GET /v2/a HTTP/1.0\r\nHost: web:8080\r\nConnection: close\r\n\r\n',
  },
  {
    name: 'a path without a slash at its end is put before what follows the slash',
    url: 'http://web/v2',
    request: 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n',
    ends: [answered],
    status: 200,
    failure: null,
    sent: 'GET /v2a HTTP/1.0\r\nHost: web\r\nConnection: close\r\n\r\n',
  },
  {
    name: 'a URL without a path leaves the path alone',
    url: 'https://web',
    request: 'GET /a HTTP/1.0\r\n\r\n',
    ends: [answered],
    status: 200,
    failure: null,
    dialled: ['10.0.0.1:443 60000 ms'],
    sent: 'GET /a HTTP/1.0\r\nHost: web\r\nConnection: close\r\n\r\n',
    reply: /Connection: close\r\n\r\nhi$/,
  },
  {
    name: "an error of the upstream's own is passed back as it is",
    ends: [{ reply: 'HTTP/1.0 503 Away\r\nServer: app\r\n\r\n' }],
    status: 503,
    failure: null,
    reply: 'HTTP/1.1 503 Away\r\nServer: nginx\r\nConnection: keep-alive\r\n\r\n',
  },
  {
    name: 'refused: 502',
    ends: [refused],
    status: 502,
    failure: 'refused',
    reply:
      /^HTTP\/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Type: text\/html\r\nContent-Length: 150\r\nConnection: keep-alive\r\n/,
  },
  { name: 'unreachable: 502', ends: [unreachable], status: 502, failure: 'unreachable' },
  { name: 'reset before an answer: 502', ends: [reset], status: 502, failure: 'reset' },
  {
    name: 'no connection in time: 504',
    ends: [silent],
    status: 504,
    failure: 'timeout',
    reply: /^HTTP\/1.1 504 Gateway Time-out\r\n[\s\S]*<h1>504 Gateway Time-out<\/h1>/,
  },
  { name: 'no answer in time: 504', ends: [mute], status: 504, failure: 'timeout' },
  {
    name: 'a name without addresses: 502',
    ends: [],
    status: 502,
    failure: 'unresolved',
    dialled: [],
  },
  {
    name: 'an answer that is no HTTP: 502, and nobody else is asked',
    ends: [{ reply: 'SSH-2.0' }, answered],
    status: 502,
    failure: 'invalid',
    dialled: ['10.0.0.1:80 60000 ms'],
  },
  {
    name: 'the next address is tried',
    ends: [refused, silent, answered],
    status: 200,
    failure: null,
    dialled: ['10.0.0.1:80 60000 ms', '10.0.0.2:80 60000 ms', '10.0.0.3:80 60000 ms'],
  },
  {
    name: 'the last failure counts',
    ends: [silent, refused],
    status: 502,
    failure: 'refused',
  },
  {
    name: 'what is no safe request is not sent twice',
    request: 'POST / HTTP/1.1\r\nHost: shop\r\n\r\nx=1',
    ends: [reset, answered],
    status: 502,
    failure: 'reset',
    sent: 'POST / HTTP/1.0\r\nHost: web\r\nConnection: close\r\n\r\nx=1',
  },
  {
    name: 'but it is where it never left',
    request: 'POST / HTTP/1.1\r\nHost: shop\r\n\r\nx=1',
    ends: [refused, answered],
    status: 200,
    failure: null,
  },
  {
    name: 'a client that leaves takes its request along',
    ends: [mute, answered],
    patienceMs: 5_000,
    status: null,
    failure: 'timeout',
    dialled: ['10.0.0.1:80 5000 ms'],
    reply: null,
  },
  {
    name: 'HEAD gets no body',
    request: 'HEAD / HTTP/1.1\r\nHost: shop\r\n\r\n',
    ends: [refused],
    status: 502,
    failure: 'refused',
    reply: /Content-Length: 150\r\nConnection: keep-alive\r\n\r\n$/,
  },
  {
    name: 'a request that has been passed on so before: 500',
    ends: [answered],
    asked: ['pod/demo http://web'],
    status: 500,
    failure: 'loop',
    dialled: [],
    reply: /^HTTP\/1.1 500 Internal Server Error\r\n[\s\S]*\r\nConnection: close\r\n\r\n/,
  },
  {
    name: 'elsewhere the same words mean another server',
    ends: [answered],
    asked: ['pod/other http://web', 'pod/demo http://api'],
    status: 200,
    failure: null,
  },
  {
    name: "and of the program's own machine on another Pod",
    url: 'http://127.0.0.1:9090',
    ends: [answered],
    asked: ['pod/demo/other http://127.0.0.1:9090'],
    status: 200,
    failure: null,
    dialled: ['127.0.0.1:9090 60000 ms'],
  },
];

const nowMs = 1_000;

function dialOf({ reply, outcome = 'answered', phase = 'reply', via = null }: End): DialResult {
  const point = { addr: addr('10.244.0.9'), port: 40000 };
  const message = reply === undefined ? null : encodeUtf8(reply);
  const far = { client: point, dialled: point, destination: point, source: point, replyFrom: null };
  const end = { phase, outcome, via, reply: message, elapsedMs: 0, backend: null };
  return { ...far, ...end, trace: new Trace(), replyAt: null };
}

for (const row of rows) {
  test(`passing on: ${row.name}`, () => {
    const { patienceMs = 130_000, ends, asked = [] } = row;
    const dialled: string[] = [];
    let sent = '';
    let asks = '';
    const context: ProgramContext = {
      machine: 'pod/demo/nginx',
      nowMs,
      untilMs: nowMs + patienceMs,
      asked,
      exchange: () => assert.fail('it dials'),
      dial: (_proto, to, port, message, timeoutMs, more: DialMore = {}) => {
        dialled.push(`${formatAddr(to)}:${port} ${timeoutMs} ms`);
        sent = decodeUtf8(message);
        asks = more.asks ?? '';
        return dialOf(ends[dialled.length - 1] ?? refused);
      },
    };
    const addresses: readonly Addr[] = ends.map((_end, i) => addr(`10.0.0.${i + 1}`));
    const url = parseHttpUrl(row.url ?? 'http://web') ?? assert.fail(row.url);
    const server = httpProxy(url, () => ({ addresses, lookup: 'looked up' }));
    const peer: Peer = { addr: addr('10.244.0.1'), port: 32768, proto: TCP };
    const answer = server.receive(encodeUtf8(row.request ?? get), peer, context);
    const { status, failure, from } = answer.upstream ?? assert.fail('nobody was asked');
    const want = { status: row.status, failure: row.failure, from: 'pod/demo/nginx' };
    assert.deepEqual({ status, failure, from }, want);
    if (row.dialled !== undefined) assert.deepEqual(dialled, row.dialled);
    if (row.sent !== undefined) assert.equal(sent, row.sent);
    if (dialled.length > 0) assert.ok(asks.endsWith(` ${url.text}`), asks);
    const reply = answer.reply === null ? null : decodeUtf8(answer.reply);
    if (row.reply instanceof RegExp) assert.match(reply ?? '', row.reply);
    else if (row.reply !== undefined) assert.equal(reply, row.reply);
  });
}

test('passing on: what is no request is answered 400, and nobody is asked', () => {
  const server = httpProxy(parseHttpUrl('http://web') ?? assert.fail(), () =>
    assert.fail('nobody is looked up'),
  );
  const peer: Peer = { addr: addr('10.244.0.1'), port: 32768, proto: TCP };
  const context: ProgramContext = {
    machine: 'pod/demo/nginx',
    nowMs,
    exchange: () => assert.fail(),
    dial: () => assert.fail(),
  };
  const bad = ['hello', 'GET /', 'GET / HTTP/1.1\r\n\r\n', 'GET / HTTP/3\r\nHost: a\r\n\r\n'];
  for (const message of bad) {
    const { reply, upstream } = server.receive(encodeUtf8(message), peer, context);
    assert.match(
      decodeUtf8(reply ?? new Uint8Array(0)),
      /^HTTP\/1\.1 400 Bad Request\r\n/,
      message,
    );
    assert.equal(upstream, undefined);
  }
});
