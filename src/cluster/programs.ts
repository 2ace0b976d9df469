// Which program answers behind a socket: the id in the socket, and the cluster's own state where the program needs
// it. The programs themselves stand in src/programs and src/dns.
import type { ServerProgram } from '../node/program.ts';
import type { Socket } from '../node/socket.ts';
import { serverFor } from '../programs/servers.ts';
import type { State } from './state.ts';

/** The program of a socket. Throws for an id nobody opened a socket with. */
export function serverOf(state: State, id: string, socket: Socket, machine: string): ServerProgram {
  switch (id) {
    case 'coredns':
      return state.parts.dns.server(state, machine);
    case 'upstream-dns':
      return state.parts.dns.upstream;
    default: {
      const server = serverFor(id, socket.data);
      if (server === undefined) throw new Error(`no program "${id}" for a socket of ${machine}`);
      return server;
    }
  }
}
