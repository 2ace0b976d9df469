// Which program answers behind a socket: the id in the socket, and the cluster's own state where the program needs
// it. The programs themselves stand in src/programs and src/dns.
import type { DnsServer } from '../dns/server/server.ts';
import { parseAddr } from '../net/addr.ts';
import { parseHttpUrl } from '../net/http-url.ts';
import type { ProgramContext, ServerProgram } from '../node/program.ts';
import type { Socket } from '../node/socket.ts';
import { coreDnsHttp } from '../programs/coredns-http.ts';
import { httpProxy, proxyProgram } from '../programs/http-proxy.ts';
import { serverFor } from '../programs/servers.ts';
import { heldProgram, type RelayData, relayProgram } from '../proxy/userspace/mode.ts';
import { type BalancerData, balancerProgram, balancerServer } from './balancer-proxy.ts';
import { lookUpWithin } from './name-service.ts';
import {
  type HealthData,
  healthCheckProgram,
  healthServer,
  healthzProgram,
  metricsProgram,
  metricsServer,
} from './proxy-health.ts';
import type { SocketData } from './runtime.ts';
import type { State } from './state.ts';
import { heldPort, userspaceProxy } from './userspace.ts';

/** A container that passes HTTP requests on: `svcspec.dev/proxy-to`. */
function passingOn(state: State, { container, proxyTo = '' }: SocketData): ServerProgram {
  const url = parseHttpUrl(proxyTo);
  if (url === undefined) throw new Error(`"${proxyTo}" is no URL to pass requests on to`);
  return httpProxy(url, (host, context) => {
    const lookup = lookUpWithin(state, container, host, context);
    return { lookup, addresses: lookup.addresses.flatMap((text) => parseAddr(text) ?? []) };
  });
}

/** The CoreDNS behind a socket: one on its node's network listens on another machine than its own. */
function dnsServerOf(state: State, { data }: Socket, machine: string): DnsServer {
  const { pod } = data as SocketData;
  return state.parts.dns.server(state, pod ?? machine);
}

/** The program of a socket. Throws for an id nobody opened a socket with. */
export function serverOf(state: State, id: string, socket: Socket, machine: string): ServerProgram {
  switch (id) {
    case 'coredns': {
      const server = dnsServerOf(state, socket, machine);
      const exchange = (context: ProgramContext) => context.exchange.bind(context);
      return {
        receive: (message, client, context) => {
          const { port, addr } = socket;
          const { nowMs } = context;
          return server.serve(message, { client, nowMs, port, addr, exchange: exchange(context) });
        },
      };
    }
    case 'coredns-http': {
      const { addr, port } = socket;
      return coreDnsHttp(dnsServerOf(state, socket, machine), { addr, port });
    }
    case 'upstream-dns':
      return state.parts.dns.upstream;
    case healthzProgram:
    case healthCheckProgram:
      return healthServer(state, socket.data as HealthData);
    case metricsProgram:
      return metricsServer(state, socket.data as HealthData);
    case balancerProgram:
      return balancerServer(state, socket.data as BalancerData);
    case proxyProgram:
      return passingOn(state, socket.data as SocketData);
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
