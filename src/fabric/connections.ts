// The connections that clients keep open: forkable data, a row for each. Who opened it, both ends' addresses as each
// side sees them, the socket that took it, and what the client has heard of its end. What becomes of a row is decided
// by packets (lasting.ts). Models the tables of established sockets of all machines at once; no buffers, no windows.
import type { Addr } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';
import type { Endpoint } from '../node/dial.ts';
import type { PassedOn } from '../node/program.ts';
import type { Socket } from '../node/socket.ts';
import { Table } from '../sim/table.ts';

/** The server's end. */
export interface Accepted {
  readonly machine: string;
  readonly local: Endpoint;
  /** The client as the server sees it. */
  readonly peer: Endpoint;
  readonly socket: Socket;
  /** By the program behind the socket. */
  readonly passedOn: PassedOn | null;
}

export interface Connection {
  readonly id: number;
  /** Who dialled: "pod/demo/client"; `machine` is the network it runs in. */
  readonly from: string;
  readonly machine: string;
  readonly proto: Proto;
  readonly client: Endpoint;
  readonly dialled: Endpoint;
  /** Flow -> node, as a load balancer on the way chose: a flow stays where it is, in service or not. */
  readonly balanced: ReadonlyMap<string, string>;
  /** Who took it; it may be gone by now. Null for UDP: a server keeps nothing of it. */
  readonly accepted: Accepted | null;
  /** A FIN or a RST that reached the client; left: the client is gone, and the server has not heard. */
  readonly heard: 'nothing' | 'fin' | 'rst' | 'left';
}

export class Connections {
  #open: Table<Connection>;
  /** The server's ends that live, by machine and addresses -> id. */
  #servers: Table<number>;
  #nextId: number;

  constructor(
    open: Table<Connection> = new Table(),
    servers: Table<number> = new Table(),
    nextId = 1,
  ) {
    this.#open = open;
    this.#servers = servers;
    this.#nextId = nextId;
  }

  fork(): Connections {
    return new Connections(this.#open.fork(), this.#servers.fork(), this.#nextId);
  }

  get size(): number {
    return this.#open.size;
  }

  add(row: Omit<Connection, 'id' | 'heard'>): number {
    const id = this.#nextId++;
    this.#open.set(String(id), { ...row, id, heard: 'nothing' });
    if (row.accepted !== null) this.#servers.set(serverKey(row.proto, row.accepted), id);
    return id;
  }

  get(id: number): Connection | undefined {
    return this.#open.get(String(id));
  }

  /** Those that a client holds, in the order in which they were opened. */
  list(): readonly Connection[] {
    return this.#all().filter(({ heard }) => heard !== 'left');
  }

  /** Those whose server's end lives, whether or not the client is there. */
  served(): readonly Connection[] {
    return this.#all().filter(({ id }) => this.hasServer(id));
  }

  #all(): readonly Connection[] {
    return [...this.#open.values()].sort((a, b) => a.id - b.id);
  }

  /** The connection whose server's end takes a packet that arrived on a machine; undefined: it belongs to none. */
  takenBy(machine: string, proto: Proto, local: Endpoint, peer: Endpoint): number | undefined {
    if (this.#servers.size === 0) return undefined;
    return this.#servers.get(serverKey(proto, { machine, local, peer }));
  }

  /** What the client hears: an end, which a RST overrides. */
  hears(id: number, heard: 'fin' | 'rst'): void {
    const row = this.get(id);
    if (row !== undefined && row.heard !== 'rst') this.#open.set(String(id), { ...row, heard });
  }

  /** The server's end is gone; the client may not know. */
  dropServer(id: number): void {
    const row = this.get(id);
    if (row === undefined || !this.hasServer(id)) return;
    if (row.accepted !== null) this.#servers.delete(serverKey(row.proto, row.accepted));
    if (row.heard === 'left') this.#open.delete(String(id));
  }

  hasServer(id: number): boolean {
    const row = this.get(id);
    return row?.accepted != null && this.#servers.get(serverKey(row.proto, row.accepted)) === id;
  }

  /** The client's end is gone; the server may not know. */
  dropClient(id: number): void {
    const row = this.get(id);
    if (row === undefined) return;
    if (this.hasServer(id)) this.#open.set(String(id), { ...row, heard: 'left' });
    else this.#open.delete(String(id));
  }

  /** A network that is torn down takes both kinds of ends along without a word. */
  dropMachine(machine: string): void {
    for (const { id, machine: own, accepted } of this.#all()) {
      if (accepted?.machine === machine) this.dropServer(id);
      if (own === machine) this.dropClient(id);
    }
  }
}

function serverKey(
  proto: Proto,
  { machine, local, peer }: Omit<Accepted, 'socket' | 'passedOn'>,
): string {
  return `${machine} ${proto} ${point(local)} ${point(peer)}`;
}

function point({ addr, port }: { readonly addr: Addr; readonly port: number }): string {
  return `${addr}:${port}`;
}
