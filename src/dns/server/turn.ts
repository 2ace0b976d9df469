// One exchange of a CoreDNS process with a client: the clock, the network and the counters as its plugins see them.
import type { Addr } from '../../net/addr.ts';
import { type Proto, TCP } from '../../net/packet.ts';
import type { DialMore, ExchangeResult, Peer } from '../../node/program.ts';
import { IN, type Message } from '../message/message.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { DnsEnvironment, Exchange, Turn } from '../plugin.ts';
import type { Listener } from './listener.ts';

export interface ServeContext {
  readonly client: Peer;
  readonly nowMs: number;
  /** Port the query came to; default 53. */
  readonly port?: number;
  /** Address that the socket is bound to, null for none; absent: whichever has that port. */
  readonly addr?: Addr | null;
  exchange(
    proto: Proto,
    to: Addr,
    port: number,
    bytes: Uint8Array,
    timeoutMs: number,
    more?: DialMore,
  ): ExchangeResult;
}

/** What the server answers to a plugin that asks it. */
export type Look = (message: Message, turn: ServerTurn, listener: Listener) => Message | null;

/** Look-ups inside each other; upstream goes on until its stack is full. */
const lookupsMax = 64;

export class ServerTurn implements Turn {
  #lookups = 0;
  readonly environment: DnsEnvironment;
  readonly client: Peer;
  readonly server: string;
  readonly metrics: Metrics | null;
  writer = '';
  behind: Message | null = null;
  elapsedMs = 0;
  readonly #context: ServeContext;
  readonly #listener: Listener;
  readonly #look: Look;

  constructor(
    environment: DnsEnvironment,
    context: ServeContext,
    metrics: Metrics | null,
    listener: Listener,
    look: Look,
  ) {
    this.environment = environment;
    this.client = context.client;
    this.server = listener.name;
    this.metrics = metrics;
    this.#context = context;
    this.#listener = listener;
    this.#look = look;
  }

  nowMs(): number {
    return this.#context.nowMs + this.elapsedMs;
  }

  wait(ms: number): void {
    this.elapsedMs += ms;
  }

  exchange(...sent: Exchange): ExchangeResult {
    const [proto, to, port, bytes, timeoutMs, more] = sent;
    const at = { atMs: this.nowMs(), ...more };
    const result = this.#context.exchange(proto, to, port, bytes, timeoutMs, at);
    this.elapsedMs += result.elapsedMs;
    return result;
  }

  aside(...sent: Exchange): ExchangeResult {
    const [proto, to, port, bytes, timeoutMs, more] = sent;
    const at = { atMs: this.nowMs(), ...more, aside: true };
    return this.#context.exchange(proto, to, port, bytes, timeoutMs, at);
  }

  beside(proto: Proto = TCP): Turn {
    const context: ServeContext = {
      ...this.#context,
      client: { ...this.client, proto },
      nowMs: this.nowMs(),
      exchange: (by, to, port, bytes, timeoutMs, more) =>
        this.#context.exchange(by, to, port, bytes, timeoutMs, { ...more, aside: true }),
    };
    const turn = new ServerTurn(
      this.environment,
      context,
      this.metrics,
      this.#listener,
      this.#look,
    );
    turn.writer = this.writer;
    return turn;
  }

  lookup(request: Message, name: string, type: number): Message | null {
    if (this.#lookups >= lookupsMax) {
      this.environment.log(`[ERROR] the server asks itself without end for ${name}`);
      return null;
    }
    this.#lookups++;
    const asked = { ...request, questions: [{ name, type, class: IN }] };
    const reply = this.#look(asked, this, this.#listener);
    this.#lookups--;
    return reply;
  }
}
