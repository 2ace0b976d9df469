// A cluster whose clock goes with the wall clock, asked by real sockets. The clock is moved when somebody asks and, so
// that a long pause costs nothing at the next question, once a second. `frozen`: it stands still. An answer that costs
// virtual time (an upstream that is silent) is due that much later.
import { InputError } from '../api/input-error.ts';
import type { Cluster, DnsAnswer } from '../cluster/cluster.ts';
import { noServer } from '../cluster/dns-queries.ts';
import { UDP } from '../net/packet.ts';
import type { Peer } from '../node/program.ts';

export interface LiveOptions {
  /** Who asks; absent: the client itself, straight to a CoreDNS that is ready. */
  readonly from?: string;
  readonly frozen: boolean;
  /** Monotonic wall milliseconds. */
  now(): number;
  /** What silence is about. */
  note(line: string): void;
}

/** The clock is brought up to date when it is this far behind. */
const graceMs = 5;
const tickMs = 1_000;

export class LiveCluster {
  readonly #cluster: Cluster;
  readonly #options: LiveOptions;
  /** Wall milliseconds at which the cluster's clock stood at 0. */
  readonly #origin: number;
  #ticking: NodeJS.Timeout | undefined;

  constructor(cluster: Cluster, options: LiveOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#origin = options.now() - cluster.nowMs;
  }

  start(): void {
    if (!this.#options.frozen) this.#ticking = setInterval(() => this.#catchUp(), tickMs).unref();
  }

  stop(): void {
    clearInterval(this.#ticking);
  }

  /** Why a client would hear nothing at all now; null: it would be answered. A message that everybody ignores finds out. */
  silence(): string | null {
    const client: Peer = { addr: 0x7f00_0001, port: 0, proto: UDP };
    const { why } = this.#cluster.askDns(new Uint8Array(), client);
    return why === noServer ? why : null;
  }

  /** What is to be sent back, and in how many milliseconds. */
  ask(message: Uint8Array, client: Peer): DnsAnswer {
    this.#catchUp();
    const { from, frozen, note } = this.#options;
    const answer = this.#askDns(message, client, from);
    if (answer.replies.length === 0) note(answer.why);
    return frozen && answer.elapsedMs > 0 ? { ...answer, elapsedMs: 0 } : answer;
  }

  /** Whoever asked for may be gone by now: that is silence, not the end of the server. */
  #askDns(message: Uint8Array, client: Peer, from: string | undefined): DnsAnswer {
    try {
      return this.#cluster.askDns(message, client, from);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { replies: [], elapsedMs: 0, why: error.message };
    }
  }

  /** Never backwards: a cluster that settles may be ahead of the wall. */
  #catchUp(): void {
    if (this.#options.frozen) return;
    const behindMs = this.#options.now() - this.#origin - this.#cluster.nowMs;
    if (behindMs >= graceMs) this.#cluster.advance(Math.floor(behindMs));
  }
}
