// "HOST:PORT" as Go reads it (net.SplitHostPort), for the directives that open an HTTP server.
import { parseAddr } from '../../net/addr.ts';
import type { HttpListener } from '../server/service.ts';

interface HostPort {
  readonly host: string;
  readonly port: string;
}

/** The parts, or Go's error text. */
export function splitHostPort(text: string): HostPort | string {
  const fail = (why: string) => (text === '' ? why : `address ${text}: ${why}`);
  const colon = text.lastIndexOf(':');
  if (colon < 0) return fail('missing port in address');
  let [host, from, to] = [text.slice(0, colon), 0, 0];
  if (text[0] === '[') {
    const end = text.indexOf(']');
    if (end < 0) return fail("missing ']' in address");
    if (end + 1 === text.length) return fail('missing port in address');
    if (end + 1 !== colon) {
      return fail(text[end + 1] === ':' ? 'too many colons in address' : 'missing port in address');
    }
    host = text.slice(1, end);
    [from, to] = [1, end + 1];
  } else if (host.includes(':')) return fail('too many colons in address');
  if (text.indexOf('[', from) >= 0) return fail("unexpected '[' in address");
  if (text.indexOf(']', to) >= 0) return fail("unexpected ']' in address");
  return { host, port: text.slice(colon + 1) };
}

/** Where a server on this address listens; or the error with which listening fails. */
export function listenerOf({ host, port }: HostPort): HttpListener | string {
  const number = Number(port === '' ? '0' : port);
  if (!/^\d*$/.test(port)) return `listen tcp: lookup tcp/${port}: unknown port`;
  if (number > 65_535) return `listen tcp: address ${port}: invalid port`;
  const addr = host === 'localhost' ? 0x7f000001 : parseAddr(host === '' ? '0.0.0.0' : host);
  if (addr === undefined) return `listen tcp: lookup ${host}: no such host`;
  return { addr: addr === 0 || addr === 0n ? null : addr, port: number };
}
