// Relays a query to one upstream after the other until somebody answers (CoreDNS plugin/forward/forward.go). A query
// that comes back to the handler that sent it, again and again, ends as it does upstream, without going round as
// often: by `max_concurrent`, or by nobody hearing an answer in time.
import { type Proto, TCP, UDP } from '../../../net/packet.ts';
import { atLeast } from '../../kubeadm/version.ts';
import { encode } from '../../message/encode.ts';
import { type Message, replyTo } from '../../message/message.ts';
import { isSubdomain, longestZone, lower } from '../../message/name.ts';
import { METRICS } from '../../metrics/metrics.table.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  type Turn,
  wrote,
} from '../../plugin.ts';
import { dialled, dialTimeoutMs, freshLine, giveBack, type Line, takeIdle } from './connection.ts';
import { countAnswer, countDial, countFailedProbes } from './counts.ts';
import { heard, type Result } from './exchange.ts';
import { headerBytes, probed } from './health.ts';
import { expand } from './hosts.ts';
import type { ForwardOptions } from './options.ts';
import { anyOf, permuted, rotated } from './policy.ts';
import type { Target, Upstream } from './upstreams.ts';

const FORMERR = 1;
const SERVFAIL = 2;
const REFUSED = 5;
const budgetMs = 5000;
/** Failed attempts per upstream, from 1.14.7 on. */
const attemptsPerUpstream = 2;
/** A query that is inside itself so often goes round for ever; as many rounds in all are tried. */
const insideMax = 4;
const roundsMax = 100;

/** When a query came and went, for `max_concurrent`. */
interface Flight {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface Memory {
  /** Queries that the policy round_robin has counted. */
  readonly turns: number;
  /** By upstream. */
  readonly lines: ReadonlyMap<string, Line>;
  readonly flights: readonly Flight[];
  /** What the host names among the targets stand for; null: not looked up yet. */
  readonly upstreams: readonly Upstream[] | null;
}

const nothing: Memory = { turns: 0, lines: new Map(), flights: [], upstreams: null };

export class ForwardHandler implements Handler {
  readonly name = 'forward';
  readonly #options: ForwardOptions;
  readonly #targets: readonly Target[];
  /** The next handler is a stanza of `forward` too. */
  readonly #hasNext: boolean;
  #memory: Memory;
  /** Queries of this handler that wait for an answer right now, and those since the first of them. */
  #inside = 0;
  #rounds = 0;

  constructor(
    options: ForwardOptions,
    targets: readonly Target[],
    hasNext: boolean,
    memory: Memory = nothing,
  ) {
    this.#options = options;
    this.#targets = targets;
    this.#hasNext = hasNext;
    this.#memory = memory;
  }

