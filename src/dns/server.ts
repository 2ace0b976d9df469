// A CoreDNS process: takes message bytes, finds the server block, runs its chain, and sends what fits (CoreDNS
// core/dnsserver/server.go, request/writer.go; miekg/dns server.go for what is refused before the chain). It listens
// as a ServerProgram, and `serve` is the same thing with more to tell. Not here: start-up delays and reloads.
import type { Addr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { Peer, ProgramContext, ServerProgram } from '../node/program.ts';
import { bannerOf } from './banner.ts';
import { run } from './chain.ts';
import { type Configuration, configure, type Site } from './config.ts';
import type { PositionOf } from './corefile/dispenser.ts';
import { answerHttp, type HttpAnswer, httpListeners } from './http-service.ts';
import { type Counts, countsOf, decode } from './message/decode.ts';
import { encode, encodeToFit } from './message/encode.ts';
import { wireLength } from './message/length.ts';
import { type Edns, type Header, IN, type Message, replyTo, typeName } from './message/message.ts';
import { labelsOf, lower } from './message/name.ts';
import { Metrics } from './metrics.ts';
import { describe } from './metrics-start.ts';
import { clientWrite, type DnsEnvironment, type Turn } from './plugin.ts';
import type { Declared, HttpListener } from './service.ts';
import { type ServeContext, ServerTurn } from './turn.ts';
import { atLeast, type CoreDnsVersion, coreDnsOf } from './version.ts';

export interface DnsServerConfig {
  readonly corefile: string;
  /** Kubernetes minor version: decides the CoreDNS release unless `version` says it. */
  readonly minor: number;
  readonly version?: CoreDnsVersion;
  readonly environment: DnsEnvironment;
  /** Name of the Corefile in messages; default "/etc/coredns/Corefile". */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the Corefile's lines stand in what the user wrote. */
  readonly positionOf?: PositionOf;
  /** When the process started; default 0. */
  readonly startedMs?: number;
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

export interface DnsServer extends ServerProgram {
  /** Ports it listens on, UDP and TCP, ascending. */
  readonly ports: readonly number[];
  /** What it listens on, UDP and TCP: null is every address. */
  readonly listeners: readonly HttpListener[];
  /** Where it serves /health, /ready and /metrics, as the Corefile asks. */
  readonly http: readonly HttpListener[];
  /** What it prints when it has started. */
  readonly banner: string;
  /** What it does beside answering DNS. */
  readonly services: readonly Declared[];
  readonly metrics: Metrics | null;
  /** The answer of its HTTP server behind this listener. */
  askHttp(at: HttpListener, path: string, nowMs: number): HttpAnswer;
  /** Answers one message. */
  serve(query: Uint8Array, context: ServeContext): ServeResult;
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
    ...(positionOf === undefined ? {} : { positionOf }),
  });
  const counts = configuration.services.some((service) => service.kind === 'metrics');
  const metrics = counts ? (config.metrics ?? new Metrics()) : null;
  if (metrics !== null) describe(metrics, configuration, version);
  const startedMs = config.startedMs ?? 0;
  const ready = new Set<string>();
  return new Server({ configuration, environment, version, metrics, startedMs, ready });
}

const FORMERR = 1;
const SERVFAIL = 2;
const NOTIMP = 4;
const REFUSED = 5;
const BADVERS = 16;
const NOTIFY = 4;

interface Running {
  readonly configuration: Configuration;
  readonly environment: DnsEnvironment;
  readonly version: CoreDnsVersion;
  readonly metrics: Metrics | null;
  readonly startedMs: number;
  readonly ready: Set<string>;
}

class Server implements DnsServer {
  readonly ports: readonly number[];
  readonly listeners: readonly HttpListener[];
  readonly http: readonly HttpListener[];
  readonly services: readonly Declared[];
  readonly banner: string;
  readonly metrics: Metrics | null;
  readonly #running: Running;
  readonly #configuration: Configuration;
  readonly #environment: DnsEnvironment;
  /** Whether metrics want to know who wrote an answer. */
  readonly #tracks: boolean;

  constructor(running: Running) {
    this.#running = running;
    this.#configuration = running.configuration;
    this.#environment = running.environment;
    const { sites, services } = running.configuration;
    this.banner = bannerOf(sites, running.version);
    this.metrics = running.metrics;
    this.services = services;
    this.http = httpListeners(services);
    this.ports = [...new Set(sites.map((site) => site.port))].sort((a, b) => a - b);
    this.listeners = this.ports.flatMap((port) => {
      const addrs = sites.filter((site) => site.port === port).map(({ addr }) => addr);
      return [...new Set(addrs)].map((addr) => ({ addr, port }));
    });
    this.#tracks = running.metrics !== null && !atLeast(running.version, '1.14.0');
  }

  fork(environment: DnsEnvironment): DnsServer {
    const { metrics, ready } = this.#running;
    const { sites, chains, services } = this.#configuration;
    const forked = chains.map((chain) => chain.map((handler) => handler.fork()));
    return new Server({
      ...this.#running,
      configuration: { sites, chains: forked, services },
      environment,
      metrics: metrics?.fork() ?? null,
      ready: new Set(ready),
    });
  }

