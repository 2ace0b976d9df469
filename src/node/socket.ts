// Listening sockets of a machine and how the kernel picks one for a packet: an exact address beats the wildcard, and equal
// ones with SO_REUSEPORT share what comes. Not modelled: connected UDP sockets, backlog; who opened a socket (only sockets
// of one user share a port).
import type { Addr } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';

export interface Socket {
  readonly proto: Proto;
  /** The address it is bound to; null: any. */
  readonly addr: Addr | null;
  readonly port: number;
  /** Which program answers: an id that the composer resolves, and what it needs to know. */
  readonly program: string;
  readonly data: unknown;
  /** No port was declared: a Service or a probe aims at it and the program is taken to listen there. */
  readonly assumed: boolean;
  /** SO_REUSEPORT: others that say so too may have the same port, and even the same address. */
  readonly reusePort?: boolean;
  /** Whose socket it is: the machine, or the Pod that shares its node's network. */
  readonly owner: string;
}

/** The socket that takes a packet to this address and port; undefined: the port is closed. */
export function findSocket(
  sockets: readonly Socket[],
  proto: Proto,
  to: Addr,
  port: number,
): Socket | undefined {
  let wildcard: Socket | undefined;
  for (const socket of sockets) {
    if (socket.port !== port || socket.proto !== proto) continue;
    if (socket.addr === to) return socket;
    if (socket.addr === null) wildcard ??= socket;
  }
  return wildcard;
}

/** Those that share what comes to one of them, itself among them; the kernel chooses by a hash of both ends
 * (net/core/sock_reuseport.c). */
export function sharers(sockets: readonly Socket[], one: Socket): readonly Socket[] {
  if (one.reusePort !== true) return [one];
  const { proto, port, addr } = one;
  return sockets.filter(
    (s) => s.reusePort === true && s.port === port && s.proto === proto && s.addr === addr,
  );
}

/** bind(2) fails with EADDRINUSE: an equal port, on an equal address or where one of both is the wildcard. */
export function clashes(a: Socket, b: Socket): boolean {
  if (a.reusePort === true && b.reusePort === true) return false;
  const sameAddr = a.addr === b.addr || a.addr === null || b.addr === null;
  return a.proto === b.proto && a.port === b.port && sameAddr;
}