  fork(): ForwardHandler {
    return new ForwardHandler(this.#options, this.#targets, this.#hasNext, this.#memory);
  }

  started(turn: Turn): string | null {
    const upstreams = this.#upstreams(turn);
    return typeof upstreams === 'string' ? `plugin/forward: ${upstreams}` : null;
  }

  serve(request: DnsRequest, next: Next): Served {
    if (!this.#covers(request.qname)) return next(request);
    const { turn } = request;
    const { maxConcurrent, maxConcurrentText } = this.#options;
    const fromMs = turn.nowMs();
    if (maxConcurrent > 0 && (this.#inside >= insideMax || this.#flying(fromMs) >= maxConcurrent)) {
      turn.metrics?.count(METRICS.forwardMaxConcurrentRejects);
      return returned(REFUSED, `concurrent queries exceeded maximum ${maxConcurrentText}`);
    }
    const upstreams = this.#upstreams(turn);
    if (typeof upstreams === 'string') return returned(SERVFAIL, upstreams);
    this.#inside++;
    this.#rounds = this.#inside === 1 ? 0 : this.#rounds + 1;
    try {
      return this.#relay(request, upstreams, next);
    } finally {
      this.#inside--;
      if (maxConcurrent > 0) this.#flown({ fromMs, untilMs: turn.nowMs() });
    }
  }

  /** Queries that are under way at a time, those around this one among them. */
  #flying(nowMs: number): number {
    const { flights } = this.#memory;
    const others = flights.filter(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs);
    return this.#inside + others.length;
  }

  #flown(flight: Flight): void {
    const { flights } = this.#memory;
    // Queries of one moment are served one after the other: the clock may still go back by what one took.
    const recent = flights.filter(({ untilMs }) => untilMs > flight.fromMs - 10 * budgetMs);
    const own = flight.untilMs > flight.fromMs ? [flight] : [];
    if (own.length === 0 && recent.length === flights.length) return;
    this.#memory = { ...this.#memory, flights: [...recent, ...own] };
  }

  #relay(request: DnsRequest, upstreams: readonly Upstream[], next: Next): Served {
    const { turn } = request;
    const { failover, failfast, maxFails, version } = this.#options;
    const list = this.#ordered(upstreams, turn);
    const count = list.length;
    const deadlineMs = turn.nowMs() + budgetMs;
    const attemptsMax = this.#attemptsMax(count);
    let [at, fails, attempts, failovers, roundMs] = [0, 0, 0, 0, turn.nowMs()];
    let error: string | null = null;
    while (turn.nowMs() < deadlineMs && attempts < attemptsMax) {
      if (at >= count) {
        [at, fails] = [0, 0];
        // Upstream spins while everybody fails at once; here the time until the next probe passes in one step.
        const spins = turn.nowMs() === roundMs && attemptsMax === Number.POSITIVE_INFINITY;
        if (spins) turn.wait(Math.max(1, this.#options.healthCheckMs));
        roundMs = turn.nowMs();
        continue;
      }
      let to = list[at++] as Upstream;
      if (this.#down(to, turn)) {
        fails++;
        if (fails < count) continue;
        turn.metrics?.count(METRICS.forwardHealthcheckBroken);
        if (failfast) break;
        to = anyOf(upstreams, turn.environment.choices);
      }
      const result = this.#ask(to, request);
      error = typeof result === 'string' ? result : null;
      if (typeof result === 'string') {
        if (maxFails > 0) this.#fail(to, turn.nowMs());
        attempts++;
        if (fails < count) continue;
        break;
      }
      if (!matches(request, result)) return wrote(replyTo(request.message, FORMERR));
      if (failover.includes(result.rcode)) {
        if (atLeast(version, '1.14.7')) {
          if (++failovers < count) continue;
        } else if (fails < count) {
          fails++;
          continue;
        }
      }
      if (this.#goesOn(result)) return next(request);
      return wrote({ ...result, id: request.message.id });
    }
    return returned(SERVFAIL, error ?? 'no healthy proxies');
  }

  /** Failed attempts after which a query is given up. */
  #attemptsMax(upstreams: number): number {
    const { maxConnectAttempts, version } = this.#options;
    const usual = atLeast(version, '1.14.7') ? attemptsPerUpstream * upstreams : 0;
    const max = maxConnectAttempts ?? usual;
    return max === 0 ? Number.POSITIVE_INFINITY : max;
  }

  /** Whether the next stanza answers instead. */
  #goesOn({ rcode, answers }: Message): boolean {
    const { next, nextOnNodata } = this.#options;
    if (!this.#hasNext) return false;
    return next.includes(rcode) || (nextOnNodata && rcode === 0 && answers.length === 0);
  }

  /** An `except` name never hides FROM itself. */
  #covers(qname: string): boolean {
    const { from, except } = this.#options;
    if (!isSubdomain(from, qname)) return false;
    return qname === from || longestZone(except, qname) === undefined;
  }

  /** A text: a host name among the targets has no address. */
  #upstreams(turn: Turn): readonly Upstream[] | string {
    if (this.#memory.upstreams !== null) return this.#memory.upstreams;
    const hasHosts = this.#targets.some(({ kind }) => kind === 'host');
    const upstreams = hasHosts
      ? expand(this.#targets, this.#options.resolvers, turn)
      : this.#targets.flatMap((target) => (target.kind === 'static' ? target.upstreams : []));
    if (typeof upstreams !== 'string') this.#memory = { ...this.#memory, upstreams };
    return upstreams;
  }

  #ordered(upstreams: readonly Upstream[], { environment }: Turn): readonly Upstream[] {
    switch (this.#options.policy) {
      case 'sequential':
        return upstreams;
      case 'round_robin': {
        const turns = this.#memory.turns + 1;
        this.#memory = { ...this.#memory, turns };
        return rotated(upstreams, turns);
      }
      case 'random':
        return permuted(upstreams, environment.choices);
    }
  }

  /** The reply, or the error as CoreDNS words it. */
  #ask(to: Upstream, request: DnsRequest): Message | string {
    const { forceTcp, preferUdp } = this.#options;
    const viaTcp = forceTcp || (request.turn.client.proto === TCP && !preferUdp);
    const result = this.#exchange(to, request, viaTcp ? TCP : UDP);
    if (typeof result !== 'string' && result.tc && preferUdp && !viaTcp) {
      return this.#exchange(to, request, TCP);
    }
    return result;
  }

