// How glibc asks its name servers about one name: send_dg and send_vc of resolv/res_send.c (2.36), and the flags they
// leave behind for the rest of the process. Two queries leave one socket one behind the other; when only one of them is
// answered in time, glibc distrusts the way and asks again one by one, then from two sockets.
import type { Message } from '../message/message.ts';
import type { Asker, Heard, Sending, Socket } from './asker.ts';
import type { Settings } from './settings.ts';

/** `n` and `*resplen2` of __res_context_send: the first answer that came, and the second. */
export type GlibcSent =
  | { readonly kind: 'replies'; readonly first: Message | null; readonly second: Message | null }
  | { readonly kind: 'failed'; readonly errno: 'ETIMEDOUT' | 'ECONNREFUSED' };

type Try = GlibcSent | 'next' | 'tcp';

/** glibc's send_vc sets no timeout: Linux gives up on a connection after six SYNs again. */
const connectMs = 127_000;
/** SERVFAIL, NOTIMP, REFUSED: the next server is asked. */
const bad = [2, 4, 5];

export class GlibcSender {
  /** Milliseconds since the look-up began. */
  nowMs = 0;
  /** The rcode that stands in the buffer of the first answer; every name starts with 0. */
  bufferRcode = 0;
  readonly #settings: Settings;
  readonly #asker: Asker;
  #single: boolean;
  #reopens: boolean;
  #offset: number | null = null;
  #gotSomewhere = false;
  /** The client's port towards each server, while its socket is open. */
  readonly #ports = new Map<number, number>();

  constructor(settings: Settings, asker: Asker) {
    this.#settings = settings;
    this.#asker = asker;
    this.#single = settings.singleRequest || settings.singleRequestReopen;
    this.#reopens = settings.singleRequestReopen;
  }

  send(name: string, types: readonly number[]): GlibcSent {
    const messages = types.map((type) => this.#asker.message(name, type));
    const { servers, attempts, useVc } = this.#settings;
    const offset = this.#rotation();
    this.bufferRcode = 0;
    this.#gotSomewhere = false;
    this.#ports.clear();
    let tcp = useVc;
    let errno: 'ETIMEDOUT' | 'ECONNREFUSED' = 'ETIMEDOUT';
    for (let attempt = 0; attempt < attempts; attempt++) {
      for (let shift = 0; shift < servers.length; shift++) {
        const index = (shift + offset) % servers.length;
        if (!tcp) {
          const sent = this.#datagrams(index, messages);
          if (sent === 'next') continue;
          if (sent !== 'tcp') return sent;
          tcp = true;
        }
        // At most one attempt per server.
        attempt = attempts;
        const sent = this.#stream(index, messages);
        if (sent.kind === 'replies') return sent;
        errno = sent.errno;
      }
    }
    if (tcp) return { kind: 'failed', errno };
    return { kind: 'failed', errno: this.#gotSomewhere ? 'ETIMEDOUT' : 'ECONNREFUSED' };
  }

  /** With `rotate` the first server is drawn once, then each name starts at the next one. */
  #rotation(): number {
    const { rotate, servers } = this.#settings;
    if (!rotate || servers.length < 2) return 0;
    this.#offset = this.#offset === null ? this.#asker.draw(servers.length) : this.#offset + 1;
    return this.#offset % servers.length;
  }

  /** The wait doubles with each server and is divided among them; whole seconds, at least one. */
  #waitMs(index: number): number {
    const seconds = (this.#settings.timeoutMs / 1000) * 2 ** index;
    const share = index === 0 ? seconds : Math.trunc(seconds / this.#settings.servers.length);
    return 1000 * Math.max(1, share);
  }

  #datagrams(index: number, messages: readonly Message[]): Try {
    const waitMs = this.#waitMs(index);
    const [first, second] = messages;
    if (first === undefined) return 'next';
    if (second === undefined) return this.#one(index, first, waitMs);
    const saved = this.#gotSomewhere;
    for (;;) {
      const round = this.#single
        ? this.#inOrder(index, first, second, waitMs)
        : this.#together(index, first, second, waitMs);
      if (round.ended !== null) return round.keeps ? round.ended : this.#closing(round.ended);
      if (round.first === null) {
        this.#gotSomewhere = true;
        return 'next';
      }
      if (!this.#single) this.#single = true;
      else if (!this.#reopens) this.#reopens = true;
      else return { kind: 'replies', first: round.first, second: null };
      this.#gotSomewhere = saved;
      if (this.#reopens) this.#ports.clear();
    }
  }

  /** An error or an answer closes all sockets; after silence they are used again. */
  #closing<T>(ended: T): T {
    this.#ports.clear();
    return ended;
  }

  #socket(index: number): Socket | undefined {
    const port = this.#ports.get(index);
    return port === undefined ? undefined : { port, atOnce: false };
  }

  #send(index: number, message: Message, sending: Sending): Heard {
    const heard = this.#asker.send(message, this.#server(index), sending);
    if (heard.port !== undefined) this.#ports.set(index, heard.port);
    return heard;
  }

  #server(index: number) {
    return this.#settings.servers[index] ?? 0;
  }

