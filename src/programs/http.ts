// The web server that stands for whatever listens on a TCP port: one request, one answer with a fixed body. A message
// that is no HTTP request gets the bare text, as a line-based server would say it. No keep-alive, no routing, no TLS.
// The form of messages follows RFC 9112.
import type { ServerProgram } from '../node/program.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** What a listening program was started with. */
export interface ReplyData {
  /** The body of every answer: svcspec.dev/reply, or the Pod's name. */
  readonly reply: string;
  /** Status of every answer; absent: 200. */
  readonly status?: number;
}

export interface HttpMessage {
  /** "GET / HTTP/1.1" or "HTTP/1.1 200 OK". */
  readonly start: string;
  /** As written, in order. */
  readonly headers: readonly string[];
  readonly body: string;
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** A server that always gives the same answer. */
export function http({ reply, status = 200 }: ReplyData): ServerProgram {
  return {
    receive(message) {
      const request = parseHttp(decodeUtf8(message));
      if (request === null || !request.start.includes(' HTTP/')) return answer(encodeUtf8(reply));
      return answer(encodeUtf8(httpResponse(status, reply, !request.start.startsWith('HEAD '))));
    },
  };
}

function answer(reply: Uint8Array) {
  return { reply, elapsedMs: 0 };
}

/** The text of a response; the length counts bytes. */
export function httpResponse(status: number, body: string, withBody: boolean): string {
  const length = encodeUtf8(body).length;
  const lines = [
    `HTTP/1.1 ${status} ${reasons[status] ?? ''}`.trimEnd(),
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${length}`,
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${withBody ? body : ''}`;
}

/** The text of a response with these headers. */
export function httpMessage(status: number, headers: readonly string[], body: string): string {
  const start = `HTTP/1.1 ${status} ${reasons[status] ?? ''}`.trimEnd();
  return `${[start, ...headers].join('\r\n')}\r\n\r\n${body}`;
}

/** The text of a request as curl sends it. */
export function httpRequest(
  method: string,
  target: string,
  host: string,
  headers: readonly string[] = [],
): string {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Splits a request or a response; null when it has no head. */
export function parseHttp(text: string): HttpMessage | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [start = '', ...headers] = text.slice(0, end).split('\r\n');
  if (!start.includes('HTTP/')) return null;
  return { start, headers, body: text.slice(end + 4) };
}

/** The status of a response: 200; 0 when its first line has none. */
export function statusOf(response: HttpMessage): number {
  const code = /^HTTP\/\S+ (\d{3})/.exec(response.start)?.[1];
  return code === undefined ? 0 : Number(code);
}
