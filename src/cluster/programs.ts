// Which program answers behind a socket: the id in the socket, and the cluster's own state where the program needs
// it. The programs themselves stand in src/programs and src/dns.
import type { ProgramContext, ServerProgram } from '../node/program.ts';
import type { Socket } from '../node/socket.ts';
import { serverFor } from '../programs/servers.ts';
import { heldProgram, type RelayData, relayProgram } from '../proxy/userspace/mode.ts';
import { type BalancerData, balancerProgram, balancerServer } from './balancer-proxy.ts';
import {
  type HealthData,
  healthCheckProgram,
  healthServer,
  healthzProgram,
} from './proxy-health.ts';
import type { State } from './state.ts';
import { heldPort, userspaceProxy } from './userspace.ts';

/** The program of a socket. Throws for an id nobody opened a socket with. */
export function serverOf(state: State, id: string, socket: Socket, machine: string): ServerProgram {
  switch (id) {
    case 'coredns': {
      const server = state.parts.dns.server(state, machine);
      const exchange = (context: ProgramContext) => context.exchange.bind(context);
      return {
        receive: (message, client, context) => {
          const { port } = socket;
          const { nowMs } = context;
          return server.serve(message, { client, nowMs, port, exchange: exchange(context) });
        },
      };
    }
    case 'upstream-dns':
      return state.parts.dns.upstream;
    case healthzProgram:
    case healthCheckProgram:
      return healthServer(state, socket.data as HealthData);
    case balancerProgram:
      return balancerServer(state, socket.data as BalancerData);
    case relayProgram:
      return userspaceProxy(state, socket.data as RelayData);
    case heldProgram:
      return heldPort;
    default: {
      const server = serverFor(id, socket.data);
      if (server === undefined) throw new Error(`no program "${id}" for a socket of ${machine}`);
      return server;
    }
  }
}