  #one(index: number, message: Message, timeoutMs: number): Try {
    const socket = this.#socket(index);
    const heard = this.#send(index, message, { fromMs: this.nowMs, timeoutMs, socket });
    this.nowMs = heard.atMs;
    const { reply, failure } = heard;
    if (failure === 'timeout') {
      this.#gotSomewhere = true;
      return 'next';
    }
    if (reply === null) return this.#closing('next');
    this.#gotSomewhere = true;
    this.bufferRcode = reply.rcode;
    if (isBad(reply)) return this.#closing('next');
    return this.#closing(reply.tc ? 'tcp' : { kind: 'replies', first: reply, second: null });
  }

  #together(index: number, a: Message, b: Message, timeoutMs: number): Round {
    const fromMs = this.nowMs;
    const one = this.#send(index, a, { fromMs, timeoutMs, socket: this.#socket(index) });
    const socket = one.port === undefined ? undefined : { port: one.port, atOnce: true };
    const two = this.#send(index, b, { fromMs, timeoutMs, socket });
    const round = new Round();
    for (const heard of one.atMs <= two.atMs ? [one, two] : [two, one]) {
      this.#hear(round, heard);
      if (round.ended !== null) break;
    }
    return round;
  }

  /** The second query waits for the first answer, and is not sent after a bad one (bug 30081, in 2.36-9+deb12u8). */
  #inOrder(index: number, a: Message, b: Message, waitMs: number): Round {
    const fromMs = this.nowMs;
    const round = new Round();
    const sending = { fromMs, timeoutMs: waitMs, socket: this.#socket(index) };
    const one = this.#send(index, a, sending);
    this.#hear(round, one);
    if (round.ended !== null || one.failure !== null) return round;
    if (round.first === null) {
      round.ended = 'next';
      return round;
    }
    if (this.#reopens) this.#ports.clear();
    const timeoutMs = fromMs + waitMs - one.atMs;
    const socket = this.#socket(index);
    this.#hear(round, this.#send(index, b, { fromMs: one.atMs, timeoutMs, socket }));
    return round;
  }

  #hear(round: Round, heard: Heard): void {
    this.nowMs = Math.max(this.nowMs, heard.atMs);
    const { reply, failure } = heard;
    if (reply === null) {
      // ICMP ends the try at once; silence is judged when the wait is over.
      if (failure !== 'timeout') round.ended = 'next';
      return;
    }
    this.#gotSomewhere = true;
    if (!round.hasHeard) this.bufferRcode = reply.rcode;
    const { hasHeard } = round;
    round.hasHeard = true;
    if (isBad(reply)) {
      round.keeps = hasHeard && round.first === null;
      if (hasHeard) round.ended = round.keeps ? 'next' : round.result(null);
    } else if (reply.tc) round.ended = 'tcp';
    else if (hasHeard) round.ended = round.result(reply);
    else round.first = reply;
  }

  /** Both queries over one connection; whatever comes back counts. */
  #stream(index: number, messages: readonly Message[]): GlibcSent {
    const heard: Heard[] = [];
    const fromMs = this.nowMs;
    for (const message of messages) {
      const sending = { transport: 'tcp', fromMs, timeoutMs: connectMs } as const;
      const one = this.#asker.send(message, this.#server(index), sending);
      this.nowMs = Math.max(this.nowMs, one.atMs);
      heard.push(one);
      if (one.reply === null) {
        const errno = one.failure === 'refused' ? 'ECONNREFUSED' : 'ETIMEDOUT';
        return { kind: 'failed', errno };
      }
    }
    const [first = null, second = null] = heard.map(({ reply }) => reply);
    this.bufferRcode = first?.rcode ?? 0;
    return { kind: 'replies', first, second };
  }
}

/** One wait for two answers. */
class Round {
  first: Message | null = null;
  hasHeard = false;
  /** Null when the wait ran out. */
  ended: Try | null = null;
  /** Two bad answers leave the socket open. */
  keeps = false;

  result(second: Message | null): GlibcSent {
    return { kind: 'replies', first: this.first, second };
  }
}

/** An answer that makes glibc ask the next server; the last case is a referral of a lame server. */
function isBad(reply: Message): boolean {
  if (bad.includes(reply.rcode)) return true;
  const extra = reply.additional.length > 0 || reply.edns !== null;
  return reply.rcode === 0 && reply.answers.length === 0 && !reply.aa && !reply.ra && !extra;
}
