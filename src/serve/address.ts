// Where to listen, as `serve` takes it: "127.0.0.1:5353", "[::1]:5353", port 0 for one that is free. Names are refused:
// what a name means is the machine's business, and two of its addresses would be two listeners.
import { InputError } from '../api/input-error.ts';
import { type Addr, familyOf, formatEndpoint, parseAddr } from '../net/addr.ts';

export interface ListenAddress {
  readonly addr: Addr;
  /** As node takes it: no brackets. */
  readonly host: string;
  readonly port: number;
  readonly family: 4 | 6;
}

const hint = 'for example 127.0.0.1:5353, [::1]:5353, or 127.0.0.1:0 for a port that is free';

/** Throws InputError usage. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const addr = parseAddr(host);
  const port = Number(match?.[3]);
  const bracketed = match?.[1] !== undefined;
  const fits = addr !== undefined && bracketed === (familyOf(addr) === 6);
  if (match === null || !fits || port > 65_535) {
    throw new InputError('usage', `"${text}" is no address to listen on`, { hint });
  }
  return { addr, host, port, family: familyOf(addr) };
}

/** The other end of a socket; an IPv4 client of an IPv6 socket counts as IPv4. */
export function peerAddr(address: string): Addr {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return parseAddr(mapped ?? address.replace(/%.*$/, '')) ?? 0;
}

/** "127.0.0.1:5353", "[::1]:5353". */
export function listenText({ addr }: Pick<ListenAddress, 'addr'>, port: number): string {
  return formatEndpoint(addr, port);
}
