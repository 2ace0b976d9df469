// A CoreDNS process: takes message bytes, finds the server block, runs its chain, and sends what fits (CoreDNS
// core/dnsserver/server.go, request/writer.go). It listens as a ServerProgram; `serve` is the same thing with more to tell,
// `answer` the same without bytes. Not here: what is refused before the chain (accept.ts), start-up delays and reloads.
import { TCP } from '../../net/packet.ts';
import type { Peer, ProgramContext, ServerProgram } from '../../node/program.ts';
import type { PositionOf } from '../corefile/dispenser.ts';
import type { CorefileHash } from '../corefile/hash.ts';
import { atLeast, type CoreDnsVersion, coreDnsOf } from '../kubeadm/version.ts';
import { type Dialect, decode, dialectOf } from '../message/decode.ts';
import { wireLength } from '../message/length.ts';
import { IN, type Message, replyTo } from '../message/message.ts';
import { lower } from '../message/name.ts';
import { METRICS } from '../metrics/metrics.table.ts';
import { Metrics } from '../metrics/metrics.ts';
import { describe } from '../metrics/start.ts';
import {
  clientWrite,
  type DnsEnvironment,
  type DueLine,
  echoedOptions,
  type Handler,
  type Next,
  Panic,
  type Served,
  type Startup,
  type Turn,
} from '../plugin.ts';
import { accept } from './accept.ts';
import { bannerOf, firstLine, type Start } from './banner.ts';
import { linked } from './chain.ts';
import { type Configuration, configure } from './config.ts';
import { answerHttp, type HttpAnswer, httpListeners } from './http-service.ts';
import { type Listener, Listeners } from './listener.ts';
import { badVersion, fit, udpMin, withEdns } from './reply.ts';
import type { Declared, HttpListener } from './service.ts';
import { tellStarted } from './started.ts';
import { type Look, type ServeContext, ServerTurn } from './turn.ts';

export interface DnsServerConfig {
  readonly corefile: string;
  /** Kubernetes minor version: decides the CoreDNS release unless `version` says it. */
  readonly minor: number;
  readonly version?: CoreDnsVersion;
  readonly environment: DnsEnvironment;
  /** Name of the Corefile in messages; default "/etc/coredns/Corefile". */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** -dns.port; default 53. */
  readonly port?: number;
  /** The plugins that the program has; absent: all of its release. */
  readonly compiledIn?: ReadonlySet<string>;
  /** Where the Corefile's lines stand in what the user wrote. */
  readonly positionOf?: PositionOf;
  /** When the process started; default 0. */
  readonly startedMs?: number;
  /** CPUs of its machine, and those its container is limited to; absent: not known. */
  readonly cpus?: Start['cpus'];
  /** Counters of the process so far, when it only reads its Corefile again. */
  readonly metrics?: Metrics | null;
}

export interface ServeResult {
  /** null: silence. */
  readonly reply: Uint8Array | null;
  readonly elapsedMs: number;
  readonly cached: boolean;
  /** Messages that follow `reply` on the same connection (zone transfers). */
  readonly more?: readonly Uint8Array[];
}

/** As ServeResult, before it is bytes. */
export interface Answered {
  /** null: nothing was written. */
  readonly reply: Message | null;
  /** Messages that follow. */
  readonly more?: readonly Message[];
  readonly elapsedMs: number;
  readonly cached: boolean;
  /** The query as plugins have left it, where they have changed it: its OPT record limits the size of the reply. */
  readonly asked?: Message;
}

