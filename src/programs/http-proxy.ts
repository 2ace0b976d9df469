// A web server that passes requests on, as an nginx of the usual configuration (`location / { proxy_pass URL; }`): each
// request goes to the upstream over a connection of its own, as HTTP/1.0 (its default up to 1.29.6), to the addresses of
// the URL's host one after the other. What the upstream answers is passed back; where it does not, the client gets 502 or
// 504. Unlike an nginx without `resolver`, the name is looked up for every request. Not modelled: TLS, buffers, caches,
// balancing by `upstream` blocks, upstreams that are left alone after a failure. Follows nginx's ngx_http_upstream.c and
// ngx_http_proxy_module.c.
import type { Addr } from '../net/addr.ts';
import { type HttpUrl, isOwnMachine } from '../net/http-url.ts';
import { TCP } from '../net/packet.ts';
import type { DialResult } from '../node/dial.ts';
import type { ProgramContext, ServerProgram } from '../node/program.ts';
import { proxyStatusText, type Upstream, type UpstreamFailure } from '../node/upstream.ts';
import { type HttpMessage, parseHttp, statusOf } from './http.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** In `Socket.program`. */
export const proxyProgram = 'http-proxy';

/** What a look-up came to: its addresses, in the order in which they are tried, and itself as the composer knows it. */
export interface Found {
  readonly addresses: readonly Addr[];
  readonly lookup: unknown;
}

/** Looks the URL's host up as the container's C library would. */
export type Resolve = (host: string, context: ProgramContext) => Found;

/** proxy_connect_timeout and proxy_read_timeout. */
export const upstreamTimeoutMs = 60_000;

/** A server that passes every request on to the URL. */
export function httpProxy(url: HttpUrl, resolve: Resolve): ServerProgram {
  return {
    receive: (message, _peer, context) => {
      const request = requestOf(message);
      if (request === null) return { reply: page(400, 'close', true), elapsedMs: 0 };
      const upstream = passedOn(url, request, resolve, context);
      if (upstream.status === null) return { reply: null, elapsedMs: 0, upstream };
      const reply =
        upstream.failure === null
          ? passedBack(upstream.dial, request)
          : page(upstream.status, afterError(upstream.status, request), request.method !== 'HEAD');
      return { reply, elapsedMs: 0, upstream };
    },
  };
}