  askHttp(at: HttpListener, path: string, nowMs: number): HttpAnswer {
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
    const silence = { reply: null, elapsedMs: 0, cached: false };
    const peek = countsOf(bytes);
    if (peek === undefined || peek.header.qr) return silence;
    const early = refusedEarly(peek.header, peek.counts);
    if (early !== null) return { ...silence, reply: encode(early) };
    const decoded = decode(bytes);
    if (decoded.kind === 'short') return silence;
    if (decoded.kind === 'malformed') {
      const { header, questions, headerOnly } = decoded;
      const rcode = headerOnly ? SERVFAIL : FORMERR;
      const request = { ...empty(header), opcode: headerOnly ? header.opcode : 0, questions };
      return { ...silence, reply: encode({ ...replyTo(request, rcode), rd: header.rd }) };
    }
    const at = { port: context.port ?? 53, addr: context.addr };
    const turn = new ServerTurn(
      this.#environment,
      context,
      this.metrics,
      (m, t) => this.#answer(m, t, at).reply,
    );
    if (this.#tracks) turn.writer = '';
    const { reply, cached, more } = this.#answer(decoded.message, turn, at);
    const fitted = (message: Message) => fit(decoded.message, message, context.client);
    const result = { reply: fitted(reply), elapsedMs: turn.elapsedMs, cached };
    return more === undefined ? result : { ...result, more: more.map(fitted) };
  }

  /** Upstream's Server.ServeDNS: always ends with a message. */
  #answer(message: Message, turn: Turn, at: Entrance): Answered {
    const fail = (rcode: number): Answered => ({
      reply: withEdns(message, replyTo(message, rcode)),
      cached: false,
    });
    const drop = (rcode: number) => {
      const failed = fail(rcode);
      this.#countDropped(message, failed.reply, turn);
      return failed;
    };
    const question = message.questions[0];
    if (question === undefined) return drop(SERVFAIL);
    if (question.class !== IN && !this.#anyClass(at)) return drop(REFUSED);
    if (message.edns !== null && message.edns.version !== 0) return fail(BADVERS);
    const qname = lower(question.name);
    const site = this.#siteFor(qname, question.type, at);
    const chain = site === undefined ? [] : (this.#configuration.chains[site.chain] ?? []);
    if (site === undefined || chain.length === 0) return drop(REFUSED);
    const { zone } = site;
    const served = run(chain, { message, question, qname, zone, siblings: chain, turn });
    if (!clientWrite(served.rcode) && served.reply === null) return fail(served.rcode);
    const reply = served.reply ?? replyTo(message, SERVFAIL);
    const answered = { reply: withEdns(message, reply), cached: served.cached };
    if (served.more === undefined) return answered;
    return { ...answered, more: served.more.map((next) => withEdns(message, next)) };
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

  /** Only `forward` (of the plugins modelled) lets other classes through. */
  #anyClass(at: Entrance): boolean {
    const { sites, chains } = this.#configuration;
    return sites.some(
      (site) => serves(site, at) && (chains[site.chain] ?? []).some((h) => h.name === 'forward'),
    );
  }

  /** The longest zone; for DS the least specific one that is not the root (its parent may be served too). */
  #siteFor(qname: string, type: number, at: Entrance) {
    const sites = this.#configuration.sites.filter((site) => serves(site, at));
    const zones = sites.filter((site) => site.zone !== '.');
    const matching = zones.length === 0 ? [] : sitesAbove(zones, qname);
    const site = typeName(type) === 'DS' ? matching.at(-1) : matching[0];
    return site ?? sites.find((s) => s.zone === '.');
  }
}

interface Answered {
  readonly reply: Message;
  readonly cached: boolean;
  /** Messages that follow. */
  readonly more?: readonly Message[];
}

/** By which socket a query came in. */
type Entrance = Required<Pick<ServeContext, 'port'>> & { readonly addr: Addr | null | undefined };

function serves(site: Site, { port, addr }: Entrance): boolean {
  return site.port === port && (addr === undefined || site.addr === addr);
}

/** The sites whose zone is the name or above it, nearest first. */
function sitesAbove(sites: readonly Site[], qname: string): readonly Site[] {
  const labels = labelsOf(qname);
  return labels.flatMap((_label, i) => {
    const zone = `${labels.slice(i).join('.')}.`;
    return sites.filter((site) => site.zone === zone);
  });
}

/** Refused by its header alone (miekg/dns defaultMsgAcceptFunc): without question. */
function refusedEarly(header: Header, counts: Counts): Message | null {
  const bare = (rcode: number): Message => ({ ...replyTo(empty(header), rcode), rd: header.rd });
  if (header.opcode !== 0 && header.opcode !== NOTIFY) return bare(NOTIMP);
  if (counts.questions !== 1) return bare(FORMERR);
  if (counts.answers > 1 || counts.authority > 1 || counts.additional > 2) return bare(FORMERR);
  return null;
}

function empty(header: Header): Message {
  return { ...header, questions: [], answers: [], authority: [], additional: [], edns: null };
}

/** Options a server sends back: NSID, EXPIRE, COOKIE, TCP-KEEPALIVE, PADDING (CoreDNS edns.SupportedOption). */
const echoed = [3, 9, 10, 11, 12];

/** The reply carries the client's OPT when it had one (request.SizeAndDo). */
function withEdns(request: Message, reply: Message): Message {
  const asked = request.edns;
  if (asked === null) return reply;
  const options = reply.edns?.options ?? asked.options.filter((o) => echoed.includes(o.code));
  const edns: Edns = { udpSize: asked.udpSize, version: 0, dnssecOk: asked.dnssecOk, options };
  return { ...reply, edns };
}

/** Size limits of the transport; above these sizes UDP replies are compressed even when they fit. */
function fit(request: Message, reply: Message, client: Peer): Uint8Array {
  if (client.proto === TCP) return encodeToFit(reply, 65_535);
  const limit = Math.max(512, request.edns?.udpSize ?? 512);
  return encodeToFit(reply, limit, typeof client.addr === 'number' ? 1480 : 1220);
}