export interface DnsServer extends ServerProgram {
  /** Ports it listens on, UDP and TCP, ascending. */
  readonly ports: readonly number[];
  /** What it listens on, UDP and TCP: null is every address. */
  readonly listeners: readonly HttpListener[];
  /** Where it serves /health, /ready and /metrics, as the Corefile asks. */
  readonly http: readonly HttpListener[];
  /** What it prints when it has started. */
  readonly banner: string;
  /** Of that, what it has printed before it reads its Corefile. */
  readonly preamble: string;
  /** What it does beside answering DNS. */
  readonly services: readonly Declared[];
  readonly hash: CorefileHash;
  readonly startedMs: number;
  readonly metrics: Metrics | null;
  /** What its start waits for; undefined: nothing. */
  readonly startup: Startup | undefined;
  /** Takes lines of its log that waited until then; in their order. */
  linesDue(nowMs: number): readonly DueLine[];
  /** The answer of its HTTP server behind this listener. */
  askHttp(at: HttpListener, path: string, nowMs: number): HttpAnswer;
  /** Answers one decoded query, with no limit of size. */
  answer(query: Message, context: ServeContext): Answered;
  /** Answers one message. */
  serve(query: Uint8Array, context: ServeContext): ServeResult;
  /** Tells the plugins that the process listens; `again`: those that asked to be told again. A text: the process ends
   * with it as its last line, status 1; a number: again after so many ms. */
  started(context: ServeContext, again?: boolean): string | number | null;
  /** A copy for a fork of the cluster: caches are shared until one side writes. */
  fork(environment: DnsEnvironment): DnsServer;
}

/** Sets up all server blocks. Throws InputError 'corefile' with CoreDNS's text when the Corefile is wrong. */
export function createDnsServer(config: DnsServerConfig): DnsServer {
  const { corefile, minor, environment, file, env, positionOf } = config;
  const version = config.version ?? coreDnsOf(minor);
  const configuration = configure(corefile, {
    version,
    resolvConf: environment.resolvConf,
    localAddrs: environment.localAddrs,
    readFile: (path) => environment.readFile(path),
    files: () => environment.files(),
    log: (line) => environment.log(line),
    ...(file === undefined ? {} : { file }),
    ...(env === undefined ? {} : { env }),
    ...(config.port === undefined ? {} : { port: config.port }),
    ...(config.compiledIn === undefined ? {} : { compiledIn: config.compiledIn }),
    ...(positionOf === undefined ? {} : { positionOf }),
  });
  const counts = configuration.services.some((service) => service.kind === 'metrics');
  const metrics = counts ? (config.metrics ?? new Metrics()) : null;
  if (metrics !== null) describe(metrics, configuration, version);
  const startedMs = config.startedMs ?? 0;
  const ready = new Set<string>();
  const cpus = config.cpus ?? null;
  const listeners = new Listeners(configuration);
  const dialect = dialectOf(version);
  const facts = { version, startedMs, cpus, listeners, dialect };
  return new Server({ ...facts, configuration, environment, metrics, ready });
}

const SERVFAIL = 2;
const REFUSED = 5;

interface Running {
  readonly configuration: Configuration;
  readonly environment: DnsEnvironment;
  readonly version: CoreDnsVersion;
  readonly metrics: Metrics | null;
  readonly startedMs: number;
  readonly cpus: Start['cpus'];
  readonly listeners: Listeners;
  readonly dialect: Dialect;
  readonly ready: Set<string>;
}

const silence: ServeResult = { reply: null, elapsedMs: 0, cached: false };

class Server implements DnsServer {
  readonly ports: readonly number[];
  readonly listeners: readonly HttpListener[];
  readonly http: readonly HttpListener[];
  readonly services: readonly Declared[];
  readonly banner: string;
  readonly preamble: string;
  readonly hash: CorefileHash;
  readonly startedMs: number;
  readonly metrics: Metrics | null;
  readonly startup: Startup | undefined;
  readonly #running: Running;
  readonly #configuration: Configuration;
  readonly #environment: DnsEnvironment;
  /** Codes of EDNS options that are sent back. */
  readonly #echoed: readonly number[];
  /** Per chain its first step. */
  readonly #first: readonly Next[];
  /** Handlers whose lines may wait. */
  readonly #waiting: readonly Handler[];
  /** Of all handlers, those that want to hear again that the process listens. */
  #restless: readonly number[] = [];