interface Request {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Null: no request that nginx would take. HTTP/1.1 asks for a Host (RFC 9112, 3.2). */
function requestOf(message: Uint8Array): Request | null {
  const parsed = parseHttp(decodeUtf8(message));
  const line = /^([A-Z]+) (\S+) HTTP\/(1\.[01])$/.exec(parsed?.start ?? '');
  if (parsed === null || line === null) return null;
  const [, method = '', target = '', version = ''] = line;
  const { headers, body } = parsed;
  if (version === '1.1' && !headers.some((header) => nameOf(header) === 'host')) return null;
  return { method, target, version, headers, body };
}

/** A request that has been passed on to this URL before, by a program beside this one, goes round in a circle. */
function passedOn(
  url: HttpUrl,
  request: Request,
  resolve: Resolve,
  context: ProgramContext,
): Upstream {
  const { machine, nowMs, asked = [] } = context;
  const asks = `${isOwnMachine(url) ? machine : namespaceOf(machine)} ${url.text}`;
  const asking = { from: machine, url: url.text, atMs: nowMs, lookup: null, dial: null };
  if (asked.includes(asks)) return { ...asking, status: 500, failure: 'loop' };
  const { addresses, lookup } =
    url.addr === null ? resolve(url.host, context) : { addresses: [url.addr], lookup: null };
  const message = encodeUtf8(textFor(url, request));
  let last: Tried | null = null;
  for (const address of addresses) {
    last = tried(address, url.port, message, context, asks);
    const { dial, status, failure } = last;
    const isOver = status === null || failure === null || failure === 'invalid';
    if (isOver || (dial.phase === 'reply' && unrepeatable.has(request.method))) break;
  }
  if (last === null) return { ...asking, lookup, status: 502, failure: 'unresolved' };
  return { ...asking, lookup, ...last };
}

function namespaceOf(machine: string): string {
  return machine.slice(0, machine.lastIndexOf('/'));
}

/** Requests of these are not sent to a second address once the first one has them (proxy_next_upstream). */
const unrepeatable: ReadonlySet<string> = new Set(['POST', 'LOCK', 'PATCH']);

interface Tried {
  readonly dial: DialResult;
  readonly status: number | null;
  readonly failure: UpstreamFailure | null;
}

/** A client that gives up takes its request along: nginx closes the upstream's connection too. */
function tried(
  address: Addr,
  port: number,
  message: Uint8Array,
  context: ProgramContext,
  asks: string,
): Tried {
  const left = (context.untilMs ?? Number.POSITIVE_INFINITY) - context.nowMs;
  const timeoutMs = Math.max(0, Math.min(upstreamTimeoutMs, left));
  const dial = context.dial(TCP, address, port, message, timeoutMs, { asks });
  switch (dial.outcome) {
    case 'timeout':
      return { dial, status: timeoutMs < upstreamTimeoutMs ? null : 504, failure: 'timeout' };
    case 'unreachable':
      return { dial, status: 502, failure: 'unreachable' };
    case 'refused':
      return { dial, status: 502, failure: dial.phase === 'reply' ? 'reset' : 'refused' };
    case 'answered': {
      const status = statusOf(answerOf(dial) ?? { start: '', headers: [], body: '' });
      return status === 0
        ? { dial, status: 502, failure: 'invalid' }
        : { dial, status, failure: null };
    }
  }
}

function answerOf(dial: DialResult): HttpMessage | null {
  return parseHttp(decodeUtf8(dial.reply ?? new Uint8Array(0)));
}

/** The request as the upstream gets it: the URL's path stands for "/", its host for the client's; nothing says who asked. */
function textFor(url: HttpUrl, { method, target, headers, body }: Request): string {
  const path = url.path === null ? target : `${url.path}${target.replace(/^\//, '')}`;
  const own = headers.filter((header) => !notPassedOn.has(nameOf(header)));
  const lines = [
    `${method} ${path} HTTP/1.0`,
    `Host: ${url.authority}`,
    'Connection: close',
    ...own,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

const notPassedOn: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'keep-alive',
  'expect',
  'upgrade',
]);

const notPassedBack: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'date',
  'server',
]);

function nameOf(header: string): string {
  return header.slice(0, header.indexOf(':')).toLowerCase();
}

/** The upstream's answer under the proxy's own name. */
function passedBack(dial: DialResult | null, request: Request): Uint8Array {
  const answer = dial === null ? null : answerOf(dial);
  if (answer === null) throw new Error('there is no answer to pass back');
  const headers = answer.headers.filter((header) => !notPassedBack.has(nameOf(header)));
  const start = answer.start.replace(/^HTTP\/\S+/, 'HTTP/1.1');
  const lines = [start, 'Server: nginx', ...headers, `Connection: ${connectionOf(request)}`];
  return encodeUtf8(`${lines.join('\r\n')}\r\n\r\n${answer.body}`);
}

/** Whether the client's connection stays open: HTTP/1.1 unless it says close, HTTP/1.0 if it says so. */
function connectionOf({ version, headers }: Request): 'close' | 'keep-alive' {
  const said = headers.find((header) => nameOf(header) === 'connection')?.toLowerCase() ?? '';
  if (said.includes('close')) return 'close';
  return version === '1.1' || said.includes('keep-alive') ? 'keep-alive' : 'close';
}

/** With 500 nginx closes the client's connection (ngx_http_special_response_handler). */
function afterError(status: number, request: Request): 'close' | 'keep-alive' {
  return status === 500 ? 'close' : connectionOf(request);
}

/** The page that nginx makes for an error of its own. */
function page(status: number, connection: 'close' | 'keep-alive', withBody: boolean): Uint8Array {
  const title = proxyStatusText(status);
  const body = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '<hr><center>nginx</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
  const head = [
    `HTTP/1.1 ${title}`,
    'Server: nginx',
    'Content-Type: text/html',
    `Content-Length: ${body.length}`,
    `Connection: ${connection}`,
  ];
  return encodeUtf8(`${head.join('\r\n')}\r\n\r\n${withBody ? body : ''}`);
}
