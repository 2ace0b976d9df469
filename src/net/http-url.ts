// The URL of an HTTP server as a program is configured with it (`svcspec.dev/proxy-to`). Text to values only; no user
// names, queries and fragments. RFC 3986, 3.
import { type Addr, isLoopback, parseAddr } from './addr.ts';

export interface HttpUrl {
  /** As written. */
  readonly text: string;
  /** A name or the text of an address, without brackets. */
  readonly host: string;
  readonly addr: Addr | null;
  readonly port: number;
  /** Host and port as written: what the Host header says. */
  readonly authority: string;
  /** What stands for the "/" of a request; null: the request's path goes on as it is. */
  readonly path: string | null;
}

/** "http://backend", "https://api.demo:8443/v2/", "http://[fd00::1]:80"; undefined when it is none. */
export function parseHttpUrl(text: string): HttpUrl | undefined {
  const parts = /^(https?):\/\/(\[[^\]\s/]+\]|[^:/?#[\]\s@]+)(?::(\d{1,5}))?(\/[^?#\s]*)?$/i.exec(
    text,
  );
  if (parts === null) return undefined;
  const [, scheme = '', written = '', portText, path = null] = parts;
  const host = written.replace(/^\[|\]$/g, '');
  const addr = parseAddr(host) ?? null;
  const port = portText === undefined ? usualPort(scheme) : Number(portText);
  const isHost = addr !== null || (written === host && hostForm.test(host));
  if (!isHost || port < 1 || port > 65_535) return undefined;
  const authority = portText === undefined ? written : `${written}:${portText}`;
  return { text, host, addr, port, authority, path };
}

/** Names of letters, digits, "-", "_" and dots; a name of digits alone would be a wrong address. */
const hostForm = /^(?![\d.]+$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;

function usualPort(scheme: string): number {
  return scheme.toLowerCase() === 'https' ? 443 : 80;
}

/** Whether the host is the machine of whoever asks. */
export function isOwnMachine({ host, addr }: HttpUrl): boolean {
  return addr === null ? host.toLowerCase() === 'localhost' : isLoopback(addr);
}