  constructor(running: Running) {
    this.#running = running;
    this.#configuration = running.configuration;
    this.#environment = running.environment;
    this.#echoed = echoedOptions(running.configuration.chains.flat());
    const { sites, services } = running.configuration;
    const reloads = services.some(({ kind }) => kind === 'reload');
    const { hash } = running.configuration;
    this.banner = bannerOf({ ...running, sites, hash: reloads ? hash : null });
    this.preamble = firstLine(running.version, running.cpus);
    this.metrics = running.metrics;
    this.hash = hash;
    this.startedMs = running.startedMs;
    this.#waiting = running.configuration.chains.flat().filter((one) => one.due !== undefined);
    this.services = services;
    const waits = running.configuration.chains.flat().map((one) => one.startup);
    this.startup = waits.find((one) => one !== undefined);
    this.http = httpListeners(services);
    this.ports = [...new Set(sites.map((site) => site.port))].sort((a, b) => a - b);
    this.listeners = this.ports.flatMap((port) => {
      const addrs = sites.filter((site) => site.port === port).map(({ addr }) => addr);
      return [...new Set(addrs)].map((addr) => ({ addr, port }));
    });
    // Until then metrics wanted to know who had written an answer.
    const tracks = running.metrics !== null && !atLeast(running.version, '1.14.0');
    this.#first = running.configuration.chains.map((chain) => linked(chain, tracks));
  }

  fork(environment: DnsEnvironment): DnsServer {
    const { metrics, ready } = this.#running;
    const { chains } = this.#configuration;
    const forked = chains.map((chain) => chain.map((handler) => handler.fork()));
    const copy = new Server({
      ...this.#running,
      configuration: { ...this.#configuration, chains: forked },
      environment,
      metrics: metrics?.fork() ?? null,
      ready: new Set(ready),
    });
    copy.#restless = this.#restless;
    return copy;
  }

  started(context: ServeContext, again = false): string | number | null {
    const listener = this.#running.listeners.at(context.port ?? 53, context.addr);
    const { outcome, waiting } = tellStarted(
      this.#configuration.chains,
      again ? this.#restless : null,
      () => this.#turn(context, listener),
    );
    this.#restless = waiting;
    return outcome;
  }

  #turn(context: ServeContext, listener: Listener): ServerTurn {
    return new ServerTurn(this.#environment, context, this.metrics, listener, this.#look);
  }

  linesDue(nowMs: number): readonly DueLine[] {
    const lines: DueLine[] = [];
    for (const handler of this.#waiting) {
      for (const line of handler.due?.(nowMs) ?? []) lines.push(line);
    }
    return lines.length < 2 ? lines : lines.sort((a, b) => a.atMs - b.atMs);
  }

  #printDue(nowMs: number): void {
    for (const { text } of this.linesDue(nowMs)) this.#environment.log(text);
  }

