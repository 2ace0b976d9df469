// Relays a query to one upstream after the other until somebody answers (CoreDNS plugin/forward/forward.go and
// plugin/pkg/proxy). Health probes run beside the query upstream; here an upstream that failed is probed when the next
// query comes, and how many probes would have failed by then is worked out from the clock.
import { TCP, UDP } from '../../../net/packet.ts';
import type { Choices } from '../../../sim/choices.ts';
import { decode } from '../../message/decode.ts';
import { encode } from '../../message/encode.ts';
import { type Message, query, replyTo } from '../../message/message.ts';
import { isSubdomain, longestZone } from '../../message/name.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  type Turn,
  wrote,
} from '../../plugin.ts';
import { atLeast } from '../../version.ts';
import type { ForwardOptions, Upstream } from './setup.ts';

const FORMERR = 1;
const SERVFAIL = 2;
const budgetMs = 5000;
const probeTimeoutMs = 1000;

export class ForwardHandler implements Handler {
  readonly name = 'forward';
  readonly #options: ForwardOptions;
  /** Queries that the round_robin policy has counted. */
  #turns: number;
  /** Upstream -> when its first probe after a failure started. */
  #failing: ReadonlyMap<string, number>;

  constructor(
    options: ForwardOptions,
    turns = 0,
    failing: ReadonlyMap<string, number> = new Map(),
  ) {
    this.#options = options;
    this.#turns = turns;
    this.#failing = failing;
  }

  fork(): ForwardHandler {
    return new ForwardHandler(this.#options, this.#turns, this.#failing);
  }

  serve(request: DnsRequest, next: Next): Served {
    if (!this.#covers(request.qname)) return next(request);
    const list = this.#ordered(request.turn.environment.choices);
    const { turn } = request;
    const deadline = turn.nowMs() + budgetMs;
    const attemptsMax = atLeast(this.#options.version, '1.14.7') ? 2 * list.length : Infinity;
    let fails = 0;
    let failed = 0;
    let error: string | null = null;
    let roundMs = turn.nowMs();
    for (let i = 0; turn.nowMs() < deadline && failed < attemptsMax; i++) {
      if (i >= list.length) {
        i = 0;
        fails = 0;
        // Upstream spins while everybody refuses at once; here the time until the next probe passes in one step.
        if (turn.nowMs() === roundMs) turn.wait(Math.max(1, this.#options.healthCheckMs));
        roundMs = turn.nowMs();
      }
      let upstream = list[i] as Upstream;
      if (this.#down(upstream, turn)) {
        fails++;
        if (fails < list.length) continue;
        if (this.#options.failfast) break;
        upstream = permuted(list, turn.environment.choices)[0] as Upstream;
      }
      const result = this.#ask(upstream, request);
      if (typeof result !== 'string') return this.#judge(request, result);
      error = result;
      failed++;
      if (this.#options.maxFails > 0) this.#fail(upstream, turn.nowMs());
      if (fails >= list.length) break;
    }
    return returned(SERVFAIL, error ?? 'no healthy proxies');
  }

  /** An `except` name never hides FROM itself. */
  #covers(qname: string): boolean {
    const { from, except } = this.#options;
    if (!isSubdomain(from, qname)) return false;
    return qname === from || longestZone(except, qname) === undefined;
  }

  #ordered(choices: Choices): readonly Upstream[] {
    const { policy, upstreams } = this.#options;
    switch (policy) {
      case 'sequential':
        return upstreams;
      case 'round_robin': {
        const first = ++this.#turns % upstreams.length;
        return [...upstreams.slice(first), ...upstreams.slice(0, first)];
      }
      case 'random':
        return permuted(upstreams, choices);
    }
  }

  /** The reply, or the error as Go's net package words it. */
  #ask(upstream: Upstream, request: DnsRequest): Message | string {
    const { forceTcp, preferUdp } = this.#options;
    const viaTcp = forceTcp || (request.turn.client.proto === TCP && !preferUdp);
    const result = this.#exchange(upstream, request, viaTcp);
    if (typeof result !== 'string' && result.tc && preferUdp && !viaTcp) {
      return this.#exchange(upstream, request, true);
    }
    return result;
  }

  #exchange(upstream: Upstream, request: DnsRequest, viaTcp: boolean): Message | string {
    const { addr, port, text } = upstream;
    const bytes = encode(request.message);
    const proto = viaTcp ? TCP : UDP;
    const result = request.turn.exchange(proto, addr, port, bytes, this.#options.readTimeoutMs);
    const transport = viaTcp ? 'tcp' : 'udp';
    switch (result.kind) {
      case 'timeout':
        return `read ${transport} ->${text}: i/o timeout`;
      case 'refused':
        return viaTcp
          ? `dial tcp ${text}: connect: connection refused`
          : `read udp ->${text}: read: connection refused`;
      case 'unreachable':
        return `dial ${transport} ${text}: connect: network is unreachable`;
      case 'reply': {
        const decoded = decode(result.message);
        return decoded.kind === 'message' ? decoded.message : 'dns: overflow unpacking uint16';
      }
    }
  }

  #judge(request: DnsRequest, reply: Message): Served {
    const question = reply.questions[0];
    const same =
      reply.qr &&
      question !== undefined &&
      question.type === request.question.type &&
      question.name.toLowerCase() === request.qname;
    if (!same) return wrote(replyTo(request.message, FORMERR));
    return wrote({ ...reply, id: request.message.id });
  }

  #fail(upstream: Upstream, nowMs: number): void {
    if (this.#failing.has(upstream.text)) return;
    this.#failing = new Map(this.#failing).set(upstream.text, nowMs);
  }

  /** More than max_fails probes have failed since the first error. */
  #down(upstream: Upstream, turn: Turn): boolean {
    const { maxFails, healthCheckMs } = this.#options;
    const since = this.#failing.get(upstream.text);
    if (since === undefined || maxFails === 0) return false;
    const probe = encode(query(0, '.', 2));
    const result = turn.aside(UDP, upstream.addr, upstream.port, probe, probeTimeoutMs);
    if (result.kind === 'reply') {
      const healthy = new Map(this.#failing);
      healthy.delete(upstream.text);
      this.#failing = healthy;
      return false;
    }
    const failedAfter = result.kind === 'timeout' ? probeTimeoutMs : 0;
    const elapsed = turn.nowMs() - since - failedAfter;
    const probes = elapsed < 0 ? 0 : 1 + Math.floor(elapsed / (failedAfter + healthCheckMs));
    return probes > maxFails;
  }
}

function permuted(list: readonly Upstream[], choices: Choices): readonly Upstream[] {
  const left = [...list];
  const out: Upstream[] = [];
  while (left.length > 0) {
    const pick = choices.pick('dns/forward', new Array<number>(left.length).fill(1));
    out.push(...left.splice(pick, 1));
  }
  return out;
}
