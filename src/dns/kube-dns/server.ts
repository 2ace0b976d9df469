// A kube-dns Pod as clients see it, on port 53: dnsmasq in front, kubedns behind it. It is a DnsServer like a CoreDNS, without
// a Corefile, metrics or HTTP servers of its own (those of its containers are plain: kubeadm/kube-dns.ts).
import { TCP } from '../../net/packet.ts';
import type { Peer, ProgramContext } from '../../node/program.ts';
import { dialectOf } from '../message/decode.ts';
import { encodeToFit } from '../message/encode.ts';
import type { Message } from '../message/message.ts';
import type { DnsEnvironment } from '../plugin.ts';
import { accept } from '../server/accept.ts';
import { Listener, listenerName } from '../server/listener.ts';
import type { Answered, DnsServer, ServeResult } from '../server/server.ts';
import { type ServeContext, ServerTurn } from '../server/turn.ts';
import { Dnsmasq, type DnsmasqOptions } from './dnsmasq.ts';

const udpMin = 512;
const tcpMax = 65_535;
/** The only one; it has no Corefile that says so. */
const listener = new Listener(listenerName(null, 53), [], []);

export function createKubeDnsServer(
  environment: DnsEnvironment,
  options: DnsmasqOptions,
): DnsServer {
  return new KubeDns(environment, new Dnsmasq(options));
}

class KubeDns implements DnsServer {
  readonly ports = [53];
  readonly listeners = [{ addr: null, port: 53 }];
  readonly http = [];
  readonly services = [];
  readonly banner = '';
  readonly preamble = '';
  readonly startup = undefined;
  readonly hash = { name: 'SHA512', hex: '' } as const;
  readonly startedMs = 0;
  readonly metrics = null;
  readonly #environment: DnsEnvironment;
  readonly #dnsmasq: Dnsmasq;

  constructor(environment: DnsEnvironment, dnsmasq: Dnsmasq) {
    this.#environment = environment;
    this.#dnsmasq = dnsmasq;
  }

  fork(environment: DnsEnvironment): DnsServer {
    return new KubeDns(environment, this.#dnsmasq.fork());
  }

  started(): null {
    return null;
  }

  linesDue(): readonly never[] {
    return [];
  }

  askHttp(): never {
    throw new Error('kube-dns has no HTTP server of its own here');
  }

  receive(message: Uint8Array, peer: Peer, context: ProgramContext) {
    const { nowMs } = context;
    const exchange = context.exchange.bind(context);
    const { reply, elapsedMs } = this.serve(message, { client: peer, nowMs, exchange });
    return { reply, elapsedMs };
  }

  answer(message: Message, context: ServeContext): Answered {
    const turn = new ServerTurn(this.#environment, context, null, listener, () => null);
    const { reply, cached } = this.#dnsmasq.answer(message, turn);
    return { reply, elapsedMs: turn.elapsedMs, cached };
  }

  serve(bytes: Uint8Array, context: ServeContext): ServeResult {
    const accepted = accept(bytes, dialectOf('1.3.1'));
    // dnsmasq relays what it cannot read, and hears what miekg/dns and others say to that.
    if (accepted.kind === 'over') return { reply: accepted.reply, elapsedMs: 0, cached: false };
    const { message } = accepted;
    const { reply, elapsedMs, cached } = this.answer(message, context);
    if (reply === null) return { reply, elapsedMs, cached };
    const isStream = context.client.proto === TCP;
    const limit = isStream ? tcpMax : Math.max(udpMin, message.edns?.udpSize ?? udpMin);
    return { reply: encodeToFit(reply, limit, 0), elapsedMs, cached };
  }
}
