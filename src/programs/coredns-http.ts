// The HTTP servers of a CoreDNS process over bytes: /health, /ready, /metrics. What they say is src/dns/server/http-service.ts's
// work. Models Go's net/http with a ServeMux: any method is answered alike.
import type { DnsServer } from '../dns/server/server.ts';
import type { HttpListener } from '../dns/server/service.ts';
import type { ServerProgram } from '../node/program.ts';
import { httpMessage, parseHttp } from './http.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** The server behind one of the process's listeners. */
export function coreDnsHttp(server: DnsServer, at: HttpListener): ServerProgram {
  return {
    receive(message, _peer, { nowMs }) {
      const request = parseHttp(decodeUtf8(message));
      if (request === null) {
        const type = 'Content-Type: text/plain; charset=utf-8';
        const bad = httpMessage(400, [type, 'Connection: close'], '400 Bad Request');
        return { reply: encodeUtf8(bad), elapsedMs: 0 };
      }
      const [method, path = '/'] = request.start.split(' ');
      const { status, contentType, body } = server.askHttp(at, path, nowMs);
      const headers = [
        ...(status === 404 ? ['X-Content-Type-Options: nosniff'] : []),
        `Content-Length: ${encodeUtf8(body).length}`,
        `Content-Type: ${contentType}`,
      ];
      const text = httpMessage(status, headers, method === 'HEAD' ? '' : body);
      return { reply: encodeUtf8(text), elapsedMs: 0 };
    },
  };
}
