// The connections that clients keep for real, each beside the simulated row it stands for. What packets do to one, the
// kernel does by itself; what takes an end away without a word (a network that is torn down, a cluster that is left) is
// made good here before the next flow.
import type { Scene } from '../../cluster/carrier.ts';
import type { Connection } from '../../fabric/connections.ts';
import { UDP } from '../../net/packet.ts';
import type { Endpoint } from '../../node/dial.ts';
import type { End } from './ends.ts';
import type { Accepted } from './flights.ts';
import type { Begun, Lab } from './lab.ts';

type Ends = Pick<Connection, 'proto' | 'client' | 'dialled'>;

interface Real {
  /** The lab's number of the client's end. */
  readonly flight: number;
  readonly connection: Ends & Pick<Connection, 'id'>;
  /** The server's end as it told it, and its namespace; null: UDP, or it is gone. */
  server: Accepted | null;
}

export class Kept {
  readonly #lab: Lab;
  readonly #real = new Map<number, Real>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  add(connection: Real['connection'], flight: number, end: End): void {
    const server =
      end.kind === 'answered' && connection.proto !== UDP
        ? { ...end, space: this.#lab.spaceNumber(end.backend) }
        : null;
    this.#real.set(connection.id, { flight, connection, server });
  }

  /** The lab's number of a connection; undefined: only the simulation has it. */
  flightOf({ id }: Connection): number | undefined {
    return this.#real.get(id)?.flight;
  }

  /** The same of the socket that a client keeps for datagrams from here to there. */
  datagramsOf(client: Endpoint, dialled: Endpoint): number | undefined {
    const all = [...this.#real.values()];
    const wanted: Ends = { proto: UDP, client, dialled };
    return all.find(({ connection }) => isSame(connection, wanted))?.flight;
  }

  /** Takes away, without a word, the ends that the cluster has no more. */
  bring(scene: Scene): void {
    if (this.#real.size === 0) return;
    const rows = new Map(scene.connections().map((row) => [row.connection.id, row]));
    for (const [id, real] of this.#real) {
      const row = rows.get(id);
      const stands = row !== undefined && isSame(row.connection, real.connection);
      if (!stands || !row.hasServer) this.#leave(real, 'vanish');
      if (stands) continue;
      this.#lab.hang(real.flight, 'vanish');
      this.#real.delete(id);
    }
  }

  /** The server's program ends. */
  leave({ id }: Connection): void {
    const real = this.#real.get(id);
    if (real !== undefined) this.#leave(real, 'close');
  }

  /** The client ends it. */
  end({ id }: Connection, how: 'close' | 'reset'): void {
    const real = this.#real.get(id);
    if (real === undefined) return;
    this.#lab.hang(real.flight, how);
    // Its other end goes by what it hears.
    this.#real.delete(id);
  }

  /** How those began that some node of the scene still remembers, in all the forms that nodes may have. */
  begun(scene: Scene): readonly Begun[] {
    if (this.#real.size === 0) return [];
    const flows = scene.nodes.flatMap((node) => scene.flows(node).map(({ original }) => original));
    return [...this.#real.values()].flatMap(({ connection, server }) => {
      const { proto, client, dialled } = connection;
      const isKnown = flows.some(
        (flow) =>
          flow.proto === proto &&
          flow.src === client.addr &&
          flow.sport === client.port &&
          flow.dport === dialled.port &&
          flow.dst === dialled.addr,
      );
      if (!isKnown) return [];
      const sources = server === null ? [client] : [client, server.source];
      const destinations = server === null ? [dialled] : [dialled, server.destination];
      return sources.flatMap((source) =>
        destinations.map((destination) => ({ proto, source, destination })),
      );
    });
  }

  #leave(real: Real, how: 'close' | 'vanish'): void {
    if (real.server === null) return;
    this.#lab.sever(real.server, how);
    real.server = null;
  }
}

function isSame(a: Ends, b: Ends): boolean {
  const isPoint = (one: Endpoint, other: Endpoint) =>
    one.addr === other.addr && one.port === other.port;
  return a.proto === b.proto && isPoint(a.client, b.client) && isPoint(a.dialled, b.dialled);
}