  #exchange(to: Upstream, request: DnsRequest, proto: Proto): Message | string {
    const { turn, message } = request;
    const { readTimeoutMs, version } = this.#options;
    if (this.#inside > insideMax || this.#rounds > roundsMax) {
      turn.wait(readTimeoutMs);
      return heard({ kind: 'timeout', elapsedMs: 0 }, proto, to, turn.environment, 0, version);
    }
    const { line, idle } = takeIdle(this.#line(to), proto, turn.nowMs(), this.#options);
    const { metrics } = turn;
    countDial(metrics, version, { to: to.text, proto, isKept: idle !== undefined });
    const more = proto === UDP && idle !== undefined && idle.port > 0 ? { port: idle.port } : {};
    const fromMs = turn.nowMs();
    const bytes = encode(message);
    const result = this.#untilHeader(
      turn,
      turn.exchange(proto, to.addr, to.port, bytes, readTimeoutMs, more),
      proto,
    );
    const inDial = proto !== UDP && result.kind === 'timeout' && result.phase === 'connect';
    const patienceMs = dialTimeoutMs(line);
    if (inDial) turn.wait(Math.max(0, patienceMs - result.elapsedMs));
    const used = idle === undefined ? dialled(line, inDial ? patienceMs : 0) : line;
    const createdMs = idle?.createdMs ?? fromMs;
    const own = { port: result.port ?? 0, createdMs, usedMs: turn.nowMs() };
    const kept = result.kind === 'reply' ? giveBack(used, proto, own, this.#options) : used;
    const { failingSinceMs, failsCounted } = this.#line(to);
    this.#setLine(to, { ...kept, failingSinceMs, failsCounted });
    const asked = message.edns?.udpSize ?? 512;
    const sizeMax = turn.client.proto === TCP ? 65_535 : Math.max(512, asked);
    const answer = heard(result, proto, to, turn.environment, sizeMax, version);
    if (typeof answer !== 'string') {
      const seconds = (turn.nowMs() - fromMs) / 1000;
      countAnswer(metrics, version, { to: to.text, rcode: answer.rcode, seconds });
    }
    return answer;
  }

  /** From 1.14.7 on what is no DNS message is passed over, and the read goes on. */
  #untilHeader(turn: Turn, result: Result, proto: Proto): Result {
    const { readTimeoutMs, version } = this.#options;
    const isShort = result.kind === 'reply' && result.message.length < headerBytes;
    if (!isShort || proto !== UDP || !atLeast(version, '1.14.7')) return result;
    turn.wait(Math.max(0, readTimeoutMs - result.elapsedMs));
    return { ...result, kind: 'timeout' };
  }

  #line({ text }: Upstream): Line {
    return this.#memory.lines.get(text) ?? freshLine;
  }

  #setLine({ text }: Upstream, line: Line): void {
    this.#memory = { ...this.#memory, lines: new Map(this.#memory.lines).set(text, line) };
  }

  #fail(to: Upstream, nowMs: number): void {
    const line = this.#line(to);
    if (line.failingSinceMs !== null) return;
    this.#setLine(to, { ...line, failingSinceMs: nowMs, failsCounted: 0 });
  }

  /** More than max_fails probes have failed since the first error. */
  #down(to: Upstream, turn: Turn): boolean {
    const { maxFails } = this.#options;
    const { failingSinceMs } = this.#line(to);
    // A probe inside a probe goes round: nobody hears it in time.
    if (failingSinceMs === null || maxFails === 0 || this.#inside > 1) return false;
    const { well, fails } = probed(to, failingSinceMs, this.#options, turn);
    const line = this.#line(to);
    if (fails > line.failsCounted) {
      const many = fails - line.failsCounted;
      countFailedProbes(turn.metrics, this.#options.version, to.text, many);
      this.#setLine(to, { ...line, failsCounted: fails });
    }
    if (well) this.#setLine(to, { ...this.#line(to), failingSinceMs: null });
    return fails > maxFails;
  }
}

/** Whether it is the reply to that question (CoreDNS request.Match). */
function matches({ question, qname }: DnsRequest, reply: Message): boolean {
  const [own, ...others] = reply.questions;
  if (own === undefined || others.length > 0 || !reply.qr) return false;
  return own.type === question.type && lower(own.name) === qname;
}