  askHttp(at: HttpListener, path: string, nowMs: number): HttpAnswer {
    this.#printDue(nowMs);
    const { services, chains } = this.#configuration;
    return answerHttp({ ...this.#running, services, chains, nowMs }, at, path);
  }

  receive(message: Uint8Array, peer: Peer, context: ProgramContext) {
    const { reply, more, elapsedMs } = this.serve(message, {
      client: peer,
      nowMs: context.nowMs,
      exchange: (...args) => context.exchange(...args),
    });
    return { reply, elapsedMs, ...(more === undefined ? {} : { more }) };
  }

  serve(bytes: Uint8Array, context: ServeContext): ServeResult {
    const { client } = context;
    const read = client.proto === TCP || bytes.length <= udpMin ? bytes : bytes.subarray(0, udpMin);
    const accepted = accept(read, this.#running.dialect);
    if (accepted.kind === 'over') {
      return accepted.reply === null ? silence : { ...silence, reply: accepted.reply };
    }
    const { message } = accepted;
    const { reply, more, elapsedMs, cached, asked = message } = this.answer(message, context);
    if (reply === null) return { reply: null, elapsedMs, cached };
    const result = { reply: fit(asked, reply, client), elapsedMs, cached };
    if (more === undefined) return result;
    return { ...result, more: more.flatMap((one) => fit(asked, one, client) ?? []) };
  }

  answer(message: Message, context: ServeContext): Answered {
    if (this.#waiting.length > 0) this.#printDue(context.nowMs);
    const listener = this.#running.listeners.at(context.port ?? 53, context.addr);
    const turn = this.#turn(context, listener);
    return this.#answer(message, turn, listener);
  }

  /** What a plugin that asks the whole server hears: cut as for the client itself, whose writer upstream wraps for it. */
  readonly #look: Look = (message, turn, listener) => {
    const { reply, asked = message } = this.#answer(message, turn, listener);
    if (reply === null || reply.tc) return reply;
    const bytes = fit(asked, reply, turn.client);
    if (bytes === null) return reply;
    const decoded = decode(bytes);
    return decoded.kind === 'message' && decoded.message.tc ? decoded.message : reply;
  };

  /** Upstream's Server.ServeDNS. */
  #answer(message: Message, turn: ServerTurn, listener: Listener): Answered {
    const question = message.questions[0];
    if (question === undefined) return this.#dropped(message, SERVFAIL, turn);
    if (question.class !== IN && !listener.anyClass) return this.#dropped(message, REFUSED, turn);
    if (message.edns !== null && message.edns.version !== 0) {
      return answered(badVersion(message), turn);
    }
    const qname = lower(question.name);
    const site = listener.siteFor(qname, question.type);
    const chain = site === undefined ? undefined : this.#configuration.chains[site.chain];
    if (site === undefined || chain === undefined || chain.length === 0) {
      return this.#dropped(message, REFUSED, turn);
    }
    const first = this.#first[site.chain] as Next;
    const asked = { message, question, qname, zone: site.zone, siblings: chain, turn };
    try {
      return this.#writtenBy(first(asked), message, turn);
    } catch (error) {
      if (error instanceof Panic) return this.#recovered(error, turn);
      throw error;
    }
  }

  #writtenBy(served: Served, message: Message, turn: ServerTurn): Answered {
    const { reply, more, cached, request: asked = message } = served;
    // A plugin that says it has written, and has not, leaves the client without an answer.
    if (reply === null && clientWrite(served.rcode)) return answered(null, turn, cached);
    const written =
      reply === null
        ? answered(this.#failed(asked, served.rcode), turn)
        : answered(withEdns(asked, reply, this.#echoed), turn, cached);
    const whole = asked === message ? written : { ...written, asked };
    if (reply === null || more === undefined) return whole;
    return { ...whole, more: more.map((next) => withEdns(asked, next, this.#echoed)) };
  }

  /** No plugin hears of a panic: neither `log` nor `prometheus` sees an answer. */
  #recovered(panic: Panic, turn: ServerTurn): Answered {
    turn.environment.log(
      `[ERROR] Recovered from panic in server: "${turn.server}" ${panic.message}`,
    );
    turn.metrics?.count(METRICS.panics);
    const { request } = panic;
    return { ...this.#dropped(request, SERVFAIL, turn), asked: request };
  }

  #failed(message: Message, rcode: number): Message {
    return withEdns(message, replyTo(message, rcode), this.#echoed);
  }

  #dropped(message: Message, rcode: number, turn: ServerTurn): Answered {
    const reply = this.#failed(message, rcode);
    this.#countDropped(message, reply, turn);
    return answered(reply, turn);
  }

  /** A query that no chain was asked for (core/dnsserver errorAndMetricsFunc). */
  #countDropped(message: Message, reply: Message, turn: Turn): void {
    const { metrics, client, server } = turn;
    metrics?.queries(server).count(metrics, {
      zone: 'dropped',
      isTcp: client.proto === TCP,
      isV4: typeof client.addr === 'number',
      type: message.questions[0]?.type ?? 0,
      dnssecOk: message.edns?.dnssecOk ?? false,
      rcode: reply.rcode,
      plugin: '',
      requestSize: wireLength(message),
      responseSize: wireLength(reply),
      seconds: 0,
    });
  }
}

function answered(reply: Message | null, { elapsedMs }: ServerTurn, cached = false): Answered {
  return { reply, elapsedMs, cached };
}
