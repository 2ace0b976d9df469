// Addresses that the outside world hands to nodes though no machine owns them, and which flow went to which of them. What
// picks a node is a hash that nobody outside knows, so the first packet of a flow draws one, and whatever hashes alike goes
// there too, until the nodes are others: then every flow is drawn anew, as when a real balancer's targets change.
import { type Addr, formatAddr } from '../net/addr.ts';
import type { Proto } from '../net/packet.ts';
import { type Packet, TCP } from '../net/packet.ts';
import { Table } from '../sim/table.ts';
import { addressKey } from './wiring.ts';

/** What is hashed: addresses, ports and protocol; of the addresses alone; or of TCP its first sequence number too, so that
 * each connection is picked anew. */
export type Hashed = 'flow' | 'client' | 'connection';

/** Which nodes get what the outside sends to an address: a load balancer that passes through, or a speaker on the link. */
export interface Announcement {
  readonly nodes: readonly string[];
  /** The balancer's listeners: other ports are dropped by it. Null: every packet is passed on. */
  readonly ports: readonly { readonly proto: Proto; readonly port: number }[] | null;
  /** Absent: flow. */
  readonly hashed?: Hashed;
  /** Who announces it, for traces: "the load balancer of demo/web". */
  readonly by?: string;
  /** The cause of it, as a rule's. */
  readonly origin?: number;
}

const words: Readonly<Record<Hashed, string>> = {
  flow: 'a hash of addresses, ports and protocol',
  client: "a hash of the client's address",
  connection: 'a hash that differs for each TCP connection',
};

export class Announced {
  #table = new Table<Announcement>();
  /** What is hashed -> the node. */
  #chosen = new Table<string>();

  fork(): Announced {
    const copy = new Announced();
    copy.#table = this.#table.fork();
    copy.#chosen = this.#chosen.fork();
    return copy;
  }

  /** Counts the changes of who is announced, not the flows. */
  get writes(): number {
    return this.#table.writes;
  }

  entries(): IterableIterator<readonly [string, Announcement]> {
    return this.#table.entries();
  }

  get(value: Addr): Announcement | undefined {
    return this.#table.get(addressKey(value));
  }

  /** Null: nobody. */
  set(value: Addr, announcement: Announcement | null): void {
    const before = this.get(value);
    const isSame =
      before?.nodes.join() === announcement?.nodes.join() &&
      before?.hashed === announcement?.hashed;
    if (before !== undefined && !isSame) this.#forget(value);
    if (announcement === null) this.#table.delete(addressKey(value));
    else this.#table.set(addressKey(value), announcement);
  }

  /** The node of a packet's flow: the one that its like went to, else the one that `draw` says. */
  nodeFor(packet: Packet, { nodes, hashed }: Announcement, draw: () => number): string {
    const key = hashKey(packet, hashed);
    const known = key === null ? undefined : this.#chosen.get(key);
    if (known !== undefined) return known;
    const node = nodes[draw()] ?? '';
    if (key !== null) this.#chosen.set(key, node);
    return node;
  }

  #forget(value: Addr): void {
    for (const key of this.#chosen.keys()) {
      if (key.startsWith(`${value} `)) this.#chosen.delete(key);
    }
  }
}

/** Null: nothing that comes again. */
function hashKey(packet: Packet, hashed: Hashed = 'flow'): string | null {
  const { src, dst, proto } = packet;
  if (hashed === 'client') return `${dst} ${src}`;
  if (hashed === 'connection' && proto === TCP) return null;
  return flowKey(packet);
}

/** One flow in one direction. */
export function flowKey({ src, sport, dst, dport, proto }: Packet): string {
  return `${dst} ${dport} ${src} ${sport} ${proto}`;
}

/** What a trace says of the choice. */
export function choiceText({ dst }: Packet, { by, hashed = 'flow', nodes }: Announcement): string {
  const who = by ?? `who announces ${formatAddr(dst)}`;
  if (nodes.length === 1) return `passed on by ${who}`;
  return `1 of ${nodes.length}, chosen by ${who}: ${words[hashed]}`;
}
