// Balancers in ipMode Proxy: each is a machine of its own outside the cluster, which has the Service's address, ends what
// clients open there and opens a connection of its own, from that address, to the node port of a node in service. So Pods
// see the balancer, or the node that masquerades it, and Pods that use the address leave their node. Each message of a
// connection that stays open is a connection of its own behind the balancer.
import { keyOf, type Service } from '../api/types.ts';
import { type Addr, formatAddr } from '../net/addr.ts';
import { type Proto, parseProto, UDP } from '../net/packet.ts';
import type { DialResult } from '../node/dial.ts';
import type { Answer, ServerProgram } from '../node/program.ts';
import { balancerOf } from './balancer-checks.ts';
import type { State } from './state.ts';

export const balancerProgram = 'load-balancer';

/** What a balancer's socket knows. */
export interface BalancerData {
  /** "ns/name". */
  readonly service: string;
  readonly port: number;
  /** What a trace says of the socket. */
  readonly about: string;
}

/** How long it tries to connect to a node before it gives its client up. */
const connectMs = 10_000;

function nameOf(address: Addr): string {
  return `load-balancer-${formatAddr(address)}`;
}

/** Opens the balancer's listeners, and closes those of ports that are no more. */
export function openBalancer(state: State, service: Service): void {
  const { cloud, fabric } = state.parts;
  const balancer = cloud?.of(service);
  if (balancer === undefined) return;
  const { address, ports } = balancer;
  const machine = `host/${nameOf(address)}`;
  const owner = fabric.ownerOf(address);
  // Somebody outside has the address already: nobody reaches the balancer.
  if (owner !== undefined && owner !== machine) return;
  if (owner === undefined) fabric.addHost({ name: nameOf(address), ip: address, routes: [] });
  const isWanted = (proto: Proto, port: number) =>
    ports.some((one) => one.proto === proto && one.port === port);
  fabric.unlisten(machine, ({ proto, port }) => !isWanted(proto, port));
  const open = fabric.sockets(machine);
  const key = keyOf(service);
  const about = balancerOf(service);
  for (const { proto, port } of ports) {
    const data: BalancerData = { service: key, port, about };
    if (open.some((socket) => socket.proto === proto && socket.port === port)) continue;
    const socket = { proto, addr: null, port, program: balancerProgram, data, assumed: false };
    fabric.listen(machine, socket);
  }
}

export function closeBalancer(state: State, address: Addr): void {
  state.parts.fabric.removeHost(nameOf(address));
}

/** Passes each message on to a node port; without a node or a port the client's connection is closed. */
export function balancerServer(
  state: State,
  { service: key, port: own }: BalancerData,
): ServerProgram {
  return {
    receive: (message, peer, context) => {
      const { api, causes, cloud, fabric } = state.parts;
      const service = api.get('Service', key);
      const nodes = service === undefined ? [] : (cloud?.targetsOf(service) ?? []);
      const index = (service?.spec.ports ?? []).findIndex(
        ({ port, protocol = 'TCP' }) => port === own && parseProto(protocol) === peer.proto,
      );
      const nodePort = service?.spec.ports?.[index]?.nodePort;
      const drawn =
        nodes.length === 0
          ? 0
          : state.choices.pick(
              `lb/${key}`,
              nodes.map(() => 1),
            );
      const node = nodes[drawn];
      const to = node === undefined ? undefined : fabric.addressOf(`node/${node}`, peer.addr);
      if (to === undefined || nodePort === undefined) return closed(peer.proto);
      const result = context.dial(peer.proto, to, nodePort, message, connectMs);
      const origin = causes.intern(`Service/${key}`, `spec.ports[${index}]`, 'cloud');
      return answerOf(result, peer.proto, origin);
    },
  };
}

function closed(proto: Proto): Answer {
  return { reply: null, elapsedMs: 0, closed: proto !== UDP };
}

function answerOf(result: DialResult, proto: Proto, origin: number): Answer {
  const relayed = { ...result, origin };
  if (result.outcome !== 'answered') return { ...closed(proto), relayed };
  return { reply: result.reply ?? new Uint8Array(0), elapsedMs: 0, relayed };
}
