// The flows of a lab: begun in any namespace, many at once, each with a number and an end. Those that were kept go on until
// somebody ends either side. Nothing is judged here.
import { type Addr, formatAddr, formatEndpoint } from '../../net/addr.ts';
import { type Proto, protoName } from '../../net/packet.ts';
import type { Endpoint } from '../../node/dial.ts';
import type { Agent } from './agent.ts';
import { type End, endOf } from './ends.ts';
import type { Listeners } from './listeners.ts';

export interface LabDial {
  /** Machine or host-network Pod. */
  readonly from: string;
  readonly proto: Proto;
  readonly to: Addr;
  readonly port: number;
  /** 0: the kernel's choice. */
  readonly sourcePort: number;
  readonly deadlineMs: number;
  /** The client keeps it when it was answered. */
  readonly keep?: boolean;
}

/** A server's end of a flow, in its namespace. */
export interface Accepted {
  readonly space: number;
  readonly destination: Endpoint;
  readonly source: Endpoint;
}

/** Flows that are under way at once: their ends must fit into a pipe that nobody reads yet. */
const flightMax = 200;

export abstract class Flights {
  readonly #agent: Agent;
  readonly #listeners: Pick<Listeners, 'owner'>;
  #flights = 0;
  /** Of flows that nobody has asked about yet. */
  readonly #ends = new Map<number, End>();

  constructor(agent: Agent, listeners: Pick<Listeners, 'owner'>) {
    this.#agent = agent;
    this.#listeners = listeners;
  }

  /** The number of the namespace that a machine or host-network Pod is in. */
  abstract spaceNumber(machine: string): number;

  /** Begins a flow; its number. */
  start(dial: LabDial): number {
    const id = this.#flights++;
    const number = this.spaceNumber(dial.from);
    const { proto, to, port, sourcePort, deadlineMs, keep = false } = dial;
    const words = [protoName(proto).toUpperCase(), formatAddr(to), port, sourcePort, deadlineMs];
    this.#agent.send(['dial', id, number, ...words, keep ? 1 : '']);
    return id;
  }

  /** Sends a message over a kept flow. */
  use(id: number, deadlineMs: number): End {
    this.#agent.send(['use', id, deadlineMs]);
    return this.end(id);
  }

  /** One echo request. */
  ping(from: string, to: Addr, deadlineMs: number): End {
    const id = this.#flights++;
    this.#agent.send(['ping', id, this.spaceNumber(from), formatAddr(to), deadlineMs]);
    return this.end(id);
  }

  /** Ends the client's side of a kept flow; vanish: the other side hears nothing. */
  hang(id: number, how: 'close' | 'reset' | 'vanish'): void {
    this.#agent.ask(['hang', id, how], 'hung');
  }

  /** Ends the server's side of a kept flow. */
  sever({ space, destination, source }: Accepted, how: 'close' | 'vanish'): void {
    const ends = [destination, source].map(({ addr, port }) => formatEndpoint(addr, port));
    this.#agent.ask(['sever', space, ...ends, how], 'severed');
  }

  /** Waits until a flow has ended, and its port is free again. */
  hold(id: number): End {
    for (;;) {
      const end = this.#ends.get(id);
      if (end !== undefined) return end;
      const [ended = '', ...words] = this.#agent.expect('end');
      this.#ends.set(Number(ended), endOf(words, this.#listeners));
    }
  }

  /** The same, and forgets it. */
  end(id: number): End {
    const end = this.hold(id);
    this.#ends.delete(id);
    return end;
  }

  /** Makes flows, many at once, and says how each ended. */
  dial(dials: readonly LabDial[]): readonly End[] {
    const ends: End[] = [];
    const ids: number[] = [];
    while (ends.length < dials.length) {
      const next = dials[ids.length];
      if (next !== undefined && ids.length - ends.length < flightMax) ids.push(this.start(next));
      else ends.push(this.end(ids[ends.length] ?? -1));
    }
    return ends;
  }
}
