// The listening sockets of the lab, kept equal to a blueprint's. A UDP socket on the wildcard address becomes one socket
// per address: as the simulated programs, it answers from the address that was asked (IP_PKTINFO's job in a server).
import type { Blueprint } from '../../fabric/blueprint.ts';
import { type Addr, formatAddr } from '../../net/addr.ts';
import { protoName, UDP } from '../../net/packet.ts';
import type { Machine } from '../../node/machine.ts';
import type { Socket } from '../../node/socket.ts';
import type { Agent } from './agent.ts';

export class Listeners {
  readonly #agent: Agent;
  /** "NS PROTOCOL ADDRESS PORT" -> the agent's number. */
  readonly #open = new Map<string, number>();
  readonly #owners = new Map<number, string>();
  #next = 1;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  /** Whose socket it is. */
  owner(id: number): string | undefined {
    return this.#owners.get(id);
  }

  bring(blueprint: Blueprint, spaceOf: (machine: string) => number): void {
    const wanted = new Map<string, string>();
    const machines = new Map(blueprint.machines.map((machine) => [machine.name, machine]));
    for (const { machine, socket } of blueprint.sockets) {
      const at = machines.get(machine);
      if (at === undefined) continue;
      for (const address of addressesOf(at, socket)) {
        const key = `${spaceOf(machine)} ${protoName(socket.proto).toUpperCase()} ${address} ${socket.port}`;
        wanted.set(key, socket.owner);
      }
    }
    for (const [key, id] of this.#open) {
      if (wanted.has(key)) continue;
      this.#agent.ask(['close', id], 'closed');
      this.#open.delete(key);
      this.#owners.delete(id);
    }
    for (const [key, owner] of wanted) this.#listen(key, owner);
  }

  #listen(key: string, owner: string): void {
    const known = this.#open.get(key);
    const id = known ?? this.#next++;
    this.#owners.set(id, owner);
    if (known !== undefined) return;
    const [, failed] = this.#agent.ask(['listen', id, ...key.split(' ')], 'listening');
    if (failed !== '') throw new Error(`${owner} cannot listen (${key}): ${failed}`);
    this.#open.set(key, id);
  }
}

function addressesOf(machine: Machine, { addr, proto }: Socket): readonly string[] {
  if (addr !== null) return [formatAddr(addr)];
  const own: readonly Addr[] = machine.devices.flatMap((device) =>
    device.addresses.map((one) => one.addr),
  );
  const [four, six] = [
    own.some((a) => typeof a === 'number'),
    own.some((a) => typeof a !== 'number'),
  ];
  if (proto !== UDP) return [...(four ? ['0.0.0.0'] : []), ...(six ? ['::'] : [])];
  return [...own.map(formatAddr), ...(four ? ['127.0.0.1'] : []), ...(six ? ['::1'] : [])];
}
